"""What is typed in a running session."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy

from footpath.cases.models import Category
from footpath.directory.forms import DirectoryForm, PersonField, day_field
from footpath.meetings.forms.fields import Name


class DifficultyForm(DirectoryForm):
    """One difficulty in one line; with its key it may be sent twice."""

    text = forms.CharField(
        label=gettext_lazy("Your difficulty, in one line"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    client_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)


class TopicForm(DifficultyForm):
    """One topic in one line, before the session."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = gettext_lazy("Your topic, in one line")


class AnswerForm(DirectoryForm):
    """The answer given on the spot."""

    answer = forms.CharField(
        label=gettext_lazy("The answer"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "It is kept as guidance: everybody who is signed in finds question and answer. "
            "Name nobody."
        ),
    )


class FollowForm(DirectoryForm):
    """A case with an owner and a day."""

    title = forms.CharField(label=gettext_lazy("What is wrong, in one line"), max_length=200)
    owner = PersonField(
        label=gettext_lazy("Who sees to it"),
        help_text=gettext_lazy("Name or staff number."),
    )
    due_on = day_field(gettext_lazy("Until"))
    category = Name(
        label=gettext_lazy("What it is about"),
        queryset=Category.objects.filter(is_active=True).order_by("code"),
        empty_label=None,
    )
    client_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
