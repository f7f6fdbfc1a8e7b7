"""The forms that take a ledger: the file, its columns, its words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from footpath.cases.ledger_imports.mapping import DATE_FORMATS, FIELDS, WORDED, Map
from footpath.cases.models import LedgerImport
from footpath.core import formats
from footpath.directory.imports.forms import ImportForm

MOST_FIELDS = 200
"""Words shown on the page; a column with more is matched by codes and names alone."""

FIELD_WORDS = {
    "key": gettext_lazy("Key of the case"),
    "key_more": gettext_lazy("Second part of the key"),
    "title": gettext_lazy("What is wrong"),
    "title_more": gettext_lazy("Added to what is wrong"),
    "text": gettext_lazy("Details"),
    "category": gettext_lazy("Category"),
    "place": gettext_lazy("Place"),
    "organization": gettext_lazy("Organization it belongs to"),
    "raised_on": gettext_lazy("Day raised"),
    "closed_on": gettext_lazy("Day closed"),
    "address": gettext_lazy("Where exactly"),
    "latitude": gettext_lazy("Latitude"),
    "longitude": gettext_lazy("Longitude"),
}
NEEDED_HERE = ("key", "title", "raised_on")


class LedgerFileForm(forms.Form):
    """The file to be imported."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("A .csv, .csv.gz or .xlsx file whose first row names the columns."),
        widget=forms.FileInput(attrs={"accept": ".csv,.csv.gz,.xlsx,.gz"}),
    )
    clean_file = ImportForm.clean_file


class ColumnsForm(forms.Form):
    """Which column is what, and how the ledger writes dates."""

    ledger = forms.SlugField(
        label=gettext_lazy("Short name of the ledger"),
        help_text=gettext_lazy(
            "It stands before each key, so that two ledgers never mix. Use the same name each time."
        ),
        max_length=20,
    )
    date_format = forms.ChoiceField(label=gettext_lazy("Form of the dates"))

    def __init__(self, run: LedgerImport, data: Any = None) -> None:
        kept = Map.from_json(run.mapping)
        initial = {"ledger": kept.ledger, "date_format": kept.date_format}
        initial |= {f"column-{name}": column for name, column in kept.columns.items()}
        super().__init__(data, initial=initial)
        header = [column for column in run.mapping.get("header", []) if column]
        day = date(2026, 3, 31)
        self.fields["date_format"].choices = [  # type: ignore[attr-defined]
            (form, day.strftime(form)) for form in DATE_FORMATS
        ]
        for name in FIELDS:
            none = _("Choose a column") if name in NEEDED_HERE else _("No column")
            self.fields[f"column-{name}"] = forms.ChoiceField(
                label=FIELD_WORDS[name],
                required=name in NEEDED_HERE,
                choices=[("", none), *((column, column) for column in header)],
            )
        self.order_fields([f"column-{name}" for name in FIELDS])
        self._kept = kept

    def chosen(self) -> Map:
        """Return the map as filled in; meanings of words that were set before stay."""
        said = self.cleaned_data
        columns = {name: said[f"column-{name}"] for name in FIELDS if said[f"column-{name}"]}
        return Map(said["ledger"], columns, self._kept.fixed, self._kept.words, said["date_format"])


class WordsForm(forms.Form):
    """What the words of the ledger mean here, and what holds for all other rows."""

    def __init__(
        self, run: LedgerImport, categories: Iterable[tuple[str, str]], data: Any = None
    ) -> None:
        super().__init__(data)
        kept = Map.from_json(run.mapping)
        choices = [("", _("Not set")), *categories]
        self._words: dict[str, tuple[str, str]] = {}
        for name in WORDED:
            self._add(
                f"fixed-{name}", self._for_the_rest(name), name, choices, kept.fixed.get(name)
            )
            for number, (word, count) in enumerate(run.mapping.get("found", {}).get(name, [])):
                if number >= MOST_FIELDS or not word:
                    continue
                field = f"word-{name}-{number}"
                self._words[field] = (name, word)
                label = f"{word} ({formats.number(count)})"
                self._add(field, label, name, choices, kept.words.get(name, {}).get(word))

    @staticmethod
    def _for_the_rest(name: str) -> str:
        return {
            "category": _("Category of all other rows"),
            "place": _("Place of all other rows"),
            "organization": _("Organization of all other rows"),
        }[name]

    def _add(
        self, field: str, label: str, name: str, choices: list[tuple[str, str]], value: str | None
    ) -> None:
        if name == "category":
            self.fields[field] = forms.ChoiceField(
                label=label, required=False, choices=choices, initial=value or ""
            )
        else:
            self.fields[field] = forms.CharField(
                label=label, required=False, max_length=80, initial=value or ""
            )

    def group(self, name: str) -> list[forms.BoundField]:
        """Return the fields of the words of a column."""
        names = [field for field, (of, _word) in self._words.items() if of == name]
        return [self[field] for field in [*names, f"fixed-{name}"]]

    def said(self) -> tuple[dict[str, dict[str, str]], dict[str, str]]:
        """Return the meanings of the words by column, and what holds for all other rows."""
        words: dict[str, dict[str, str]] = {}
        for field, (name, word) in self._words.items():
            words.setdefault(name, {})[word] = self.cleaned_data[field].strip()
        fixed = {name: self.cleaned_data[f"fixed-{name}"].strip() for name in WORDED}
        return words, fixed
