"""What is typed about meetings, made into clean values."""

from footpath.meetings.forms.attending import AttendanceForm, attended
from footpath.meetings.forms.convening import CancelForm, ConveneForm, InviteForm, TimesForm
from footpath.meetings.forms.feeds import FeedForm
from footpath.meetings.forms.minutes import (
    PEOPLE_HERE,
    ChangeItemForm,
    CorrectForm,
    ItemForm,
    LinesForm,
    MinutesForm,
    RaiseForm,
)
from footpath.meetings.forms.study import PeriodForm, StudyForm

__all__ = [
    "PEOPLE_HERE",
    "AttendanceForm",
    "CancelForm",
    "ChangeItemForm",
    "ConveneForm",
    "CorrectForm",
    "FeedForm",
    "InviteForm",
    "ItemForm",
    "LinesForm",
    "MinutesForm",
    "PeriodForm",
    "RaiseForm",
    "StudyForm",
    "TimesForm",
    "attended",
]
