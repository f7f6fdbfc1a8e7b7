"""The fields of signing in, of one's own account and of the trail's filter."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm
from django import forms
from django.utils.translation import gettext_lazy as _

from footpath.core.dayfield import DayField


class SignInForm(LoginForm):
    """User name and password, in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("User name")
        self.fields["password"].label = _("Password")
        self.fields["password"].help_text = ""
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
        self.fields["login"].widget.attrs |= {"autocapitalize": "none", "spellcheck": "false"}


class PasswordForm(forms.Form):
    """The present password and the new one."""

    old = forms.CharField(
        label=_("Present password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label=_("New password"),
        help_text=_("At least 10 characters. Three or four unrelated words are good."),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class TokenForm(forms.Form):
    """What a new key of the API is for."""

    name = forms.CharField(label=_("What the key is for"), max_length=80)


class TrailFilter(forms.Form):
    """Which lines of the trail to show; anything unreadable filters nothing."""

    subject = forms.CharField(label=_("Subject"), max_length=80, required=False)
    actor = forms.CharField(label=_("Who"), max_length=200, required=False)
    deed = forms.CharField(label=_("Deed"), max_length=80, required=False)
    day = DayField(label=_("Day"), required=False)
