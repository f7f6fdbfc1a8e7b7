"""Turning what was typed into places, organizations, people and days.

A place, an organization or a person is typed by code or by name, so that the forms work on any
phone, without scripts, and with a hundred thousand places. Whoever asks is ``person``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from babel.dates import get_day_names
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from footpath.core import formats
from footpath.core.dayfield import DayField
from footpath.core.errors import NotThere, RuleBroken
from footpath.directory import selectors
from footpath.directory.models import (
    Area,
    OfficeHours,
    Organization,
    Person,
    Post,
    SpecialDay,
    Tier,
)

Found = TypeVar("Found", Area, Organization, Person)
Answer = TypeVar("Answer")

MOST_NAMED = 5


class _Typed(forms.CharField, Generic[Found]):
    """A thing of the directory, typed by its code or its name."""

    nothing = gettext_lazy("Nothing is called “%(typed)s”. Look it up and give its code.")
    person: Person | None = None

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", 200)
        super().__init__(**options)
        self.widget.attrs["autocomplete"] = "off"

    def prepare_value(self, value: Any) -> Any:
        """Return the code of a thing, or what was typed."""
        return _code(value) if isinstance(value, Area | Organization | Person) else value

    def clean(self, value: Any) -> Found | None:
        """Return the one thing meant; ValidationError names those that could be meant."""
        typed = super().clean(value)
        if not typed:
            return None
        if self.person is None:
            raise ValueError("set the field's person to whoever asks")
        exact = self.by_code(self.person, typed)
        if exact is not None:
            return exact
        found = self.by_name(self.person, typed)
        if len(found) == 1:
            return found[0]
        if not found:
            raise ValidationError(self.nothing % {"typed": typed})
        shown = "; ".join(f"{thing} ({_code(thing)})" for thing in found[:MOST_NAMED])
        raise ValidationError(
            _("Several are called that: %(shown)s. Give the code of one.") % {"shown": shown}
        )

    def by_code(self, person: Person, typed: str) -> Found | None:
        """Return the thing with this code, or None."""
        raise ValueError(f"{type(self).__name__} finds nothing by code")

    def by_name(self, person: Person, typed: str) -> list[Found]:
        """Return a few of the things found by what was typed."""
        raise ValueError(f"{type(self).__name__} finds nothing by name")


def _code(thing: Area | Organization | Person) -> str:
    """Return what names the thing without doubt."""
    return thing.code or thing.name


class AreaField(_Typed[Area]):
    """A place in force."""

    nothing = gettext_lazy("No place is called “%(typed)s”. Look it up and give its code.")

    def by_code(self, person: Person, typed: str) -> Area | None:
        """Return the place in force with this code, or None."""
        return selectors.areas_for(person).filter(code=typed).first()

    def by_name(self, person: Person, typed: str) -> list[Area]:
        """Return a few places found by name; one that is called exactly so comes alone."""
        found = [row.area for row in selectors.search_areas(person, typed, limit=MOST_NAMED + 1)]
        exact = [area for area in found if area.name.casefold() == typed.casefold()]
        return exact if len(exact) == 1 else found


class OrganizationField(_Typed[Organization]):
    """An organization."""

    nothing = gettext_lazy("No organization is called “%(typed)s”. Look it up and give its code.")

    def by_code(self, person: Person, typed: str) -> Organization | None:
        """Return the organization with this code, or None."""
        try:
            return selectors.get_organization_for(person, code=typed)
        except NotThere:
            return None

    def by_name(self, person: Person, typed: str) -> list[Organization]:
        """Return a few organizations found by name; one that is called exactly so comes alone."""
        found = list(selectors.organizations_for(person, typed=typed, size=MOST_NAMED + 1).rows)
        exact = [row for row in found if row.name.casefold() == typed.casefold()]
        return exact if len(exact) == 1 else found


class PersonField(_Typed[Person]):
    """Somebody in office."""

    nothing = gettext_lazy("Nobody is called “%(typed)s”. Look them up and give the staff number.")

    def by_code(self, person: Person, typed: str) -> Person | None:
        """Return the person with this staff number, or None."""
        return Person.objects.filter(code=typed).first()

    def by_name(self, person: Person, typed: str) -> list[Person]:
        """Return a few people found by name; one who is called exactly so comes alone."""
        found = list(selectors.people_for(person, typed=typed, size=MOST_NAMED + 1).rows)
        exact = [row for row in found if row.name.casefold() == typed.casefold()]
        return exact if len(exact) == 1 else found


class DirectoryForm(forms.Form):
    """A form that knows who fills it in, and shows what a deed refuses beside the right field."""

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, _Typed):
                field.person = person

    def done(self, deed: Callable[[], Answer]) -> Answer | None:
        """Return what the deed answers; None when it is refused, and ``errors`` says why."""
        try:
            return deed()
        except RuleBroken as broken:
            name = getattr(broken, "field", None)
            self.add_error(name if name in self.fields else None, str(broken))
            return None


def day_field(label: Any, **options: Any) -> DayField:
    """Return a field for a day, drawn as the device's own."""
    return DayField(label=label, **options)


class AreaForm(DirectoryForm):
    """Everything that can be put right of a place."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    type_name = forms.CharField(
        label=gettext_lazy("Kind of place"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("The word before the name, if it has one: Xã, Phường, Thị trấn."),
    )
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=40,
        help_text=gettext_lazy("The official code. No two places in force have the same."),
    )
    valid_from = day_field(gettext_lazy("First day"), required=False)
    latitude = forms.FloatField(label=gettext_lazy("Latitude"), required=False)
    longitude = forms.FloatField(label=gettext_lazy("Longitude"), required=False)

    def clean(self) -> dict[str, Any]:
        """Put latitude and longitude together; one alone is refused."""
        cleaned: dict[str, Any] = super().clean() or {}
        latitude, longitude = cleaned.pop("latitude", None), cleaned.pop("longitude", None)
        if (latitude is None) != (longitude is None):
            missing = "latitude" if latitude is None else "longitude"
            if missing not in self.errors:
                self.add_error(missing, _("Give latitude and longitude, or neither."))
        both = latitude is not None and longitude is not None
        return cleaned | {"centre": (latitude, longitude) if both else None}


class NewAreaForm(AreaForm):
    """A new place, its tier, and the place above it."""

    parent = AreaField(
        label=gettext_lazy("Lies below"),
        required=False,
        help_text=gettext_lazy("Name or code. Empty for the top of the tree."),
    )
    tier = forms.ModelChoiceField(
        label=gettext_lazy("Tier"), queryset=Tier.objects.all(), empty_label=None
    )
    field_order: Sequence[str] = ("parent", "tier", "name", "type_name", "code")


class CloseAreaForm(DirectoryForm):
    """The last day of a place."""

    until = day_field(
        gettext_lazy("Last day"),
        help_text=gettext_lazy("The place exists on this day and no longer after it."),
    )


class OrganizationForm(DirectoryForm):
    """An organization: what it is called, where it is, what it stands under."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    code = forms.CharField(label=gettext_lazy("Code"), max_length=40)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=Organization.Kind.choices, widget=forms.RadioSelect
    )
    area = AreaField(
        label=gettext_lazy("Place"),
        required=False,
        help_text=gettext_lazy("Name or code. Empty for an organization above all places."),
    )
    parent = OrganizationField(
        label=gettext_lazy("Stands under"),
        required=False,
        help_text=gettext_lazy("Name or code of the organization above it."),
    )


class PostForm(DirectoryForm):
    """A post: its title, the role it gives, and where the role holds."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=160)
    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        widget=forms.RadioSelect,
        help_text=gettext_lazy("What whoever holds the post may do."),
    )
    area = AreaField(
        label=gettext_lazy("The role holds over"),
        required=False,
        help_text=gettext_lazy("Name or code of a place. Empty: the organization's own place."),
    )
    covers_everything = forms.BooleanField(
        label=gettext_lazy("The role holds over all places"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role = self.fields["role"]
        assert isinstance(role, forms.ChoiceField)  # noqa: S101 - declared above
        role.choices = Post._meta.get_field("role").choices or ()


class MovePostForm(DirectoryForm):
    """Where a post goes, and from which day on."""

    organization = OrganizationField(
        label=gettext_lazy("New organization"), help_text=gettext_lazy("Name or code.")
    )
    on = day_field(
        gettext_lazy("From"),
        help_text=gettext_lazy("Whoever holds the post moves with it on this day."),
    )


class PersonForm(DirectoryForm):
    """Somebody in office: the office's own data and no more."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    code = forms.CharField(label=gettext_lazy("Staff number"), max_length=40, required=False)
    phone = forms.CharField(label=gettext_lazy("Office telephone"), max_length=40, required=False)
    email = forms.CharField(label=gettext_lazy("Office e-mail"), max_length=254, required=False)
    home_area = AreaField(
        label=gettext_lazy("Home"),
        required=False,
        help_text=gettext_lazy(
            "The place somebody comes from, so that nobody is put in charge of it by mistake."
        ),
    )


class MembershipForm(DirectoryForm):
    """A post and the days of a membership in one organization."""

    post = forms.ModelChoiceField(
        label=gettext_lazy("Post"),
        queryset=Post.objects.none(),
        required=False,
        empty_label=gettext_lazy("No post"),
    )
    start = day_field(gettext_lazy("From"))
    until = day_field(
        gettext_lazy("Until"),
        required=False,
        help_text=gettext_lazy("The last day. Empty while nobody knows."),
    )

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        post = self.fields["post"]
        assert isinstance(post, forms.ModelChoiceField)  # noqa: S101 - declared above
        post.queryset = organization.posts.order_by("title", "pk")


class JoinForm(DirectoryForm):
    """The organization that a person is to belong to; its posts are asked for next."""

    organization = OrganizationField(
        label=gettext_lazy("Organization"), help_text=gettext_lazy("Name or code.")
    )


class EndMembershipForm(DirectoryForm):
    """The last day of a membership."""

    until = day_field(
        gettext_lazy("Last day"),
        help_text=gettext_lazy("The roles of the post hold on this day and end after it."),
    )


class AccessForm(DirectoryForm):
    """The name that a person signs in with."""

    username = forms.CharField(
        label=gettext_lazy("User name"),
        max_length=150,
        help_text=gettext_lazy("Letters, digits and @ . + - _ only."),
    )


class SettleYearForm(DirectoryForm):
    """The document that settles a year."""

    basis = forms.CharField(
        label=gettext_lazy("Basis"),
        max_length=200,
        help_text=gettext_lazy("Number and date of the document that settles the days off."),
    )


class SpecialDaysForm(DirectoryForm):
    """Days on which a place is closed, or works although others do not."""

    kind = forms.ChoiceField(
        label=gettext_lazy("These days are"),
        choices=SpecialDay.Kind.choices,
        widget=forms.RadioSelect,
        initial=SpecialDay.Kind.CLOSED.value,
    )
    first = day_field(gettext_lazy("First day"))
    last = day_field(gettext_lazy("Last day, included"))
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)
    everywhere = forms.BooleanField(
        label=gettext_lazy("In the whole country: a new public holiday or a swapped working day"),
        required=False,
    )


class OfficeHoursForm(DirectoryForm):
    """The hours of each day of the week as a line: 07:30-11:30, 13:30-17:00."""

    place = AreaField(
        label=gettext_lazy("Place"),
        help_text=gettext_lazy("Name or code of the place. Empty is the whole country."),
        required=False,
    )

    def __init__(self, *args: Any, noted: OfficeHours | None = None, **kwargs: Any) -> None:
        hours = noted.hours if noted is not None else selectors.USUAL_HOURS
        initial: dict[str, Any] = {
            f"day_{day}": _spans(hours.get(str(day), [])) for day in range(7)
        }
        if noted is not None:
            initial |= {"place": noted.area or "", "time_zone": noted.time_zone}
        super().__init__(*args, initial=initial, **kwargs)
        names = get_day_names("wide", context="stand-alone", locale=formats.locale())
        for day in range(7):
            self.fields[f"day_{day}"] = forms.CharField(
                label=str(names[day]), required=False, max_length=120
            )
        self.fields["time_zone"] = forms.CharField(
            label=_("Time zone"),
            required=False,
            max_length=60,
            help_text=_("For example Asia/Ho_Chi_Minh. Empty is the zone of this installation."),
        )

    @property
    def hours(self) -> dict[str, list[list[str]]]:
        """Return what was typed as hours are noted; whether they are any is judged there."""
        found = {}
        for day in range(7):
            typed = self.cleaned_data.get(f"day_{day}", "").replace("–", "-").replace(";", ",")
            spans = [span.strip() for span in typed.split(",") if span.strip()]
            if spans:
                edges = [[edge.strip() for edge in span.split("-", 1)] for span in spans]
                found[str(day)] = [pair if len(pair) == 2 else [*pair, ""] for pair in edges]
        return found


def _spans(noted: Sequence[Sequence[str]]) -> str:
    return ", ".join(f"{first}-{last}" for first, last in noted)
