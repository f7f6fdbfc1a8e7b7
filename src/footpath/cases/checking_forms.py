"""What is typed about spot checks, made into clean values."""

from __future__ import annotations

import re

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from footpath.cases.models import Round
from footpath.core.calendar import Month
from footpath.directory.forms import AreaField, DirectoryForm


class DrawForm(DirectoryForm):
    """From what is drawn, how many, and by which seed."""

    area = AreaField(
        label=gettext_lazy("Place"), help_text=gettext_lazy("Name or code of the place.")
    )
    month = forms.CharField(
        label=gettext_lazy("Confirmed in the month"),
        max_length=7,
        help_text=gettext_lazy("Year and month, for example 2026-03."),
    )
    number = forms.IntegerField(
        label=gettext_lazy("How many"), min_value=1, max_value=200, initial=5
    )
    seed = forms.CharField(
        label=gettext_lazy("Seed"),
        max_length=80,
        help_text=gettext_lazy(
            "Any words or numbers. With the same seed anybody can draw the same cases again."
        ),
    )

    def clean_month(self) -> Month:
        """Return the month; 2026-03 is March 2026."""
        typed = str(self.cleaned_data["month"]).strip()
        try:
            if re.fullmatch(r"\d{4}-\d{2}", typed, re.ASCII):
                return Month.parse(typed)
        except ValueError:
            pass
        raise forms.ValidationError(_("Write year and month, such as 2026-03."))


class CheckForm(DirectoryForm):
    """What a spot check found; the pressed button is the result."""

    text = forms.CharField(
        label=gettext_lazy("What you saw on the spot"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Write what you saw on the spot.")},
    )
    result = forms.ChoiceField(
        choices=Round.Result.choices,
        widget=forms.HiddenInput,
        error_messages={
            "required": gettext_lazy("Press one of the three buttons: they say what you found."),
        },
    )
