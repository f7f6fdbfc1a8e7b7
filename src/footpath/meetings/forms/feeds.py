"""What is typed to make a calendar feed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from footpath.directory.forms import AreaField, DirectoryForm, OrganizationField


class FeedForm(DirectoryForm):
    """Whose meetings the feed shows, and in which language."""

    OWN, PLACE, ORGANIZATION = "own", "place", "organization"

    what = forms.ChoiceField(
        label=gettext_lazy("What it shows"),
        choices=(
            (OWN, gettext_lazy("The meetings at which I am expected")),
            (PLACE, gettext_lazy("The meetings of a place and everything below it")),
            (ORGANIZATION, gettext_lazy("The meetings of an organization")),
        ),
        widget=forms.RadioSelect,
    )
    area = AreaField(
        label=gettext_lazy("Place"),
        required=False,
        help_text=gettext_lazy("Its code or its name, if the feed is of a place."),
    )
    organization = OrganizationField(
        label=gettext_lazy("Organization"),
        required=False,
        help_text=gettext_lazy("Its code or its name, if the feed is of an organization."),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)

    def clean(self) -> dict[str, Any]:
        """Keep only what the choice asks for; say which name is missing."""
        said = super().clean() or self.cleaned_data
        what = said.get("what")
        for choice, name, missing in (
            (self.PLACE, "area", _("Say which place.")),
            (self.ORGANIZATION, "organization", _("Say which organization.")),
        ):
            if what != choice:
                said[name] = None
                self.errors.pop(name, None)
            elif not said.get(name) and name not in self.errors:
                self.add_error(name, missing)
        return said
