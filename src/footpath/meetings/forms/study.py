"""What is typed about study sessions, and the period that is looked back on. Source: S4.2."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy

from footpath.core import formats
from footpath.core.dayfield import DayField
from footpath.directory.forms import DirectoryForm
from footpath.directory.models import Person


class StudyForm(DirectoryForm):
    """What a session is about, and what is read there."""

    topic = forms.CharField(label=gettext_lazy("Topic"), max_length=200)
    material = forms.CharField(
        label=gettext_lazy("Material"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        required=False,
        help_text=gettext_lazy("The text itself, or the address at which it is read."),
    )
    upload = forms.FileField(
        label=gettext_lazy("File"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "application/pdf,image/jpeg,image/png,image/webp"}),
    )
    remove = forms.BooleanField(label=gettext_lazy("Remove the file"), required=False)

    def __init__(self, *args: Any, has_file: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_file:
            del self.fields["remove"]
        size = formats.file_size(settings.ATTACHMENT_MAX_BYTES)
        self.fields["upload"].help_text = gettext_lazy(
            "One PDF or picture of at most %(size)s."
        ) % {"size": size}


class PeriodForm(DirectoryForm):
    """A first and a last day, both included."""

    first = DayField(label=gettext_lazy("From"), required=False)
    last = DayField(label=gettext_lazy("Until, included"), required=False)

    @classmethod
    def of_year(cls, given: Mapping[str, Any], *, today: date, person: Person) -> PeriodForm:
        """Return the form with what was given; days that are missing or wrong: the last year."""
        usual = {"first": (today - timedelta(days=364)).isoformat(), "last": today.isoformat()}
        asked = cls({name: given.get(name) or usual[name] for name in usual}, person=person)
        if asked.is_valid() and asked.cleaned_data["first"] <= asked.cleaned_data["last"]:
            return asked
        made = cls(usual, person=person)
        made.full_clean()
        return made

    def period(self) -> tuple[date, date]:
        """Return the first and the last day."""
        return self.cleaned_data["first"], self.cleaned_data["last"]
