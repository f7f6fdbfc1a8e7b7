"""What is typed about being in charge, made into clean values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from footpath.assignments.models import Absence, Assignment, BasisDocument, Conflict
from footpath.directory.forms import AreaField, DirectoryForm, PersonField, day_field
from footpath.directory.models import Area, Person, Tier

MOST_DIGITS = 18
"""A number with so many digits fits into a key of both databases."""


class DocumentChoice(forms.ModelChoiceField):
    """A choice of documents by number and title."""

    def label_from_instance(self, obj: Any) -> str:
        """Return the number, and the title if it has one."""
        return f"{obj.number}: {obj.title}" if obj.title else str(obj.number)


class ManyChoice(forms.ModelMultipleChoiceField):
    """A choice of several things; a key that no database can hold is a wrong one."""

    def clean(self, value: Any) -> Any:
        """Return the things chosen; ValidationError for keys that are none."""
        for key in value or ():
            if len(str(key)) > MOST_DIGITS:
                raise ValidationError(
                    self.error_messages["invalid_pk_value"],
                    code="invalid_pk_value",
                    params={"pk": key},
                )
        return super().clean(value)


class BasisForm(DirectoryForm):
    """On what basis something is done: a document that is known, or a new one."""

    basis = DocumentChoice(
        label=gettext_lazy("Basis document"),
        queryset=BasisDocument.objects.order_by("-issued_on", "number"),
        required=False,
        empty_label=gettext_lazy("None, or a new one below"),
    )
    number = forms.CharField(
        label=gettext_lazy("Number of the document"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("As printed, for example 1524-QĐ/HU."),
    )
    issued_on = day_field(gettext_lazy("Date of the document"), required=False)
    issuer = forms.CharField(label=gettext_lazy("Issued by"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        """Ask for the date of a new document."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("number") and not cleaned.get("issued_on") and "issued_on" in cleaned:
            self.add_error("issued_on", _("Give the date of the document."))
        return cleaned


class AssignForm(BasisForm):
    """Who is put in charge, in which role, on what basis, from when until when."""

    field_order = ("who", "role", "start", "until")

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
    title = forms.CharField(label=gettext_lazy("Title"), max_length=300, required=False)
    replaces = forms.BooleanField(
        label=gettext_lazy("Whoever holds this role until then hands over"),
        required=False,
        help_text=gettext_lazy(
            "Their last day is the day before; open cases and coming meetings change hands."
        ),
    )
    exception = forms.CharField(
        label=gettext_lazy("Reason for an exception"),
        max_length=500,
        required=False,
        help_text=gettext_lazy(
            "Only when something speaks against it: home, relatives, places enough, the term."
        ),
    )


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
    successor = forms.ModelChoiceField(
        label=gettext_lazy("Who takes over"),
        queryset=Person.objects.all(),
        widget=forms.HiddenInput,
        required=False,
    )
    other = PersonField(
        label=gettext_lazy("Somebody else"),
        required=False,
        help_text=gettext_lazy("Name or staff number."),
    )
    in_charge = forms.BooleanField(
        label=gettext_lazy("Put them in charge from the day after, in the same role"),
        required=False,
        initial=True,
    )
    exception = forms.CharField(
        label=gettext_lazy("Reason for an exception"),
        max_length=500,
        required=False,
        help_text=gettext_lazy(
            "Only when something speaks against it: home, relatives, places enough, the term."
        ),
    )
    understood = forms.BooleanField(
        label=gettext_lazy("I have read what this means."),
        error_messages={"required": gettext_lazy("Tick this when you have read it.")},
    )

    def chosen(self) -> Person | None:
        """Return who takes over: somebody typed before somebody chosen."""
        found: Person | None = self.cleaned_data.get("other") or self.cleaned_data.get("successor")
        return found


class DayForm(forms.Form):
    """The day that a list shows."""

    on = day_field(gettext_lazy("On"), required=False)


@dataclass(frozen=True)
class StandInAsked:
    """A place for which somebody may be named, and what is known of it."""

    assignment: Assignment
    hint: str
    has_deputy: bool

    @property
    def name(self) -> str:
        """Return the name of the place."""
        return str(self.assignment.area)

    @property
    def field(self) -> str:
        """Return the name of the field."""
        return f"place_{self.assignment.pk}"


class LeaveForm(DirectoryForm):
    """Who is away, why in a word, from when until when, and who stands in at each place."""

    kind = forms.ChoiceField(label=gettext_lazy("Why"), choices=Absence.Kind.choices)
    start = day_field(gettext_lazy("First day"))
    until = day_field(
        gettext_lazy("Last day"), help_text=gettext_lazy("The person is still away that day.")
    )

    def __init__(self, *args: Any, places: Iterable[StandInAsked] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = tuple(places)
        for place in self.places:
            field = PersonField(
                label=_("Who stands in: %(place)s") % {"place": place.name},
                required=False,
                help_text=place.hint,
            )
            field.person = kwargs["person"]
            self.fields[place.field] = field

    def named(self) -> dict[Assignment, Person]:
        """Return who was typed for each assignment."""
        chosen = {place.assignment: self.cleaned_data.get(place.field) for place in self.places}
        return {row: who for row, who in chosen.items() if who is not None}

    def blame(self, rows: Iterable[Assignment]) -> None:
        """Mark the places where nobody would act."""
        wanted = {row.pk for row in rows}
        for place in self.places:
            if place.assignment.pk in wanted:
                self.add_error(place.field, _("Name somebody who is there on these days."))


class BackForm(DirectoryForm):
    """The last day of an absence that ends earlier."""

    last_day = day_field(
        gettext_lazy("Last day away"),
        required=False,
        help_text=gettext_lazy("Leave it empty when the person is not away at all."),
    )


class StandInForm(DirectoryForm):
    """Who stands in instead, and from when."""

    who = PersonField(
        label=gettext_lazy("Who stands in"), help_text=gettext_lazy("Name or staff number.")
    )
    start = day_field(gettext_lazy("From"), required=False)


class LimitForm(DirectoryForm):
    """How many places an officer leads at most."""

    places = forms.IntegerField(label=gettext_lazy("Places at most"), min_value=0, max_value=100)
    bound = forms.BooleanField(
        label=gettext_lazy("Bound to the desk: leads no place"), required=False
    )


class ConflictForm(DirectoryForm):
    """A place where an officer lives or has relatives."""

    area = AreaField(
        label=gettext_lazy("Place"), help_text=gettext_lazy("Name or code of the place.")
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("What stands in the way"), choices=Conflict.Kind.choices
    )


class CoverForm(DirectoryForm):
    """What the places of a tier need."""

    tier = forms.ModelChoiceField(
        label=gettext_lazy("Tier"), queryset=Tier.objects.all(), empty_label=None
    )
    needs_lead = forms.BooleanField(
        label=gettext_lazy("Each place needs a lead"), required=False, initial=True
    )
    needs_deputy = forms.BooleanField(
        label=gettext_lazy("Each place needs a deputy"), required=False
    )

    def __init__(self, *args: Any, area: Area, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tiers = Tier.objects.filter(level__gte=area.tier.level).order_by("level")
        self.fields["tier"].queryset = tiers  # type: ignore[attr-defined]


class DutyListForm(DirectoryForm):
    """A titled list of duties, one a line."""

    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=200,
        help_text=gettext_lazy("As people call it, for example 4 grasps."),
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Whose duties"),
        choices=Assignment.Role.choices,
        initial=Assignment.Role.LEAD,
    )
    items = forms.CharField(
        label=gettext_lazy("Duties"),
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("One a line, in the order in which they are read."),
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
        empty_label=gettext_lazy("None"),
    )

    def lines(self) -> list[str]:
        """Return the duties."""
        return str(self.cleaned_data["items"]).splitlines()


class LastDayForm(DirectoryForm):
    """The last day of something."""

    last_day = day_field(gettext_lazy("Last day"))


class ClusterForm(DirectoryForm):
    """A name, and the places led together."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    members = ManyChoice(
        label=gettext_lazy("Places"),
        queryset=Area.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, area: Area, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        below = Area.objects.in_force(on).filter(parent=area).order_by("name", "pk")
        self.fields["members"].queryset = below  # type: ignore[attr-defined]


class ClusterLeadForm(DirectoryForm):
    """Who leads a cluster, and from when."""

    who = PersonField(
        label=gettext_lazy("Who leads it"), help_text=gettext_lazy("Name or staff number.")
    )
    start = day_field(gettext_lazy("First day"))
    note = forms.CharField(
        label=gettext_lazy("Handover note"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )
