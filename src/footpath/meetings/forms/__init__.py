"""What is typed about meetings, made into clean values."""

from footpath.meetings.forms.attending import Sheet, attended, sheet_from, sheet_of
from footpath.meetings.forms.convening import (
    CancelForm,
    ConveneForm,
    HallField,
    InviteForm,
    InviteOrganizationForm,
    TimesForm,
)
from footpath.meetings.forms.feeds import FeedForm
from footpath.meetings.forms.leave import AnswerForm, CheckInForm, DecideForm, LeaveForm
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
    "AnswerForm",
    "CancelForm",
    "ChangeItemForm",
    "CheckInForm",
    "ConveneForm",
    "CorrectForm",
    "DecideForm",
    "FeedForm",
    "HallField",
    "InviteForm",
    "InviteOrganizationForm",
    "ItemForm",
    "LeaveForm",
    "LinesForm",
    "MinutesForm",
    "PeriodForm",
    "RaiseForm",
    "Sheet",
    "StudyForm",
    "TimesForm",
    "attended",
    "sheet_from",
    "sheet_of",
]
