"""What is typed about plans of months, made into clean values."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from footpath.assignments.models import Policy
from footpath.core import formats
from footpath.core.calendar import Month
from footpath.directory.forms import DirectoryForm, PersonField, day_field
from footpath.meetings.forms.fields import moment, time_field

MOST_A_DAY = 3


def _month_field() -> forms.TypedChoiceField:
    return forms.TypedChoiceField(label=gettext_lazy("Month"), coerce=Month.parse)


class _OfMonths(DirectoryForm):
    """A form that asks for one of several months."""

    def __init__(self, *args: Any, months: Sequence[Month], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["month"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared below
        field.choices = [(str(month), formats.month(month)) for month in months]


class StartMonthForm(_OfMonths):
    """Which month is planned, and how."""

    month = _month_field()
    keep = forms.TypedChoiceField(
        label=gettext_lazy("Meet as last month"),
        help_text=gettext_lazy("The same day of the week, in the same week and part of the day."),
        choices=Policy.Weight.choices,
        coerce=int,
        initial=Policy.Weight.MUCH,
    )
    most_a_day = forms.IntegerField(
        label=gettext_lazy("Meetings of one person in a day at most"),
        min_value=1,
        max_value=MOST_A_DAY,
        initial=2,
    )
    other_parts = forms.BooleanField(
        label=gettext_lazy("A meeting may change between morning, afternoon and evening"),
        required=False,
    )


class RepairForm(_OfMonths):
    """Who is away, and on which days."""

    month = _month_field()
    person_away = PersonField(label=gettext_lazy("Who is away"))
    first = day_field(gettext_lazy("First day"))
    last = day_field(gettext_lazy("Last day, included"))

    def clean(self) -> dict[str, Any]:
        """Ask for days in the right order."""
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", _("The last day lies before the first."))
        return cleaned


class PinForm(DirectoryForm):
    """At what time a meeting is to be held."""

    day = day_field(gettext_lazy("Day"))
    begins = time_field(gettext_lazy("Begins"))

    def starts_at(self) -> datetime:
        """Return the moment that was typed."""
        day: date = self.cleaned_data["day"]
        return moment(day, self.cleaned_data["begins"])


class RejectMonthForm(DirectoryForm):
    """Why the plan of a month is rejected."""

    reason = forms.CharField(
        label=gettext_lazy("Why the plan is rejected"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Whoever plans again reads it."),
        error_messages={"required": gettext_lazy("Say why the plan is rejected.")},
    )


class AllowMonthForm(DirectoryForm):
    """Why an exception is allowed."""

    reason = forms.CharField(
        label=gettext_lazy("Why the exception is allowed"),
        max_length=200,
        error_messages={"required": gettext_lazy("Say why.")},
    )
