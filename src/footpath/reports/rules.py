"""What the figures mean, on plain values. No Django here. Source: docs/reference/figures.md."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum

from footpath.core.calendar import Month


class Event(StrEnum):
    """What opens or closes a case after it was raised."""

    CLOSED = "closed"
    REOPENED = "reopened"


MONTHS_DRAWN = 11
"""How many months the line of raised and closed cases shows, the last one included."""


def month_asked(text: str, today: date) -> Month:
    """Return the month that an address names ("2026-03"), at the latest the present one.

    Nothing, something unreadable and a month still to come all give the present month: its
    figures are those of now.
    """
    present = Month.of(today)
    try:
        asked = Month.parse(text)
    except ValueError:
        return present
    return min(asked, present)


def counted_on(month: Month, today: date) -> date:
    """Return the day on whose beginning a month's stock is counted: open, overdue, in charge.

    A past month is counted when it is over, on the first day of the next one; the present month
    is counted today.
    """
    return min(month.next.first, today)


def covered_on(month: Month, today: date) -> date:
    """Return the day for which is asked who is in charge: the month's last, or today."""
    return min(month.last, today)


def is_overdue(due_on: date, day: date) -> bool:
    """Return whether an open case is overdue on a day: its due date (included) has passed."""
    return due_on < day


def was_open(events: Iterable[Event]) -> bool:
    """Return whether a case is open after these events, in their order: the last one decides.

    A case without events has been raised and never closed: it is open. Source: S4.4.
    """
    last = None
    for event in events:
        last = event
    return last is not Event.CLOSED


def last_months(month: Month, number: int = MONTHS_DRAWN) -> tuple[Month, ...]:
    """Return so many months in their order, the last of them the given one."""
    found = [month]
    while len(found) < number:
        found.append(found[-1].previous)
    return tuple(reversed(found))


NARROWING = ("level", "category", "outcome", "own")
"""What the rows of a figure can be narrowed by."""


def narrowed(given: Mapping[str, str]) -> dict[str, str]:
    """Return what an address narrows a figure's rows by; a level that is no number is left out."""
    found = {name: value for name in NARROWING if (value := given.get(name, "").strip())}
    level = found.get("level", "0")
    if not (level.isascii() and level.isdigit() and len(level) == 1):
        del found["level"]
    return found
