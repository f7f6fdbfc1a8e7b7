"""What is typed about where cases belong and when they go up, made into clean values."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy

from footpath.cases.forms import DeedForm
from footpath.cases.models import Category, Endpoint, EscalationRule, Route
from footpath.cases.selectors import handoffs
from footpath.directory.forms import AreaField, DirectoryForm, OrganizationField


class CategoryChoice(forms.ModelChoiceField):
    """A choice of what cases are about, or of everything."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", gettext_lazy("What it is about"))
        options.setdefault("required", False)
        options.setdefault("empty_label", gettext_lazy("Everything"))
        super().__init__(queryset=Category.objects.filter(is_active=True), **options)

    def label_from_instance(self, obj: Any) -> str:
        """Return the name in the reader's language."""
        return str(obj.name)


class EndpointChoice(forms.ModelChoiceField):
    """A choice of the outside systems that are in use."""

    def label_from_instance(self, obj: Any) -> str:
        """Return the name of the system."""
        return str(obj.name)


class TransferForm(DeedForm):
    """The organization that a case belongs to."""

    label = gettext_lazy("Why it belongs there")
    missing = gettext_lazy("Write why the case belongs to the other organization.")
    field_order = ("organization", "text")

    organization = OrganizationField(
        label=gettext_lazy("To the organization"),
        help_text=gettext_lazy("Name or code of the organization."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("OrganizationField", self.fields["organization"]).person = self.person


class MisrouteForm(DeedForm):
    """Why a case does not belong here."""

    label = gettext_lazy("Why it does not belong here, and where it does")
    missing = gettext_lazy("Write why it does not belong here, and where it does.")


class TargetOfRouteForm(DirectoryForm):
    """Whom a route leads to."""

    organization = OrganizationField(
        label=gettext_lazy("Belongs to"),
        help_text=gettext_lazy("Name or code of the organization."),
    )
    owner = forms.ChoiceField(
        label=gettext_lazy("Owner"),
        choices=Route.Owner.choices,
        initial=Route.Owner.NOBODY,
        widget=forms.RadioSelect,
    )
    endpoint = EndpointChoice(
        label=gettext_lazy("Also sent to another system"),
        queryset=Endpoint.objects.filter(is_active=True).order_by("name", "pk"),
        required=False,
        empty_label=gettext_lazy("No"),
    )
    service_code = forms.CharField(
        label=gettext_lazy("Service code there"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("By this code the other system knows the kind of case."),
    )


class RouteForm(TargetOfRouteForm):
    """A new route: the place, what it is about, whom it leads to."""

    field_order = ("area", "category", "organization", "owner", "endpoint", "service_code")

    area = AreaField(
        label=gettext_lazy("Place"),
        required=False,
        help_text=gettext_lazy(
            "Name or code of the place. It holds for everything below, too. Empty is everywhere."
        ),
    )
    category = CategoryChoice()


class SendOutForm(DirectoryForm):
    """The outside system to which one case is handed."""

    endpoint = EndpointChoice(
        label=gettext_lazy("To the outside system"),
        queryset=handoffs.in_use(),
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one of the outside systems.")},
    )
    service_code = forms.CharField(
        label=gettext_lazy("Service code there"),
        max_length=80,
        required=False,
        help_text=gettext_lazy(
            "By this code the other system knows the kind of case. Empty: the code in a route for "
            "this category, else our own code of the category."
        ),
    )


class BenchForm(DirectoryForm):
    """A place and a category to try."""

    place = AreaField(
        label=gettext_lazy("Place"), help_text=gettext_lazy("Name or code of the place.")
    )
    category = CategoryChoice(required=True, empty_label=None, to_field_name="code")


class EscalationRuleForm(DirectoryForm):
    """When cases go up by themselves."""

    field_order = ("trigger", "number", "area", "category", "agency")

    trigger = forms.ChoiceField(
        label=gettext_lazy("A case goes up after"),
        choices=EscalationRule.Trigger.choices,
        widget=forms.RadioSelect,
    )
    number = forms.IntegerField(label=gettext_lazy("How many"), min_value=1, max_value=365)
    area = AreaField(
        label=gettext_lazy("Place"),
        required=False,
        help_text=gettext_lazy(
            "Name or code of the place. It holds for everything below, too. Empty is everywhere."
        ),
    )
    category = CategoryChoice()
    agency = OrganizationField(
        label=gettext_lazy("To the agency"),
        required=False,
        help_text=gettext_lazy("Name or code. Empty: to the next in charge, tier by tier."),
    )
