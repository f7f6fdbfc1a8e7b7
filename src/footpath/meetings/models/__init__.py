"""Meetings, who has to attend them, what is said there, and when they may be held."""

from footpath.meetings.models.days import DayRule
from footpath.meetings.models.duties import Duty, Leave
from footpath.meetings.models.feeds import Feed
from footpath.meetings.models.halls import Hall, HallClosure
from footpath.meetings.models.kinds import MeetingKind
from footpath.meetings.models.meetings import Meeting, MeetingQuerySet
from footpath.meetings.models.minutes import MinuteItem, MinuteItemQuerySet, Minutes
from footpath.meetings.models.months import MonthLine, MonthPin, MonthPlan
from footpath.meetings.models.series import Series

__all__ = [
    "DayRule",
    "Duty",
    "Feed",
    "Hall",
    "HallClosure",
    "Leave",
    "Meeting",
    "MeetingKind",
    "MeetingQuerySet",
    "MinuteItem",
    "MinuteItemQuerySet",
    "Minutes",
    "MonthLine",
    "MonthPin",
    "MonthPlan",
    "Series",
]
