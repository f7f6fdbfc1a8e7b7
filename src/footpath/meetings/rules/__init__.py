"""Decisions about meetings on plain values. No Django here."""

from footpath.meetings.rules.attendance import (
    ATTENDED,
    Attendance,
    ReasonMissing,
    SubstituteMissing,
    attended,
    check_mark,
)
from footpath.meetings.rules.halls import most_at_once
from footpath.meetings.rules.meetings import (
    EndsBeforeItBegins,
    NotYet,
    State,
    check_day_has_come,
    check_times,
)

__all__ = [
    "ATTENDED",
    "Attendance",
    "EndsBeforeItBegins",
    "NotYet",
    "ReasonMissing",
    "State",
    "SubstituteMissing",
    "attended",
    "check_day_has_come",
    "check_mark",
    "check_times",
    "most_at_once",
]
