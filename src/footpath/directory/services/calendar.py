"""Deeds on the calendar: settle a year, note days on which a place is closed or works."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.core import workdays
from footpath.core.errors import InvalidValue, RuleBroken, StaleState
from footpath.directory.models import Area, CalendarYear, Person, SpecialDay
from footpath.directory.services import values

LONGEST = 366
"""How many days one note may cover; longer is a mistyped year."""


@transaction.atomic
def settle_year(*, year: int, basis: str, by: Person, at: datetime) -> CalendarYear:
    """Say that the holidays and swapped working days of a year are known, and on what basis.

    The days themselves are those of the package and the special days noted for the whole country.
    Raises InvalidValue without a basis, RuleBroken when the year needs no settling.
    """
    require(by, "directory.settle_year")
    basis = values.one_line(basis, field="basis", most=200)
    if not basis:
        raise InvalidValue(
            _("Give the number and date of the document that settles the year."), field="basis"
        )
    first, until = workdays.decided(settings.COUNTRY)
    if first <= year <= until:
        raise RuleBroken(
            _("The days of %(year)s are known and need not be settled.") % {"year": year}
        )
    if not 1900 <= year <= 9000:
        raise InvalidValue(_("There is no calendar for this year."), field="year")
    made = CalendarYear(year=year, basis=basis, settled_by=by, settled_at=at)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as taken:
        raise RuleBroken(_("The days of %(year)s are settled already.") % {"year": year}) from taken
    audit.record(
        "directory.year_settled",
        by=by,
        subject=made,
        at=at,
        after={"year": year, "basis": basis},
    )
    return made


@transaction.atomic
def note_special_days(
    *,
    area: Area | None,
    kind: str,
    first: date,
    last: date,
    reason: str,
    by: Person,
    at: datetime,
) -> SpecialDay:
    """Note days on which a place and everything below it is closed, or works; return the note.

    Without a place they hold in the whole country, which asks for the power to settle a year.
    Raises InvalidValue without a reason or when the days end before they begin.
    """
    if area is None:
        require(by, "directory.settle_year")
    else:
        require(by, "directory.close_days", area)
    if kind not in SpecialDay.Kind.values:
        raise InvalidValue(_("Say whether the days are closed, worked or blocked."), field="kind")
    if last < first:
        raise InvalidValue(_("The last day is before the first."), field="last")
    if (last - first).days >= LONGEST:
        raise InvalidValue(_("These are more days than a year has."), field="last")
    reason = values.one_line(reason, field="reason", most=200)
    if not reason:
        raise InvalidValue(_("Say why."), field="reason")
    made = SpecialDay(
        area=area,
        path=area.path if area is not None else "",
        kind=kind,
        first=first,
        last=last,
        reason=reason,
        noted_by=by,
        noted_at=at,
    )
    made.save(force_insert=True)
    audit.record("directory.days_noted", by=by, subject=made, at=at, after=snapshot(made))
    return made


@transaction.atomic
def withdraw_special_days(*, days: SpecialDay, by: Person, at: datetime) -> None:
    """Take a note of special days back; StaleState when somebody else has done so."""
    if days.area_id is None:
        require(by, "directory.settle_year")
    else:
        require(by, "directory.close_days", days)
    changed = SpecialDay.objects.filter(pk=days.pk, withdrawn_at=None).update(withdrawn_at=at)
    if not changed:
        raise StaleState(_("Somebody else has already taken this back."))
    days.withdrawn_at = at
    audit.record("directory.days_withdrawn", by=by, subject=days, at=at, before=snapshot(days))


def snapshot(days: SpecialDay) -> dict[str, Any]:
    """Return the values of special days that the trail keeps a digest of."""
    return {
        "area": days.area_id,
        "kind": str(days.kind),
        "first": days.first.isoformat(),
        "last": days.last.isoformat(),
        "reason": days.reason,
    }
