"""What is typed when something is done with an item of the library: one form a deed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from footpath.directory.forms import day_field
from footpath.directory.models import Post
from footpath.knowledge.forms.fields import (
    LibraryForm,
    RegulationField,
    UnitsField,
    sentence_field,
    version_field,
)
from footpath.knowledge.rules import Deed, Outcome


class ReplaceForm(LibraryForm):
    """The regulation that stands instead, and since when."""

    replacement = RegulationField(
        label=gettext_lazy("Number of the regulation that replaces it"),
        help_text=gettext_lazy("It stands in the library already."),
    )
    on = day_field(gettext_lazy("Since"))


class RepealForm(LibraryForm):
    """Since when a regulation is no longer in force, and why."""

    on = day_field(gettext_lazy("Since"))
    reason = sentence_field(gettext_lazy("Why it is no longer in force"))


class RestoreForm(LibraryForm):
    """Why a regulation is in force after all."""

    reason = sentence_field(gettext_lazy("Why it is in force after all"))


class ApproveForm(LibraryForm):
    """The version that was read."""

    version = version_field()


class SendBackForm(LibraryForm):
    """What is to be changed."""

    reason = sentence_field(gettext_lazy("What is to be changed"))


class PublishForm(LibraryForm):
    """Nothing to fill in."""


class WithdrawForm(LibraryForm):
    """Why an answer is withdrawn."""

    reason = sentence_field(gettext_lazy("Why it is withdrawn"))


class AssessForm(LibraryForm):
    """As the holder of which post somebody assesses a practice, and how."""

    post = forms.ModelChoiceField(
        label=gettext_lazy("As the holder of"), queryset=Post.objects.none(), empty_label=None
    )
    sentence = sentence_field(gettext_lazy("Your assessment, in a sentence"))

    def __init__(self, *args: Any, posts: Sequence[Post], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["post"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared above
        rows = Post.objects.filter(pk__in=[post.pk for post in posts])
        field.queryset = rows.order_by("title", "pk")


class DecideForm(LibraryForm):
    """Why a practice is selected or declined."""

    reason = sentence_field(gettext_lazy("Reason"))


class SpreadForm(LibraryForm):
    """The units that receive a practice."""

    units = UnitsField(
        label=gettext_lazy("Units that receive it"),
        help_text=gettext_lazy("Places or organizations, one a line: code or name. They are told."),
    )


class AdoptForm(LibraryForm):
    """What a unit made of a practice."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("What you make of it"),
        widget=forms.RadioSelect,
        choices=[
            (Outcome.ADOPTED.value, gettext_lazy("Adopted as it is")),
            (Outcome.ADAPTED.value, gettext_lazy("Adapted to our place")),
            (Outcome.NOT_FOR_US.value, gettext_lazy("Not for us")),
        ],
    )
    on = day_field(gettext_lazy("Since"))
    sentence = sentence_field(gettext_lazy("How, or why not, in a sentence"))


FORMS: Mapping[Deed, type[LibraryForm]] = {
    Deed.REPLACE: ReplaceForm,
    Deed.REPEAL: RepealForm,
    Deed.RESTORE: RestoreForm,
    Deed.APPROVE: ApproveForm,
    Deed.SEND_BACK: SendBackForm,
    Deed.PUBLISH: PublishForm,
    Deed.WITHDRAW: WithdrawForm,
    Deed.ASSESS: AssessForm,
    Deed.SELECT: DecideForm,
    Deed.DECLINE: DecideForm,
    Deed.SPREAD: SpreadForm,
}
"""The form of each deed."""
