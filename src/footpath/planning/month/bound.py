"""A lower bound in whole numbers, and the columns that no better plan can use.

Every row is given a price for each unit used, and each meeting takes its cheapest slot at these
prices: no plan pays less than that, less what the rows are worth. Prices rise where too many want
the same, and fall where nobody does. All in whole numbers, so that every machine counts the same.
"""

from __future__ import annotations

import numpy as np

from footpath.planning.month.board import HARD, Board
from footpath.planning.month.grid import Mask, Table
from footpath.planning.month.problem import NOT_HELD
from footpath.planning.month.tables import ranges

UNIT = 1 << 10  # parts of a unit of cost in which prices are counted
ROUNDS = 240
PATIENCE = 10  # rounds without a better bound before the steps are shortened
INERTIA = UNIT * 7 // 10  # of the step before


class Bound:
    """The best bound found on a board: ``value`` in whole units of cost, never above any plan.

    ``reduced``: for each meeting's column what it pays at the prices, in parts of ``UNIT``.
    ``least``: what each meeting pays at least, in the same parts; NOT_HELD where it has no column.
    """

    def __init__(self, board: Board) -> None:
        """Begin with no prices: the sum of the minima."""
        self.board = board
        self.reduced = board.low * UNIT
        self._index()
        self.least, _ = self._cheapest(self.reduced)
        self.total = int(self.least.sum())

    @property
    def value(self) -> int:
        """Return the bound in whole units: what a plan costs is whole, so it is rounded up."""
        return -(-self.total // UNIT)

    def _index(self) -> None:
        """Keep the entries of the meetings' columns by row too."""
        board = self.board
        ends = board.start[1 : board.size + 1]
        self.entries = int(ends[-1]) if board.size else 0
        self.column = np.repeat(np.arange(board.size), np.diff(board.start[: board.size + 1]))
        order = np.argsort(board.row[: self.entries], kind="stable")
        self.by_row_column = self.column[order]
        self.by_row_value = board.value[: self.entries][order]
        self.row_begin = np.searchsorted(
            board.row[: self.entries][order], np.arange(len(board.cap) + 1)
        )
        self.open = np.flatnonzero(np.diff(board.begin) > 0)

    def _cheapest(self, reduced: Table) -> tuple[Table, Table]:
        """Return what each meeting pays at least, and the columns taken for it."""
        board = self.board
        least = np.full(len(board.begin) - 1, NOT_HELD * UNIT, dtype=np.int64)
        if not board.size:
            return least, np.empty(0, dtype=np.int64)
        keyed = reduced * board.size + np.arange(board.size)
        best = np.minimum.reduceat(keyed, board.begin[self.open])
        column, price = best % board.size, best // board.size
        held = price < NOT_HELD * UNIT
        least[self.open[held]] = price[held]
        return least, column[held]

    def raise_to(self, cost: int, rounds: int = ROUNDS) -> None:
        """Look for prices that bring the bound up to the ``cost`` of a plan; keep the best.

        A step goes where more is used than there is, and a good part of the way of the step
        before; it is as long as would close the gap if that were all, and shorter by and by.
        """
        board = self.board
        prices = np.zeros(len(board.cap), dtype=np.int64)
        way = np.zeros(len(board.cap), dtype=np.int64)
        highest = np.where(board.price == HARD, NOT_HELD * UNIT, board.price * UNIT)
        reduced = self.reduced.copy()
        worth, length, patience = 0, UNIT, PATIENCE
        for _ in range(rounds):
            least, taken = self._cheapest(reduced)
            total = int(least.sum()) - worth
            if total > self.total:
                self.total, self.least, self.reduced = total, least, reduced.copy()
                patience = PATIENCE
            else:
                patience -= 1
            if self.value >= cost:
                return
            if not patience:
                length, patience = length * 7 // 10, PATIENCE
            over = self._use(taken) - board.cap
            np.multiply(way, INERTIA, out=way)
            np.floor_divide(way, UNIT, out=way)
            way += np.where((over > 0) | (prices > 0), over * UNIT, 0)
            way[(prices <= 0) & (way < 0)] = 0
            steep = int((way // 32 * (way // 32)).sum()) // UNIT
            if not steep:
                return
            step = (cost * UNIT - total) * length // steep
            after = np.clip(prices + step * way // (UNIT * UNIT), 0, highest)
            worth += int(((after - prices) * board.cap).sum())
            self._reprice(reduced, after - prices)
            prices = after

    def reprice(self, prices: Table) -> Table:
        """Take these prices (one a row, in parts of UNIT) when their bound is better.

        Return what each column pays at them.
        """
        board = self.board
        highest = np.where(board.price == HARD, NOT_HELD * UNIT, board.price * UNIT)
        prices = np.clip(prices, 0, highest)
        reduced: Table = board.low * UNIT
        self._reprice(reduced, prices)
        least, _ = self._cheapest(reduced)
        total = int(least.sum()) - int((prices * board.cap).sum())
        if total > self.total:
            self.total, self.least, self.reduced = total, least, reduced
        return reduced

    def _use(self, taken: Table) -> Table:
        """Return how much of each row the columns use."""
        board = self.board
        entries = ranges(board.start[taken], board.start[taken + 1])
        used = np.zeros(len(board.cap), dtype=np.int64)
        np.add.at(used, board.row[entries], board.value[entries])
        return used

    def _reprice(self, reduced: Table, change: Table) -> None:
        """Add a change of prices to what the columns pay."""
        rows = np.flatnonzero(change)
        entries = ranges(self.row_begin[rows], self.row_begin[rows + 1])
        changes = np.repeat(change[rows], self.row_begin[rows + 1] - self.row_begin[rows])
        np.add.at(reduced, self.by_row_column[entries], changes * self.by_row_value[entries])

    def keeps(self, cost: int) -> Mask:
        """Return which columns a plan cheaper than ``cost`` may use."""
        board = self.board
        least = self.total - self.least[board.meeting] + self.reduced
        kept: Mask = least <= (cost - 1) * UNIT
        return kept

    def drops(self, cost: int) -> Mask:
        """Return which meetings a plan cheaper than ``cost`` may leave out."""
        dropped: Mask = self.total - self.least + NOT_HELD * UNIT <= (cost - 1) * UNIT
        return dropped
