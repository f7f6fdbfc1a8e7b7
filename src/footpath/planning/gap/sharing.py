"""Sharing jobs out among a few agents, by listing all ways that are near enough to the best.

At the best prices of the group each job has a cheapest agent; giving it to another one costs its
reduced cost more. All ways whose reduced costs add up to no more than a budget are listed job by
job in arrays, those that can no longer fit are dropped, and the best is taken. A way may overload
an agent at a penalty, so that there is always an answer to go on from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from footpath.planning.gap.prices import Relaxed, price_group
from footpath.planning.gap.reading import Whole
from footpath.planning.gap.watch import Watch

BUCKETS = 48


@dataclass(frozen=True)
class Limits:
    """How far the listing goes."""

    penalty: int  # per unit of weight beyond a capacity, fixed point
    one: int
    ways: float = 1e6  # counted before, without regard to capacities
    at_once: int = 60_000  # kept in memory
    steps: int = 60  # of the group's prices


class Shared(NamedTuple):
    """The agent (row) of each job, the cost with penalties, and whether nothing is better."""

    agent: Whole
    cost: int
    best: bool


class _Turn(NamedTuple):
    """A job that may go to another agent than its cheapest: where else, and at what extra cost."""

    job: int
    others: list[int]
    extra: list[int]


def share(
    cost: Whole, weight: Whole, capacity: Whole, start: Whole, limits: Limits, *,
    below: int | None, watch: Watch,
) -> Shared | None:  # fmt: skip
    """Return the best sharing found that costs at most ``below``; None when there is none.

    Costs in fixed point. Without ``below`` the best of those listed is returned whatever it costs.
    """
    prices = price_group(
        cost, weight, capacity, start,
        ceiling=limits.penalty, one=limits.one, steps=limits.steps,
    )  # fmt: skip
    watch.spend(cost.size * limits.steps * 4)
    top = None if below is None else below - prices.bound
    if top is not None and top < 0:
        return None
    budget = _first_budget(prices.reduced, limits.one)
    while True:
        budget = budget if top is None else min(budget, top)
        listing = _Listing(prices, weight, capacity, limits, budget, strict=top is not None)
        found = listing.best(watch)
        if found is not None and found.cost <= prices.bound + budget:
            return found
        if not listing.complete or budget == top or budget > limits.penalty << 8 or watch.over():
            return found if top is None else None
        budget *= 3


def _first_budget(reduced: Whole, one: int) -> int:
    """Return a budget that lets some of the jobs turn to another agent."""
    if reduced.shape[0] < 2:
        return 2 * one
    second = np.sort(np.partition(reduced, 1, axis=0)[1])
    return max(2 * one, 2 * int(second[min(6, second.size - 1)]))


class _Listing:
    """All ways to share the jobs within a budget of reduced costs."""

    def __init__(
        self, prices: Relaxed, weight: Whole, capacity: Whole, limits: Limits, budget: int, *,
        strict: bool,
    ) -> None:  # fmt: skip
        """Find the jobs that may turn within the budget, those that weigh most first."""
        self.strict = strict
        reduced = prices.reduced
        self.prices, self.weight, self.limits = prices, weight, limits
        self.home = reduced.argmin(axis=0)
        every = np.arange(self.home.size)
        load = np.zeros(capacity.size, np.int64)
        np.add.at(load, self.home, weight[self.home, every])
        self.slack = capacity - load
        may = reduced <= budget
        may[self.home, every] = False
        turning = np.flatnonzero(may.any(axis=0))
        turning = turning[np.argsort(-weight[self.home, every][turning], kind="stable")]
        self.turns = [
            _Turn(job, others.tolist(), reduced[others, job].tolist())
            for job, others in ((job, np.flatnonzero(may[:, job])) for job in turning.tolist())
        ]
        self.budget = _affordable(self.turns, budget, limits.ways)
        self.complete = self.budget >= budget
        # What may still leave or come to each agent after each turn.
        leave = np.zeros((turning.size + 1, capacity.size), np.int64)
        leave[np.arange(turning.size), self.home[turning]] = weight[self.home, every][turning]
        come = np.zeros_like(leave)
        come[:-1] = (may * weight)[:, turning].T
        self.may_leave = leave[::-1].cumsum(axis=0)[::-1]
        self.may_come = come[::-1].cumsum(axis=0)[::-1]
        self.over = limits.penalty - prices.capacity_price

    def best(self, watch: Watch) -> Shared | None:
        """List the ways turn by turn; return the cheapest within the budget, or the cheapest."""
        extra = np.zeros(1, np.int64)
        slack = self.slack[:, None].copy()
        trail: list[tuple[int, Whole, NDArray[np.int16]]] = []
        for place, turn in enumerate(self.turns):
            parts, moves, froms = [extra], [slack], [np.arange(extra.size)]
            taken, counts = [-1], [extra.size]
            for agent, price in zip(turn.others, turn.extra, strict=True):
                chosen = np.flatnonzero(extra <= self.budget - price)
                moved = slack[:, chosen]
                moved[self.home[turn.job]] += self.weight[self.home[turn.job], turn.job]
                moved[agent] -= self.weight[agent, turn.job]
                parts.append(extra[chosen] + price)
                moves.append(moved)
                froms.append(chosen)
                taken.append(agent)
                counts.append(chosen.size)
            extra, slack = np.concatenate(parts), np.concatenate(moves, axis=1)
            origin = np.concatenate(froms)
            agents = np.repeat(np.array(taken, np.int16), counts)
            watch.spend(extra.size * (slack.shape[0] + 3) * 2)
            kept = self._kept(extra, slack, place + 1)
            if kept is not None:
                extra, slack, origin, agents = (
                    extra[kept],
                    slack[:, kept],
                    origin[kept],
                    agents[kept],
                )
            if not extra.size or (self.strict and watch.over()):
                return None
            trail.append((turn.job, origin, agents))
        total = extra + self.prices.capacity_price @ np.maximum(slack, 0)
        total += self.over @ np.maximum(-slack, 0)
        way = int(total.argmin())
        cost = int(total[way]) + self.prices.bound
        answer = self.home.copy()
        for job, origin, agents in reversed(trail):
            if agents[way] >= 0:
                answer[job] = agents[way]
            way = int(origin[way])
        return Shared(answer, cost, self.complete)

    def _kept(self, extra: Whole, slack: Whole, place: int) -> Whole | None:
        """Return which ways to go on with; None for all of them."""
        if extra.size <= 64:
            return None
        idle = np.maximum(slack - self.may_come[place][:, None], 0)
        over = np.maximum(-self.may_leave[place][:, None] - slack, 0)
        least = extra + self.prices.capacity_price @ idle + self.over @ over
        kept = np.flatnonzero(least <= self.budget) if self.strict else np.arange(least.size)
        if kept.size > self.limits.at_once:
            self.complete = False
            numbered = np.minimum(least[kept], 1 << 42) * (1 << 20) + np.arange(kept.size)
            kept = np.sort(
                kept[np.argpartition(numbered, self.limits.at_once)[: self.limits.at_once]]
            )
        return None if kept.size > 0.9 * extra.size else kept


def _affordable(turns: list[_Turn], budget: int, ways: float) -> int:
    """Return the largest part of the budget with no more ways than that, capacities aside."""
    step = max(1, -(-budget // BUCKETS))
    count = np.zeros(BUCKETS + 1)
    count[0] = 1
    for turn in turns:
        more = count.copy()
        for extra in turn.extra:
            place = extra // step
            more[place:] += count[: BUCKETS + 1 - place]
        count = more
    places = int(np.searchsorted(count.cumsum(), ways, side="right"))
    return budget if places > BUCKETS else min(budget, max(places, 1) * step)
