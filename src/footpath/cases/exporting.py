"""The ledger as a file: exactly the rows of a filter, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Any

import xlsxwriter
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from footpath.cases.models import Case, CaseQuerySet
from footpath.cases.presenting import number_of

AT_ONCE = 2000
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def headings() -> list[str]:
    """Return the first line of the file in the reader's language."""
    return [
        _("Case number"),
        _("What is wrong"),
        _("Kind"),
        _("Place"),
        _("Place above"),
        _("Code of the place"),
        _("State"),
        _("Outcome"),
        _("Round"),
        _("Owner"),
        _("With agency"),
        _("Source"),
        _("Raised by"),
        _("Raised"),
        _("Due"),
        _("Overdue"),
        _("Closed"),
    ]


def csv_lines(rows: CaseQuerySet, *, today: date) -> Iterator[str]:
    """Return the file piece by piece: UTF-8 with a mark so that spreadsheets read it rightly.

    All words are chosen now: the pieces are written when the reader's language is already past.
    """
    return _pieces(headings(), _lines(rows, today, _Words.now()))


def _pieces(heading: list[str], lines: Iterator[list[Any]]) -> Iterator[str]:
    held = io.StringIO()
    writer = csv.writer(held)
    held.write("\ufeff")
    writer.writerow(heading)
    for number, line in enumerate(lines, start=1):
        writer.writerow([_harmless(value) for value in line])
        if number % 200 == 0:
            yield held.getvalue()
            held.seek(0)
            held.truncate()
    yield held.getvalue()


def xlsx(rows: CaseQuerySet, *, today: date) -> IO[bytes]:
    """Return the workbook, open at its beginning; written row by row, so memory stays small."""
    written = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    book = xlsxwriter.Workbook(written, {"constant_memory": True})
    sheet = book.add_worksheet(_("Cases")[:31])
    bold = book.add_format({"bold": True})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.freeze_panes(1, 0)
    sheet.set_column(1, 1, 50)
    sheet.set_column(13, 16, 12)
    for column, heading in enumerate(headings()):
        sheet.write_string(0, column, heading, bold)
    for number, line in enumerate(_lines(rows, today, _Words.now()), start=1):
        for column, value in enumerate(line):
            if isinstance(value, date):
                sheet.write_datetime(number, column, value, day)
            elif isinstance(value, int):
                sheet.write_number(number, column, value)
            elif value:
                sheet.write_string(number, column, value)
    book.close()
    written.seek(0)
    return written


@dataclass(frozen=True)
class _Words:
    """The words of the file in the reader's language, chosen before anything is written."""

    language: str
    states: dict[str, str]
    outcomes: dict[str, str]
    sources: dict[str, str]
    overdue: str

    @classmethod
    def now(cls) -> _Words:
        return cls(
            language=(get_language() or "en")[:2],
            states={value: str(label) for value, label in Case.State.choices},
            outcomes={value: str(label) for value, label in Case.Outcome.choices},
            sources={value: str(label) for value, label in Case.Source.choices},
            overdue=_("yes"),
        )


def _lines(rows: CaseQuerySet, today: date, words: _Words) -> Iterator[list[Any]]:
    found = rows.values_list(
        "id",
        "title",
        f"category__name_{words.language}",
        "category__name_en",
        "area__name",
        "area__parent__name",
        "area__code",
        "state",
        "outcome",
        "round_number",
        "owner__name",
        "agency__name",
        "source",
        "raised_by__name",
        "raised_at",
        "due_on",
        "is_open",
        "closed_at",
    )
    for row in found.iterator(chunk_size=AT_ONCE):
        (pk, title, kind, kind_en, place, above, code, state, outcome, round_number) = row[:10]
        (owner, agency, source, raised_by, raised_at, due_on, is_open, closed_at) = row[10:]
        yield [
            number_of(pk),
            title,
            kind or kind_en,
            place,
            above or "",
            code,
            words.states[state],
            words.outcomes.get(outcome, ""),
            round_number,
            owner or "",
            agency or "",
            words.sources[source],
            raised_by,
            _day(raised_at),
            due_on,
            words.overdue if is_open and due_on < today else "",
            _day(closed_at) if closed_at else "",
        ]


def _day(moment: datetime) -> date:
    return timezone.localdate(moment)


def _harmless(value: Any) -> Any:
    """Return a value that no spreadsheet takes for a formula: such text begins with a quote."""
    if isinstance(value, str) and value.startswith(_STARTS_A_FORMULA):
        return f"'{value}"
    return value
