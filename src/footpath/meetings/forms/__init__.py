"""What is typed about meetings, made into clean values."""

from footpath.meetings.forms.attending import AttendanceForm, attended
from footpath.meetings.forms.convening import CancelForm, ConveneForm, InviteForm, TimesForm
from footpath.meetings.forms.minutes import ItemForm, MinutesForm, RaiseForm

__all__ = [
    "AttendanceForm",
    "CancelForm",
    "ConveneForm",
    "InviteForm",
    "ItemForm",
    "MinutesForm",
    "RaiseForm",
    "TimesForm",
    "attended",
]
