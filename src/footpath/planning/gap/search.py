"""Looking for ever better plans: a first dive, then groups of agents planned anew.

One ``Search`` lives in each worker. It has no memory but what follows from the problem alone, so
that a task gives the same answer in whichever worker it is done.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from random import Random

import numpy as np
from numpy.typing import NDArray

from footpath.planning.gap.chains import Chains, Wandering
from footpath.planning.gap.dive import Auction, Group, Manner, candidates, dive
from footpath.planning.gap.prices import Model, Relaxed
from footpath.planning.gap.reading import Whole
from footpath.planning.gap.sharing import Limits
from footpath.planning.gap.standing import Standing, Tell
from footpath.planning.gap.watch import Watch

CLOSENESS = 64
WIDE = 600  # jobs from which on chains find better plans than dives ...
HELD = 30  # ... or with so many jobs for each agent
LARGE = 40_000  # cells from which on the first dive is a quick one
FULL_WIDTH = 100  # candidates of each agent, where there are more jobs
HOPE = 300  # parts in 100,000 above its bound where a plan may well end
ROAM = 10  # parts in 100,000 of the cost that a plan to go on from may cost more


@dataclass(frozen=True)
class Task:
    """Some work on a plan: ``None`` for a first plan; only these agents, drawn with this seed.

    ``chained``: the first plan by chains of jobs, not by a dive.
    """

    agent: Whole | None
    island: Whole
    seed: int
    cells: int | None = None
    seconds: float | None = None
    chained: bool = False


def wide(model: Model) -> bool:
    """Return whether chains of jobs find better plans than dives."""
    agents, jobs = model.cost.shape
    return bool(jobs >= WIDE or jobs >= HELD * agents)


class Search:
    """What is known of one problem, and the two deeds: a first plan, a better plan."""

    def __init__(self, model: Model, prices: Relaxed, patience: Watch | None = None) -> None:
        """Take the problem and its prices of capacity; ``patience`` knows when time is up."""
        self.model, self.prices, self.patience = model, prices, patience or Watch()
        self.cost = model.cost << model.shift
        self.every = np.arange(model.cost.shape[1])
        self.large = self.cost.size >= LARGE
        self.wide = wide(model)
        penalty = 4 * int(prices.capacity_price.max(initial=0)) + 20 * model.one
        self.limits = Limits(penalty, model.one)

    @cached_property
    def closeness(self) -> Whole:
        """Return how well each agent suits each job, 64 for the best, by reduced cost."""
        depth = min(2, self.cost.shape[0] - 1)
        third = np.sort(np.partition(self.prices.reduced, depth, axis=0)[depth])
        scale = max(self.model.one // 3, int(third[third.size // 2]))
        return CLOSENESS * scale // (scale + self.prices.reduced)

    @cached_property
    def chains(self) -> Chains:
        """Return what passes jobs along."""
        return Chains(self.model, self.prices)

    def standing(self, agent: Whole) -> Standing:
        """Return what a plan costs."""
        load = np.zeros(self.model.capacity.size, np.int64)
        np.add.at(load, agent, self.model.weight[agent, self.every])
        over = int(np.maximum(load - self.model.capacity, 0).sum())
        cost = int(self.model.cost[agent, self.every].sum()) << self.model.shift
        return Standing(agent, cost + self.limits.penalty * over, over)

    def _auction(self, watch: Watch) -> Auction:
        """Return an auction of everything, at the prices of the linear relaxation."""
        model = self.model
        jobs = model.cost.shape[1]
        table = candidates(
            self.cost, model.weight, model.capacity, self.prices.reduced,
            self.prices.capacity_price, min(jobs, FULL_WIDTH),
        )  # fmt: skip
        target = self.prices.bound + self._share_of_cost(HOPE, jobs)
        return Auction(table, self.prices.job_price, target, model.one, watch, not self.large)

    def _share_of_cost(self, parts: int, jobs: int) -> int:
        """Return so many parts in 100,000 of what so many jobs cost at least."""
        whole = self.prices.bound + (self.model.base << self.model.shift)
        return parts * abs(whole) * jobs // (100_000 * self.every.size)

    @cached_property
    def settled(self) -> tuple[Whole, Whole]:
        """Return prices of jobs after a first auction, and the break price of each agent."""
        auction = self._auction(self.patience)
        auction.settle(30 if self.large else 150)
        steady = auction.best_break if auction.steady else auction.open.break_price
        return auction.best_price, steady

    def strong_bound(self) -> int:
        """Return a lower bound for every plan from the prices of jobs that settled."""
        model = self.model
        price, break_price = self.settled
        jobs = price.size
        table = candidates(
            self.cost, model.weight, model.capacity, self.prices.reduced, break_price, jobs
        )
        table.core = 40
        gain = table.pack(price).gain
        return int(price.sum()) - int(gain.sum())

    def first(self, task: Task, watch: Watch, tell: Tell) -> Standing:
        """Return a first plan: one dive through all agents, or what chains of jobs lead to."""
        random = Random(task.seed)  # noqa: S311 - a search, no secret
        if task.chained:
            wandering = Wandering(self.chains, task.island, random, self.standing, tell)
            return wandering.run(self.chains.given_out(random), watch)
        model = self.model
        price, break_price = self.settled
        auction = self._auction(watch)
        auction.price = auction.best_price = price
        auction.open.break_price = auction.best_break = break_price
        auction.settle(10)
        agents = np.arange(model.capacity.size)
        whole = Group(agents, self.every, self.cost, model.weight, model.capacity)
        found = dive(
            whole, auction, Manner(steps=10 if self.large else 20), self.limits,
            below=None, random=random,
        )  # fmt: skip
        return self.standing(self.prices.reduced.argmin(axis=0) if found is None else found)

    def improve(self, task: Task, watch: Watch, tell: Tell) -> Standing:
        """Return the best plan found by planning groups of agents anew until the watch says so.

        Plans that cost a little more are gone on from too, so as not to stay where no group
        alone can be planned better; the best is kept.
        """
        assert task.agent is not None  # noqa: S101 - there is a plan to improve
        best = now = self.standing(task.agent)
        random = Random(task.seed)  # noqa: S311 - a search, no secret
        if self.wide:
            wandering = Wandering(self.chains, task.island, random, self.standing, tell)
            return wandering.run(task.agent, watch)
        ties: Whole | None = None
        while not watch.over() and best.cost > self.prices.bound:
            if ties is None:
                ties = self.ties(now.agent)
            group = self._drawn(now, task.island, ties, random)
            watch.spend(group.size * 1000)
            other = self._anew(now, group, now.cost + self._room(now, best, random), random, watch)
            if other is None:
                continue
            now, ties = other, None
            if now.cost < best.cost:
                best = now
                tell(best)
        return best

    def _room(self, now: Standing, best: Standing, random: Random) -> int:
        """Draw how much more than now the next plan may cost: every other time nothing."""
        if now.over or random.random() < 0.5:
            return 0
        slope = self._share_of_cost(ROAM, self.every.size)
        return min(random.randrange(slope + 1), best.cost + 3 * slope - now.cost)

    def ties(self, agent: Whole) -> Whole:
        """Return how much each two agents have to exchange."""
        agents = self.model.capacity.size
        order = np.argsort(agent, kind="stable")
        held = np.bincount(agent, minlength=agents)
        begin = held.cumsum() - held
        ties = np.zeros((agents, agents), np.int64)
        busy = np.flatnonzero(held)
        ties[:, busy] = np.add.reduceat(self.closeness[:, order], begin[busy], axis=1)
        ties += ties.T
        np.fill_diagonal(ties, 0)
        return ties

    def _drawn(self, now: Standing, island: Whole, ties: Whole, random: Random) -> Whole:
        """Draw an agent and those close to it.

        While some are overloaded it is one of these, and those with room left are drawn sooner.
        """
        first = np.ones(island.size, np.int64)
        room = first
        if now.over:
            load = np.zeros(self.model.capacity.size, np.int64)
            np.add.at(load, now.agent, self.model.weight[now.agent, self.every])
            left = (self.model.capacity - load)[island]
            room = 1 + np.clip(left, 0, 99)
            if (left < 0).any():
                first = (left < 0).astype(np.int64)
        chosen = [drawn(first, random)]
        size = min(random.choice(LARGE_SIZES if self.large else SIZES), island.size)
        pull = ties[island[chosen[0]], island].copy()
        while len(chosen) < size:
            weight = pull * pull * room + 1
            weight[chosen] = 0
            chosen.append(drawn(weight, random))
            pull += ties[island[chosen[-1]], island]
        return np.sort(island[chosen])

    def _anew(
        self, now: Standing, agents: Whole, below: int, random: Random, watch: Watch
    ) -> Standing | None:
        """Plan the jobs of these agents anew; return a plan that costs less than that, or None."""
        model = self.model
        inside = np.zeros(model.capacity.size, np.bool_)
        inside[agents] = True
        jobs = np.flatnonzero(inside[now.agent])
        if not jobs.size:
            return None
        cells = np.ix_(agents, jobs)
        cost, weight = self.cost[cells], model.weight[cells]
        group = Group(agents, jobs, cost, weight, model.capacity[agents])
        row = np.searchsorted(agents, now.agent[jobs])
        load = np.zeros(agents.size, np.int64)
        np.add.at(load, row, weight[row, np.arange(jobs.size)])
        plain = int(cost[row, np.arange(jobs.size)].sum())
        over = int(np.maximum(load - group.capacity, 0).sum())
        below += plain + over * self.limits.penalty - now.cost - model.one
        price, break_price = self.settled
        table = candidates(
            cost, weight, group.capacity, self.prices.reduced[cells], break_price[agents],
            FULL_WIDTH,
        )  # fmt: skip
        target = plain + (self._share_of_cost(HOPE, jobs.size) if over else 0)
        auction = Auction(table, price[jobs], target, model.one, watch)
        auction.settle(15)
        if auction.bound is None or auction.bound > below:
            return None
        found = dive(group, auction, MANNER, self.limits, below=below, random=random)
        if found is None or (found == row).all():
            return None
        agent = now.agent.copy()
        agent[jobs] = agents[found]
        return self.standing(agent)


SIZES = (6, 8, 10, 12, 15)  # agents planned anew at once
LARGE_SIZES = (8, 10, 15, 20)
MANNER = Manner()


def drawn(weight: Whole, random: Random) -> int:
    """Draw a place by whole weights."""
    heap = weight.cumsum()
    return int(np.searchsorted(heap, random.randrange(int(heap[-1])), side="right"))


def islands(ties: Whole, random: Random) -> list[Whole]:
    """Part the agents in two halves, those together that have most to exchange."""
    agents = ties.shape[0]
    first = random.randrange(agents)
    pull = ties[first].copy()
    inside: NDArray[np.bool_] = np.zeros(agents, np.bool_)
    inside[first] = True
    for _ in range(agents // 2 - 1):
        weight = pull * pull + 1
        weight[inside] = 0
        chosen = drawn(weight, random)
        inside[chosen] = True
        pull += ties[chosen]
    return [np.flatnonzero(inside), np.flatnonzero(~inside)]
