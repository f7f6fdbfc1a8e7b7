"""What becomes of a duty to attend. Source: S2.2."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


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


class ReasonMissing(ValueError):
    """Leave is given with a reason only."""


class SubstituteMissing(ValueError):
    """Somebody came instead, but nobody says who."""


def check_mark(attendance: Attendance, *, reason: str, has_substitute: bool) -> None:
    """Raise ReasonMissing or SubstituteMissing when a mark lacks what it rests on.

    An officer stays away with a reason only. Source: S2.2.
    """
    if attendance is Attendance.EXCUSED and not reason.strip():
        raise ReasonMissing
    if attendance is Attendance.SUBSTITUTE and not has_substitute:
        raise SubstituteMissing
