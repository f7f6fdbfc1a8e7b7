"""Putting somebody in charge, and the papers it rests on. Source: S2.1, S2.7."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.accounts.services import scope_changed
from footpath.assignments import rules, selectors
from footpath.assignments.models import Assignment, BasisDocument
from footpath.core import formats
from footpath.core.errors import InvalidValue, RuleBroken, StaleState
from footpath.directory.models import Area, Organization, Person


@transaction.atomic
def put_in_charge(
    *,
    person: Person,
    start: date,
    by: Person,
    at: datetime,
    area: Area | None = None,
    organization: Organization | None = None,
    role: str = Assignment.Role.LEAD,
    basis: BasisDocument | None = None,
    until: date | None = None,
) -> Assignment:
    """Put a person in charge of a place or an organization and return the assignment.

    Both ends of the span are included; without ``until`` it is open. Raises InvalidValue for a
    span that cannot be, RuleBroken when the role is already held on one of the days: the sentence
    says by whom and until when. Of writers at the same moment exactly one wins, because the place
    is locked and the database itself refuses a second. Source: S2.1, S2.7.
    """
    thing = area if area is not None else organization
    if thing is None or (area is not None and organization is not None):
        raise InvalidValue(_("Choose one place or one organization."), field="place")
    require(by, "assignments.assign", thing)
    _check_values(role=role, start=start, until=until, area=area)
    # FOR NO KEY UPDATE: others may still point to the place while we look who holds it.
    type(thing)._default_manager.select_for_update(no_key=True).get(pk=thing.pk)
    made = Assignment(
        person=person,
        area=area,
        organization=organization,
        role=role,
        basis=basis,
        start=start,
        until=until,
    )
    _refuse_if_held(made)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        _refuse_if_held(made)
        raise
    audit.record("assignment.made", by=by, subject=made, at=at, after=snapshot(made))
    scope_changed([person.user_id])
    return made


@transaction.atomic
def change_basis(
    *, assignment: Assignment, basis: BasisDocument | None, by: Person, at: datetime
) -> None:
    """Change the document that an assignment rests on; None when it rests on none. Source: S2.7."""
    require(by, "assignments.assign", assignment)
    before = snapshot(assignment)
    changed = Assignment.objects.filter(pk=assignment.pk, basis_id=assignment.basis_id).update(
        basis=basis
    )
    if not changed:
        raise StaleState(_("Somebody else has already changed this assignment."))
    assignment.basis = basis
    audit.record(
        "assignment.basis_changed",
        by=by,
        subject=assignment,
        at=at,
        before=before,
        after=snapshot(assignment),
    )


@transaction.atomic
def create_basis_document(
    *,
    number: str,
    issued_on: date,
    by: Person,
    at: datetime,
    issuer: str = "",
    title: str = "",
) -> BasisDocument:
    """Return the document with this number and date; written down first when it is new.

    Raises InvalidValue without a number. Source: S2.7.
    """
    require(by, "assignments.assign")
    number = " ".join(number.split())
    if not number:
        raise InvalidValue(_("Give the number of the document."), field="number")
    document, created = BasisDocument.objects.get_or_create(
        number=number,
        issued_on=issued_on,
        defaults={"issuer": issuer.strip(), "title": title.strip()},
    )
    if created:
        audit.record(
            "assignment.basis_written",
            by=by,
            subject=document,
            at=at,
            after={"number": number, "issued_on": issued_on.isoformat()},
        )
    return document


def snapshot(assignment: Assignment) -> dict[str, object]:
    """Return the values of an assignment that the trail keeps a digest of."""
    return {
        "person": assignment.person_id,
        "area": assignment.area_id,
        "organization": assignment.organization_id,
        "role": str(assignment.role),
        "basis": assignment.basis_id,
        "start": assignment.start.isoformat(),
        "until": assignment.until.isoformat() if assignment.until else None,
        "handover_note": assignment.handover_note,
    }


def _check_values(*, role: str, start: date, until: date | None, area: Area | None) -> None:
    if role not in Assignment.Role.values:
        raise InvalidValue(_("There is no such role."), field="role")
    try:
        rules.check_span(start, until)
    except rules.EndsTooEarly as early:
        raise InvalidValue(
            _("The last day lies before the first day, %(day)s.")
            % {"day": formats.day_year(start)},
            field="until",
        ) from early
    ended = area.valid_until if area is not None else None
    if area is not None and ended is not None and start > ended:
        raise InvalidValue(
            _("%(place)s has not existed since %(day)s.")
            % {"place": area.name, "day": formats.day_year(ended)},
            field="start",
        )


def _refuse_if_held(wanted: Assignment) -> None:
    held = selectors.overlapping(wanted)
    if held is None:
        return
    values = {
        "person": held.person.name,
        "place": str(held.area or held.organization),
        "role": held.get_role_display(),
        "day": formats.day_year(held.until),
        "start": formats.day_year(held.start),
    }
    if held.start > wanted.start:
        sentence = _(
            "%(person)s will be in charge of %(place)s (%(role)s) from %(start)s. "
            "Choose a last day before that, or end that assignment first."
        )
    elif held.until is None:
        sentence = _(
            "%(person)s is in charge of %(place)s (%(role)s) and no last day is set. "
            "End that assignment first."
        )
    else:
        sentence = _(
            "%(person)s is in charge of %(place)s (%(role)s) until %(day)s. "
            "Choose a later first day, or end that assignment first."
        )
    raise RuleBroken(sentence % values)
