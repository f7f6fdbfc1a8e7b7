"""Halls: add, change and close them, and refuse a second meeting where one fits. Source: S2.2."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.core import clock, formats
from footpath.core.errors import InvalidValue, RuleBroken, StaleState
from footpath.directory.models import Area, Person
from footpath.meetings import rules, selectors
from footpath.meetings.models import Hall, HallClosure, Meeting
from footpath.meetings.services.values import line

LONGEST_NAME = 120


class HallTaken(RuleBroken):
    """The hall cannot be used at that time; ``meetings`` are those in it, if it is not closed."""

    def __init__(self, message: str, meetings: Sequence[Meeting] = ()) -> None:
        super().__init__(message)
        self.meetings = list(meetings)


def refuse_taken(
    hall: Hall | None, starts_at: datetime, ends_at: datetime, *, besides: Iterable[int] = ()
) -> None:
    """Raise HallTaken when a hall is closed, full or no longer used at that time.

    The hall stays locked until the end of the transaction, so that two deeds at once do not both
    take the last room. Without a hall nothing is asked.
    """
    if hall is None:
        return
    hall = Hall.objects.select_for_update(no_key=True).get(pk=hall.pk)
    if not hall.is_active:
        raise HallTaken(_("%(hall)s is no longer used.") % {"hall": hall.name})
    closed = selectors.closure_of(hall, clock.day_of(starts_at), clock.day_of(ends_at))
    if closed is not None:
        raise HallTaken(
            _("%(hall)s is closed from %(first)s to %(last)s: %(reason)s")
            % {
                "hall": hall.name,
                "first": formats.day(closed.first),
                "last": formats.day(closed.last),
                "reason": closed.reason,
            }
        )
    others = selectors.meetings_in_hall(hall, starts_at, ends_at, besides=besides)
    spans = [(row.starts_at, row.ends_at) for row in others]
    if rules.most_at_once(spans) >= hall.at_once:
        named = "; ".join(f"{row.name}, {formats.day_time(row.starts_at)}" for row in others[:3])
        raise HallTaken(
            _("%(hall)s is taken at that time: %(meetings)s.")
            % {"hall": hall.name, "meetings": named},
            others,
        )


@transaction.atomic
def add_hall(
    *,
    area: Area,
    name: str,
    by: Person,
    at: datetime,
    seats: int | None = None,
    at_once: int = 1,
) -> Hall:
    """Add a hall of a place and return it; InvalidValue when the place has one of that name."""
    require(by, "meetings.set_days", area)
    name = _name(name)
    _check_room(at_once)
    try:
        with transaction.atomic():
            hall = Hall.objects.create(area=area, name=name, seats=seats, at_once=at_once)
    except IntegrityError as twice:
        raise _named_so(name) from twice
    audit.record("meeting.hall_added", by=by, subject=hall, at=at, after=_snapshot(hall))
    return hall


@transaction.atomic
def change_hall(
    *,
    hall: Hall,
    name: str,
    seats: int | None,
    at_once: int,
    is_active: bool,
    by: Person,
    at: datetime,
) -> None:
    """Change a hall; meetings that stand in it stay. InvalidValue for a name that is taken."""
    require(by, "meetings.set_days", hall)
    name = _name(name)
    _check_room(at_once)
    before = _snapshot(hall)
    hall.name, hall.seats, hall.at_once, hall.is_active = name, seats, at_once, is_active
    try:
        with transaction.atomic():
            hall.save(update_fields=["name", "seats", "at_once", "is_active"])
    except IntegrityError as twice:
        raise _named_so(name) from twice
    audit.record(
        "meeting.hall_changed", by=by, subject=hall, at=at, before=before, after=_snapshot(hall)
    )


@transaction.atomic
def close_hall(
    *, hall: Hall, first: date, last: date, reason: str, by: Person, at: datetime
) -> HallClosure:
    """Close a hall on some days, both included; whoever convened meetings there sees it named.

    Meetings that stand in it on those days stay until they are moved.
    """
    require(by, "meetings.set_days", hall)
    reason = line(reason, field="reason")
    if not reason:
        raise InvalidValue(_("Say why the hall is closed."), field="reason")
    if last < first:
        raise InvalidValue(_("The last day is before the first day."), field="last")
    made = HallClosure.objects.create(hall=hall, first=first, last=last, reason=reason)
    audit.record(
        "meeting.hall_closed", by=by, subject=hall, at=at, after=_snapshot_of_closure(made)
    )
    return made


@transaction.atomic
def open_hall(*, closure: HallClosure, by: Person, at: datetime) -> None:
    """Take a closure back; StaleState when somebody else has done so."""
    require(by, "meetings.set_days", closure.hall)
    before = _snapshot_of_closure(closure)
    removed, _rows = HallClosure.objects.filter(pk=closure.pk).delete()
    if not removed:
        raise StaleState(_("Somebody else has already opened the hall."))
    audit.record("meeting.hall_opened", by=by, subject=closure.hall, at=at, before=before)


def _name(name: str) -> str:
    name = line(name, field="name")
    if not name:
        raise InvalidValue(_("Give the hall a name."), field="name")
    if len(name) > LONGEST_NAME:
        raise InvalidValue(_("This name is too long."), field="name")
    return name


def _named_so(name: str) -> InvalidValue:
    return InvalidValue(
        _("This place already has a hall called %(name)s.") % {"name": name}, field="name"
    )


def _check_room(at_once: int) -> None:
    if at_once < 1:
        raise InvalidValue(_("A hall holds at least one meeting."), field="at_once")


def _snapshot(hall: Hall) -> dict[str, object]:
    return {
        "area": hall.area_id,
        "name": hall.name,
        "seats": hall.seats,
        "at_once": hall.at_once,
        "is_active": hall.is_active,
    }


def _snapshot_of_closure(closure: HallClosure) -> dict[str, object]:
    return {
        "first": closure.first.isoformat(),
        "last": closure.last.isoformat(),
        "reason": closure.reason,
    }
