"""What the deeds towards the reporter and the public ask for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from footpath.cases.forms import DeedForm
from footpath.directory.models import Person


class ReplyForm(DeedForm):
    """The answer to the reporter."""

    label = gettext_lazy("Answer")
    missing = gettext_lazy("Write the answer.")


class PublishForm(DeedForm):
    """Words for the public, where the reporter's own are not fit."""

    needs_text = False
    label = gettext_lazy("In other words, without names")


class HideForm(DeedForm):
    """Why the public may not read it any more."""

    label = gettext_lazy("Why the public may not read it any more")
    missing = gettext_lazy("Write why the public may not read it any more.")


class HandlerForm(forms.Form):
    """To whom the knowledge of a confidential reporter goes, by staff number."""

    code = forms.CharField(label=gettext_lazy("Staff number of the new handler"), max_length=40)

    def clean(self) -> dict[str, Any]:
        """Return the values with ``to``, the person."""
        values = dict(super().clean() or self.cleaned_data)
        code = values.get("code")
        if code:
            values["to"] = Person.objects.filter(code=code).first()
            if values["to"] is None:
                self.add_error("code", _("Nobody has this staff number. Look it up under People."))
        return values
