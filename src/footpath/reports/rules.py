"""What the figures mean, on plain values. No Django here. Source: docs/reference/figures.md."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any

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


NARROWING = ("level", "category", "outcome", "own", "organization", "span")
"""What the rows of a figure can be narrowed by."""


def rates_asked(given: Mapping[str, str]) -> dict[str, Any]:
    """Return how an address wants the rates: by what, over how long, ranked by which, which tier.

    What cannot be read counts as not said.
    """
    by, sort, level = given.get("by", ""), given.get("sort", ""), given.get("level", "")
    is_level = level.isascii() and level.isdigit() and len(level) == 1
    return {
        "by": by if by in {"place", "organization", "tier"} else "place",
        "span": 12 if given.get("span") == "12" else 1,
        "sort": sort if sort in {"response", "resolution", "satisfaction"} else "resolution",
        "level": int(level) if is_level else None,
    }


def narrowed(given: Mapping[str, str]) -> dict[str, str]:
    """Return what an address narrows a figure's rows by; a level that is no number is left out."""
    found = {name: value for name in NARROWING if (value := given.get(name, "").strip())}
    level = found.get("level", "0")
    if not (level.isascii() and level.isdigit() and len(level) == 1):
        del found["level"]
    return found


def ranks(rates: Sequence[tuple[int, int]]) -> list[int]:
    """Return the ranks of (part, whole) pairs, the best first already; equal rates share a rank.

    Compared without rounding: 1 of 3 and 2 of 6 are equal. Ranks are 1, 2, 2, 4.
    """
    found: list[int] = []
    for at, (part, whole) in enumerate(rates):
        before = rates[at - 1]
        same = at and part * before[1] == before[0] * whole
        found.append(found[-1] if same else at + 1)
    return found
