"""A day as it is typed into a form, within what both databases and all calendars can work with."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

FIRST, LAST = date(1000, 1, 1), date(9000, 12, 31)
"""A mistyped year outside these could not be counted from, nor turned into a moment in UTC."""


class DayField(forms.DateField):
    """A field for a day, drawn as the device's own."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"widget": forms.DateInput(), **options})

    def to_python(self, value: Any) -> date | None:
        """Return the day; ValidationError for a word that is none, or a year far away."""
        day: date | None = super().to_python(value)
        if day is not None and not FIRST <= day <= LAST:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return day
