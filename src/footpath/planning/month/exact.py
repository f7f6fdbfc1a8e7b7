"""The board as a model for a solver, and a solution back as a calendar."""

from __future__ import annotations

import numpy as np

from footpath.planning.linear import Floats, Linear
from footpath.planning.month.board import HARD, Board
from footpath.planning.month.bound import UNIT
from footpath.planning.month.greedy import Draft
from footpath.planning.month.grid import Mask, Table
from footpath.planning.month.prices import MUST
from footpath.planning.month.problem import NOT_HELD


class Model:
    """A board as rows and columns: its own columns, then one for each meeting that is not held.

    Where somebody has to come, the options are as many as the meeting; elsewhere at most as many,
    and what nobody costs is in the meeting's column, less in the option's.
    """

    def __init__(self, board: Board, droppable: Mask | None = None, *, whole: bool = True) -> None:
        """Write the model.

        ``droppable``: the meetings that may be left out (None: all of them). With ``whole`` False
        columns may be taken in part, which tells the solver's prices of the rows.
        """
        self.board = board
        self.linear = Linear()
        must = board.need_nobody == MUST
        nobody = np.where(must, 0, board.need_nobody)
        extra = np.bincount(board.need_column, weights=nobody, minlength=board.size)
        self.linear.columns(board.base + extra, integer=whole)
        self.linear.columns(board.option_cost - nobody[board.option_need], integer=whole)
        count = len(board.begin) - 1
        may = 1.0 if droppable is None else droppable.astype(np.float64)
        not_held = self.linear.columns(np.full(count, float(NOT_HELD)), upper=may, integer=whole)
        once = self.linear.rows(np.ones(count), np.ones(count))
        self.linear.entries(once[board.meeting], np.arange(board.size))
        self.linear.entries(once, not_held)
        filled = self.linear.rows(np.where(must, 0.0, -np.inf), np.zeros(len(must)))
        self.linear.entries(
            filled[board.option_need], board.size + np.arange(len(board.option_cost))
        )
        self.linear.entries(filled, board.need_column, -1.0)
        rows = self.linear.rows(np.full(len(board.cap), -np.inf), board.cap.astype(np.float64))
        columns = np.repeat(np.arange(board.width), np.diff(board.start))
        self.linear.entries(rows[board.row], columns, board.value)
        self.first_row = int(rows[0]) if len(rows) else 0
        self.priced = np.flatnonzero(board.price != HARD)
        misses = self.linear.columns(
            board.price[self.priced].astype(np.float64), upper=np.inf, integer=False
        )
        self.linear.entries(rows[self.priced], misses, -1.0)

    def prices(self, duals: Floats) -> tuple[Table, Table]:
        """Return what each row and each meeting is worth, in parts of UNIT, from the duals."""
        count = len(self.board.begin) - 1
        whole = np.rint(duals * UNIT).astype(np.int64)
        return -whole[self.first_row : self.first_row + len(self.board.cap)], whole[:count]

    def draft(self, values: Floats) -> Draft:
        """Return the solution as a calendar, with its options as they were chosen."""
        board = self.board
        draft = Draft(board)
        chosen = values[board.size : board.width] > 0.5
        for x in np.flatnonzero(values[: board.size] > 0.5).tolist():
            paid, options = int(board.base[x]), []
            for need in range(board.need_begin[x], board.need_begin[x + 1]):
                price = int(board.need_nobody[need])
                for option in range(board.option_begin[need], board.option_begin[need + 1]):
                    if chosen[option]:
                        options.append(option)
                        price = int(board.option_cost[option])
                paid += price
            draft.restore(int(board.meeting[x]), x, tuple(options), paid)
        return draft
