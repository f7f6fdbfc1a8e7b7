"""Fields that the forms of this room share."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils import timezone


class Name(forms.ModelChoiceField):
    """A choice of things by their names in the reader's language."""

    def label_from_instance(self, obj: Any) -> str:
        """Return the name."""
        return str(obj.name)


def time_field(label: Any, **options: Any) -> forms.TimeField:
    """Return a field for a time of day, drawn as the device's own."""
    return forms.TimeField(label=label, widget=forms.TimeInput(format="%H:%M"), **options)


def moment(day: date, hour: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, hour))
