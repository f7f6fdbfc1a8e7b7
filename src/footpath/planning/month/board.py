"""The month as one table of columns and rows, which greedy, bound and solver all work on.

A column is a meeting in a slot, or (an *option*) somebody who comes there in the place of another.
A row says how many of its columns there may be: nobody in two places, a hall for as many meetings
as it holds. Rows with a price may be broken for that price: a guest who cannot come.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from copy import copy
from dataclasses import dataclass

import numpy as np

from footpath.planning.month.grid import Mask, Table
from footpath.planning.month.prices import AWAY, Prices
from footpath.planning.month.problem import Rule
from footpath.planning.month.tables import added_up, joined, ranges, whole
from footpath.planning.month.travel import minutes_between_spots, pairs_of_slots, too_far

HARD = -1  # the price of a row that may not be broken
Cut = tuple[tuple[int, int, int, int], ...]  # (meeting, slot, -1, -1) or (…, absent, deputy)


@dataclass(slots=True, eq=False)
class _Presence:
    """Who is where with which column: one line for each, sorted by column."""

    person: Table
    column: Table
    meeting: Table
    slot: Table

    def of(self, chosen: Mask) -> _Presence:
        """Return the chosen lines."""
        return _Presence(
            self.person[chosen], self.column[chosen], self.meeting[chosen], self.slot[chosen]
        )


class Board:
    """The columns that are left (``keep``, booleans of meetings by slots), and the rows on them.

    Columns: ``meeting``, ``slot``, ``base``, ``low`` for the first ``size``, meeting by meeting in
    the order of time (``begin[m]`` to ``begin[m + 1]``); then the options. A *need* is a column
    with somebody wanting: those of column x are ``need_begin[x]`` to ``need_begin[x + 1]``, each
    with ``need_person``, ``need_nobody``, and options ``option_begin[n]`` to
    ``option_begin[n + 1]``: ``option_person``, ``option_cost``.

    Rows: at most ``cap`` each, ``price`` for one more (HARD: never). Entries column by column:
    those of column c are ``start[c]`` to ``start[c + 1]`` in ``row`` and ``value``.
    """

    def __init__(self, prices: Prices, keep: Mask) -> None:
        """Number the columns, then write the rows."""
        self.prices = prices
        self.grid = prices.grid
        self.counted = prices.before is None  # chairs are counted, not chosen
        self.row: Table
        self.value: Table
        self.cap: Table
        self.price: Table
        self.start: Table
        self._number_columns(keep)
        self._number_options()
        self._caps: list[Table] = []
        self._row_prices: list[Table] = []
        self._entries: list[tuple[Table, Table]] = []
        self._rows = 0
        here = self._presence()
        several = here.of(self._several[here.person])
        self._write_people(several)
        self._write_halls()
        if self.counted:
            self._write_pools(here)
        self._write_guests(here)
        self._finish()

    # --- columns ----------------------------------------------------------------------------------

    def _number_columns(self, keep: Mask) -> None:
        shape = self.grid.shape
        kept = keep & (self.grid.rules == 0)
        self.meeting, self.slot = np.nonzero(kept)
        self.size = len(self.meeting)
        self.begin = np.zeros(shape[0] + 1, dtype=np.int64)
        np.cumsum(kept.sum(axis=1), out=self.begin[1:])
        self.column_of = np.full(shape, -1, dtype=np.int64)
        self.column_of[kept] = np.arange(self.size)
        self.base = self.prices.base[kept]
        self.low = self.prices.low[kept]

    def _number_options(self) -> None:
        """Number the needs by column, and the options by need, in the order of preference."""
        needs: list[tuple[int, int, int, list[tuple[int, int]]]] = []
        for m, gaps in enumerate(self.prices.gaps):
            columns = np.arange(self.begin[m], self.begin[m + 1])
            for gap in gaps:
                for x in columns[gap.mask[self.slot[columns]]].tolist():
                    s = int(self.slot[x])
                    options = [(p, int(c[s])) for p, c in gap.substitutes if c[s] != AWAY]
                    needs.append((x, gap.person, int(gap.nobody[s]), options))
        needs.sort(key=lambda need: need[0])
        self.need_begin = np.searchsorted([need[0] for need in needs], np.arange(self.size + 1))
        self.need_column = whole(need[0] for need in needs)
        self.need_person = whole(need[1] for need in needs)
        self.need_nobody = whole(need[2] for need in needs)
        counts = whole(len(need[3]) for need in needs)
        self.option_begin = np.concatenate([whole([0]), np.cumsum(counts)])
        self.option_need = np.repeat(np.arange(len(needs)), counts)
        self.option_column = self.need_column[self.option_need]
        self.option_person = whole(option[0] for need in needs for option in need[3])
        self.option_cost = whole(option[1] for need in needs for option in need[3])
        self.width = self.size + len(self.option_person)

    def _presence(self) -> _Presence:
        """Return who is where, for everybody whom a row may concern."""
        grid = self.grid
        meetings_of: defaultdict[int, list[int]] = defaultdict(list)
        for m, attendees in enumerate(grid.attendees):
            if self.begin[m] < self.begin[m + 1]:
                for person in attendees:
                    meetings_of[person].append(m)
        self.meetings_of = {person: tuple(found) for person, found in meetings_of.items()}
        self._choose_people()
        wanted = self._several | self._watched
        lines: list[tuple[Table, Table]] = []
        for m, attendees in enumerate(grid.attendees):
            who = np.array([p for p in attendees if wanted[p]], dtype=np.int64)
            columns = np.arange(self.begin[m], self.begin[m + 1])
            if len(who) and len(columns):
                number, at = np.nonzero(~grid.away[np.ix_(who, self.slot[columns])])
                lines.append((who[number], columns[at]))
        people = joined([line[0] for line in lines] + [self.option_person])
        column = joined([line[1] for line in lines])
        options = self.size + np.arange(len(self.option_person))
        main = np.concatenate([column, self.option_column])
        return _Presence(
            people, np.concatenate([column, options]), self.meeting[main], self.slot[main]
        )

    def _choose_people(self) -> None:
        """Mark those who can be in two places, but for twins; and those whom pools or guests need.

        Of people with the same meetings and absences one is enough, and none is needed whose
        meetings are all those of somebody else as present: what holds for that one holds for both.
        """
        grid = self.grid
        count = len(grid.people)
        options = np.zeros(count, dtype=np.bool_)
        options[self.option_person] = True
        several = options.copy()
        twins: dict[tuple[tuple[int, ...], bytes], int] = {}
        for person, meetings in sorted(self.meetings_of.items()):
            if len(meetings) > 1 and not options[person]:
                away = grid.away[person].tobytes() if grid.ever_away[person] else b""
                twins.setdefault((meetings, away), person)
        sets = {p: frozenset(m) for p, m in self.meetings_of.items() if len(m) > 1}
        above = [sets[p] for p in sorted(sets) if not grid.ever_away[p]]
        by_meeting: defaultdict[int, list[frozenset[int]]] = defaultdict(list)
        for found in dict.fromkeys(above):
            for m in found:
                by_meeting[m].append(found)
        for (meetings, _), person in twins.items():
            mine = sets[person]
            several[person] = not any(mine < other for other in by_meeting[meetings[0]])
        self._several = several
        self._watched = np.zeros(count, dtype=np.bool_)
        if self.counted:
            for pool in sorted({*grid.pool} - {-1}):
                self._watched[[*grid.leaders[pool]]] = True
        for m, guests in enumerate(grid.guests):
            if self.begin[m] < self.begin[m + 1]:
                self._watched[guests] = True

    # --- rows -------------------------------------------------------------------------------------

    def _write(
        self, keys: Table, columns: Table, cap: Table | int, price: Table | int = HARD
    ) -> None:
        """Write a row for each key, with the columns that carry it; caps by key, or one for all."""
        rows, number = np.unique(keys, return_inverse=True)
        self._caps.append(cap[rows] if isinstance(cap, np.ndarray) else np.full(len(rows), cap))
        self._row_prices.append(
            price[rows] if isinstance(price, np.ndarray) else np.full(len(rows), price)
        )
        self._entries.append((number + self._rows, columns))
        self._rows += len(rows)

    def _write_people(self, here: _Presence) -> None:
        """Nobody in two places at once, too often in a day, or farther than one can travel."""
        grid = self.grid
        slots, days = grid.shape[1], len(grid.days)
        self._write(here.person * slots + here.slot, here.column, 1)
        most = grid.policy.most_a_day
        units = np.bincount(self.option_person, minlength=len(grid.people))
        for person, meetings in self.meetings_of.items():
            units[person] += len(meetings)
        often = here.of(units[here.person] > most)
        self._write(often.person * days + grid.day[often.slot], often.column, most)
        self._write_travel(here)

    def _write_travel(self, here: _Presence) -> None:
        """Write for each person and spot: there at first, then nowhere too far away from it."""
        grid = self.grid
        spots = max(1, len(grid.spots))
        key = here.person * spots + whole(grid.spot)[here.meeting]
        order = np.argsort(key, kind="stable")
        stays, begin = np.unique(key[order], return_index=True)  # a person at a spot
        end = np.append(begin[1:], len(order))
        minutes = minutes_between_spots(grid, np.unique(stays % spots))
        longest = int(minutes.max(initial=0))
        for free, firsts, seconds in pairs_of_slots(grid):
            if free >= longest and free >= 0:
                continue
            first_of, second_of = (np.full(grid.shape[1], -1) for _ in range(2))
            first_of[firsts] = second_of[seconds] = np.arange(len(firsts))
            early, late = too_far(stays, spots, minutes > free)
            starts = np.unique(early)
            at_first = order[ranges(begin[starts], end[starts])]
            group = np.repeat(starts, end[starts] - begin[starts])
            then = order[ranges(begin[late], end[late])]
            later_group = np.repeat(early, end[late] - begin[late])
            number = np.concatenate([first_of[here.slot[at_first]], second_of[here.slot[then]]])
            column = here.column[np.concatenate([at_first, then])]
            keys = np.concatenate([group, later_group]) * len(firsts) + number
            self._write(keys[number >= 0], column[number >= 0], 1)

    def _write_halls(self) -> None:
        grid = self.grid
        hall = whole(grid.hall)[self.meeting]
        for (m, s), waived in grid.waived.items():
            if waived & Rule.HALL and self.column_of[m, s] >= 0:
                hall[self.column_of[m, s]] = -1
        inside = np.flatnonzero(hall >= 0)
        slots = grid.shape[1]
        caps = np.repeat(whole(h.capacity for h in grid.halls), slots)
        self._write(hall[inside] * slots + self.slot[inside], inside, caps)

    def _write_pools(self, here: _Presence) -> None:
        """No more meetings of a pool at once, or in a day, than leaders who are free then."""
        grid = self.grid
        first_of_day = np.searchsorted(grid.day, np.arange(len(grid.days)))
        pool = whole(grid.pool)[self.meeting]
        needed = grid.chair_needed[self.meeting, self.slot]
        for number in sorted({*pool[needed].tolist()}):
            leaders = np.zeros(len(grid.people), dtype=np.bool_)
            leaders[[*grid.leaders[number]]] = True
            busy = here.column[leaders[here.person]]
            column = np.concatenate([np.flatnonzero(needed & (pool == number)), busy])
            main = np.concatenate([column[: len(column) - len(busy)], self._main(busy)])
            free = (~grid.away[leaders]).sum(axis=0)
            self._write(self.slot[main], column, free)
            most = grid.policy.most_a_day
            self._write(grid.day[self.slot[main]], column, most * free[first_of_day])

    def _main(self, columns: Table) -> Table:
        """Return the meeting's own column of each column: itself, or that of the option."""
        if not len(self.option_column):
            return columns
        option = np.clip(columns - self.size, 0, None)
        return np.where(columns < self.size, columns, self.option_column[option])

    def _write_guests(self, here: _Presence) -> None:
        """Write for each guest and slot of a meeting: there, or in another meeting."""
        grid = self.grid
        price = grid.policy.weights.gather
        self._lines = np.argsort(here.person, kind="stable")
        self._begin = np.searchsorted(here.person[self._lines], np.arange(len(grid.people) + 1))
        self._options_of: defaultdict[int, list[int]] = defaultdict(list)
        for option, person in enumerate(self.option_person.tolist()):
            self._options_of[person].append(-1 - option)
        for m in range(grid.shape[0]):
            columns = np.arange(self.begin[m], self.begin[m + 1])
            if not (grid.guests[m] and len(columns) and price):
                continue
            groups: dict[tuple[tuple[int, ...], bytes], list[int]] = {}
            then = np.zeros(grid.shape[1], dtype=np.bool_)
            then[self.slot[columns]] = True
            wanted = {*here.person[then[here.slot] & (here.meeting != m)].tolist()}
            for person, known in self._guests(m, wanted):
                elsewhere = tuple(other for other in self.meetings_of.get(person, ()) if other != m)
                elsewhere += tuple(self._options_of.get(person, ()))
                come = ~grid.away[person, self.slot[columns]] & (self.slot[columns] != known)
                groups.setdefault((elsewhere, come.tobytes()), []).append(person)
            keys: list[Table] = []
            column: list[Table] = []
            counts: list[int] = []
            for (_, come_bytes), people in groups.items():
                there = np.zeros(grid.shape[1], dtype=np.bool_)
                there[self.slot[columns]] = np.frombuffer(come_bytes, dtype=np.bool_)
                lines = self._lines[self._begin[people[0]] : self._begin[people[0] + 1]]
                lines = lines[there[here.slot[lines]] & (here.meeting[lines] != m)]
                busy = np.unique(here.slot[lines])
                shift = grid.shape[1] * len(counts)
                keys += [busy + shift, here.slot[lines] + shift]
                column += [self.column_of[m, busy], here.column[lines]]
                counts.append(len(people))
            prices = np.repeat(price * whole(counts), grid.shape[1])
            self._write(joined(keys), joined(column), 1, prices)

    def _guests(self, m: int, wanted: Collection[int]) -> Iterator[tuple[int, int]]:
        """Yield those guests, each with the slot in which they are known to miss the meeting."""
        grid, now = self.grid, self.prices.current[m]
        entry = (self.prices.before or {}).get(grid.meetings[m].id)
        known = {*entry.guests_missing} if entry else set()
        for person in grid.guests[m]:
            if person in wanted:
                yield person, now if grid.people[person].id in known else -2

    def cut(self, cut: Cut) -> None:
        """Add a row: not all of these columns together."""
        columns = np.sort(whole(self.find(*part) for part in cut))
        at = self.start[columns + 1]
        self.row = np.insert(self.row, at, len(self.cap))
        self.value = np.insert(self.value, at, 1)
        self.start = self.start + np.searchsorted(columns, np.arange(self.width + 1))
        self.cap = np.append(self.cap, len(columns) - 1)
        self.price = np.append(self.price, HARD)

    def find(self, m: int, s: int, person: int = -1, deputy: int = -1) -> int:
        """Return the column of a meeting in a slot, or of the deputy there; -1 when it is gone."""
        x = int(self.column_of[m, s])
        if x < 0 or deputy < 0:
            return x
        for need in range(self.need_begin[x], self.need_begin[x + 1]):
            for option in range(self.option_begin[need], self.option_begin[need + 1]):
                if (self.need_person[need], self.option_person[option]) == (person, deputy):
                    return self.size + option
        return -1

    def _finish(self) -> None:
        """Leave out the rows that cannot be broken, add up what is there twice, sort by column."""
        row = joined([entry[0] for entry in self._entries])
        column = joined([entry[1] for entry in self._entries])
        cap, price = joined(self._caps), joined(self._row_prices)
        row, column, value = added_up(row, column, self._rows)
        self.row_of = self._settle(row, column, value, cap, price)

    def _settle(self, row: Table, column: Table, value: Table, cap: Table, price: Table) -> Table:
        """Keep the rows that can be broken, and return their numbers among those given.

        A meeting counts once in a row, with the largest of its columns; an option always.
        """
        unit = self.grid.shape[0] + column
        main = column < self.size
        unit[main] = self.meeting[column[main]]
        units = self.grid.shape[0] + self.width + 1
        largest = int(value.max(initial=0)) + 1
        key = np.sort((row * units + unit) * largest + value)
        pair, much = np.divmod(key, largest)
        last = np.flatnonzero(np.diff(pair, append=-1))
        most = np.zeros(len(cap), dtype=np.int64)
        np.add.at(most, pair[last] // units, much[last])
        kept = most > cap
        number = np.cumsum(kept) - 1
        inside = kept[row]
        self.row = number[row[inside]]
        self.value = value[inside]
        self.cap, self.price = cap[kept], price[kept]
        self.start = np.searchsorted(column[inside], np.arange(self.width + 1))
        return np.flatnonzero(kept)

    def narrowed(self, kept: Mask) -> Board:
        """Return the board with only these of the meetings' columns, and the rows still at stake.

        ``row_of`` holds for each of its rows the number on the wider board.
        """
        board = copy(self)
        options = kept[self.option_column] if self.width > self.size else np.empty(0, np.bool_)
        needs = kept[self.need_column]
        number = np.cumsum(kept) - 1
        board.meeting, board.slot = self.meeting[kept], self.slot[kept]
        board.base, board.low = self.base[kept], self.low[kept]
        board.size = len(board.meeting)
        board.begin = np.concatenate([[0], np.cumsum(kept)])[self.begin]
        board.column_of = np.full(self.grid.shape, -1, dtype=np.int64)
        board.column_of[board.meeting, board.slot] = np.arange(board.size)
        board.need_column = number[self.need_column[needs]]
        board.need_begin = np.searchsorted(board.need_column, np.arange(board.size + 1))
        board.need_person, board.need_nobody = self.need_person[needs], self.need_nobody[needs]
        counts = np.diff(self.option_begin)[needs]
        board.option_begin = np.concatenate([[0], np.cumsum(counts)])
        board.option_need = np.repeat(np.arange(len(counts)), counts)
        board.option_column = board.need_column[board.option_need]
        board.option_person = self.option_person[options]
        board.option_cost = self.option_cost[options]
        board.width = board.size + len(board.option_person)
        columns = np.concatenate([kept, options])
        sizes = np.diff(self.start)
        inside = np.repeat(columns, sizes)
        row, value = self.row[inside], self.value[inside]
        column = np.repeat(np.arange(board.width), sizes[columns])
        board.row_of = board._settle(row, column, value, self.cap, self.price)
        return board
