"""What is typed into minutes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, cast
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from footpath.cases.models import Category
from footpath.core.dayfield import DayField
from footpath.directory.forms import DirectoryForm, PersonField
from footpath.meetings.forms.fields import Name
from footpath.meetings.rules.minutes import DayNotRead, Line, clean, read_lines
from footpath.meetings.services import MOST_ITEMS, Said

PEOPLE_HERE = "people-here"
"""The list of names that the field for an owner proposes: those who have to attend."""

LONGEST_ITEM = 20_000


class _WithCategory(DirectoryForm):
    """A form with the field for what a case is about; the choices are looked up once a page."""

    def __init__(self, *args: Any, categories: Sequence[Category], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelChoiceField[Category]", self.fields["category"])
        field.choices = [(row.pk, row.name) for row in categories]
        if categories:
            field.initial = categories[0].pk


def _category(*, required: bool) -> Name:
    return Name(
        label=gettext_lazy("What it is about"),
        queryset=Category.objects.filter(is_active=True).order_by("code"),
        empty_label=None,
        required=required,
    )


class ItemForm(_WithCategory):
    """One item of the minutes; with somebody or a day named, it is a promise and becomes a case."""

    text = forms.CharField(
        label=gettext_lazy("What was said or promised"),
        max_length=LONGEST_ITEM,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    owner = PersonField(
        label=gettext_lazy("Who sees to it"),
        required=False,
        help_text=gettext_lazy("Name or staff number."),
    )
    due_on = DayField(label=gettext_lazy("Until"), required=False)
    category = _category(required=False)
    client_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].widget.attrs["list"] = PEOPLE_HERE

    def clean(self) -> dict[str, Any]:
        """Return the values; a promise needs to say what its case is about."""
        values = dict(super().clean() or self.cleaned_data)
        if (values.get("owner") or values.get("due_on")) and not values.get("category"):
            self.add_error("category", _("Choose what the case is about."))
        return values


class LinesForm(_WithCategory):
    """Several items at once, a line each: what was said, who sees to it, until when."""

    lines = forms.CharField(
        label=gettext_lazy("One item a line"),
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy(
            "Put who sees to it and the day after upright strokes, or paste the rows of a table: "
            "Repair the gate | Lê Thị Mai | 15.4.2026"
        ),
    )
    category = _category(required=False)
    client_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4, required=False)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person, self.today = kwargs["person"], today
        self.said: list[Said] = []

    def clean_lines(self) -> str:
        """Read the lines; ValidationError names the first that cannot be understood."""
        typed: str = clean(self.cleaned_data["lines"])
        try:
            lines = read_lines(typed, today=self.today)
        except DayNotRead as wrong:
            raise ValidationError(
                _("Line %(line)s: “%(typed)s” is no day. Write it as 15.4.2026 or 2026-04-15.")
                % {"line": wrong.line, "typed": wrong.typed}
            ) from wrong
        if len(lines) > MOST_ITEMS:
            raise ValidationError(
                _("Minutes hold at most %(number)s items.") % {"number": MOST_ITEMS}
            )
        known: dict[str, Any] = {}
        self.said = [
            Said(line.text, self._owner(line, known) if line.owner else None, line.due_on)
            for line in lines
        ]
        return typed

    def _owner(self, line: Line, known: dict[str, Any]) -> Any:
        """Return who is named in a line; each name is looked up once."""
        if line.owner not in known:
            field = PersonField()
            field.person = self.person
            try:
                known[line.owner] = field.clean(line.owner)
            except ValidationError as wrong:
                raise ValidationError(
                    _("Line %(line)s: %(what)s")
                    % {"line": line.number, "what": " ".join(wrong.messages)}
                ) from wrong
        return known[line.owner]


class ChangeItemForm(DirectoryForm):
    """An item in other words."""

    text = forms.CharField(
        label=gettext_lazy("What was said"),
        max_length=LONGEST_ITEM,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class MinutesForm(DirectoryForm):
    """The running text of the minutes."""

    minutes = forms.CharField(
        label=gettext_lazy("Minutes as text"),
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        required=False,
    )


class RaiseForm(_WithCategory):
    """A case from an item of the minutes; the words of the item are its details."""

    title = forms.CharField(label=gettext_lazy("What is wrong, in one line"), max_length=200)
    category = _category(required=True)
    owner = PersonField(
        label=gettext_lazy("Who sees to it"),
        required=False,
        help_text=gettext_lazy("Name or staff number."),
    )
    due_on = DayField(label=gettext_lazy("Until"), required=False)
    client_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].widget.attrs["list"] = PEOPLE_HERE


class CorrectForm(DirectoryForm):
    """Why approved minutes are opened again."""

    reason = forms.CharField(label=gettext_lazy("What has to be corrected"), max_length=200)
