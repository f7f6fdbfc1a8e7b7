"""A file of places with a column for each tier: province, district, commune on one row."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from footpath.directory.imports import judge
from footpath.directory.imports.mapping import Map
from footpath.directory.imports.outcome import Progress
from footpath.directory.imports.places import AreaFile, Place, _in_batches
from footpath.directory.imports.problems import Problem
from footpath.directory.imports.reading import Row, Sheet, tidy


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
