"""Leave as it is asked for, decided and answered."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from footpath.directory.forms import DirectoryForm, PersonField


class LeaveForm(DirectoryForm):
    """Why somebody cannot come, and who comes instead."""

    reason = forms.CharField(
        label=gettext_lazy("Why you cannot come"),
        max_length=200,
        help_text=gettext_lazy("The convener, the deputy and the offices above read it."),
    )
    deputy = PersonField(
        label=gettext_lazy("Who comes instead"),
        required=False,
        help_text=gettext_lazy("Name or staff number. Whoever you name is asked."),
    )


class DecideForm(DirectoryForm):
    """What whoever decides on leave has to say about it."""

    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("A refusal needs one; the person reads it."),
    )


class AnswerForm(DirectoryForm):
    """The deputy's answer: a button alone."""


class CheckInForm(DirectoryForm):
    """The code shown in the room."""

    code = forms.CharField(
        label=gettext_lazy("Code shown in the room"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "pattern": "[0-9 ]*"}
        ),
    )
