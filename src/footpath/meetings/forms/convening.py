"""What is typed to convene, move or cancel a meeting, and to invite to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from footpath.core.errors import RuleBroken
from footpath.directory.forms import (
    AreaField,
    DirectoryForm,
    OrganizationField,
    PersonField,
    day_field,
)
from footpath.directory.models import Area
from footpath.meetings import selectors
from footpath.meetings.forms.fields import Name, moment, time_field
from footpath.meetings.models import Hall, MeetingKind

Answer = TypeVar("Answer")


class HallField(forms.ModelChoiceField):
    """A choice of halls by name, each with its place and seats."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", gettext_lazy("Hall"))
        super().__init__(
            queryset=Hall.objects.none(),
            required=False,
            empty_label=gettext_lazy("No hall of the list"),
            **options,
        )

    def near(self, area: Area | None, *, also: int | None = None) -> None:
        """Offer the halls that meetings of a place can use."""
        keys = [hall.pk for hall in selectors.halls_near(area, also=also)]
        self.queryset = (
            Hall.objects.filter(pk__in=keys).select_related("area").order_by("name", "pk")
        )

    def label_from_instance(self, obj: Any) -> str:
        """Return name, place and seats."""
        said = f"{obj.name}, {obj.area.name}"
        if obj.seats:
            return _("%(hall)s, %(number)s seats") % {"hall": said, "number": obj.seats}
        return said


class RoomForm(DirectoryForm):
    """Where a meeting is: a hall of the list that is near, or in words."""

    hall = HallField()
    where = forms.CharField(
        label=gettext_lazy("Where"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Only if no hall of the list fits, or to say more."),
    )

    def __init__(
        self, *args: Any, near: Area | None = None, also: int | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hall"].near(near, also=also)  # type: ignore[attr-defined]


class WordsForm(RoomForm):
    """What a meeting is: where, of which kind, whose, and what it is about."""

    area = AreaField(
        label=gettext_lazy("Place"),
        help_text=gettext_lazy("Its code or its name. Whoever is in charge there has to attend."),
    )
    kind = Name(
        label=gettext_lazy("Kind"),
        queryset=MeetingKind.objects.filter(is_active=True).order_by("code"),
        empty_label=None,
    )
    organization = OrganizationField(
        label=gettext_lazy("Whose meeting"),
        required=False,
        help_text=gettext_lazy("The organization that holds it: its code or its name."),
    )
    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Only if the kind and the place do not say enough."),
    )
    agenda = forms.CharField(
        label=gettext_lazy("Agenda"),
        widget=forms.Textarea(attrs={"rows": 5}),
        required=False,
        help_text=gettext_lazy("One point a line."),
    )
    client_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4, required=False)


class TimesForm(RoomForm):
    """The day, the hours and the room of a meeting; ``refused`` is what a deed said against it."""

    field_order: Sequence[str] = ("day", "starts_at", "ends_at")

    day = day_field(gettext_lazy("Day"))
    starts_at = time_field(gettext_lazy("Begins"))
    ends_at = time_field(gettext_lazy("Ends"))
    extraordinary_reason = forms.CharField(
        label=gettext_lazy("Why it cannot wait for another day"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("With a reason the day rules are set aside. It is counted."),
    )

    refused: RuleBroken | None = None

    def times(self) -> tuple[datetime, datetime]:
        """Return beginning and end as moments."""
        asked = self.cleaned_data
        return moment(asked["day"], asked["starts_at"]), moment(asked["day"], asked["ends_at"])

    def done(self, deed: Callable[[], Answer]) -> Answer | None:
        """Return what the deed answers; None when it is refused, which ``refused`` keeps."""

        def tried() -> Answer:
            try:
                return deed()
            except RuleBroken as broken:
                self.refused = broken
                raise

        return super().done(tried)


class ConveneForm(TimesForm, WordsForm):
    """A new meeting."""

    field_order = ("day", "starts_at", "ends_at", "hall", "where", "extraordinary_reason")

    ends_at = time_field(
        gettext_lazy("Ends"),
        required=False,
        help_text=gettext_lazy("Left empty, it lasts as long as meetings of its kind do."),
    )

    def times(self) -> tuple[datetime, datetime]:
        """Return beginning and end as moments; the end by the kind when it is left empty."""
        asked = self.cleaned_data
        begins = moment(asked["day"], asked["starts_at"])
        if asked["ends_at"] is None:
            return begins, begins + timedelta(minutes=asked["kind"].minutes)
        return begins, moment(asked["day"], asked["ends_at"])


class CancelForm(DirectoryForm):
    """Why a meeting does not take place."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)


class InviteForm(DirectoryForm):
    """Somebody who is not in charge of the place."""

    who = PersonField(label=gettext_lazy("Name or staff number"))


class InviteOrganizationForm(DirectoryForm):
    """Everybody who belongs to an organization."""

    organization = OrganizationField(
        label=gettext_lazy("Organization"), help_text=gettext_lazy("Its code or its name.")
    )
