"""The page of a meeting, one file per part of it: change, attendance, minutes."""

from footpath.meetings.views.meeting import attendance, change, minutes
from footpath.meetings.views.meeting.page import meeting, register

register(attendance.PART)
register(change.PART)
register(minutes.PART)

__all__ = ["meeting"]
