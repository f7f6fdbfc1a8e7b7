"""What is typed about other systems: applications that post here, endpoints we send to."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from footpath.cases.services.applications import MOST_A_MINUTE
from footpath.directory.forms import DirectoryForm


class ApplicationForm(DirectoryForm):
    """An application that posts cases."""

    name = forms.CharField(
        label=gettext_lazy("Name of the application"),
        max_length=120,
        help_text=gettext_lazy("It is named in the trail of its cases."),
    )
    per_minute = forms.IntegerField(
        label=gettext_lazy("Requests a minute, at most"),
        min_value=1,
        max_value=MOST_A_MINUTE,
        initial=60,
    )
    is_trusted = forms.BooleanField(
        label=gettext_lazy("The public may read its cases at once"),
        required=False,
        help_text=gettext_lazy("Otherwise somebody reads each case first."),
    )


class EndpointForm(DirectoryForm):
    """An outside system to which cases are sent."""

    name = forms.CharField(label=gettext_lazy("Name of the system"), max_length=120)
    url = forms.CharField(
        label=gettext_lazy("Address of its Open311 endpoint"),
        max_length=300,
        help_text=gettext_lazy("Without the resource: https://example.org/open311/v2"),
        widget=forms.TextInput(attrs={"inputmode": "url", "spellcheck": "false"}),
    )
    jurisdiction = forms.CharField(
        label=gettext_lazy("Jurisdiction"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Only where one endpoint serves several."),
    )
    key = forms.CharField(
        label=gettext_lazy("Our key there (api_key)"),
        max_length=500,
        required=False,
        strip=True,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("It is kept encrypted and never shown again."),
    )
    has_updates = forms.BooleanField(
        label=gettext_lazy("It gives service request updates"),
        required=False,
        help_text=gettext_lazy("Another Footpath and FixMyStreet do. The test finds out."),
    )


class ChangeEndpointForm(EndpointForm):
    """A known outside system; an empty key leaves the present one."""

    is_active = forms.BooleanField(label=gettext_lazy("In use"), required=False)
