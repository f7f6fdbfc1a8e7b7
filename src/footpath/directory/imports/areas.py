"""Places from a file: checked in passes over the file, so that memory stays small, then taken.

A file of 620,573 rows is read again for each pass rather than kept. What is kept is the code of
each place, the place above it and its row. See docs/decisions/0006-imports-in-passes.md.
"""

from __future__ import annotations

from abc import abstractmethod
from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice, pairwise
from typing import Any

from django.db import connection

from footpath.core import tree
from footpath.directory.imports import judge
from footpath.directory.imports.checking import CheckedFile
from footpath.directory.imports.mapping import Map, TierOfMap
from footpath.directory.imports.outcome import PREVIEW_ROWS, Outcome, Progress
from footpath.directory.imports.problems import Problem
from footpath.directory.imports.reading import Row, Sheet, tidy
from footpath.directory.models import Area, Tier

BATCH = 2_000
_EVERY = 2_000


@dataclass(frozen=True, slots=True)
class Place:
    """A place as the file has it. ``further`` are the values of optional columns, if filled."""

    row: int
    level: int
    code: str
    name: str
    type_name: str
    parent: str
    further: tuple[tuple[str, Any], ...] = ()


def reader_for(sheet: Sheet, mapping: Map, progress: Progress) -> AreaFile:
    """Return the reader for the form of the map."""
    form = ColumnsFile if mapping.form == "columns" else ParentFile
    return form(sheet, mapping, progress)


class AreaFile(CheckedFile):
    """A file of places."""

    def __init__(self, sheet: Sheet, mapping: Map, progress: Progress) -> None:
        super().__init__(sheet, progress)
        self.mapping = mapping
        self.tiers: dict[int, Tier] = {tier.level: tier for tier in Tier.objects.all()}

    @abstractmethod
    def batches(self) -> Iterator[list[Place]]:
        """Return the places in lists of one level each, places above before those below."""

    @abstractmethod
    def parent_column(self, level: int) -> str:
        """Return the column that holds the code of the place above a place of the level."""

    @abstractmethod
    def code_column(self, level: int) -> str:
        """Return the column that holds the code of a place of the level."""

    def preview_columns(self) -> list[str]:
        return ["code", "name", "parent", "tier"]

    def _rows(self, share: float, done: float) -> Iterator[Row]:
        """Return the rows, saying on the way how much of the whole work is done."""
        for row in self.sheet.rows():
            if self.total and row.number % _EVERY == 0:
                self.progress(min(self.total, int(self.total * done + row.number * share)))
            yield row

    # -- taking -------------------------------------------------------------------------------

    def apply(self, outcome: Outcome, *, write: bool) -> None:
        """Compare every place with what is here; count, and with ``write`` also change it."""
        if write:
            self._make_tiers()
        done = 0
        for batch in self.batches():
            self._compare(batch, outcome, write=write)
            done += len(batch)
            self.progress(min(self.total, done))

    def _make_tiers(self) -> None:
        for named in self.mapping.tiers:
            if named.level in self.tiers or not self._uses(named.level):
                continue
            taken = Tier.objects.filter(code=named.code).exists()
            self.tiers[named.level] = Tier.objects.create(
                code=f"{named.code}-{named.level}" if taken else named.code,
                level=named.level,
                **{f"name_{lang}": text for lang, text in named.names.items()},
            )

    @abstractmethod
    def _uses(self, level: int) -> bool:
        """Return whether the file holds places of the level."""

    def tier_name(self, level: int) -> str:
        """Return the tier's name in the reader's language, of the map where it is not yet made."""
        tier = self.tiers.get(level)
        if tier is not None:
            return tier.name
        named = self.mapping.tier_at(level)
        return _name_of(named) if named else str(level)

    def _compare(self, batch: list[Place], outcome: Outcome, *, write: bool) -> None:
        level = batch[0].level
        here = {
            area.code: area
            for area in Area.objects.filter(
                code__in=[place.code for place in batch], valid_until=None
            ).select_related("parent", "tier")
        }
        new: list[Place] = []
        changed: list[Area] = []
        for place in batch:
            area = here.get(place.code)
            if area is None:
                new.append(place)
                outcome.created += 1
                action = "created"
            elif self._refused(place, area):
                continue
            elif self._change(area, place):
                changed.append(area)
                outcome.updated += 1
                action = "updated"
            else:
                outcome.unchanged += 1
                action = "unchanged"
            if place.row <= PREVIEW_ROWS + 1:
                outcome.preview.append(self._preview(place, action))
        if write and not self.problems:
            _insert(new, self.tiers[level])
            Area.objects.bulk_update(
                changed,
                ["name", "type_name", "valid_from", "latitude", "longitude", "search"],
                batch_size=500,
            )

    def _preview(self, place: Place, action: str) -> dict[str, Any]:
        return {
            "row": place.row,
            "level": place.level,
            "action": action,
            "cells": [place.code, place.name, place.parent, self.tier_name(place.level)],
        }

    def _refused(self, place: Place, area: Area) -> bool:
        if area.tier.level != place.level:
            return self.blame(
                Problem(
                    place.row,
                    self.code_column(place.level),
                    place.code,
                    "other_tier_here",
                    {"name": area.name, "tier": area.tier.name},
                )
            )
        here = area.parent.code if area.parent else ""
        if here != place.parent:
            return self.blame(
                Problem(
                    place.row,
                    self.parent_column(place.level),
                    place.parent,
                    "moved",
                    {"here": here or "-", "there": place.parent or "-"},
                )
            )
        return False

    @staticmethod
    def _change(area: Area, place: Place) -> bool:
        wanted = {"name": place.name, **dict(place.further)}
        if place.type_name:
            wanted["type_name"] = place.type_name
        changed = {key: value for key, value in wanted.items() if getattr(area, key) != value}
        for key, value in changed.items():
            setattr(area, key, value)
        if "name" in changed:
            area.search = area.searchable()
        return bool(changed)


def _insert(places: list[Place], tier: Tier) -> None:
    """Write new places whose places above are already there, each with its path."""
    if not places:
        return
    above: dict[str, tuple[int, str]] = {
        code: (pk, path)
        for code, pk, path in Area.objects.filter(
            code__in={place.parent for place in places if place.parent}, valid_until=None
        ).values_list("code", "pk", "path")
    }
    areas = []
    for pk, place in zip(_new_keys(len(places)), places, strict=True):
        parent = above[place.parent] if place.parent else None
        area = Area(
            pk=pk,
            tier=tier,
            code=place.code,
            name=place.name,
            type_name=place.type_name,
            parent_id=parent[0] if parent else None,
            path=(parent[1] if parent else "") + tree.step(pk),
            **dict(place.further),
        )
        area.search = area.searchable()
        areas.append(area)
    Area.objects.bulk_create(areas)


def _new_keys(count: int) -> list[int]:
    """Return unused primary keys, so that a path can be written together with its row."""
    table = Area._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                [table, count],
            )
            return [row[0] for row in cursor.fetchall()]
        # The transaction holds the one writer's lock: nobody else takes a key meanwhile.
        cursor.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = %s", [table])
        first = cursor.fetchone()[0] + 1
        return list(range(first, first + count))


def _name_of(named: TierOfMap) -> str:
    from django.utils.translation import get_language  # noqa: PLC0415

    return named.names.get((get_language() or "en")[:2]) or named.names["en"]


def _in_batches(places: Iterable[Place]) -> Iterator[list[Place]]:
    source = iter(places)
    while batch := list(islice(source, BATCH)):
        yield batch


# --- one row for the lowest place, places above beside it --------------------------------------


@dataclass(slots=True)
class _Votes:
    """What the rows say about one place above others: (name, kind, place above) and how often."""

    said: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    first_row: dict[tuple[str, str, str], int] = field(default_factory=dict)

    def add(self, claim: tuple[str, str, str], row: int) -> None:
        self.said[claim] += 1
        self.first_row.setdefault(claim, row)

    @property
    def winner(self) -> tuple[str, str, str]:
        if len(self.said) == 1:
            return next(iter(self.said))
        return min(self.said, key=lambda claim: (-self.said[claim], self.first_row[claim]))

    @property
    def total(self) -> int:
        return self.said.total()


Claim = tuple[str, str, str, str]
"""Code, name, kind, code of the place above."""


class ColumnsFile(AreaFile):
    """One row for each lowest place; the same place above stands in many rows and is voted on."""

    def __init__(self, sheet: Sheet, mapping: Map, progress: Progress) -> None:
        super().__init__(sheet, mapping, progress)
        self._columns = [
            (tier.columns["code"], tier.columns["name"], tier.columns.get("type"))
            for tier in mapping.tiers
        ]
        self._indexes = [
            (self._at[code], self._at[name], self._at[kind] if kind else None)
            for code, name, kind in self._columns
        ]
        self._last = len(self._columns) - 1
        self._usual = [judge.Usual() for _tier in mapping.tiers]
        self._votes: list[dict[str, _Votes]] = [{} for _tier in mapping.tiers]
        self._winners: list[dict[str, tuple[str, str, str]]] = []
        self._codes_of: list[dict[tuple[str, str, str], str]] = []
        self._leaf_rows = array("I")
        self._leaf_codes: list[str] = []
        self._leaf_row: dict[str, int] = {}
        self._doubles: list[tuple[str, int, int]] = []
        self._short_rows: dict[tuple[int, str], list[int]] = defaultdict(list)
        self._deeper: Counter[tuple[int, str]] = Counter()

    def code_column(self, level: int) -> str:
        return self._columns[level][0]

    def parent_column(self, level: int) -> str:
        return self._columns[max(level - 1, 0)][0]

    def _uses(self, level: int) -> bool:
        return bool(self._leaf_codes) if level == self._last else bool(self._votes[level])

    def check(self) -> None:
        for row in self.sheet.rows():
            self.total += 1
            for usual, (code, name, kind) in zip(self._usual, self._indexes, strict=True):
                cells = row.cells
                if len(cells) == len(self.sheet.header) or self.sheet.pads:
                    has = len(cells)
                    usual.learn(
                        tidy(cells[code]) if code < has else "",
                        tidy(cells[name]) if name < has else "",
                        tidy(cells[kind]) if kind is not None and kind < has else "",
                    )
        for usual in self._usual:
            usual.settle()
        for row in self._rows(0.3, 0.0):
            self._check_row(row)
        self._settle_votes()
        self._blame_doubles()
        self._blame_two_tiers()
        for row in self._rows(0.3, 0.3):
            if row.number not in self.problems:
                self._check_against_others(row)

    # Pass 1: each row by itself; rows without fault vote.

    def _check_row(self, row: Row) -> None:
        cells = self._cells(row)
        if cells is None:
            return
        depth = self._depth(cells)
        if depth < 0:
            self.blame(Problem(row.number, self._columns[0][0], "", "missing_code"))
            return
        for level in range(depth + 1):
            if self.blame(self._wrong_cell(row, cells, level)):
                return
        claims = self._claims(cells, depth)
        for level, (code, name, kind, parent) in enumerate(claims):
            if level < self._last:
                self._votes[level].setdefault(code, _Votes()).add((name, kind, parent), row.number)
        code = claims[depth][0]
        for level in range(depth):
            self._deeper[level, claims[level][0]] += 1
        if depth < self._last:
            self._short_rows[depth, code].append(row.number)
            return
        first = self._leaf_row.setdefault(code, row.number)
        if first != row.number:
            self._doubles.append((code, first, row.number))
        self._leaf_rows.append(row.number)
        self._leaf_codes.append(code)

    def _depth(self, cells: Sequence[str]) -> int:
        for level in range(self._last, -1, -1):
            if any(at is not None and cells[at] for at in self._indexes[level]):
                return level
        return -1

    def _wrong_cell(self, row: Row, cells: Sequence[str], level: int) -> Problem | None:
        code_column, name_column, kind_column = self._columns[level]
        code_at, name_at, kind_at = self._indexes[level]
        code, name = cells[code_at], cells[name_at]
        kind = cells[kind_at] if kind_at is not None else ""
        usual, number = self._usual[level], row.number
        if not code:
            return self._missing(row, code_column, "missing_code")
        if not name:
            return self._missing(row, name_column, "missing_name")
        if kind_column and not kind and usual.has_kinds:
            return self._missing(row, kind_column, "missing")
        wrong = (
            judge.bad_code(number, code_column, code)
            or usual.odd_code(number, code_column, code)
            or judge.bad_name(number, name_column, name)
        )
        if wrong is None and kind_column and kind:
            wrong = (
                judge.bad_sign(number, kind_column, kind)
                or judge.bad_length(number, kind_column, kind, judge.LONGEST_TYPE)
                or usual.odd_kind(number, (name_column, kind_column), name, kind)
            )
        return wrong

    def _claims(self, cells: Sequence[str], depth: int) -> list[Claim]:
        found: list[Claim] = []
        above = ""
        for code, name, kind in self._indexes[: depth + 1]:
            found.append((cells[code], cells[name], cells[kind] if kind is not None else "", above))
            above = cells[code]
        return found

    # Pass 2: each row beside the others.

    def _settle_votes(self) -> None:
        for votes in self._votes:
            winners = {code: vote.winner for code, vote in votes.items()}
            self._winners.append(winners)
            codes: dict[tuple[str, str, str], str] = {}
            for code, claim in winners.items():
                other = codes.get(claim)
                if other is None or votes[code].total > votes[other].total:
                    codes[claim] = code
            self._codes_of.append(codes)

    def _blame_doubles(self) -> None:
        for code, first, second in self._doubles:
            blamed, other = second, first
            if self._in_order(second) and not self._in_order(first):
                blamed, other = first, second
            column = self._columns[self._last][0]
            self.blame(Problem(blamed, column, code, "twice", {"row": other}))
        for (level, code), rows in self._short_rows.items():
            below = self._columns[level + 1][0]
            if self._deeper[level, code]:
                name = self._winners[level][code][0]
                for row in rows:
                    self.blame(Problem(row, below, "", "incomplete", {"above": name}))
            for row in rows[1:]:
                self.blame(Problem(row, self._columns[level][0], code, "twice", {"row": rows[0]}))

    def _in_order(self, row: int) -> bool:
        """Return whether the row's code stands between those of the rows around it."""
        at = bisect_left(self._leaf_rows, row)
        around = self._leaf_codes[max(at - 1, 0) : at + 2]
        return around == sorted(around)

    def _blame_two_tiers(self) -> None:
        seen: dict[str, tuple[int, int, int]] = {}
        for level, votes in enumerate(self._votes):
            for code, vote in votes.items():
                row = vote.first_row[vote.winner]
                self._one_tier(seen, code, level, vote.total, row)
        for code, row in self._leaf_row.items() if seen else ():
            if code in seen:
                self._one_tier(seen, code, self._last, 1, row)

    def _one_tier(
        self, seen: dict[str, tuple[int, int, int]], code: str, level: int, rows: int, row: int
    ) -> None:
        other = seen.setdefault(code, (rows, level, row))
        if other[1] == level:
            return
        loser, winner = sorted([other, (rows, level, row)], key=lambda one: (one[0], -one[1]))
        seen[code] = winner
        self.blame(
            Problem(
                loser[2],
                self._columns[loser[1]][0],
                code,
                "two_tiers",
                {"tier": self.tier_name(winner[1]), "row": winner[2]},
            )
        )

    def _check_against_others(self, row: Row) -> None:
        cells = self._cells(row)
        if cells is None:
            return
        depth = min(self._depth(cells), self._last - 1)
        for level, claim in enumerate(self._claims(cells, depth)):
            if self.blame(self._outvoted(row.number, level, claim)):
                return

    def _outvoted(self, row: int, level: int, claim: Claim) -> Problem | None:
        code, name, kind, parent = claim
        code_column, name_column, kind_column = self._columns[level]
        votes = self._votes[level]
        usual_name, usual_kind, usual_parent = winner = self._winners[level][code]
        other = self._codes_of[level].get((name, kind, parent))
        if (
            other is not None
            and other != code
            and 5 * votes[code].said[name, kind, parent] <= votes[other].total
        ):
            values = {"name": name, "code": other, "rows": votes[other].total}
            return Problem(row, code_column, code, "code_of_other", values)
        rows = votes[code].said[winner]
        if name != usual_name:
            values = {"code": code, "name": usual_name, "rows": rows}
            return Problem(row, name_column, name, "name_differs", values)
        if parent != usual_parent:
            values = {"code": code, "parent": usual_parent, "rows": rows}
            return Problem(row, self.parent_column(level), parent, "two_parents", values)
        if kind != usual_kind and kind_column:
            values = {"code": code, "name": usual_kind, "rows": rows}
            return Problem(row, kind_column, kind, "type_differs", values)
        return None

    # Taking.

    def batches(self) -> Iterator[list[Place]]:
        for level in range(self._last):
            winners, votes = self._winners[level], self._votes[level]
            yield from _in_batches(
                Place(votes[code].first_row[claim], level, code, claim[0], claim[1], claim[2])
                for code, claim in winners.items()
            )
        yield from _in_batches(self._leaves())

    def _leaves(self) -> Iterator[Place]:
        for row in self.sheet.rows():
            if row.number in self.problems:
                continue
            cells = self._cells(row)
            if cells is None or self._depth(cells) < self._last:
                continue
            code, name, kind, parent = self._claims(cells, self._last)[-1]
            yield Place(row.number, self._last, code, name, kind, parent)


# --- one row for each place, with the code of the place above -----------------------------------


@dataclass(slots=True)
class _Lost:
    """A row whose code cannot be used, so that places below it find no place above."""

    row: int
    level: int | None
    parent: str


_UNKNOWN = -1
_OPEN = -2


class ParentFile(AreaFile):
    """One row for each place; the tier is a column, or follows from the place above."""

    def __init__(self, sheet: Sheet, mapping: Map, progress: Progress) -> None:
        super().__init__(sheet, mapping, progress)
        columns = mapping.columns
        self._code, self._name, self._parent = columns["code"], columns["name"], columns["parent"]
        self._code_at, self._name_at = self._at[self._code], self._at[self._name]
        self._parent_at = self._at[self._parent]
        self._level = columns.get("level") or columns.get("tier")
        self._level_at = self._at.get(self._level) if self._level else None
        self._kind = columns.get("type")
        self._kind_at = self._at.get(self._kind) if self._kind else None
        self._further: list[tuple[str, str, Callable[[str], Any]]] = [
            (part, columns[part], reader)
            for part, reader in (
                ("valid_from", date.fromisoformat),
                ("latitude", _degrees(90)),
                ("longitude", _degrees(180)),
            )
            if part in columns and columns[part] in self._at
        ]
        self._level_words = self._words_of_levels()
        self._usual: defaultdict[int, judge.Usual] = defaultdict(judge.Usual)
        self._position: dict[str, int] = {}
        self._parents: list[str] = []
        self._pool: dict[str, str] = {}
        self._row_of = array("I")
        self._stated = array("b")
        self._levels = array("b")
        self._outside: dict[str, int] = {}
        self._lost: list[_Lost] = []
        self._ordered: list[str] = []
        self._doubles: list[tuple[str, int, str, int | None]] = []

    def code_column(self, level: int) -> str:
        return self._code

    def parent_column(self, level: int) -> str:
        return self._parent

    def _uses(self, level: int) -> bool:
        return level in self._levels

    def _words_of_levels(self) -> dict[str, int]:
        if "level" in self.mapping.columns:
            first = self.mapping.first_level
            return {str(level + first): level for level in range(tree.LEVELS)}
        words: dict[str, int] = {}
        for named in self.mapping.tiers:
            if named.level not in self.tiers:
                words[named.code.casefold()] = named.level
                words |= {name.casefold(): named.level for name in named.names.values() if name}
        for tier in self.tiers.values():
            names = (tier.code, tier.name_en, tier.name_vi, tier.name_zh, tier.name_ru)
            words |= {name.casefold(): tier.level for name in names if name}
        return words

    def _known_levels(self) -> str:
        if "level" in self.mapping.columns:
            return ", ".join(self._level_words)
        codes = {named.level: named.code for named in self.mapping.tiers}
        codes |= {level: tier.code for level, tier in self.tiers.items()}
        return ", ".join(code for _level, code in sorted(codes.items()))

    def check(self) -> None:
        header = len(self.sheet.header)
        for row in self.sheet.rows():
            self.total += 1
            cells = row.cells
            if len(cells) == header:
                at = self._level_at
                level = self._stated_level(tidy(cells[at])) if at is not None else None
                kind = tidy(cells[self._kind_at]) if self._kind_at is not None else ""
                usual = self._usual[_UNKNOWN if level is None else level]
                usual.learn(tidy(cells[self._code_at]), tidy(cells[self._name_at]), kind)
        for usual in self._usual.values():
            usual.settle()
        for row in self._rows(0.3, 0.0):
            self._check_row(row)
        self._blame_doubles()
        self._find_outside()
        self._blame_cycles()
        self._settle_levels()
        self._blame_orphans()

    def _stated_level(self, word: str) -> int | None:
        return self._level_words.get(word.casefold())

    # Each row by itself.

    def _check_row(self, row: Row) -> None:
        cells = self._cells(row)
        if cells is None:
            lost = [tidy(cell) for cell in row.cells]
            if len(lost) > self._code_at and (code := lost[self._code_at]):
                self._register(row.number, code, "", None)
                self._pardon(code)
            else:
                self._lost.append(_Lost(row.number, None, ""))
            return
        code, parent = cells[self._code_at], cells[self._parent_at]
        level: int | None = None
        if self._level_at is not None:
            level = self._stated_level(cells[self._level_at])
        wrong_code = self._wrong_code(row, code, level, parent)
        if wrong_code is not None:
            self.blame(wrong_code)
            self._lost.append(_Lost(row.number, level, parent))
            return
        self.blame(self._wrong_cell(row, cells, level))
        self._register(row.number, code, parent, level)

    def _wrong_code(self, row: Row, code: str, level: int | None, parent: str) -> Problem | None:
        if not code:
            return self._missing(row, self._code, "missing_code")
        wrong = judge.bad_code(row.number, self._code, code)
        usual = self._usual.get(_UNKNOWN if level is None else level)
        if wrong is None and usual is not None:
            wrong = usual.odd_code(row.number, self._code, code)
            if wrong is not None and self._fits_other_level(code, level):
                return None  # then it is the level that is wrong, which is seen from the parent
        return wrong

    def _fits_other_level(self, code: str, level: int | None) -> bool:
        return level is not None and any(
            other not in (level, _UNKNOWN) and usual.is_code(code)
            for other, usual in self._usual.items()
        )

    def _wrong_cell(self, row: Row, cells: Sequence[str], level: int | None) -> Problem | None:
        number, name, parent = row.number, cells[self._name_at], cells[self._parent_at]
        if self._level is not None and self._level_at is not None and level is None:
            word = cells[self._level_at]
            if not word:
                return self._missing(row, self._level, "missing")
            code = "bad_level" if "level" in self.mapping.columns else "bad_tier"
            return Problem(number, self._level, word, code, {"known": self._known_levels()})
        if not name:
            return self._missing(row, self._name, "missing_name")
        wrong = judge.bad_name(number, self._name, name) or judge.bad_code(
            number, self._parent, parent
        )
        kind = cells[self._kind_at] if self._kind_at is not None else ""
        if wrong is None and self._kind is not None and kind:
            usual = self._usual[_UNKNOWN if level is None else level]
            wrong = (
                judge.bad_sign(number, self._kind, kind)
                or judge.bad_length(number, self._kind, kind, judge.LONGEST_TYPE)
                or usual.odd_kind(number, (self._name, self._kind), name, kind)
            )
        return wrong or self._wrong_further(number, cells)

    def _wrong_further(self, number: int, cells: Sequence[str]) -> Problem | None:
        for part, column, reader in self._further:
            text = cells[self._at[column]]
            try:
                if text:
                    reader(text)
            except ValueError:
                if part == "valid_from":
                    return Problem(number, column, text, "bad_date")
                most = 90 if part == "latitude" else 180
                return Problem(number, column, text, "bad_number", {"low": -most, "high": most})
        return None

    def _register(self, row: int, code: str, parent: str, level: int | None) -> None:
        parent = self._pool.setdefault(parent, parent)
        at = len(self._parents)
        if self._position.setdefault(code, at) != at:
            self._doubles.append((code, row, parent, level))
            return
        self._parents.append(parent)
        self._row_of.append(row)
        self._stated.append(_UNKNOWN if level is None else level)

    def _pardon(self, code: str) -> None:
        """Leave a registered place out of the checks of levels: its row is already blamed."""
        self._parents[self._position[code]] = self._pool.setdefault("", "")

    # Rows beside each other.

    def _blame_doubles(self) -> None:
        for code, row, parent, level in self._doubles:
            at = self._position[code]
            first_row, first_parent = self._row_of[at], self._parents[at]
            blamed, other = row, first_row
            first_fits = code.startswith(first_parent) and self._level_fits(code, self._stated[at])
            if not first_fits and code.startswith(parent) and self._level_fits(code, level):
                blamed, other = first_row, row
                self._lost.append(_Lost(first_row, self._stated[at], first_parent))
                self._parents[at] = parent
                self._stated[at] = _UNKNOWN if level is None else level
                self._row_of[at] = row
            else:
                self._lost.append(_Lost(row, level, parent))
            self.blame(Problem(blamed, self._code, code, "twice", {"row": other}))

    def _level_fits(self, code: str, level: int | None) -> bool:
        usual = self._usual.get(_UNKNOWN if level is None else level)
        return usual is None or usual.odd_code(0, "", code) is None

    def _find_outside(self) -> None:
        """Look up the places above that are not in the file."""
        missing = [code for code in self._pool if code and code not in self._position]
        for at in range(0, len(missing), BATCH):
            found = Area.objects.filter(code__in=missing[at : at + BATCH], valid_until=None)
            self._outside |= dict(found.values_list("code", "tier__level"))

    def _blame_cycles(self) -> None:
        """Blame one row of each circle, and let the places in it stand without a level."""
        self._levels = array("b", [_UNKNOWN] * len(self._parents))
        state = bytearray(len(self._parents))
        for start in range(len(self._parents)):
            chain: list[int] = []
            at: int | None = start
            while at is not None and not state[at]:
                state[at] = 1
                chain.append(at)
                at = self._position.get(self._parents[at]) if self._parents[at] else None
            if at is not None and state[at] == 1:
                self._blame_circle(chain[chain.index(at) :])
            for passed in chain:
                state[passed] = 2

    def _blame_circle(self, circle: list[int]) -> None:
        codes = {at: code for code, at in self._position.items() if at in set(circle)}

        def wrongness(at: int) -> tuple[bool, bool, int]:
            above = self._position[self._parents[at]]
            stated = self._stated[at]
            steps_up = stated != _UNKNOWN and self._stated[above] >= stated
            longer = len(self._parents[at]) >= len(codes[at])
            return steps_up, longer, -self._row_of[at]

        blamed = max(circle, key=wrongness)
        chain = " → ".join([codes[at] for at in circle] + [codes[circle[0]]])
        row, parent = self._row_of[blamed], self._parents[blamed]
        self.blame(Problem(row, self._parent, parent, "cycle", {"chain": chain}))
        self._parents[blamed] = ""

    def _settle_levels(self) -> None:
        """Give each place its level from the place above; blame what does not fit."""
        codes = list(self._position)
        for start in range(len(codes)):
            chain = [start]
            while True:
                parent = self._position.get(self._parents[chain[-1]])
                if parent is None or self._levels[parent] != _UNKNOWN:
                    break
                chain.append(parent)
            for at in reversed(chain):
                if self._levels[at] == _UNKNOWN:
                    self._levels[at] = self._level_of(at, codes[at])

    def _level_of(self, at: int, code: str) -> int:
        row, parent, stated = self._row_of[at], self._parents[at], self._stated[at]
        blamed = row in self.problems
        if not parent:
            if stated > 0 and not blamed:
                self.blame(Problem(row, self._parent, "", "missing"))
            return stated if stated != _UNKNOWN else (_OPEN if blamed else 0)
        above = self._position.get(parent)
        found = self._levels[above] if above is not None else self._outside.get(parent, _OPEN)
        if found == _OPEN:
            return stated if stated != _UNKNOWN else _OPEN
        wanted = found + 1
        if blamed:
            return wanted
        if stated not in (_UNKNOWN, wanted):
            self._blame_jump(row, code, parent, stated, found)
            return stated if self._level_fits(code, stated) else wanted
        if wanted >= tree.LEVELS or not (wanted in self.tiers or self.mapping.tier_at(wanted)):
            most = max([*self.tiers, *(tier.level for tier in self.mapping.tiers)]) + 1
            self.blame(Problem(row, self._parent, parent, "too_deep", {"most": most}))
        elif self.mapping.codes_nest and not code.startswith(parent):
            self._blame_nesting(row, code, parent, wanted)
        return wanted

    def _blame_nesting(self, row: int, code: str, parent: str, level: int) -> None:
        values = {"code": code, "parent": parent}
        begins = code[: len(parent)]
        if begins in self._position or begins in self._outside:
            self.blame(Problem(row, self._parent, parent, "not_nested", values))
        else:
            self.blame(Problem(row, self._code, code, "not_nested", values))
            self._lost.append(_Lost(row, level, parent))

    def _blame_jump(self, row: int, code: str, parent: str, stated: int, found: int) -> None:
        first = self.mapping.first_level
        if "level" in self.mapping.columns:
            level, wanted, other = str(stated + first), str(stated - 1 + first), str(found + first)
        else:
            level, wanted, other = map(self.tier_name, (stated, stated - 1, found))
        values = {"level": level, "wanted": wanted, "parent": parent, "found": other}
        learned = self._usual.get(stated)
        code_fits = learned is not None and learned.is_code(code)
        nests = code.startswith(parent) and len(code) > len(parent)
        if code_fits and not (nests and self._level_fits(code, found + 1)):
            self.blame(Problem(row, self._parent, parent, "level_jump", values))
        else:
            column = self._level or self._parent
            self.blame(Problem(row, column, level, "level_jump", values))

    def _blame_orphans(self) -> None:
        """Blame rows whose place above is nowhere, unless a damaged row was that place."""
        orphans: defaultdict[str, list[int]] = defaultdict(list)
        for at, parent in enumerate(self._parents):
            if parent and parent not in self._position and parent not in self._outside:
                orphans[parent].append(at)
        for lost in self._lost:
            if not orphans:
                return
            fitting = [code for code in orphans if self._could_be(code, orphans[code], lost)]
            if fitting:
                nested = [code for code in fitting if lost.parent and code.startswith(lost.parent)]
                best = max(nested or fitting, key=lambda code: len(orphans[code]))
                del orphans[best]
        for parent, places in orphans.items():
            if len(places) > 1 and self._blame_childless(parent, places):
                continue
            for at in places:
                self.blame(Problem(self._row_of[at], self._parent, parent, "unknown_parent"))

    def _blame_childless(self, code: str, places: list[int]) -> bool:
        """Blame the one place without places below that several rows can have meant.

        When the code of a place was mistyped, the rows below it name a place that is nowhere, and
        nothing lies in the mistyped one.
        """
        level = self._stated[places[0]] - 1
        if level < 0:
            return False
        with_children = set(self._parents)
        found = [
            (own, at)
            for own, at in self._position.items()
            if self._levels[at] == level
            and own not in with_children
            and self._row_of[at] not in self.problems
            and (not self.mapping.codes_nest or code.startswith(self._parents[at]))
        ]
        if len(found) != 1:
            return False
        own, at = found[0]
        values = {"rows": len(places), "code": code}
        return self.blame(Problem(self._row_of[at], self._code, own, "nobody_below", values))

    def _could_be(self, code: str, places: list[int], lost: _Lost) -> bool:
        """Return whether the lost row may be the place that these places name as above them."""
        if not self._is_between_neighbours(code, lost.row):
            return False
        shapes = [usual for usual in self._usual.values() if usual.has_one_shape]
        if lost.level is None:
            return not shapes or any(usual.is_code(code) for usual in shapes)
        stated = {self._stated[at] for at in places} - {_UNKNOWN}
        return self._level_fits(code, lost.level) and stated <= {lost.level + 1}

    def _is_between_neighbours(self, code: str, row: int) -> bool:
        """Return whether the code would stand in order there; True where codes do not compare."""
        after = bisect_left(self._row_of, row)
        codes = self._codes_in_order()
        around = [codes[at] for at in (after - 1, after) if 0 <= at < len(codes)]
        lengths = {len(one) for one in around}
        if len(around) < 2 or len(lengths) > 1 or around[0] > around[1]:
            return True
        if lengths != {len(code)}:
            return around[1].startswith(code)
        return around[0] < code < around[1]

    def _codes_in_order(self) -> list[str]:
        if len(self._ordered) != len(self._position):
            self._ordered = list(self._position)
        return self._ordered

    # Taking.

    def batches(self) -> Iterator[list[Place]]:
        steps = [level for level in self._levels if level >= 0]
        if all(one <= other for one, other in pairwise(steps)):
            passes: list[int | None] = [None]
        else:
            passes = [*sorted(set(steps))]
        del steps
        for wanted in passes:
            batch: list[Place] = []
            for place in self._places(wanted):
                if batch and (len(batch) == BATCH or batch[-1].level != place.level):
                    yield batch
                    batch = []
                batch.append(place)
            if batch:
                yield batch

    def _places(self, wanted: int | None) -> Iterator[Place]:
        for row in self.sheet.rows():
            if row.number in self.problems:
                continue
            cells = self._cells(row)
            if cells is None:
                continue
            code = cells[self._code_at]
            at = self._position.get(code)
            if at is None or self._row_of[at] != row.number:
                continue
            level = self._levels[at]
            if level < 0 or (wanted is not None and level != wanted):
                continue
            further = tuple(
                (part, reader(text))
                for part, column, reader in self._further
                if (text := cells[self._at[column]])
            )
            kind = cells[self._kind_at] if self._kind_at is not None else ""
            name, parent = cells[self._name_at], cells[self._parent_at]
            yield Place(row.number, level, code, name, kind, parent, further)


def _degrees(most: int) -> Callable[[str], float]:
    def read(text: str) -> float:
        value = float(text.replace(",", "."))
        if not -most <= value <= most:
            raise ValueError(text)
        return value

    return read
