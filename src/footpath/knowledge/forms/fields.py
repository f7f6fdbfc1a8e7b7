"""Fields that several forms of the library have: topic, language, regulations, units."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from footpath.directory.forms import AreaField, DirectoryForm, OrganizationField
from footpath.directory.models import Area, Organization, Person
from footpath.knowledge import selectors
from footpath.knowledge.models import Regulation, Topic
from footpath.knowledge.selectors import Unit

_WITH_DAY = re.compile(r"(?P<number>.+?)[,;]?\s+(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})")
MOST_LINES = 50


class TopicField(forms.ModelChoiceField):
    """One of the topics in use."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            **{
                "queryset": Topic.objects.filter(is_active=True),
                "label": gettext_lazy("Topic"),
                "empty_label": None,
                **options,
            }
        )

    def label_from_instance(self, obj: Any) -> str:
        """Return the name in the reader's language."""
        return str(obj.name)


class LanguageField(forms.ChoiceField):
    """The language something is written in; at first the writer's own."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            **{
                "choices": settings.LANGUAGES,
                "label": gettext_lazy("Language"),
                "initial": get_language,
                **options,
            }
        )


class LinesField(forms.CharField):
    """Things typed one a line."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            **{
                "widget": forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
                "max_length": 10_000,
                **options,
            }
        )

    def lines(self, value: Any) -> list[str]:
        """Return what stands in each line, without empty ones; ValidationError when too many."""
        typed = super().clean(value) or ""
        found = [" ".join(line.split()) for line in typed.splitlines() if line.strip()]
        if len(found) > MOST_LINES:
            raise ValidationError(_("At most %(number)s lines.") % {"number": MOST_LINES})
        return found


class RegulationsField(LinesField):
    """Regulations of the library, typed by their numbers, one a line."""

    def prepare_value(self, value: Any) -> Any:
        """Return the numbers of regulations, or what was typed."""
        return "\n".join(_written(value)) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[Regulation]:
        """Return the regulations; ValidationError names the line that is none, or is several."""
        return [self._one(line) for line in dict.fromkeys(self.lines(value))]

    def _one(self, line: str) -> Regulation:
        number, day = line, None
        match = _WITH_DAY.fullmatch(line)
        if match is not None:
            try:
                number, day = match["number"], date.fromisoformat(match["day"])
            except ValueError as none:
                raise ValidationError(_("“%(typed)s” is no day.") % {"typed": line}) from none
        found = selectors.regulations_named(number, day)
        if not found:
            raise ValidationError(
                _("No regulation in the library has the number “%(typed)s”.") % {"typed": line}
            )
        if len(found) > 1:
            days = "; ".join(f"{row.number}, {row.issued_on.isoformat()}" for row in found)
            raise ValidationError(
                _("Several have this number: %(days)s. Give the date behind it.") % {"days": days}
            )
        return found[0]


class RegulationField(RegulationsField):
    """One regulation of the library, typed by its number."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"widget": forms.TextInput(), **options})

    def clean(self, value: Any) -> Any:
        """Return the regulation; ValidationError when it is none, or several."""
        found = super().clean(value)
        return found[0] if found else None


def _written(regulations: Iterable[Any]) -> list[str]:
    return [
        f"{row.number}, {row.issued_on.isoformat()}" if isinstance(row, Regulation) else str(row)
        for row in regulations
    ]


class UnitField(forms.CharField):
    """A place or an organization, typed by its code or its name."""

    person: Person | None = None

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 200, **options})
        self.widget.attrs["autocomplete"] = "off"

    def prepare_value(self, value: Any) -> Any:
        """Return the code of a unit, or what was typed."""
        return value.code if isinstance(value, Area | Organization) else value

    def clean(self, value: Any) -> Unit | None:
        """Return the one unit meant; ValidationError names those that could be meant."""
        typed = super().clean(value)
        if self.person is None:
            raise ValueError("set the field's person to whoever asks")
        return unit_named(self.person, typed) if typed else None


class UnitsField(LinesField):
    """Places and organizations, typed one a line by code or name."""

    person: Person | None = None

    def clean(self, value: Any) -> list[Unit]:
        """Return the units; ValidationError names the line that is none, or several."""
        if self.person is None:
            raise ValueError("set the field's person to whoever asks")
        person = self.person
        return [unit_named(person, line) for line in dict.fromkeys(self.lines(value))]


def unit_named(person: Person, typed: str) -> Unit:
    """Return the one place or organization that is called so, by code or by name.

    A code comes before a name, and a place before an organization. ValidationError when there is
    none, or when several could be meant.
    """
    fields = (AreaField(required=True), OrganizationField(required=True))
    for field in fields:
        exact = field.by_code(person, typed[:200])
        if exact is not None:
            return exact
    found: list[Unit] = [*fields[0].by_name(person, typed), *fields[1].by_name(person, typed)]
    same = [unit for unit in found if unit.name.casefold() == typed.casefold()]
    if len(same) == 1 or len(found) == 1:
        return (same or found)[0]
    if not found:
        raise ValidationError(
            _("No place or organization is called “%(typed)s”. Look it up and give its code.")
            % {"typed": typed}
        )
    shown = "; ".join(f"{unit} ({unit.code})" for unit in found[:5])
    raise ValidationError(
        _("Several are called that: %(shown)s. Give the code of one.") % {"shown": shown}
    )


def version_field(**options: Any) -> Any:
    """Return a hidden field for the version that was read."""
    return forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1, **options)


class LibraryForm(DirectoryForm):
    """A form of the library: it also tells its fields for units who asks."""

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, person=person, **kwargs)
        for field in self.fields.values():
            if isinstance(field, UnitField | UnitsField):
                field.person = person


def text_field(label: Any, *, rows: int = 6, longest: int = 200_000, **options: Any) -> Any:
    """Return a field for a text of several lines."""
    return forms.CharField(
        **{
            "label": label,
            "max_length": longest,
            "widget": forms.Textarea(attrs={"rows": rows}),
            **options,
        }
    )


def sentence_field(label: Any, **options: Any) -> Any:
    """Return a field for a sentence or two."""
    return text_field(label, rows=3, longest=500, **options)
