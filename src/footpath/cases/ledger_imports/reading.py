"""A ledger's rows as cases to be, or what is wrong with them, one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from footpath.cases.ledger_imports.mapping import WORDED, Map, moment
from footpath.cases.ledger_imports.problems import Problem
from footpath.cases.ledger_imports.words import Kind, Known, Spot
from footpath.core import clock
from footpath.directory.imports.reading import Row, Sheet, tidy
from footpath.directory.models import Person

LONGEST_KEY = 120
LONGEST_TITLE = 200
LONGEST_TEXT = 20_000
LONGEST_ADDRESS = 300


@dataclass(frozen=True, slots=True)
class Moment:
    """A day or a moment of the ledger: when it was, and its day here."""

    at: datetime
    day: date


@dataclass(frozen=True, slots=True)
class Line:
    """A row that can be taken: a case to be."""

    row: int
    key: str
    title: str
    text: str
    kind: Kind
    spot: Spot
    organization: int | None
    raised: Moment
    closed: Moment | None
    address: str
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True, slots=True)
class Repeat:
    """A row whose key a row above has already."""

    row: int
    key: str
    first: int
    column: str


class Reader:
    """Reads a file by a map. Rows come in order; a row gives a Line, a Repeat or a Problem."""

    def __init__(self, sheet: Sheet, chosen: Map, *, by: Person | None, now: datetime) -> None:
        chosen.check(sheet.header)
        self.sheet, self._map, self._now = sheet, chosen, now
        self._known = Known(chosen.words, chosen.fixed, by=by, today=clock.day_of(now))
        at = {column: number for number, column in enumerate(sheet.header)}
        self._at = {name: at[column] for name, column in chosen.columns.items() if column}
        self._width = len(sheet.header)
        self._prefix = f"{chosen.ledger}:" if chosen.ledger else ""
        self._seen: dict[int, int] = {}
        self._moments: dict[str, Moment | None] = {}

    def rows(self, *, skip: int = 0) -> Iterator[Line | Repeat | Problem]:
        """Return the rows after the first ``skip``; of those only the keys are remembered."""
        for number, row in enumerate(self.sheet.rows()):
            if number < skip:
                self._remember(row)
            else:
                yield self._line(row)

    def _remember(self, row: Row) -> None:
        key = self._key([tidy(cell) for cell in row.cells])
        if key:
            self._seen.setdefault(hash(key), row.number)

    def _key(self, cells: list[str]) -> str:
        key = self._cell(cells, "key")
        more = self._cell(cells, "key_more")
        return f"{key}/{more}" if key and more else key

    def _cell(self, cells: list[str], name: str) -> str:
        at = self._at.get(name)
        return cells[at] if at is not None and at < len(cells) else ""

    def _line(self, row: Row) -> Line | Repeat | Problem:
        cells = [tidy(cell) for cell in row.cells]
        try:
            self._check_shape(row.number, cells)
            key = self._key(cells)
            if not key:
                raise self._wrong(row, "key", "no_key")
            stored = self._prefix + key
            if len(stored) > LONGEST_KEY:
                raise self._wrong(row, "key", "key_long", most=LONGEST_KEY - len(self._prefix))
            first = self._seen.setdefault(hash(key), row.number)
            if first != row.number:
                return Repeat(row.number, key, first, self._map.columns["key"])
            return self._known_line(row, cells, stored)
        except _Wrong as wrong:
            return wrong.problem

    def _check_shape(self, number: int, cells: list[str]) -> None:
        if len(cells) == self._width:
            return
        if not any(cells):
            raise _Wrong(Problem(number, "", "", "empty_row"))
        values = {"found": len(cells), "wanted": self._width}
        if len(cells) > self._width and any(cells[self._width :]):
            raise _Wrong(Problem(number, "", "", "many_cells", values))
        if len(cells) < self._width and not self.sheet.pads:
            raise _Wrong(Problem(number, self.sheet.header[len(cells)], "", "few_cells", values))

    def _known_line(self, row: Row, cells: list[str], key: str) -> Line:
        kind = self._known.kind(self._cell(cells, "category"))
        if kind is None:
            raise self._wrong(row, "category", "no_category", cells)
        spot = self._known.spot(self._cell(cells, "place"))
        if spot is None:
            raise self._wrong(row, "place", "no_place", cells)
        if not spot.is_allowed:
            raise self._wrong(row, "place", "not_your_place", cells)
        title, text, address = self._said(row, cells, kind)
        raised, closed = self._span(row, cells)
        latitude, longitude = self._point(row, cells)
        return Line(
            row.number,
            key,
            title,
            text,
            kind,
            spot,
            self._organization(row, cells, spot, kind),
            raised,
            closed,
            address,
            latitude,
            longitude,
        )

    def _organization(self, row: Row, cells: list[str], spot: Spot, kind: Kind) -> int | None:
        """Return to whom the case belongs: as the ledger says, else as the routes lead."""
        word = self._cell(cells, "organization")
        found = self._known.office(word) if word or "organization" in self._map.fixed else None
        if found is None and word:
            raise self._wrong(row, "organization", "no_organization", cells)
        return found if found is not None else self._known.routed(spot, kind)

    def _said(self, row: Row, cells: list[str], kind: Kind) -> tuple[str, str, str]:
        """Return title, text and address; a row that says nothing is at least of a kind."""
        parts = (self._cell(cells, "title"), self._cell(cells, "title_more"))
        title = " – ".join(part for part in dict.fromkeys(parts) if part) or kind.category.name_en
        text, address = self._cell(cells, "text"), self._cell(cells, "address")
        for name, value, most in (
            ("title", title, LONGEST_TITLE),
            ("text", text, LONGEST_TEXT),
            ("address", address, LONGEST_ADDRESS),
        ):
            if len(value) > most:
                raise self._wrong(row, name, "long", cells, most=most)
            if "\x00" in value:
                raise self._wrong(row, name, "control_sign", cells, sign="U+0000")
        return title, text, address

    def _span(self, row: Row, cells: list[str]) -> tuple[Moment, Moment | None]:
        raised = self._when(row, cells, "raised_on")
        if raised is None:
            raise self._wrong(row, "raised_on", "no_date")
        closed = self._when(row, cells, "closed_on")
        if closed is not None and closed.at < raised.at:
            raise self._wrong(row, "closed_on", "ends_early", cells)
        return raised, closed

    def _when(self, row: Row, cells: list[str], name: str) -> Moment | None:
        cell = self._cell(cells, name)
        if not cell:
            return None
        found = self._moment(cell)
        if found is None:
            raise self._wrong(row, name, "bad_date", cells, form=self._form())
        if found.at > self._now:
            raise self._wrong(row, name, "future", cells)
        return found

    def _form(self) -> str:
        return date(2026, 3, 31).strftime(self._map.date_format)

    def _moment(self, text: str) -> Moment | None:
        """Return the moment of a cell; a day alone is its first moment, so that none is to come."""
        if text not in self._moments:
            if len(self._moments) > 20_000:
                self._moments.clear()
            found = moment(text, self._map.date_format)
            if found is None or not 1900 <= found.year <= 2200:
                self._moments[text] = None
            else:
                aware = found if timezone.is_aware(found) else timezone.make_aware(found)
                self._moments[text] = Moment(aware, clock.day_of(aware))
        return self._moments[text]

    def _point(self, row: Row, cells: list[str]) -> tuple[float | None, float | None]:
        values: list[float | None] = []
        for name, most in (("latitude", 90.0), ("longitude", 180.0)):
            cell = self._cell(cells, name).replace(",", ".")
            try:
                number = float(cell) if cell else None
            except ValueError:
                number = most + 1
            if number is not None and not -most <= number <= most:
                raise self._wrong(row, name, "bad_number", cells, low=-most, high=most)
            values.append(number)
        if None in values:
            return None, None
        return values[0], values[1]

    def _wrong(
        self, row: Row, name: str, code: str, cells: list[str] | None = None, **values: object
    ) -> _Wrong:
        column = self._map.columns.get(name, "") or name
        value = self._cell(cells, name) if cells is not None else ""
        return _Wrong(Problem(row.number, column, value[:120], code, values))


class _Wrong(Exception):
    """Ends the reading of a row; it holds what is wrong with it."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


def words_in(sheet: Sheet, chosen: Map, *, most: int) -> dict[str, dict[str, int]]:
    """Return the words of the columns that need a meaning, with how often each stands there.

    A column with more than ``most`` different words is left out.
    """
    at = {
        name: sheet.header.index(chosen.columns[name])
        for name in WORDED
        if chosen.columns.get(name)
    }
    found: dict[str, dict[str, int]] = {name: {} for name in at}
    full: set[str] = set()
    for row in sheet.rows():
        for name, column in at.items():
            if name in full or column >= len(row.cells):
                continue
            word = tidy(row.cells[column])
            counts = found[name]
            counts[word] = counts.get(word, 0) + 1
            if len(counts) > most:
                full.add(name)
    return {name: counts for name, counts in found.items() if name not in full}


def promised(raised: date, days: int) -> date:
    """Return the day that the category promises for a case raised on a day."""
    return raised + timedelta(days=days)


def end_of(day: date) -> datetime:
    """Return the first moment after a day, for the organisation."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
