"""Decisions about meetings on plain values. No Django here."""

from footpath.meetings.rules.attendance import (
    ATTENDED,
    FEWEST_PEOPLE,
    Attendance,
    ReasonMissing,
    SubstituteMissing,
    attended,
    check_mark,
    default_mark,
    hidden_groups,
)
from footpath.meetings.rules.halls import most_at_once
from footpath.meetings.rules.leave import (
    BEFORE_LEAVE,
    ON_LEAVE,
    AlreadyDecided,
    Answer,
    LeaveState,
    OwnLeave,
    TooLate,
    check_before,
    check_decision,
    mark_of,
)
from footpath.meetings.rules.leave import OPEN as OPEN_LEAVE
from footpath.meetings.rules.meetings import (
    EndsBeforeItBegins,
    NotYet,
    State,
    TooLong,
    check_day_has_come,
    check_times,
)

__all__ = [
    "ATTENDED",
    "BEFORE_LEAVE",
    "FEWEST_PEOPLE",
    "ON_LEAVE",
    "OPEN_LEAVE",
    "AlreadyDecided",
    "Answer",
    "Attendance",
    "EndsBeforeItBegins",
    "LeaveState",
    "NotYet",
    "OwnLeave",
    "ReasonMissing",
    "State",
    "SubstituteMissing",
    "TooLate",
    "TooLong",
    "attended",
    "check_before",
    "check_day_has_come",
    "check_decision",
    "check_mark",
    "check_times",
    "default_mark",
    "hidden_groups",
    "mark_of",
    "most_at_once",
]
