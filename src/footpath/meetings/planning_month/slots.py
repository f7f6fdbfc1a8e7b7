"""Parts of days: in which one a meeting or a pin lies, and when it is held in another one.

Days, parts and places in the words of the engine, too.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone

from footpath.directory.models import Area
from footpath.meetings.models import Meeting, MonthPin
from footpath.meetings.rules import month as parts
from footpath.planning.month import problem as engine


def slot_now(meeting: Meeting) -> str | None:
    """Return the part of a day in which a meeting lies wholly, or None."""
    starts = timezone.localtime(meeting.starts_at)
    part = parts.part_of(starts.time(), length_of(meeting))
    return parts.slot_of(starts.date(), part) if part is not None else None


def slot_at(pin: MonthPin) -> str | None:
    """Return the part of the day that a pin means."""
    begins = timezone.localtime(pin.starts_at)
    part = parts.part_of(begins.time(), 1)
    return parts.slot_of(begins.date(), part) if part is not None else None


def times_in(meeting: Meeting, slot: str) -> tuple[datetime, datetime] | None:
    """Return when a meeting begins and ends in a part of a day; None when it does not fit."""
    if slot == slot_now(meeting):
        return meeting.starts_at, meeting.ends_at
    day, part = parts.read_slot(slot)
    own = timezone.localtime(meeting.starts_at).time()
    begins = parts.begins_in(part, own, length_of(meeting))
    if begins is None:
        return None
    starts_at = timezone.make_aware(datetime.combine(day, begins))
    return starts_at, starts_at + (meeting.ends_at - meeting.starts_at)


def length_of(meeting: Meeting) -> int:
    """Return how long a meeting lasts, in whole minutes."""
    return int((meeting.ends_at - meeting.starts_at).total_seconds() // 60)


def days_between(first: date, last: date) -> list[date]:
    """Return the days from one to another, both included."""
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def engine_slot(name: str) -> engine.Slot:
    """Return a part of a day as the engine knows it."""
    day, part = parts.read_slot(name)
    return engine.Slot(name, day, part.code, parts.time_of(part.usual), parts.time_of(part.over))


def engine_spot(area: Area) -> engine.Spot:
    """Return a place as the engine knows it; without coordinates no way to it is counted."""
    if area.latitude is None or area.longitude is None:
        return engine.Spot(str(area.pk))
    return engine.Spot(str(area.pk), (area.latitude, area.longitude))
