"""Where a meeting stands, and when it may be held."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum


class State(StrEnum):
    """Where a meeting stands."""

    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"


class NotYet(ValueError):
    """The meeting's day has not come."""


class EndsBeforeItBegins(ValueError):
    """The meeting ends before it begins, or at the same moment."""


class TooLong(ValueError):
    """The meeting lasts longer than a day: day by day nobody would ever be done with it."""


LONGEST = timedelta(days=1)
"""A meeting lasts no longer; one of several days is convened for each of them."""


def check_times(starts_at: datetime, ends_at: datetime) -> None:
    """Raise EndsBeforeItBegins unless the meeting lasts a while, TooLong when more than a day."""
    if ends_at <= starts_at:
        raise EndsBeforeItBegins
    if ends_at - starts_at > LONGEST:
        raise TooLong


def check_day_has_come(day: date, today: date) -> None:
    """Raise NotYet when a meeting is said to have been held before its day."""
    if today < day:
        raise NotYet
