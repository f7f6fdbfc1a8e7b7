"""What is typed about halls."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from footpath.directory.forms import AreaField, DirectoryForm, day_field


class ChangeHallForm(DirectoryForm):
    """The name of a hall, how many fit in, and whether it is used."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    seats = forms.IntegerField(
        label=gettext_lazy("Seats"), min_value=1, max_value=100_000, required=False
    )
    at_once = forms.IntegerField(
        label=gettext_lazy("Meetings at once"),
        min_value=1,
        max_value=50,
        initial=1,
        help_text=gettext_lazy("More than 1 only if it can be divided."),
    )
    is_active = forms.BooleanField(
        label=gettext_lazy("It may be chosen for meetings"), required=False, initial=True
    )


class HallForm(ChangeHallForm):
    """A new hall of a place."""

    area = AreaField(label=gettext_lazy("Place"), help_text=gettext_lazy("Its code or its name."))
    is_active = None  # type: ignore[assignment]

    field_order = ("area", "name", "seats", "at_once")


class CloseHallForm(DirectoryForm):
    """Days on which a hall cannot be used."""

    first = day_field(gettext_lazy("First day"))
    last = day_field(gettext_lazy("Last day, included"))
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)
