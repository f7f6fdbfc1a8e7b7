"""What an officer can take, and conflicts of interest. Source: S2.1."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.assignments.models import Conflict, Limit
from footpath.core.errors import InvalidValue, RuleBroken, StaleState
from footpath.directory.models import Area, Person

MOST_PLACES = 100


@transaction.atomic
def set_limit(*, person: Person, places: int, bound: bool, by: Person, at: datetime) -> Limit:
    """Set how many places an officer leads at most; ``bound`` to the desk leads none.

    What the officer leads already stays. Raises InvalidValue for a number that cannot be.
    """
    require(by, "assignments.limit", person)
    if not 0 <= places <= MOST_PLACES:
        raise InvalidValue(
            _("Give a number from 0 to %(most)s.") % {"most": MOST_PLACES}, field="places"
        )
    before = Limit.objects.filter(person=person).first()
    limit, _created = Limit.objects.update_or_create(
        person=person, defaults={"places": places, "bound": bound}
    )
    audit.record(
        "assignment.limit_set",
        by=by,
        subject=person,
        at=at,
        before={"places": before.places, "bound": before.bound} if before else None,
        after={"places": places, "bound": bound},
    )
    return limit


@transaction.atomic
def declare_conflict(
    *, person: Person, area: Area, kind: str, by: Person, at: datetime, on: date
) -> Conflict:
    """Declare that an officer lives in a place or has relatives there.

    Only that it is so is kept, never who the relatives are. Raises RuleBroken when it is declared
    already.
    """
    require(by, "assignments.declare", person)
    if kind not in Conflict.Kind.values:
        raise InvalidValue(_("Choose one of the kinds."), field="kind")
    try:
        with transaction.atomic():
            conflict = Conflict.objects.create(person=person, area=area, kind=kind, declared_on=on)
    except IntegrityError as already:
        raise RuleBroken(_("This is declared already.")) from already
    audit.record(
        "assignment.conflict_declared",
        by=by,
        subject=person,
        at=at,
        after={"area": area.pk, "kind": kind},
    )
    return conflict


@transaction.atomic
def end_conflict(*, conflict: Conflict, by: Person, at: datetime, on: date) -> None:
    """Say that a conflict of interest no longer is; StaleState when it was said already."""
    require(by, "assignments.declare", conflict.person)
    if not Conflict.objects.filter(pk=conflict.pk, ended_on=None).update(ended_on=on):
        raise StaleState(_("Somebody else has already changed this."))
    conflict.ended_on = on
    audit.record(
        "assignment.conflict_ended",
        by=by,
        subject=conflict.person,
        at=at,
        before={"area": conflict.area_id, "kind": str(conflict.kind)},
    )
