"""What is typed to convene, move or cancel a meeting."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy

from footpath.directory.forms import AreaField, DirectoryForm, PersonField, day_field
from footpath.meetings.forms.fields import Name, moment, time_field
from footpath.meetings.models import MeetingKind


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
        return moment(asked["day"], asked["starts_at"]), moment(asked["day"], asked["ends_at"])


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
