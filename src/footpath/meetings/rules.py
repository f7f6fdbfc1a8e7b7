"""Decisions about meetings on plain values. No Django here."""

from __future__ import annotations

from collections.abc import Iterable
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
