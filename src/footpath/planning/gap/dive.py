"""Building a plan agent by agent: prices of jobs, best packings, the surest of them fixed.

``Auction`` looks for prices of jobs at which the best packings of all agents take each job just
once (Lagrangian relaxation of "each job once"); its bound is stronger than the linear one.
``dive`` fixes the packings of the agents that agree most with the average so far, lets the
prices of what is left settle again, and so on; the last few agents are shared out exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import numpy as np
from numpy.typing import NDArray

from footpath.planning.gap.packing import Candidates
from footpath.planning.gap.prices import Real, square
from footpath.planning.gap.reading import Whole
from footpath.planning.gap.sharing import Limits, share
from footpath.planning.gap.watch import Watch

LENGTH = 0.1  # of the way to the target that prices move at first
PER_JOB = 4  # each job stays open to so many agents at least


def candidates(  # noqa: PLR0917 - one table with its margins
    cost: Whole, weight: Whole, capacity: Whole, reduced: Whole, break_price: Whole, width: int
) -> Candidates:
    """Return for each agent the jobs of least reduced cost; cost in fixed point."""
    agents, jobs = cost.shape
    if width >= jobs:
        job = np.broadcast_to(np.arange(jobs), (agents, jobs))
        return Candidates(job, cost, weight, capacity, break_price)
    numbered = reduced * jobs + np.arange(jobs)
    fits = numbered <= np.partition(numbered, width - 1, axis=1)[:, width - 1 : width]
    depth = min(PER_JOB, agents) - 1
    by_job = reduced * agents + np.arange(agents)[:, None]
    fits |= by_job <= np.partition(by_job, depth, axis=0)[depth]
    width = int(fits.sum(axis=1).max())
    job = np.argsort(~fits, axis=1, kind="stable")[:, :width]
    row = np.arange(agents)[:, None]
    kept = np.where(fits[row, job], job, -1)
    return Candidates(kept, cost[row, job], weight[row, job], capacity, break_price)


@dataclass
class Auction:
    """Prices of jobs on their way to where each job is taken once.

    ``steady``: go back to the best prices soon when they get no better. Among very many jobs the
    best prices leave a choice open, and it takes some restlessness to get every job taken.
    """

    open: Candidates
    price: Whole
    target: int
    one: int
    watch: Watch
    steady: bool = True

    def __post_init__(self) -> None:
        """Begin with the given prices."""
        self.best_price, self.best_break = self.price, self.open.break_price
        self.length = LENGTH
        self.average: Real | None = None
        self._restart()

    def _restart(self) -> None:
        self.bound: int | None = None
        self.stale = 0
        self.smoothed: Real | None = None
        self.taken: NDArray[np.bool_] = np.zeros(self.open.job.shape, np.bool_)

    def settle(self, steps: int) -> None:
        """Move the prices: up where nobody takes a job, down where several do."""
        for _ in range(steps):
            taken, gain, work = self.open.pack(self.price)
            self.watch.spend(work)
            self.taken = taken
            now = taken.astype(np.float64)
            self.average = now if self.average is None else 0.9 * self.average + 0.1 * now
            self._note(int(self.price.sum()) - int(gain.sum()))
            times = np.bincount(self.open.job[taken], minlength=self.price.size)
            lack = np.asarray(1.0 - times, np.float64)
            self.smoothed = lack if self.smoothed is None else 0.7 * self.smoothed + 0.3 * lack
            far = square(self.smoothed)
            if far < 1e-9 or self.watch.over():
                break
            assert self.bound is not None  # noqa: S101 - noted above
            ahead = max(self.target - self.bound, self.one // 4)
            move = np.rint(self.length * ahead / far * self.smoothed)
            self.price = self.price + move.astype(np.int64)

    def _note(self, bound: int) -> None:
        """Keep the prices of the best bound; shorten the steps when none is found for a while."""
        if self.bound is None or bound > self.bound:
            if self.bound is not None and bound > self.bound + self.one // 20:
                self.length *= 1.1
            self.bound, self.best_price, self.stale = bound, self.price, 0
            self.best_break = self.open.break_price
            return
        self.stale += 1
        patience, shorter = (5, 0.6) if self.steady else (10, 0.7)
        if self.stale >= patience:
            self.length, self.stale, self.price = self.length * shorter, 0, self.best_price
            if self.steady:
                self.open.break_price = self.best_break

    def fix(self, count: int, random: Random) -> tuple[list[tuple[int, Whole]], int]:
        """Take the surest packings that do not collide; return (agent row, jobs) and their cost."""
        assert self.average is not None  # noqa: S101 - settled before
        size = np.maximum(self.taken.sum(axis=1), 1)
        sure = np.rint((self.average * self.taken).sum(axis=1) * 4096).astype(np.int64) // size
        chance = np.array([random.randrange(205) for _ in size])
        used = np.zeros(self.price.size, np.bool_)
        fixed: list[tuple[int, Whole]] = []
        cost = 0
        for agent in np.argsort(-(sure + chance), kind="stable").tolist():
            jobs = self.open.job[agent, self.taken[agent]]
            if len(fixed) < count and not used[jobs].any():
                used[jobs] = True
                fixed.append((agent, jobs))
                cost += int(self.open.cost[agent, self.taken[agent]].sum())
        return fixed, cost

    def leave(self, agents: NDArray[np.bool_], renumbered: Whole) -> None:
        """Go on with these agents and the jobs that have a new number."""
        if self.steady:
            self.open.break_price = self.best_break
        self.open, cells = self.open.without(agents, renumbered)
        self.price = self.best_price = self.best_price[renumbered >= 0]
        if self.average is not None:
            self.average = np.take_along_axis(self.average[agents], cells, 1)
        self.length = min(LENGTH, 2 * self.length) if self.steady else LENGTH
        self._restart()


@dataclass(frozen=True)
class Group:
    """Some agents and all jobs they have between them; cost in fixed point, dense."""

    agents: Whole
    jobs: Whole
    cost: Whole
    weight: Whole
    capacity: Whole


@dataclass(frozen=True)
class Manner:
    """How a dive goes about it."""

    steps: int = 20  # of prices, after each fixing
    part: float = 0.1  # of the agents left, fixed at once
    last: int = 3  # agents that are shared out exactly


def dive(
    group: Group, auction: Auction, manner: Manner, limits: Limits, *, below: int | None,
    random: Random,
) -> Whole | None:  # fmt: skip
    """Return the agent (row of the group) of each job of the group; None when it leads nowhere.

    ``below``: give up once the bound shows that the plan would cost more than this (fixed point,
    overload at its penalty included). The auction has settled before.
    """
    rows, columns = np.arange(group.agents.size), np.arange(group.jobs.size)
    answer = np.full(columns.size, -1, np.int64)
    spent = 0
    while rows.size > manner.last and columns.size:
        count = min(max(1, int(manner.part * rows.size)), rows.size - manner.last)
        fixed, cost = auction.fix(count, random)
        stay = np.ones(rows.size, np.bool_)
        free = np.ones(columns.size, np.bool_)
        for agent, jobs in fixed:
            stay[agent] = False
            free[jobs] = False
            answer[columns[jobs]] = rows[agent]
        spent += cost
        auction.target -= cost
        auction.leave(stay, np.where(free, free.cumsum() - 1, -1))
        rows, columns = rows[stay], columns[free]
        if columns.size:
            auction.settle(manner.steps)
        lost = below is not None and auction.bound is not None and auction.bound + spent > below
        if lost or auction.watch.over():
            return None
    if columns.size:
        shared = share(
            group.cost[np.ix_(rows, columns)], group.weight[np.ix_(rows, columns)],
            group.capacity[rows], auction.open.break_price, limits,
            below=None if below is None else below - spent, watch=auction.watch,
        )  # fmt: skip
        if shared is None:
            return None
        answer[columns] = rows[shared.agent]
    return answer
