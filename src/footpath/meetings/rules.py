"""Decisions about meetings on plain values. No Django here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum


class State(StrEnum):
    """Where a meeting stands."""

    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"


class Attendance(StrEnum):
    """What became of one duty to attend. Source: S2.2."""

    UNKNOWN = "unknown"
    PRESENT = "present"
    LATE = "late"
    EXCUSED = "excused"
    SUBSTITUTE = "substitute"
    ABSENT = "absent"


ATTENDED = frozenset({Attendance.PRESENT, Attendance.LATE, Attendance.SUBSTITUTE})


def attended(marks: Iterable[str]) -> tuple[int, int]:
    """Return (attended, expected) of a list of marks: late and a substitute count as attended.

    Marks still unknown count in neither: nobody is absent because a list was not kept.
    """
    known = [Attendance(mark) for mark in marks if mark != Attendance.UNKNOWN]
    return sum(mark in ATTENDED for mark in known), len(known)


class NotYet(ValueError):
    """The meeting's day has not come."""


class EndsBeforeItBegins(ValueError):
    """The meeting ends before it begins, or at the same moment."""


class ReasonMissing(ValueError):
    """Leave is given with a reason only."""


class SubstituteMissing(ValueError):
    """Somebody came instead, but nobody says who."""


def check_times(starts_at: datetime, ends_at: datetime) -> None:
    """Raise EndsBeforeItBegins unless the meeting lasts a while."""
    if ends_at <= starts_at:
        raise EndsBeforeItBegins


def check_day_has_come(day: date, today: date) -> None:
    """Raise NotYet when a meeting is said to have been held before its day."""
    if today < day:
        raise NotYet


def check_mark(attendance: Attendance, *, reason: str, has_substitute: bool) -> None:
    """Raise ReasonMissing or SubstituteMissing when a mark lacks what it rests on.

    An officer stays away with a reason only. Source: S2.2.
    """
    if attendance is Attendance.EXCUSED and not reason.strip():
        raise ReasonMissing
    if attendance is Attendance.SUBSTITUTE and not has_substitute:
        raise SubstituteMissing
