"""The cheapest calendar: a first one at once, then a bound, then what is left for a solver.

The bound names the columns that a cheaper plan could use. Few of them remain when one looks only
for plans a little above the bound; whatever a solver finds among these is the best there is, and
where it finds nothing the bound has risen by that little.
"""

from __future__ import annotations

import math
import time

import numpy as np

from footpath.planning.budget import Budget, Progress
from footpath.planning.month.board import Board, Cut
from footpath.planning.month.bound import UNIT, Bound
from footpath.planning.month.chairs import Chairs, Part
from footpath.planning.month.entries import chosen_chairs, parts
from footpath.planning.month.exact import Model
from footpath.planning.month.greedy import NONE, Draft, grown, improve
from footpath.planning.month.grid import Mask
from footpath.planning.month.prices import Prices
from footpath.planning.month.problem import MOVES, NOT_HELD
from footpath.planning.solvers import Solution, available, solve

TRIES = 150  # insistent moves on the way to a solver
TRIES_ALONE = 600  # and without one
ROUNDS = 100
ROUNDS_ALONE = 300
NEAR = 3  # how far above the bound one looks first
FAR = 200  # and where one stops being careful
SIFTS = 6
MOST_CUTS = 25
MOST_FIXES = 20
SMALL = 2_000  # columns that a solver is given all at once


class Effort:
    """The limits of one call, and what it tells on the way."""

    def __init__(self, backend: str, budget: Budget | None, on_progress: Progress | None) -> None:
        """Start the clock; ValueError when the back end is not installed."""
        if backend not in available():
            raise ValueError(f"the back end {backend!r} is not installed")
        self.budget = budget or Budget()
        self.on_progress = on_progress
        self.began = time.monotonic()
        self.work = 0
        self.stopped = False  # by the caller, the clock, or the work
        self.reproducible = True

    def tell(self, cost: float, bound: float) -> bool:
        """Tell how far it is; return whether to go on."""
        told: bool | None = None
        if not self.stopped and self.on_progress is not None:
            told = self.on_progress(cost, bound, time.monotonic() - self.began)
        left = self.left()
        if told is False or (left is not None and left <= 0):
            self.stopped, self.reproducible = True, False
        return not self.stopped

    def left(self) -> float | None:
        """Return the seconds left; None without a limit."""
        if self.budget.seconds is None:
            return None
        return self.budget.seconds - (time.monotonic() - self.began)

    def rest(self) -> Budget:
        """Return the limits of the next step."""
        left, work = self.left(), self.budget.work
        return Budget(
            work=None if work is None else max(1, work - self.work),
            seconds=None if left is None else max(1e-3, left),
        )

    def spend(self, solution: Solution) -> None:
        """Count the work of a step, and stop when it ran out of its limits."""
        self.work += solution.work
        self.reproducible &= solution.reproducible
        ended = solution.status in {"proven", "infeasible"}
        out = self.budget.work is not None and self.work >= self.budget.work
        self.stopped |= not ended or out or not solution.reproducible


class Search:
    """The search for the cheapest calendar at these prices.

    Afterwards: ``cost`` and ``bound``; ``put`` and ``chairs``, the best calendar; ``board``, on
    which it was found. There is always one, if only of meetings that are not held.
    """

    def __init__(
        self,
        prices: Prices,
        backend: str,
        seed: int,
        effort: Effort,
        *,
        keep: Mask | None = None,
        known: Search | None = None,
        quick: bool = False,
    ) -> None:
        """Look for it.

        ``keep``: look no farther than these columns; nothing cheaper than the calendar ``known``
        may need others. ``quick``: no farther than greedy and giving way.
        """
        self.prices = prices
        self.backend = backend
        self.seed = seed
        self.effort = effort
        self.cuts: list[Cut] = []  # what the drawing of chairs has taught
        self.put: list[Part] = known.put if known else []
        self.chairs: dict[int, int] = known.chairs if known else {}
        self.cost: int = known.cost if known else NOT_HELD * prices.grid.shape[0]
        self.bound: int = known.bound if known else 0
        everything = np.ones(prices.grid.shape, dtype=np.bool_)
        self.board = Board(prices, everything if keep is None else keep)
        if known and not self.alone and self.board.size <= SMALL:
            self._solve(Bound(self.board))
            return
        self.draft = grown(self.board)
        if quick:
            improve(self.draft, TRIES)
            self._offer(self.draft)
        else:
            self._run()

    @property
    def alone(self) -> bool:
        """Return whether no solver takes part."""
        return self.backend == "none"

    def _run(self) -> None:
        """Go through all steps; any of them may be the last."""
        first = self.draft
        self._offer(first)
        if not self._tell():
            return
        bound = Bound(self.board)
        held = first.cost - NOT_HELD * first.held.count(NONE)
        bound.raise_to(held, ROUNDS_ALONE if self.alone else ROUNDS)
        self._raise(bound.value)
        for draft in (grown(self.board, bound.reduced), first)[: 2 if self.alone else 1]:
            improve(draft, TRIES_ALONE if self.alone else TRIES)
            self._offer(draft)
        if self._tell() and self.bound < self.cost and not self.alone:
            if self.board.size > SMALL:
                self._sift(bound)
            self._solve(bound)

    def blockers(self) -> set[int]:
        """Return the meetings that pay more than a move too much, and those in their way."""
        board, found = self.board, set[int]()
        for m, paid in enumerate(self.draft.paid):
            for x in range(board.begin[m], board.begin[m + 1]):
                if board.low[x] + MOVES <= paid:
                    found |= {m, *self.draft.in_the_way(x)}
        return found

    def _offer(self, draft: Draft) -> Cut:
        """Keep a draft when it is cheaper; return the cut when not all of it can be chaired.

        Then a meeting of the cut goes to another day, or out of the calendar, until all can be.
        """
        learned: Cut = ()
        chairs = chosen_chairs(draft)
        if self.board.counted:
            drawn = Chairs(self.prices.grid, parts(draft))
            learned = drawn.cut
            fixes = 0
            while drawn.cut:
                m, slot, _, _ = drawn.cut[fixes % len(drawn.cut)]
                draft.remove(m)
                if fixes < MOST_FIXES:
                    draft.place_best(m, but=int(self.prices.grid.day[slot]))
                fixes += 1
                drawn = Chairs(self.prices.grid, parts(draft))
            chairs = drawn.drawn
        if draft.cost < self.cost:
            self.cost, self.put, self.chairs = draft.cost, parts(draft), chairs
        return learned

    def _raise(self, bound: float) -> None:
        if math.isfinite(bound):
            self.bound = max(self.bound, min(math.ceil(bound - 1e-6), self.cost))

    def _tell(self) -> bool:
        return self.effort.tell(self.cost, self.bound)

    # --- with a solver ----------------------------------------------------------------------------

    def _sift(self, bound: Bound) -> None:
        """Raise the bound by the solver's own prices, on few columns and those that they call."""
        board = self.board
        kept = bound.keeps(bound.value + NEAR)
        for _ in range(SIFTS):
            narrow = board.narrowed(kept)
            model = Model(narrow, whole=False)
            solution = solve(
                model.linear, backend=self.backend, seed=self.seed, budget=self.effort.rest()
            )
            self.effort.work += solution.work
            if not len(solution.duals):
                return
            worth, each = model.prices(solution.duals)
            prices = np.zeros(len(board.cap), dtype=np.int64)
            prices[narrow.row_of] = worth
            reduced = bound.reprice(prices)
            called = reduced < each[board.meeting] - UNIT // 8
            if not (called & ~kept).any():
                break
            kept |= reduced < each[board.meeting] + UNIT
        self._raise(bound.value)

    def _solve(self, bound: Bound) -> None:
        """Look for plans a little above the bound, then farther, until the best is proven."""
        near = NEAR if self.board.size > SMALL else FAR
        while self.bound < self.cost and self._tell():
            limit = min(self.cost, self.bound + near) if near < FAR else self.cost
            narrow = self.board.narrowed(bound.keeps(limit))
            model = Model(narrow, bound.drops(limit))
            solution = solve(
                model.linear,
                backend=self.backend,
                seed=self.seed,
                budget=self.effort.rest(),
                on_progress=self._watch(limit),
            )
            self.effort.spend(solution)
            cut = self._offer(model.draft(solution.values)) if len(solution.values) else ()
            if cut and len(self.cuts) < MOST_CUTS and not self.effort.stopped:
                self.cuts.append(cut)
                self.board.cut(cut)
                continue
            found = solution.status in {"proven", "infeasible"}
            self._raise(min(limit, solution.cost) if found else min(limit, solution.bound))
            if self.effort.stopped or cut:
                return
            near *= 4

    def _watch(self, limit: int) -> Progress:
        def watch(cost: float, bound: float, elapsed: float) -> bool:
            return self.effort.tell(min(self.cost, cost), max(self.bound, min(bound, limit)))

        return watch
