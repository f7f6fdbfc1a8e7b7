"""A file of places in which each row names the place above it."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from footpath.core import tree
from footpath.directory.imports import judge
from footpath.directory.imports.mapping import Map
from footpath.directory.imports.outcome import Progress
from footpath.directory.imports.places import BATCH, AreaFile, Place
from footpath.directory.imports.problems import Problem
from footpath.directory.imports.reading import Row, Sheet, tidy
from footpath.directory.models import Area


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
