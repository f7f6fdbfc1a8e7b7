"""What becomes of a duty to attend. Source: S2.2."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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


def default_mark(known: Attendance, *, is_elsewhere: bool) -> Attendance:
    """Return the mark that a sheet proposes: what is known, and otherwise that somebody came.

    Whoever is expected in another meeting at that time is not expected here.
    """
    if known is not Attendance.UNKNOWN:
        return known
    return Attendance.UNKNOWN if is_elsewhere else Attendance.PRESENT


FEWEST_PEOPLE = 5
"""Rates of fewer people are for readers of the place and themselves: attendance is staff data."""


def hidden_groups(sizes: Sequence[int]) -> frozenset[int]:
    """Return which of the groups, by their position, are not shown to those who do not read there.

    Groups of fewer than five people; and the smallest others until five people are hidden, in two
    groups or more, so that nothing small can be found out from the total. Sizes 12, 4, 7 hide the
    second and the third.
    """
    hidden = {at for at, size in enumerate(sizes) if size < FEWEST_PEOPLE}
    others = sorted(set(range(len(sizes))) - hidden, key=lambda at: (-sizes[at], -at))
    while (
        hidden and others and (len(hidden) == 1 or sum(sizes[at] for at in hidden) < FEWEST_PEOPLE)
    ):
        hidden.add(others.pop())
    return frozenset(hidden)
