"""Deeds on office hours: note them for a place, take them back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from babel.dates import get_day_names
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.core import formats
from footpath.core.errors import InvalidValue, StaleState
from footpath.core.officehours import NoHours, noted_of, week_of
from footpath.directory.models import Area, OfficeHours, Person


@transaction.atomic
def note_hours(
    *,
    area: Area | None,
    hours: Mapping[str, Sequence[Sequence[str]]],
    time_zone: str,
    by: Person,
    at: datetime,
) -> OfficeHours:
    """Note the hours of the offices of a place and everything below it, or of the whole country.

    What was noted before for the same place is replaced; the trail keeps it. Due dates that stand
    already do not move: somebody counts them anew. Raises InvalidValue for hours that are none
    (``field`` is "day_0" to "day_6", or "time_zone").
    """
    _require(by, area)
    week = noted_of(_checked(hours))
    if time_zone and time_zone not in available_timezones():
        raise InvalidValue(_("There is no such time zone."), field="time_zone")
    path = area.path if area is not None else ""
    row = OfficeHours.objects.select_for_update(no_key=True).filter(path=path).first()
    before = snapshot(row) if row is not None else None
    if row is None:
        row = OfficeHours(area=area, path=path)
    row.hours, row.time_zone, row.noted_by, row.noted_at = week, time_zone, by, at
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as taken:
        raise StaleState(_("Somebody else has noted these hours. Read them first.")) from taken
    audit.record(
        "directory.hours_noted", by=by, subject=row, at=at, before=before, after=snapshot(row)
    )
    return row


@transaction.atomic
def withdraw_hours(*, hours: OfficeHours, by: Person, at: datetime) -> None:
    """Take the hours of a place back: those of the place above count again."""
    _require(by, hours.area)
    before = snapshot(hours)
    key = audit.subject_key(hours)
    gone, _rows = OfficeHours.objects.filter(pk=hours.pk).delete()
    if not gone:
        raise StaleState(_("Somebody else has already taken this back."))
    audit.record("directory.hours_withdrawn", by=by, subject=key, at=at, before=before)


def _require(by: Person, area: Area | None) -> None:
    """Hours of the whole country ask for the power to settle a year, as its days do."""
    if area is None:
        require(by, "directory.settle_year")
    else:
        require(by, "directory.hours", area)


def snapshot(hours: OfficeHours) -> dict[str, Any]:
    """Return the values of office hours that the trail keeps a digest of."""
    return {"area": hours.area_id, "hours": hours.hours, "time_zone": hours.time_zone}


def _checked(hours: Mapping[str, Sequence[Sequence[str]]]) -> Any:
    try:
        return week_of(hours)
    except NoHours as refused:
        name = get_day_names("wide", context="stand-alone", locale=formats.locale())[refused.day]
        sentence = {
            "time": _("%(day)s: write the hours as 07:30-11:30, 13:30-17:00."),
            "order": _("%(day)s: each span ends after it begins, and the next begins later."),
            "none": _("Write the hours of at least one day."),
        }[refused.reason]
        field = f"day_{refused.day}"
        raise InvalidValue(sentence % {"day": str(name)}, field=field) from refused
