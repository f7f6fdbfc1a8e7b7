"""What is typed when something is written for the library, or corrected."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy

from footpath.core import formats
from footpath.directory.forms import PersonField, day_field
from footpath.knowledge.forms.fields import (
    LanguageField,
    LibraryForm,
    RegulationsField,
    TopicField,
    UnitField,
    text_field,
    version_field,
)


class RegulationForm(LibraryForm):
    """A regulation: number, issuer, date, title, and its text, its file, or both."""

    number = forms.CharField(
        label=gettext_lazy("Number"),
        max_length=80,
        help_text=gettext_lazy("As it stands on the document: 1524-QD/HU."),
    )
    issued_on = day_field(gettext_lazy("Date"))
    issuer = forms.CharField(label=gettext_lazy("Issued by"), max_length=200, required=False)
    title = forms.CharField(label=gettext_lazy("Title"), max_length=300)
    topic = TopicField()
    language = LanguageField()
    text = text_field(gettext_lazy("Text"), rows=12, required=False)
    upload = forms.FileField(
        label=gettext_lazy("File"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "application/pdf,image/jpeg,image/png,image/webp"}),
    )
    remove_file = forms.BooleanField(label=gettext_lazy("Remove the file"), required=False)
    version = version_field(required=False)

    def __init__(self, *args: Any, has_file: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_file:
            del self.fields["remove_file"]
        size = formats.file_size(settings.ATTACHMENT_MAX_BYTES)
        self.fields["upload"].help_text = gettext_lazy(
            "One PDF or picture of at most %(size)s."
        ) % {"size": size}


class AnswerForm(LibraryForm):
    """An answer for everybody: nothing in it may tell who asked."""

    question = text_field(
        gettext_lazy("Question, in your own words"),
        rows=4,
        longest=5_000,
        help_text=gettext_lazy(
            "Write it anew. No names, places, posts, days or turns of phrase of whoever asked."
        ),
    )
    text = text_field(gettext_lazy("Answer"), rows=10)
    topic = TopicField()
    language = LanguageField()
    regulations = RegulationsField(
        label=gettext_lazy("Regulations it refers to"),
        required=False,
        help_text=gettext_lazy("Their numbers, one a line."),
    )
    answered_on = day_field(
        gettext_lazy("Day of the answer"),
        help_text=gettext_lazy(
            "It is not kept: only the month, and the Monday from which the answer may appear, at "
            "least 7 days later."
        ),
    )
    approver = PersonField(
        label=gettext_lazy("Who approves it"),
        required=False,
        help_text=gettext_lazy("Staff number or name. They are told. Never yourself."),
    )
    consent = forms.BooleanField(
        label=gettext_lazy("Whoever asked agreed that it is published, rewritten."),
        error_messages={
            "required": gettext_lazy("Without the consent of whoever asked, it is not published.")
        },
    )
    version = version_field(required=False)

    def __init__(self, *args: Any, changing: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if changing:
            del self.fields["answered_on"]


class PracticeForm(LibraryForm):
    """A good practice: where it comes from, what is done, what came of it."""

    origin = UnitField(
        label=gettext_lazy("Unit it comes from"),
        help_text=gettext_lazy("A place or an organization: its code or its name."),
    )
    title = forms.CharField(label=gettext_lazy("In one line"), max_length=300)
    description = text_field(gettext_lazy("What is done"), rows=8)
    result = text_field(
        gettext_lazy("What came of it"),
        rows=4,
        help_text=gettext_lazy("With figures where there are any: how many of how many."),
    )
    topic = TopicField()
    language = LanguageField()
    version = version_field(required=False)

    def __init__(self, *args: Any, changing: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if changing:
            del self.fields["origin"]
