"""Leave from a meeting: who may ask until when, and what a decision does to the duty."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from footpath.meetings.rules.attendance import Attendance


class LeaveState(StrEnum):
    """What became of a leave that was asked for."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Answer(StrEnum):
    """What the deputy said."""

    NONE = ""
    YES = "yes"
    NO = "no"


OPEN = frozenset({LeaveState.ASKED, LeaveState.GRANTED})
"""States in which a leave counts: one of a duty at a time."""

BEFORE_LEAVE = frozenset({Attendance.UNKNOWN, Attendance.EXCUSED})
"""Marks that a granted leave may replace: nothing is known yet, or leave was noted by hand."""

ON_LEAVE = frozenset({Attendance.EXCUSED, Attendance.SUBSTITUTE})
"""Marks that a granted leave has written."""


class TooLate(ValueError):
    """The meeting has begun."""


class AlreadyDecided(ValueError):
    """The leave is no longer as it would have to be."""


class OwnLeave(ValueError):
    """Nobody decides on their own leave."""


def check_before(starts_at: datetime, at: datetime) -> None:
    """Raise TooLate once the meeting has begun: from then on the attendance list counts."""
    if at >= starts_at:
        raise TooLate


def check_decision(state: LeaveState, *, asker_id: int, decider_id: int) -> None:
    """Raise OwnLeave for one's own leave, AlreadyDecided unless it waits for a decision."""
    if asker_id == decider_id:
        raise OwnLeave
    if state is not LeaveState.ASKED:
        raise AlreadyDecided


def mark_of(state: LeaveState, answer: Answer) -> Attendance:
    """Return what stands on the duty: a granted leave excuses, a deputy who said yes comes.

    Source: S2.2 (an officer stays away with leave, for a reason).
    """
    if state is not LeaveState.GRANTED:
        return Attendance.UNKNOWN
    return Attendance.SUBSTITUTE if answer is Answer.YES else Attendance.EXCUSED
