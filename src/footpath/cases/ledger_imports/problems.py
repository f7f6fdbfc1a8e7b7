"""What can be wrong with a row of a ledger, said in the reader's language when it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext, gettext_noop

from footpath.directory.imports import problems as files

SENTENCES: dict[str, str] = {
    "no_key": gettext_noop("The key of the case is missing. Fill it in."),
    "key_long": gettext_noop("The key is longer than %(most)s characters. Shorten it."),
    "long": gettext_noop("The text is longer than %(most)s characters. Shorten it."),
    "no_date": gettext_noop("The day on which the case was raised is missing. Fill it in."),
    "bad_date": gettext_noop("This is no date of the form %(form)s. Correct it."),
    "future": gettext_noop("This day lies in the future. Correct it."),
    "ends_early": gettext_noop("The case was closed before it was raised. Correct one of the two."),
    "bad_number": gettext_noop("This is no number between %(low)s and %(high)s. Correct it."),
    "no_category": gettext_noop(
        "No category is set for this word. Choose one on the page of the map."
    ),
    "no_place": gettext_noop("No place is set for this word. Choose one on the page of the map."),
    "not_your_place": gettext_noop("You do not import cases of this place."),
    "no_organization": gettext_noop(
        "No organization is set for this word. Choose one on the page of the map."
    ),
    "many_cells": gettext_noop(
        "The row has %(found)s cells and the header has %(wanted)s. "
        "Put quotation marks around a text that holds a comma."
    ),
    "few_cells": gettext_noop(
        "The row has %(found)s cells and the header has %(wanted)s. Add the missing cells."
    ),
    "empty_row": gettext_noop("The row is empty. Fill it in or delete it."),
    "repeated": gettext_noop(
        "This key already stands in row %(row)s. Only the first of the two is taken."
    ),
    "no_column": gettext_noop("The file has no column of this name. It has: %(found)s."),
    "unset": gettext_noop("Choose a column for this, or a value that all rows have."),
    "bad_map": gettext_noop("The map cannot be used: %(reason)s"),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong: the row as a spreadsheet numbers it (header 1, whole file 0), and where."""

    row: int
    column: str
    value: str
    code: str
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """Return what is wrong and what to do, in the reader's language."""
        sentence = SENTENCES.get(self.code) or files.SENTENCES[self.code]
        return gettext(sentence) % self.values

    def __str__(self) -> str:
        where = gettext("Row %(row)s") % {"row": self.row} if self.row else gettext("The file")
        column = ", " + gettext("column %(column)s") % {"column": self.column}
        said = f" “{self.value}”" if self.value else ""
        return f"{where}{column if self.column else ''}{said}: {self.message}"

    def as_json(self) -> dict[str, Any]:
        """Return what is kept of it in the database; the words are chosen when it is shown."""
        return {
            "row": self.row,
            "column": self.column,
            "value": self.value[:120],
            "code": self.code,
            "values": dict(self.values),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Problem:
        """Return the problem that ``as_json`` gave."""
        return cls(kept["row"], kept["column"], kept["value"], kept["code"], kept["values"])


class BadMap(Exception):
    """The map does not fit the file; it holds one Problem."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.message)
