"""What is typed about meetings, made into clean values."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any
from uuid import uuid4

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from footpath.cases.models import Category
from footpath.core.figures import Rate
from footpath.directory.forms import AreaField, DirectoryForm, PersonField, day_field
from footpath.meetings import rules
from footpath.meetings.models import Duty, MeetingKind
from footpath.meetings.services import Mark


class Name(forms.ModelChoiceField):
    """A choice of things by their names in the reader's language."""

    def label_from_instance(self, obj: Any) -> str:
        """Return the name."""
        return str(obj.name)


def time_field(label: Any) -> forms.TimeField:
    """Return a field for a time of day, drawn as the device's own."""
    return forms.TimeField(label=label, widget=forms.TimeInput(format="%H:%M"))


class TimesForm(DirectoryForm):
    """The day, the hours and the room of a meeting."""

    day = day_field(gettext_lazy("Day"))
    starts_at = time_field(gettext_lazy("Begins"))
    ends_at = time_field(gettext_lazy("Ends"))
    where = forms.CharField(
        label=gettext_lazy("Where"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("For example the hall of the hamlet."),
    )

    def times(self) -> tuple[datetime, datetime]:
        """Return beginning and end as moments."""
        asked = self.cleaned_data
        return _moment(asked["day"], asked["starts_at"]), _moment(asked["day"], asked["ends_at"])


class ConveneForm(TimesForm):
    """A new meeting."""

    area = AreaField(
        label=gettext_lazy("Place"),
        help_text=gettext_lazy("Its code or its name. Whoever is in charge there has to attend."),
    )
    kind = Name(
        label=gettext_lazy("Kind"), queryset=MeetingKind.objects.order_by("code"), empty_label=None
    )
    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Only if the kind and the place do not say enough."),
    )
    agenda = forms.CharField(
        label=gettext_lazy("Agenda"),
        widget=forms.Textarea(attrs={"rows": 5}),
        required=False,
        help_text=gettext_lazy("One point a line."),
    )

    field_order = ("area", "kind", "title", "day", "starts_at", "ends_at", "where", "agenda")


class CancelForm(DirectoryForm):
    """Why a meeting does not take place."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)


class InviteForm(DirectoryForm):
    """Somebody who is not in charge of the place."""

    who = PersonField(label=gettext_lazy("Name or staff number"))


class ItemForm(DirectoryForm):
    """One item of the minutes."""

    text = forms.CharField(
        label=gettext_lazy("What was said"), widget=forms.Textarea(attrs={"rows": 3})
    )


class MinutesForm(DirectoryForm):
    """The running text of the minutes."""

    minutes = forms.CharField(
        label=gettext_lazy("Minutes as text"),
        widget=forms.Textarea(attrs={"rows": 8}),
        required=False,
    )


class RaiseForm(DirectoryForm):
    """A case from an item of the minutes; the words of the item are its details."""

    title = forms.CharField(label=gettext_lazy("What is wrong, in one line"), max_length=200)
    category = Name(
        label=gettext_lazy("What it is about"),
        queryset=Category.objects.filter(is_active=True).order_by("code"),
        empty_label=None,
    )
    client_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)


class AttendanceForm(DirectoryForm):
    """The attendance list by exception: everybody came but those whose line is changed."""

    headcount = forms.IntegerField(
        label=gettext_lazy("Heads counted"),
        min_value=0,
        max_value=100_000,
        required=False,
        help_text=gettext_lazy("With everybody who came without being on the list."),
    )

    def __init__(self, *args: Any, duties: Sequence[Duty], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        person = kwargs["person"]
        self.duties = list(duties)
        choices = [
            (mark.value, mark.label) for mark in Duty.Attendance if mark != Duty.Attendance.UNKNOWN
        ]
        for duty in self.duties:
            known = duty.attendance != rules.Attendance.UNKNOWN
            self.fields[f"mark_{duty.pk}"] = forms.ChoiceField(
                label=duty.person.name,
                choices=choices,
                initial=duty.attendance if known else rules.Attendance.PRESENT.value,
                required=False,
            )
            self.fields[f"reason_{duty.pk}"] = forms.CharField(
                label=gettext_lazy("Reason"), max_length=200, required=False, initial=duty.reason
            )
            field = PersonField(
                label=gettext_lazy("Who came instead"), required=False, initial=duty.substitute
            )
            field.person = person
            self.fields[f"substitute_{duty.pk}"] = field

    def lines(self) -> list[tuple[Duty, Any, Any, Any]]:
        """Return for each duty its three fields: mark, reason, substitute."""
        return [
            (
                duty,
                self[f"mark_{duty.pk}"],
                self[f"reason_{duty.pk}"],
                self[f"substitute_{duty.pk}"],
            )
            for duty in self.duties
        ]

    def marks(self) -> list[tuple[Duty, Mark]]:
        """Return each duty with the mark that was chosen; a line left out means present."""
        asked = self.cleaned_data
        return [
            (
                duty,
                Mark(
                    asked[f"mark_{duty.pk}"] or rules.Attendance.PRESENT.value,
                    asked[f"reason_{duty.pk}"],
                    asked[f"substitute_{duty.pk}"],
                ),
            )
            for duty in self.duties
        ]

    def changed(self) -> list[tuple[Duty, Mark]]:
        """Return the lines that say something else than is known."""
        return [
            (duty, mark)
            for duty, mark in self.marks()
            if (mark.attendance, mark.reason, mark.substitute)
            != (duty.attendance, duty.reason, duty.substitute)
        ]


def attended(duties: Sequence[Duty]) -> Rate:
    """Return how many of the known marks count as attended."""
    return Rate(*rules.attended(duty.attendance for duty in duties))


def _moment(day: date, hour: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, hour))
