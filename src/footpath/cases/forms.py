"""What is typed into the forms of cases, made into clean values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, cast
from uuid import uuid4

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from footpath.cases import rules, selectors
from footpath.cases.models import Case, Category
from footpath.cases.services import MOST_FILES
from footpath.core import formats
from footpath.directory.models import Area, Organization, Person


class FilesInput(forms.ClearableFileInput):
    """A box for several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once; what they are is checked where they are kept."""

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        """Return the list of files sent, empty when there is none."""
        found = data if isinstance(data, list | tuple) else [data]
        cleaned = [super(FilesField, self).clean(one, initial) for one in found if one]
        if len(cleaned) > MOST_FILES:
            raise forms.ValidationError(
                _("Send at most %(count)s files at once.") % {"count": MOST_FILES}
            )
        return cleaned


def files_field() -> FilesField:
    """Return the field for photos and documents, with its limits in words."""
    most = settings.ATTACHMENT_MAX_BYTES
    size = formats.file_size(most)
    return FilesField(
        label=_("Photos or PDF"),
        required=False,
        help_text=_("At most %(count)s files of %(size)s each. Place and time are removed.")
        % {"count": MOST_FILES, "size": size},
        widget=FilesInput(
            attrs={
                "accept": "image/jpeg,image/png,image/webp,application/pdf",
                "multiple": True,
                "data-max-bytes": str(most),
                "data-too-big": _("This file is larger than %(size)s.") % {"size": size},
            }
        ),
    )


class Name(forms.ModelChoiceField):
    """A choice of things by their names."""

    def label_from_instance(self, obj: Any) -> str:
        """Return the name; a place with the place above."""
        if isinstance(obj, Area) and obj.parent is not None:
            return f"{obj.name}, {obj.parent.short_name}"
        return str(obj.name)


def _choice_of(form: forms.Form, name: str) -> forms.ModelChoiceField[Any]:
    return cast("forms.ModelChoiceField[Any]", form.fields[name])


class RaiseForm(forms.Form):
    """A new case; everything but the line that says what is wrong is filled in already."""

    area = Name(label=gettext_lazy("Place"), queryset=Area.objects.none(), empty_label=None)
    category = Name(
        label=gettext_lazy("What it is about"), queryset=Category.objects.none(), empty_label=None
    )
    title = forms.CharField(
        label=gettext_lazy("What is wrong, in one line"),
        max_length=200,
        error_messages={"required": gettext_lazy("Say in one line what is wrong.")},
    )
    text = forms.CharField(
        label=gettext_lazy("Details"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    source = forms.ChoiceField(label=gettext_lazy("How you know"), required=False)
    is_confidential = forms.BooleanField(
        label=gettext_lazy("Keep my name confidential"),
        required=False,
        help_text=gettext_lazy("The case has no raiser then. You follow it by a code only."),
    )
    handler = forms.CharField(
        label=gettext_lazy("Staff number of the one person who may know you"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("Empty: whoever is in charge of the place above."),
    )
    client_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, areas: Sequence[Area], **kwargs: Any) -> None:
        kwargs.setdefault("initial", {}).setdefault("client_key", uuid4())
        super().__init__(*args, **kwargs)
        keys = [area.pk for area in areas]
        field = _choice_of(self, "area")
        field.queryset = Area.objects.select_related("parent").filter(pk__in=keys).order_by("path")
        kinds = _choice_of(self, "category")
        kinds.queryset = Category.objects.filter(is_active=True)
        source = cast("forms.ChoiceField", self.fields["source"])
        source.choices = [
            (value, label)
            for value, label in Case.Source.choices
            if value not in (Case.Source.IMPORT, Case.Source.MEETING)
        ]
        self.fields["files"] = files_field()

    def clean_handler(self) -> Person | None:
        """Return the person with this staff number, None when none was typed."""
        code = self.cleaned_data["handler"].strip()
        found = Person.objects.filter(code=code).first() if code else None
        if code and found is None:
            raise forms.ValidationError(_("Nobody has this staff number. Look it up under People."))
        return found


class DeedForm(forms.Form):
    """What every deed asks for: a sentence. ``expected`` is the case as the page showed it."""

    needs_text: ClassVar[bool] = True
    takes_files: ClassVar[bool] = False
    label: ClassVar[Any] = gettext_lazy("What you say to it")
    missing: ClassVar[Any] = gettext_lazy("Write a sentence.")

    expected = forms.CharField(required=False, widget=forms.HiddenInput)
    text = forms.CharField(max_length=20_000, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, case: Case, person: Person, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {}).setdefault("expected", standing_of(case))
        super().__init__(*args, **kwargs)
        self.case, self.person = case, person
        text = self.fields["text"]
        text.label = self.label
        text.required = self.needs_text
        text.error_messages["required"] = str(self.missing)
        if self.takes_files:
            self.fields["files"] = files_field()

    @property
    def is_of_another_state(self) -> bool:
        """Return whether the case has changed since the page with this form was shown."""
        expected = self.data.get("expected")
        return bool(expected) and expected != standing_of(self.case)


def standing_of(case: Case) -> str:
    """Return state, round and owner of a case in one word, to notice a change in between."""
    return f"{case.state}.{case.round_number}.{case.owner_id or 0}"


class AcceptForm(DeedForm):
    """Accepting needs no words."""

    needs_text = False
    label = gettext_lazy("What you are going to do")


class AssignForm(DeedForm):
    """An owner: one of those proposed, or anybody by staff number."""

    needs_text = False
    label = gettext_lazy("What the owner should know")
    field_order = ("owner", "code", "text")

    owner = Name(
        label=gettext_lazy("New owner"),
        queryset=Person.objects.none(),
        required=False,
        empty_label=gettext_lazy("Somebody else, by staff number"),
    )
    code = forms.CharField(
        label=gettext_lazy("Or the staff number of somebody else"), required=False, max_length=40
    )

    def __init__(self, *args: Any, owners: Sequence[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = _choice_of(self, "owner")
        field.queryset = Person.objects.filter(pk__in=[who.pk for who in owners])
        field.choices = [
            *((who.pk, who.name) for who in owners),
            ("", field.empty_label),
        ]
        if owners:
            field.initial = owners[0].pk

    def clean(self) -> dict[str, Any]:
        """Return the values with ``owner`` set from the staff number when one is typed."""
        values = dict(super().clean() or self.cleaned_data)
        code = values.get("code")
        if code:
            values["owner"] = Person.objects.filter(code=code).first()
            if values["owner"] is None:
                self.add_error("code", _("Nobody has this staff number. Look it up under People."))
        elif not values.get("owner") and "owner" not in self.errors:
            self.add_error("owner", _("Choose the new owner."))
        return values


class GuideForm(DeedForm):
    """Guidance for the owner."""

    label = gettext_lazy("Guidance")
    missing = gettext_lazy("Write the guidance in a sentence or two.")


class RectifyForm(DeedForm):
    """What was done, and how the case would end."""

    takes_files = True
    label = gettext_lazy("What was done")
    missing = gettext_lazy("Write what was done, so that it can be checked on the spot.")
    field_order = ("text", "outcome", "files")

    outcome = forms.ChoiceField(
        label=gettext_lazy("How it ends"),
        initial=Case.Outcome.SOLVED,
        choices=[
            (value, label)
            for value, label in Case.Outcome.choices
            if value != Case.Outcome.DUPLICATE
        ],
        widget=forms.RadioSelect,
    )


class VerifyForm(DeedForm):
    """What was found on the spot; the pressed button is the result."""

    needs_text = False
    takes_files = True
    label = gettext_lazy("What you saw on the spot")
    field_order = ("text", "files")

    result = forms.ChoiceField(
        choices=[(result.value, result.value) for result in rules.Result],
        widget=forms.HiddenInput,
        error_messages={
            "required": gettext_lazy("Press one of the three buttons: they say what you found."),
            "invalid_choice": gettext_lazy(
                "Press one of the three buttons: they say what you found."
            ),
        },
    )

    def clean(self) -> dict[str, Any]:
        """Return the values; anything but "confirmed" needs a sentence."""
        values = dict(super().clean() or self.cleaned_data)
        if values.get("result") not in (None, "", rules.Result.CONFIRMED) and not values.get(
            "text", ""
        ):
            self.add_error(
                "text", _("Write what is still wrong, so that the next round can begin.")
            )
        return values


class ReopenForm(DeedForm):
    """Why a closed case is opened again."""

    label = gettext_lazy("Why it is opened again")
    missing = gettext_lazy("Write why the case is opened again.")


class EscalateForm(DeedForm):
    """Up to whoever is in charge above, or to an agency."""

    label = gettext_lazy("Why it goes up")
    missing = gettext_lazy("Write why the case goes up.")
    field_order = ("agency", "text")

    agency = Name(
        label=gettext_lazy("To"),
        queryset=Organization.objects.none(),
        required=False,
        empty_label=gettext_lazy("The next in charge: cluster, unit, place above"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = _choice_of(self, "agency")
        agencies = selectors.agencies_for(self.person, self.case)
        field.queryset = Organization.objects.filter(pk__in=[row.pk for row in agencies]).order_by(
            "name"
        )


class ReturnForm(DeedForm):
    """What a case lacks."""

    label = gettext_lazy("What is missing, or where it belongs")
    missing = gettext_lazy("Write what is missing, so that it can be sent in again.")


class ResubmitForm(DeedForm):
    """What was added to a returned case."""

    takes_files = True
    label = gettext_lazy("What you added")
    missing = gettext_lazy("Write what was added.")
    field_order = ("text", "files")


class DuplicateForm(DeedForm):
    """The case that this one repeats, by its number."""

    needs_text = False
    label = gettext_lazy("Why it is the same")
    field_order = ("of", "text")

    of = forms.CharField(
        label=gettext_lazy("Number of the other case"),
        max_length=20,
        help_text=gettext_lazy("For example C-0388. It must be open."),
    )

    def clean_of(self) -> Case:
        """Return the other case, which the person must be able to read."""
        typed = str(self.cleaned_data["of"]).upper().removeprefix("C-").strip()
        if typed.isascii() and typed.isdigit() and len(typed) < 18:
            found = selectors.cases_for(self.person).filter(pk=int(typed)).first()
            if found is not None:
                return found
        raise forms.ValidationError(_("There is no such case. Write its number, such as C-0388."))


class NoteForm(DeedForm):
    """A note, with photos if there are any."""

    takes_files = True
    label = gettext_lazy("Note")
    missing = gettext_lazy("Write the note.")
    field_order = ("text", "files")


class BulkForm(forms.Form):
    """What is to be done with the chosen cases; the owner or the sentence comes with it."""

    deed = forms.CharField(max_length=20)
    text = forms.CharField(
        label=gettext_lazy("What you say to it"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    owner = Name(
        label=gettext_lazy("New owner"),
        queryset=Person.objects.none(),
        required=False,
        empty_label=gettext_lazy("Somebody else, by staff number"),
    )
    code = forms.CharField(
        label=gettext_lazy("Or the staff number of somebody else"), required=False, max_length=40
    )

    def __init__(self, *args: Any, owners: Sequence[Person] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = _choice_of(self, "owner")
        field.queryset = Person.objects.all()
        field.choices = [
            *((who.pk, who.name) for who in owners),
            ("", field.empty_label),
        ]

    def clean(self) -> dict[str, Any]:
        """Return the values with what the deed needs; each deed says what is missing."""
        values = dict(super().clean() or self.cleaned_data)
        deed, text = values.get("deed"), values.get("text")
        if deed in (rules.Deed.ESCALATE, rules.Deed.NOTE) and not text:
            self.add_error("text", _("Write a sentence: it stands in the thread of each case."))
        if deed == rules.Deed.ASSIGN:
            if values.get("code"):
                values["owner"] = Person.objects.filter(code=values["code"]).first()
                if values["owner"] is None:
                    self.add_error(
                        "code", _("Nobody has this staff number. Look it up under People.")
                    )
            elif not values.get("owner") and "owner" not in self.errors:
                self.add_error("owner", _("Choose the new owner."))
        return values
