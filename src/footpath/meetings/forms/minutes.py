"""What is typed into minutes."""

from __future__ import annotations

from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy

from footpath.cases.models import Category
from footpath.directory.forms import DirectoryForm
from footpath.meetings.forms.fields import Name


class ItemForm(DirectoryForm):
    """One item of the minutes."""

    text = forms.CharField(
        label=gettext_lazy("What was said"), widget=forms.Textarea(attrs={"rows": 3})
    )


class MinutesForm(DirectoryForm):
    """The running text of the minutes."""

    minutes = forms.CharField(
        label=gettext_lazy("Minutes as text"),
        widget=forms.Textarea(attrs={"rows": 8}),
        required=False,
    )


class RaiseForm(DirectoryForm):
    """A case from an item of the minutes; the words of the item are its details."""

    title = forms.CharField(label=gettext_lazy("What is wrong, in one line"), max_length=200)
    category = Name(
        label=gettext_lazy("What it is about"),
        queryset=Category.objects.filter(is_active=True).order_by("code"),
        empty_label=None,
    )
    client_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
