"""The parts of a day in which meetings are planned. Source: S2.2."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

NOON = 12 * 60
LATE = 17 * 60 + 30
NIGHT = 24 * 60


@dataclass(frozen=True)
class Part:
    """A part of the day, in minutes since midnight; the ends are not included.

    Meetings of the part lie between ``first`` and ``last``; one that comes to it from another
    begins at ``usual``. ``over`` is when one is usually on the way again.
    """

    code: str
    first: int
    last: int
    usual: int
    over: int


PARTS = (
    Part("morning", 0, NOON, 7 * 60 + 30, 11 * 60),
    Part("afternoon", NOON, LATE, 13 * 60 + 30, 16 * 60 + 30),
    Part("evening", LATE, NIGHT, 18 * 60 + 30, 20 * 60 + 30),
)
BY_CODE = {part.code: part for part in PARTS}


def minute_of(hour: time) -> int:
    """Return the minutes since midnight: 90 for 1:30."""
    return hour.hour * 60 + hour.minute


def time_of(minute: int) -> time:
    """Return the time of day of a minute before the last: 1:30 for 90."""
    return time(minute // 60, minute % 60)


def part_of(begins: time, minutes: int) -> Part | None:
    """Return the part of the day in which a meeting lies wholly, None when it crosses two."""
    start = minute_of(begins)
    return next((p for p in PARTS if p.first <= start and start + minutes <= p.last), None)


def begins_in(part: Part, own: time, minutes: int) -> time | None:
    """Return when a meeting begins in a part: at its own time where that lies in it.

    Otherwise at the usual time; None when it is too long for the part.
    """
    if part_of(own, minutes) == part:
        return own
    return time_of(part.usual) if part.usual + minutes <= part.last else None


def slot_of(day: date, part: Part) -> str:
    """Return the name of a part of a day: "2026-04-11.evening"."""
    return f"{day.isoformat()}.{part.code}"


def read_slot(name: str) -> tuple[date, Part]:
    """Return the day and the part that a name stands for. ValueError for anything else."""
    day, _dot, code = name.partition(".")
    if code not in BY_CODE:
        raise ValueError(f"no part of a day: {name}")
    return date.fromisoformat(day), BY_CODE[code]


def slots_touched(starts: datetime, ends: datetime) -> Iterator[str]:
    """Yield the parts of days that a meeting (in local time) takes something of."""
    day = starts.date()
    while day <= ends.date():
        for part in PARTS:
            midnight = datetime.combine(day, time.min, tzinfo=starts.tzinfo)
            first = midnight + timedelta(minutes=part.first)
            last = midnight + timedelta(minutes=part.last)
            if starts < last and ends > first:
                yield slot_of(day, part)
        day += timedelta(days=1)
