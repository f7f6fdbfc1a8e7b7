"""What is typed about plans and policies, made into clean values."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from footpath.assignments.forms import BasisForm, ManyChoice
from footpath.assignments.models import Policy
from footpath.directory.forms import DirectoryForm, day_field
from footpath.directory.models import Organization, Tier

AS_USUAL = gettext_lazy("As usual: two tiers above")


class TierChoice(forms.ModelChoiceField):
    """A choice of tiers by the name of their places."""

    def label_from_instance(self, obj: Any) -> str:
        """Return the heading over the places of the tier."""
        return str(obj.many)


class StartForm(BasisForm):
    """Which places are planned, from which day, on what basis."""

    field_order = ("tier", "starts_on")

    tier = TierChoice(
        label=gettext_lazy("Who is in charge of"), queryset=Tier.objects.none(), empty_label=None
    )
    starts_on = day_field(
        gettext_lazy("In force from"),
        help_text=gettext_lazy("Those in charge until then hand over on the day before."),
    )

    def __init__(self, *args: Any, tiers: list[Tier], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["tier"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared above
        field.queryset = Tier.objects.filter(pk__in=[tier.pk for tier in tiers]).order_by("level")


def _weight(label: Any, hint: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label, help_text=hint, choices=Policy.Weight.choices, coerce=int
    )


class PolicyForm(DirectoryForm):
    """How much each wish counts, and what holds whatever the wishes."""

    keep = _weight(
        gettext_lazy("Officers stay where they are"),
        gettext_lazy("Nobody is moved while still learning the place."),
    )
    fair = _weight(
        gettext_lazy("The load is shared fairly"),
        gettext_lazy("The load of a place is its household groups and open cases."),
    )
    near = _weight(
        gettext_lazy("Officers live near"),
        gettext_lazy("The straight line from home, or from the office."),
    )
    places_each = forms.IntegerField(
        label=gettext_lazy("Places an officer leads at most"),
        min_value=1,
        max_value=100,
        help_text=gettext_lazy("A limit set for one officer comes before this."),
    )
    officers_of = TierChoice(
        label=gettext_lazy("Officers come from"),
        queryset=Tier.objects.none(),
        required=False,
        empty_label=AS_USUAL,
        help_text=gettext_lazy("The organizations of this tier."),
    )
    needs_deputy = forms.BooleanField(
        label=gettext_lazy("Each place has a deputy, too"), required=False
    )
    spread = forms.IntegerField(
        label=gettext_lazy("Leads of one organization in one parent place at most"),
        min_value=1,
        max_value=100,
        required=False,
        help_text=gettext_lazy("Leave it empty when it does not matter."),
    )
    term_limit_years = forms.IntegerField(
        label=gettext_lazy("Years in one place at most"),
        min_value=1,
        max_value=100,
        required=False,
        help_text=gettext_lazy("Then somebody else comes. Leave it empty when there is no limit."),
    )
    organizations_left_out = ManyChoice(
        label=gettext_lazy("Organizations that take no places"),
        queryset=Organization.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(
        self, *args: Any, tiers: list[Tier], organizations: list[Organization], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["officers_of"]
        assert isinstance(chosen, forms.ModelChoiceField)  # noqa: S101 - declared above
        chosen.queryset = Tier.objects.filter(pk__in=[tier.pk for tier in tiers]).order_by("level")
        left_out = self.fields["organizations_left_out"]
        assert isinstance(left_out, forms.ModelMultipleChoiceField)  # noqa: S101
        left_out.queryset = Organization.objects.filter(
            pk__in=[row.pk for row in organizations]
        ).order_by("name", "pk")


class RejectForm(DirectoryForm):
    """Why a plan is rejected."""

    reason = forms.CharField(
        label=gettext_lazy("Why the plan is rejected"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Whoever plans again reads it."),
        error_messages={"required": gettext_lazy("Say why the plan is rejected.")},
    )


class AllowForm(DirectoryForm):
    """Why an exception from a rule is allowed."""

    reason = forms.CharField(
        label=gettext_lazy("Why the exception is allowed"),
        max_length=300,
        error_messages={"required": gettext_lazy("Say why.")},
    )


class OpenForm(DirectoryForm):
    """Until when places may stay open."""

    until = day_field(gettext_lazy("Leave open until"))
