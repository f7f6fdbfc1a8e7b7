"""A calendar that grows meeting by meeting, and gives way where that makes it cheaper."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from footpath.planning.month.board import HARD, Board
from footpath.planning.month.grid import Mask, Table
from footpath.planning.month.prices import MUST
from footpath.planning.month.problem import NOT_HELD

GIVE_WAY = 3  # meetings that make room for another at most
NONE = -1


class Draft:
    """Which column each meeting has (``held``, -1 for none), and with whom (``options``).

    ``cost`` is what all of it pays. Whatever is placed keeps every row.
    """

    def __init__(self, board: Board) -> None:
        """Begin with an empty calendar."""
        self.board = board
        self.slack = board.cap.copy()
        count = len(board.begin) - 1
        self.held = [NONE] * count
        self.options: list[tuple[int, ...]] = [()] * count
        self.paid = [NOT_HELD] * count
        self.users: dict[int, list[int]] = {}
        self.elastic = bool((board.price != HARD).any())
        self.guests = 0  # what the priced rows pay now

    @property
    def cost(self) -> int:
        """Return what the calendar pays."""
        return sum(self.paid) + self.guests

    # --- placing and removing ---------------------------------------------------------------------

    def _use(self, column: int, sign: int) -> None:
        board = self.board
        entries = slice(board.start[column], board.start[column + 1])
        rows = board.row[entries]
        if self.elastic:
            prices = board.price[rows]
            before = np.maximum(-self.slack[rows], 0)
            self.slack[rows] -= sign * board.value[entries]
            change = (np.maximum(-self.slack[rows], 0) - before)[prices != HARD]
            self.guests += int((change * prices[prices != HARD]).sum())
        else:
            self.slack[rows] -= sign * board.value[entries]

    def _fits(self, column: int) -> bool:
        board = self.board
        entries = slice(board.start[column], board.start[column + 1])
        rows = board.row[entries]
        over = self.slack[rows] < board.value[entries]
        return not (over & (board.price[rows] == HARD)).any()

    def place(self, m: int, x: int) -> bool:
        """Put a meeting into a column that is free, with whoever comes for less; False if none."""
        board = self.board
        self._use(x, 1)
        paid = int(board.base[x])
        chosen: list[int] = []
        for need in range(board.need_begin[x], board.need_begin[x + 1]):
            nobody = int(board.need_nobody[need])
            best, price = NONE, nobody
            for option in range(board.option_begin[need], board.option_begin[need + 1]):
                asked = int(board.option_cost[option])
                if (price == MUST or asked < price) and self._fits(board.size + option):
                    best, price = option, asked
            if price == MUST:
                self._undo(x, chosen)
                return False
            if best != NONE:
                self._use(board.size + best, 1)
                chosen.append(best)
            paid += price
        self.put(m, x, tuple(chosen), paid)
        return True

    def _undo(self, x: int, chosen: Iterable[int]) -> None:
        for option in chosen:
            self._use(self.board.size + option, -1)
        self._use(x, -1)

    def put(self, m: int, x: int, chosen: tuple[int, ...], paid: int) -> None:
        """Write down a meeting whose columns are counted already."""
        self.held[m], self.options[m], self.paid[m] = x, chosen, paid
        for column in (x, *(self.board.size + option for option in chosen)):
            for row in self.board.row[self.board.start[column] : self.board.start[column + 1]]:
                self.users.setdefault(int(row), []).append(m)

    def remove(self, m: int) -> None:
        """Take a meeting out of the calendar."""
        x = self.held[m]
        for column in (x, *(self.board.size + option for option in self.options[m])):
            for row in self.board.row[self.board.start[column] : self.board.start[column + 1]]:
                self.users[int(row)].remove(m)
        self._undo(x, self.options[m])
        self.held[m], self.options[m], self.paid[m] = NONE, (), NOT_HELD

    def restore(self, m: int, x: int, chosen: tuple[int, ...], paid: int) -> None:
        """Put a meeting back as it was."""
        for column in (x, *(self.board.size + option for option in chosen)):
            self._use(column, 1)
        self.put(m, x, chosen, paid)

    # --- looking ----------------------------------------------------------------------------------

    def look(self, m: int) -> tuple[Table, Table]:
        """Return for each column of a meeting how many rows are in its way, and what it pays."""
        board = self.board
        first, last = board.begin[m], board.begin[m + 1]
        begin = board.start[first : last + 1]
        entries = slice(begin[0], begin[-1])
        rows = board.row[entries]
        slack, value = self.slack[rows], board.value[entries]
        if not self.elastic:
            return _sums(slack < value, begin), board.low[first:last]
        price = board.price[rows]
        hard = price == HARD
        blocked = _sums((slack < value) & hard, begin)
        over = np.maximum(value - slack, 0) - np.maximum(-slack, 0)
        return blocked, board.low[first:last] + _sums(np.where(hard, 0, over * price), begin)

    def place_best(self, m: int, guide: Table | None = None, but: int = NONE) -> bool:
        """Put a meeting where it pays least (by the guide, if there is one); False if nowhere.

        ``but`` is a day on which it must not be.
        """
        first = int(self.board.begin[m])
        if but == NONE and self.board.begin[m + 1] == first + 1:
            return self._fits(first) and self.place(m, first)
        blocked, pays = self.look(m)
        if but != NONE:
            columns = slice(self.board.begin[m], self.board.begin[m + 1])
            blocked = blocked + (self.board.grid.day[self.board.slot[columns]] == but)
        free = np.flatnonzero(blocked == 0)
        if not len(free):
            return False
        worth = pays if guide is None else guide[first : first + len(pays)]
        order = free[np.argsort(worth[free], kind="stable")].tolist()
        best, least = NONE, 0
        for candidate in order:
            if best != NONE and worth[candidate] >= least:
                break
            x = first + candidate
            if best == NONE and self.board.need_begin[x] == self.board.need_begin[x + 1]:
                return self.place(m, x)  # nobody wanting: it pays what it says
            if self.place(m, x):
                asked = (
                    int(worth[candidate]) + self.paid[m] - int(self.board.low[first + candidate])
                )
                self.remove(m)
                if best == NONE or asked < least:
                    best, least = candidate, asked
        return best != NONE and self.place(m, first + best)

    def in_the_way(self, x: int) -> list[int]:
        """Return the meetings that use the rows which keep a column from being free."""
        board = self.board
        entries = slice(board.start[x], board.start[x + 1])
        rows = board.row[entries]
        full = (self.slack[rows] < board.value[entries]) & (board.price[rows] == HARD)
        return sorted({m for row in rows[full].tolist() for m in self.users.get(row, ())})

    def insist(self, m: int, x: int) -> bool:
        """Put a meeting into a column even where others must give way; False if that costs more."""
        others = [other for other in self.in_the_way(x) if other != m]
        if len(others) > GIVE_WAY:
            return False
        before = self.cost
        moved = [other for other in (m, *others) if self.held[other] != NONE]
        kept = [(other, self.held[other], self.options[other], self.paid[other]) for other in moved]
        for other in moved:
            self.remove(other)
        if self._fits(x) and self.place(m, x):
            for other in others:
                self.place_best(other)
            if self.cost < before:
                return True
        for other in (m, *others):
            if self.held[other] != NONE:
                self.remove(other)
        for was in kept:
            self.restore(*was)
        return False


def _sums(numbers: Table | Mask, begin: Table) -> Table:
    """Return the sums of the numbers between each two of ``begin``, which may be equal."""
    total = np.concatenate([[0], np.cumsum(numbers)])
    found: Table = total[begin[1:] - begin[0]] - total[begin[:-1] - begin[0]]
    return found


def grown(board: Board, guide: Table | None = None) -> Draft:
    """Return a calendar grown meeting by meeting, those with the fewest and fullest slots first."""
    draft = Draft(board)
    for m in order(board):
        draft.place_best(m, guide)
    return draft


def order(board: Board) -> list[int]:
    """Return the meetings, the hardest to place first: few columns, then many rows on them."""
    columns = np.diff(board.begin)
    rows = np.diff(board.start[board.begin])
    return sorted(
        np.flatnonzero(columns).tolist(),
        key=lambda m: (columns[m] > 3, -rows[m] // columns[m], columns[m], m),
    )


def improve(draft: Draft, tries: int) -> None:
    """Let meetings insist on cheaper columns while that makes the calendar cheaper."""
    board = draft.board
    better = True
    while better and tries > 0:
        better = False
        for m in _dearest(draft):
            first = int(board.begin[m])
            low = board.low[first : int(board.begin[m + 1])]
            cheaper = np.flatnonzero(low < draft.paid[m])
            for candidate in cheaper[np.argsort(low[cheaper], kind="stable")].tolist():
                tries -= 1
                if draft.insist(m, first + candidate):
                    better = True
                    break
                if tries <= 0:
                    return


def _dearest(draft: Draft) -> Sequence[int]:
    """Return the meetings that pay more than their least, the dearest first."""
    board = draft.board
    over = []
    for m, paid in enumerate(draft.paid):
        columns = slice(board.begin[m], board.begin[m + 1])
        if board.begin[m] < board.begin[m + 1]:
            more = paid - int(board.low[columns].min())
            if more > 0:
                over.append((-more, m))
    return [m for _, m in sorted(over)]
