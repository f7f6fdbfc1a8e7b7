"""What is typed about being in charge, made into clean values."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from footpath.assignments.models import Assignment, BasisDocument
from footpath.directory.forms import DirectoryForm, day_field
from footpath.directory.models import Person


class DocumentChoice(forms.ModelChoiceField):
    """A choice of documents by number and title."""

    def label_from_instance(self, obj: Any) -> str:
        """Return the number, and the title if it has one."""
        return f"{obj.number}: {obj.title}" if obj.title else str(obj.number)


class AssignForm(DirectoryForm):
    """Who is put in charge, in which role, on what basis, from when until when."""

    who = forms.ModelChoiceField(
        label=gettext_lazy("Who"),
        queryset=Person.objects.all(),
        widget=forms.HiddenInput,
        error_messages={"required": gettext_lazy("Choose a person.")},
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Role"), choices=Assignment.Role.choices, initial=Assignment.Role.LEAD
    )
    start = day_field(gettext_lazy("First day"))
    until = day_field(
        gettext_lazy("Last day"),
        required=False,
        help_text=gettext_lazy("Leave it empty when no end is set."),
    )
    basis = DocumentChoice(
        label=gettext_lazy("Basis document"),
        queryset=BasisDocument.objects.order_by("-issued_on", "number"),
        required=False,
        empty_label=gettext_lazy("None, or a new one below"),
    )
    number = forms.CharField(
        label=gettext_lazy("Number"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("As printed, for example 1524-QĐ/HU."),
    )
    issued_on = day_field(gettext_lazy("Date of the document"), required=False)
    issuer = forms.CharField(label=gettext_lazy("Issued by"), max_length=200, required=False)
    title = forms.CharField(label=gettext_lazy("Title"), max_length=300, required=False)

    def clean(self) -> dict[str, Any]:
        """Ask for the date of a new document."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("number") and not cleaned.get("issued_on") and "issued_on" in cleaned:
            self.add_error("issued_on", _("Give the date of the document."))
        return cleaned


class EndForm(DirectoryForm):
    """The last day of an assignment, and what the next person must know."""

    last_day = day_field(
        gettext_lazy("Last day"), help_text=gettext_lazy("The person is still in charge that day.")
    )
    handover_note = forms.CharField(
        label=gettext_lazy("Handover note"),
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
        help_text=gettext_lazy("What whoever comes next must know: open matters, people, keys."),
    )
    understood = forms.BooleanField(
        label=gettext_lazy("I have read what this means."),
        error_messages={"required": gettext_lazy("Tick this when you have read it.")},
    )


class DayForm(forms.Form):
    """The day that a list shows."""

    on = day_field(gettext_lazy("On"), required=False)
