"""The fields of how somebody wants to be told."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from footpath.notifications import kinds
from footpath.notifications.models import Channel, Preferences


class PreferencesForm(forms.Form):
    """When somebody is told, and of what only in the interface."""

    digest_at = forms.TimeField(
        label=gettext_lazy("Hour of the digest"), widget=forms.TimeInput(format="%H:%M")
    )
    digest_days = forms.MultipleChoiceField(
        label=gettext_lazy("Days of the digest"),
        help_text=gettext_lazy("Without a choice it comes every day."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    quiet_from = forms.TimeField(
        label=gettext_lazy("Quiet from"),
        help_text=gettext_lazy("In quiet hours nothing is sent; it follows at their end."),
        required=False,
        widget=forms.TimeInput(format="%H:%M"),
    )
    quiet_until = forms.TimeField(
        label=gettext_lazy("Quiet until"),
        required=False,
        widget=forms.TimeInput(format="%H:%M"),
    )
    muted = forms.MultipleChoiceField(
        label=gettext_lazy("Show only here, send nothing about"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, kept: Preferences, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "digest_at": kept.digest_at,
            "digest_days": [str(day) for day in kept.digest_days],
            "quiet_from": kept.quiet_from,
            "quiet_until": kept.quiet_until,
            "muted": kept.muted,
        }
        super().__init__(*args, **kwargs)
        self.fields["digest_days"].choices = [  # type: ignore[attr-defined]
            (str(day), name) for day, name in WEEKDAYS.items()
        ]
        self.fields["muted"].choices = [  # type: ignore[attr-defined]
            (kind.code, _(kind.label)) for kind in kinds.all_kinds()
        ]


class ChannelForm(forms.Form):
    """A new way to be reached."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind of channel"), widget=forms.RadioSelect)
    address = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            choice
            for choice in Channel.Kind.choices
            if choice[0] != Channel.Kind.EMAIL or settings.EMAIL_URL
        ]


class CodeForm(forms.Form):
    """The code that came to an e-mail address."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )
