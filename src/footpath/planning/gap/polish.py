"""Small parts of a problem, planned exactly by a solver beside the search.

A corner of the linear relaxation gives nearly every job to one agent: at most one job for each
agent is shared. So most jobs stay where the corner, or the best plan so far, has them, and the
solver plans the others anew: those shared, those that hardly care, those where the two differ.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from random import Random

import numpy as np
from numpy.typing import NDArray

from footpath.planning.budget import Budget
from footpath.planning.gap.prices import Model, Real, Relaxed
from footpath.planning.gap.reading import Whole
from footpath.planning.gap.search import wide
from footpath.planning.gap.watch import Watch
from footpath.planning.linear import Linear
from footpath.planning.solvers import Solution, available, solve

Marks = NDArray[np.bool_]

BACKEND = "highs"
CORE = 4  # columns for each job that is planned
NEAREST = 3  # of them the best agents of the job, however dear
JOBS = 240  # planned at once, to begin with
FEWEST = 24
GROWS, SHRINKS = 1.15, 0.75  # where a part was proven in good time, and where it was not
TURN = 0.06  # of the seconds, for one part
TRIES = 3  # at a plan from the corner alone
MISSES = 3  # long parts in a row that came to nothing: the time is better spent on the search
LARGE = 16_000  # cells from which on this pays: below, the search alone is better


class Polish:
    """One problem, and its parts as linear models."""

    def __init__(self, model: Model, prices: Relaxed, watch: Watch, random: Random) -> None:
        """Nothing is solved yet."""
        self.model, self.watch, self.random = model, watch, random
        self.reduced: Real = prices.reduced / model.one
        self.every = np.arange(model.cost.shape[1])
        self.corner: Whole | None = None
        self.sure: Real = np.zeros(self.every.size)

    def relax(self) -> bool:
        """Find a corner of the linear relaxation, over the core; return whether there is one."""
        agents, jobs = self._core(np.ones(self.every.size, np.bool_))
        found = self._solved(agents, jobs, self.model.capacity, integer=False)
        if found is None or found.status != "proven":
            return False
        share = np.zeros(self.reduced.shape)
        share[agents, jobs] = found.values
        self.corner = share.argmax(axis=0)
        job, capacity = np.split(found.duals, [self.every.size])
        self.reduced = self.model.cost - job - capacity[:, None] * self.model.weight
        second = np.partition(self.reduced, 1, axis=0)[1]
        self.sure = np.where(share.max(axis=0) < 1 - 1e-6, -1.0, second)
        return True

    def part(self, best: Whole | None, size: int) -> Marks:
        """Return the jobs to plan anew: about ``size``, all where there are no more."""
        assert self.corner is not None  # noqa: S101 - ``relax`` came first
        dear = self.sure.copy()
        if best is not None:
            lucky = self.random.sample(range(self.reduced.shape[0]), self.reduced.shape[0])
            place = np.empty(len(lucky))
            place[lucky] = np.arange(len(lucky))
            dear = place[best] + np.where(best == self.corner, 0.0, -0.5 * len(lucky))
        chosen = np.zeros(self.every.size, np.bool_)
        chosen[np.argsort(dear, kind="stable")[:size]] = True
        return chosen

    def planned(
        self, chosen: Marks, best: Whole | None, seconds: float
    ) -> tuple[Whole | None, bool]:
        """Return the agents with the chosen jobs planned anew, and whether that is proven.

        None when nothing was found.
        """
        assert self.corner is not None  # noqa: S101 - ``relax`` came first
        base = self.corner if best is None else best
        kept = np.flatnonzero(~chosen)
        load = np.bincount(
            base[kept], self.model.weight[base[kept], kept], self.model.capacity.size
        )
        left = self.model.capacity - load.astype(np.int64)
        if (left < 0).any():
            return None, True
        agents, jobs = self._core(chosen, best)
        start = None if best is None else (best[jobs] == agents).astype(np.float64)
        found = self._solved(agents, jobs, left, integer=True, seconds=seconds, start=start)
        if found is None or not found.values.size:
            return None, found is not None and found.status == "infeasible"
        plan = base.copy()
        taken = found.values > 0.5
        plan[jobs[taken]] = agents[taken]
        return plan, found.status == "proven"

    def _core(self, chosen: Marks, best: Whole | None = None) -> tuple[Whole, Whole]:
        """Return the columns, agent and job of each: the cheapest by reduced cost."""
        jobs = np.flatnonzero(chosen)
        some = self.reduced[:, jobs]
        most = min(some.size, CORE * jobs.size) - 1
        keep = np.zeros(self.reduced.shape, np.bool_)
        keep[:, jobs] = some <= np.partition(some.ravel(), most)[most]
        nearest = np.argsort(some, axis=0, kind="stable")[:NEAREST]
        keep[nearest, jobs] = True
        if best is not None:
            keep[best[jobs], jobs] = True
        agents, which = np.nonzero(keep)
        return agents, which

    def _solved(
        self, agents: Whole, jobs: Whole, left: Whole, *, integer: bool,
        seconds: float | None = None, start: Real | None = None,
    ) -> Solution | None:  # fmt: skip
        if self.watch.over():
            return None
        linear = Linear()
        columns = linear.columns(self.model.cost[agents, jobs], integer=integer)
        there, number = np.unique(jobs, return_inverse=True)
        ones = np.ones(there.size)
        linear.entries(linear.rows(ones, ones)[number], columns)
        most = linear.rows(np.full(left.size, -np.inf), left.astype(np.float64))
        linear.entries(most[agents], columns, self.model.weight[agents, jobs])
        return solve(
            linear, backend=BACKEND, budget=Budget(seconds=seconds), start=start,
            on_progress=lambda _cost, _bound, _elapsed: not self.watch.over(),
        )  # fmt: skip


class Polisher:
    """A thread that polishes the best plan for as long as the search goes on."""

    def __init__(
        self, polish: Polish, seconds: float,
        best: Callable[[], Whole | None], hear: Callable[[Whole], None],
    ) -> None:  # fmt: skip
        """Begin at once; ``best`` says which plan to go on from, ``hear`` is told what is found."""
        self.polish, self.seconds, self.best, self.hear = polish, seconds, best, hear
        self.thread = threading.Thread(target=self.work, daemon=True)
        self.thread.start()

    def work(self) -> None:
        """Plan the part the corner leaves open, then parts of the best plan."""
        polish, jobs = self.polish, self.polish.every.size
        if not polish.relax():
            return
        turn = TURN * self.seconds
        for attempt in range(TRIES):
            first = min(jobs, math.ceil(JOBS * 1.5**attempt))
            found, _ = polish.planned(polish.part(None, first), None, turn)
            if found is not None:
                self.hear(found)
                break
        size, misses = float(min(jobs, JOBS)), 0
        while misses < MISSES and not polish.watch.over():
            best = self.best()
            if best is None:
                polish.watch.pause(turn / 10)
                continue
            found, proven = polish.planned(polish.part(best, math.ceil(size)), best, turn)
            if found is not None and not np.array_equal(found, best):
                self.hear(found)
                misses = 0
            elif not proven:
                misses += 1
            size = min(jobs, size * GROWS) if proven else max(FEWEST, size * SHRINKS)


def worth_polishing(model: Model) -> bool:
    """Return whether the problem is of a size where it helps, and the solver installed."""
    return model.cost.size >= LARGE and not wide(model) and BACKEND in available()
