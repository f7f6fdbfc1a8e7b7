"""Cases from a file, deed by deed through the same services as the pages.

A row with an empty ``deed`` (or "raise") raises a case; each further row with the same
``source_key`` is one deed that a named person did to it. All rows are taken, or none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from footpath.cases import rules, services
from footpath.cases.models import Case, Category, Entry
from footpath.cases.rules import Deed
from footpath.core.errors import NotAllowed, RuleBroken
from footpath.directory.imports.problems import Unreadable
from footpath.directory.imports.reading import Row, Sheet, tidy
from footpath.directory.models import Area, Organization, Person

NEEDED = ("source_key",)
COLUMNS = (
    "source_key",
    "title",
    "text",
    "category",
    "place",
    "raised_by",
    "raised_at",
    "deed",
    "by",
    "at",
    "said",
    "result",
    "outcome",
    "to",
)
MOST_ERRORS = 100

_ENTRIES: dict[Deed, tuple[Entry.Deed, ...]] = {
    Deed.ACCEPT: (Entry.Deed.ACCEPTED,),
    Deed.ASSIGN: (Entry.Deed.ASSIGNED,),
    Deed.GUIDE: (Entry.Deed.GUIDED,),
    Deed.RECTIFY: (Entry.Deed.RECTIFIED,),
    Deed.VERIFY: (Entry.Deed.VERIFIED, Entry.Deed.PARTLY, Entry.Deed.REFUSED),
    Deed.REOPEN: (Entry.Deed.REOPENED,),
    Deed.ESCALATE: (Entry.Deed.ESCALATED,),
    Deed.RETURN: (Entry.Deed.RETURNED,),
    Deed.RESUBMIT: (Entry.Deed.RESUBMITTED,),
    Deed.MARK_DUPLICATE: (Entry.Deed.DUPLICATE,),
    Deed.NOTE: (Entry.Deed.NOTE,),
}


@dataclass(frozen=True)
class RowError:
    """What is wrong with one cell of a row; ``row`` as a spreadsheet numbers it."""

    row: int
    column: str
    value: str
    message: str

    def __str__(self) -> str:
        where = _("Row %(row)s, column %(column)s") % {"row": self.row, "column": self.column}
        said = f" “{self.value}”" if self.value else ""
        return f"{where}{said}: {self.message}"


@dataclass
class Outcome:
    """What a file did, or would do: cases made, deeds done, rows known already, errors."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    errors: list[RowError] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"created={self.created} updated={self.updated} "
            f"unchanged={self.unchanged} errors={len(self.errors)}"
        )


class _Bad(Exception):
    def __init__(self, column: str, value: str, message: str) -> None:
        super().__init__(message)
        self.column, self.value = column, value


def import_cases(path: Path, *, dry_run: bool = False) -> Outcome:
    """Take a .csv, .csv.gz or .xlsx file of cases; all rows or none.

    A dry run does everything and undoes it. The second run of a file changes nothing: a case is
    known by its ``source_key``, a deed by case, person, moment and kind. A deed that the rules
    forbid (such as a verification by the rectifier) is an error of its row.
    """
    outcome = Outcome()
    try:
        sheet = Sheet(path)
        unknown = [name for name in sheet.header if name not in COLUMNS]
        missing = [name for name in NEEDED if name not in sheet.header]
        for name in missing:
            outcome.errors.append(RowError(1, name, "", _("This column is missing. Add it.")))
        for name in unknown:
            known = ", ".join(COLUMNS)
            message = _("This column is not known. The columns are: %(known)s.") % {"known": known}
            outcome.errors.append(RowError(1, name, name, message))
        if outcome.errors:
            return outcome
        with transaction.atomic():
            _take(sheet, outcome)
            if outcome.errors or dry_run:
                transaction.set_rollback(True)
    except Unreadable as unreadable:
        problem = unreadable.problem
        outcome.errors.append(RowError(problem.row or 1, problem.column, "", str(unreadable)))
    return outcome


def _take(sheet: Sheet, outcome: Outcome) -> None:
    known = _Known()
    broken: set[str] = set()
    for row in sheet.rows():
        if len(outcome.errors) >= MOST_ERRORS:
            return
        said = _said(sheet, row)
        key = said["source_key"]
        try:
            if not key:
                raise _Bad("source_key", "", _("This cell is empty. Fill it in."))
            if key in broken:
                continue
            with transaction.atomic():
                what = _one(said, known)
            setattr(outcome, what, getattr(outcome, what) + 1)
        except _Bad as bad:
            outcome.errors.append(RowError(row.number, bad.column, bad.value, str(bad)))
            broken.add(key)
        except NotAllowed as refused:
            column = "by" if said["by"] else "raised_by"
            outcome.errors.append(RowError(row.number, column, said[column], str(refused)))
            broken.add(key)
        except RuleBroken as refused:
            name = getattr(refused, "field", None)
            column = {"text": "said", "of": "to"}.get(name or "", name or "deed")
            column = column if column in COLUMNS else "deed"
            outcome.errors.append(RowError(row.number, column, said[column], str(refused)))
            broken.add(key)


def _said(sheet: Sheet, row: Row) -> dict[str, str]:
    cells = dict.fromkeys(COLUMNS, "")
    for name, cell in zip(sheet.header, row.cells, strict=False):
        if name:
            cells[name] = cell.strip() if name in ("text", "said") else tidy(cell)
    return cells


class _Known:
    """Places, people, categories and cases by their keys, each looked up once."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], Any] = {}

    def get(self, column: str, value: str, look_up: Callable[[], Any], message: str) -> Any:
        if not value:
            raise _Bad(column, "", _("This cell is empty. Fill it in."))
        key = (look_up.__qualname__, value)
        if key not in self._found:
            found = look_up()
            if found is None:
                raise _Bad(column, value, message)
            self._found[key] = found
        return self._found[key]

    def person(self, column: str, code: str) -> Person:
        def person() -> Person | None:
            return Person.objects.filter(code=code).first()

        found: Person = self.get(column, code, person, _("Nobody has this staff number."))
        return found

    def place(self, code: str) -> Area:
        def place() -> Area | None:
            return Area.objects.filter(code=code, valid_until=None).first()

        found: Area = self.get("place", code, place, _("No place in force has this code."))
        return found

    def category(self, code: str) -> Category:
        def category() -> Category | None:
            return Category.objects.filter(code=code, is_active=True).first()

        found: Category = self.get("category", code, category, _("There is no such category."))
        return found

    def agency(self, code: str) -> Organization:
        def agency() -> Organization | None:
            return Organization.objects.filter(code=code).first()

        found: Organization = self.get("to", code, agency, _("No organization has this code."))
        return found


def _one(said: dict[str, str], known: _Known) -> str:
    """Take one row and return what it was: created, updated or unchanged."""
    word = said["deed"].lower().replace("-", "_")
    case = Case.objects.filter(source_key=said["source_key"]).first()
    if word in ("", "raise", "raised"):
        if case is not None:
            return "unchanged"
        services.raise_case(
            title=said["title"],
            text=said["text"],
            category=known.category(said["category"]),
            area=known.place(said["place"]),
            by=known.person("raised_by", said["raised_by"]),
            at=_moment("raised_at", said["raised_at"]),
            source=Case.Source.IMPORT,
            source_key=said["source_key"],
        )
        return "created"
    try:
        deed = next(deed for deed in _ACTS if deed == word)
    except StopIteration:
        deeds = ", ".join(_ACTS)
        raise _Bad(
            "deed",
            said["deed"],
            _("There is no such deed. The deeds are: %(deeds)s.") % {"deeds": deeds},
        ) from None
    if case is None:
        raise _Bad(
            "source_key",
            said["source_key"],
            _("No row above raises this case. The row that raises it has an empty deed."),
        )
    by, at = known.person("by", said["by"]), _moment("at", said["at"])
    if case.entries.filter(by=by, at=at, deed__in=_ENTRIES[deed]).exists():
        return "unchanged"
    _ACTS[deed](case, by, at, said, known)
    return "updated"


Act = Callable[[Case, Person, datetime, dict[str, str], _Known], Entry]


def _duplicate(case: Case, by: Person, at: datetime, said: dict[str, str], known: _Known) -> Entry:
    other = Case.objects.filter(source_key=said["to"]).first() if said["to"] else None
    if other is None:
        raise _Bad("to", said["to"], _("No case has this source key."))
    return services.mark_duplicate(case=case, of=other, by=by, at=at, text=said["said"])


_ACTS: dict[Deed, Act] = {
    Deed.ACCEPT: lambda case, by, at, said, _known: services.accept_case(
        case=case, by=by, at=at, text=said["said"]
    ),
    Deed.ASSIGN: lambda case, by, at, said, known: services.assign_owner(
        case=case, owner=known.person("to", said["to"]), by=by, at=at, text=said["said"]
    ),
    Deed.GUIDE: lambda case, by, at, said, _known: services.give_guidance(
        case=case, text=said["said"], by=by, at=at
    ),
    Deed.RECTIFY: lambda case, by, at, said, _known: services.rectify_case(
        case=case,
        text=said["said"],
        by=by,
        at=at,
        outcome=_choice(rules.Outcome, "outcome", said["outcome"] or "solved"),
    ),
    Deed.VERIFY: lambda case, by, at, said, _known: services.verify_case(
        case=case,
        result=_choice(rules.Result, "result", said["result"]),
        by=by,
        at=at,
        text=said["said"],
    ),
    Deed.REOPEN: lambda case, by, at, said, _known: services.reopen_case(
        case=case, text=said["said"], by=by, at=at
    ),
    Deed.ESCALATE: lambda case, by, at, said, known: services.escalate_case(
        case=case,
        text=said["said"],
        by=by,
        at=at,
        agency=known.agency(said["to"]) if said["to"] else None,
    ),
    Deed.RETURN: lambda case, by, at, said, _known: services.return_case(
        case=case, text=said["said"], by=by, at=at
    ),
    Deed.RESUBMIT: lambda case, by, at, said, _known: services.resubmit_case(
        case=case, text=said["said"], by=by, at=at
    ),
    Deed.MARK_DUPLICATE: _duplicate,
    Deed.NOTE: lambda case, by, at, said, _known: services.add_note(
        case=case, text=said["said"], by=by, at=at
    ),
}


def _choice(kind: Any, column: str, value: str) -> Any:
    try:
        return kind(value.lower())
    except ValueError:
        words = ", ".join(kind)
        raise _Bad(column, value, _("Write one of: %(words)s.") % {"words": words}) from None


def _moment(column: str, text: str) -> datetime:
    """Return the moment of a cell; a day alone is noon, a time without zone is local."""
    if not text:
        raise _Bad(column, "", _("This cell is empty. Fill it in."))
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise _Bad(
            column, text, _("Write the day as 2026-03-31 or the moment as 2026-03-31T14:00.")
        ) from None
    if len(text) == len("2026-03-31"):
        moment = datetime.combine(moment.date(), time(12))
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
