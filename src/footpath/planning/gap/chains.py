"""Jobs passed along: one agent hands a job to a second, which hands one to a third, and so on.

In large problems a good plan is not far from where prices of capacity put each job, and what is
left is to fill all agents to the brim. A chain moves a few jobs at once, each agent in it once, and
ends where there is room: at its first agent (a ring) or at another. Very many chains are looked at
in arrays, the most promising ones made longer, and those that pay applied, as far as they do not
meet. Where nothing pays any more some agents lose their sense of capacity for a moment; what the
plan settles to afterwards is kept when it costs no more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from footpath.planning.gap.prices import Model, Relaxed
from footpath.planning.gap.reading import Whole
from footpath.planning.gap.standing import Standing, Tell
from footpath.planning.gap.watch import Watch

NEAR = 6  # agents that a job is handed to: those of least reduced cost
LONGEST = 5  # jobs in a chain
BEAM = 500  # chains made longer at once
APPLIED = 400  # chains that may be applied at once, the best first
CELLS = 4_000_000  # of an array, at most: where agents hold very many jobs
MOST_GIVEN = 20_000  # jobs given out one by one
LOOK = 200_000  # cells that a look for chains costs at least
DEAR = 3  # times its price costs capacity that is not there, at first
DEARER = 1.5  # as much more where the plan settled with too much
SPREAD = 0.4  # by how much prices answer to the load when jobs are first given out
LENIENT = 0.1  # of the price, for overload when jobs are first given out
SHAKEN = (4, 30)  # agents that lose their sense of capacity at once
SHAKES = 2  # rounds of chains meanwhile
ROAM = 0.1  # of what the best plan is above the bound, a plan to go on from may cost more
DEAREST = 54  # bits that the cost of overload may take where a plan does not settle without
FAR = 1 << 40  # beyond all costs of chains that matter
NEVER = 1 << 55  # the cost of what must not be


class Sense(NamedTuple):
    """What a unit of capacity left idle, and one that is not there, costs at each agent."""

    idle: Whole
    over: Whole

    def of(self, agent: Whole, left: Whole) -> Whole:
        """Return what it costs that so much is left (below zero: lacking) at the agents."""
        cost: Whole = np.maximum(self.idle[agent] * left, -self.over[agent] * left)
        return cost


class Holding:
    """Who holds what in a plan, as tables with a row for each agent."""

    def __init__(self, model: Model, reduced: Whole, agent: Whole, sense: Sense) -> None:
        """Count loads, and what each job is to the agent that holds it."""
        agents, jobs = model.cost.shape
        every = np.arange(jobs)
        held = np.bincount(agent, minlength=agents)
        order = np.argsort(agent, kind="stable")
        row = agent[order]
        place = np.arange(jobs) - (held.cumsum() - held)[row]
        own = model.weight[agent, every]
        load = np.zeros(agents, np.int64)
        np.add.at(load, agent, own)
        self.agent = agent
        self.left = model.capacity - load
        self.cost = sense.of(np.arange(agents), self.left)
        self.reduced = reduced[agent, every]
        self.room = self.left[agent] + own  # at its agent once the job has left
        shape = (agents, int(held.max()))
        self.job = np.full(shape, -1)
        self.job[row, place] = order
        self.room_of = np.zeros(shape, np.int64)
        self.room_of[row, place] = self.room[order]
        self.gain = np.full(shape, NEVER)
        self.gain[row, place] = -self.reduced[order] - self.cost[row]
        self.most = self.gain.min(axis=1)


@dataclass
class Open:
    """Chains that may go on: the last job of each has no agent yet.

    ``cost`` is that of all agents in it but the first, less what the first cost before.
    """

    first: Whole
    room: Whole
    cost: Whole
    jobs: Whole
    agents: Whole

    def only(self, which: Whole, cost: Whole, jobs: Whole, agents: Whole) -> Open:
        """Return these chains, each with one job and one agent more."""
        return Open(
            self.first[which], self.room[which], cost,
            np.vstack([self.jobs[:, which], jobs]), np.vstack([self.agents[:, which], agents]),
        )  # fmt: skip


class Chain(NamedTuple):
    """Chains that have ended: what each saves (below zero), and which job goes to which agent."""

    cost: Whole
    first: Whole
    jobs: Whole
    agents: Whole


class Chains:
    """One problem at its prices of capacity."""

    def __init__(self, model: Model, prices: Relaxed) -> None:
        """Find the agents that each job may be handed to."""
        self.model, self.prices = model, prices
        agents, jobs = model.cost.shape
        self.every = np.arange(jobs)
        near = min(NEAR, agents)
        numbered = prices.reduced * agents + np.arange(agents)[:, None]
        self.near = np.sort(np.partition(numbered, near - 1, axis=0)[:near], axis=0).T % agents
        self.reduced = prices.reduced[self.near, self.every[:, None]]
        self.weight = model.weight[self.near, self.every[:, None]]
        price = prices.capacity_price
        heaviest = max(1, int(model.weight.sum(axis=1).max()))
        self.dearest = (1 << DEAREST) // heaviest
        dear = DEAR * np.maximum(price, max(int(price.sum()) // agents, model.one // 2))
        self.dear = np.minimum(dear, self.dearest)

    def given_out(self, random: Random) -> Whole:
        """Return a first plan: each job to an agent that suits it and has its share of room."""
        model = self.model
        if self.every.size > MOST_GIVEN:
            nearest: Whole = self.prices.reduced.argmin(axis=0)
            return nearest
        price = self.prices.capacity_price
        lenient = np.floor(self.dear * (LENIENT / DEAR)).astype(np.int64)
        load = np.zeros(model.capacity.size, np.int64)
        answer = np.zeros(self.every.size, np.int64)
        order = random.sample(range(answer.size), answer.size)
        fill = np.maximum(model.capacity, 1)
        for done, job in enumerate(order):
            near, weight = self.near[job], self.weight[job]
            ahead = load[near] + weight // 2 - model.capacity[near] * done // answer.size
            lack = np.maximum(load[near] + weight - model.capacity[near], 0)
            crowd = np.rint(SPREAD * price[near] * weight * ahead / fill[near]).astype(np.int64)
            best = int((self.reduced[job] + crowd + lenient[near] * lack).argmin())
            answer[job] = near[best]
            load[near[best]] += weight[best]
        return answer

    def lacking(self, agent: Whole) -> NDArray[np.bool_]:
        """Return which agents a plan overloads."""
        load = np.zeros(self.model.capacity.size, np.int64)
        np.add.at(load, agent, self.model.weight[agent, self.every])
        return load > self.model.capacity

    def passed(
        self, agent: Whole, sense: Sense, inside: NDArray[np.bool_], watch: Watch
    ) -> Whole | None:
        """Return the plan after chains that pay, among these agents; None when there are none."""
        watch.spend(LOOK)
        holding = Holding(self.model, self.prices.reduced, agent, sense)
        found = list(self._ended(holding, sense, inside, watch))
        if not found:
            return None
        plan = agent.copy()
        met = np.zeros(inside.size, np.bool_)
        cost = np.concatenate([chains.cost for chains in found])
        source = np.repeat(np.arange(len(found)), [chains.cost.size for chains in found])
        place = np.concatenate([np.arange(chains.cost.size) for chains in found])
        for best in np.argsort(cost, kind="stable")[:APPLIED].tolist():
            chains, number = found[source[best]], place[best]
            agents = chains.agents[:, number]
            if met[agents].any() or met[chains.first[number]]:
                continue
            met[agents] = met[chains.first[number]] = True
            plan[chains.jobs[:, number]] = agents
        return plan

    def _ended(
        self, holding: Holding, sense: Sense, inside: NDArray[np.bool_], watch: Watch
    ) -> Iterator[Chain]:
        """Yield the chains that pay, the short ones first."""
        start = self.every[inside[holding.agent]]
        first = holding.agent[start]
        cost = -holding.reduced[start] - holding.cost[first]
        pays = cost < 0
        start, first = start[pays], first[pays]
        chains: Open | None = Open(
            first, holding.room[start], cost[pays], start[None, :],
            np.empty((0, start.size), np.int64),
        )  # fmt: skip
        while chains is not None and chains.first.size:
            last = chains.jobs[-1]
            near = self.near[last]
            closed = ~inside[near] | (near == chains.first[:, None])
            closed |= near == holding.agent[last][:, None]
            for agents in chains.agents:
                closed |= near == agents[:, None]
            part = np.where(closed, NEVER, chains.cost[:, None] + self.reduced[last])
            yield from self._ends(chains, part, holding, sense)
            if chains.jobs.shape[0] == LONGEST:
                return
            chains = self._longer(chains, part, holding, sense, watch)

    def _ends(self, chains: Open, part: Whole, holding: Holding, sense: Sense) -> Iterator[Chain]:
        """Yield the chains that pay when their last job stays where it is handed to."""
        last = chains.jobs[-1]
        near = self.near[last]
        whole = part + sense.of(near, holding.left[near] - self.weight[last]) - holding.cost[near]
        whole += sense.of(chains.first, chains.room)[:, None]
        which, place = np.nonzero(whole < 0)
        if which.size:
            ended = np.vstack([chains.agents[:, which], near[which, place]])
            yield Chain(whole[which, place], chains.first[which], chains.jobs[:, which], ended)
        if chains.jobs.shape[0] > 1:  # a ring
            first = chains.first
            room = chains.room - self.model.weight[first, last]
            ring = chains.cost + self.prices.reduced[first, last] + sense.of(first, room)
            which = np.flatnonzero(ring < 0)
            if which.size:
                ended = np.vstack([chains.agents[:, which], first[which]])
                yield Chain(ring[which], first[which], chains.jobs[:, which], ended)

    def _longer(
        self, chains: Open, part: Whole, holding: Holding, sense: Sense, watch: Watch
    ) -> Open | None:
        """Return the most promising chains with one job more."""
        last = chains.jobs[-1]
        near = self.near[last]
        source, place = np.nonzero(part + holding.most[near] < 0)
        to = near[source, place]
        width = holding.job.shape[1]
        if to.size * width > CELLS:
            promise = part[source, place] + holding.most[to]
            kept = np.sort(np.argsort(promise, kind="stable")[: max(1, CELLS // width)])
            source, place, to = source[kept], place[kept], to[kept]
        left = holding.room_of[to] - self.weight[last[source], place][:, None]
        cost = np.maximum(left * sense.idle[to][:, None], left * -sense.over[to][:, None])
        cost += holding.gain[to]
        cost += part[source, place][:, None]
        watch.spend(cost.size * 8)
        flat = cost.ravel()
        pays = np.flatnonzero(flat < 0)
        if not pays.size:
            return None
        if pays.size > BEAM:
            # What the first agent had to win would otherwise decide: all get their chance.
            without = flat[pays] + holding.cost[chains.first[source[pays // width]]]
            numbered = np.minimum(np.maximum(without, -FAR), FAR) * pays.size
            numbered += np.arange(pays.size)
            pays = pays[np.sort(np.partition(numbered, BEAM)[:BEAM] % pays.size)]
        row, rest = np.divmod(pays, width)
        return chains.only(source[row], flat[pays], holding.job[to[row], rest], to[row])


class Wandering:
    """From plan to plan by chains.

    ``standing`` says what a plan costs, ``tell`` hears of each that is the best so far.
    """

    def __init__(
        self, chains: Chains, inside: Whole, random: Random,
        standing: Callable[[Whole], Standing], tell: Tell,
    ) -> None:  # fmt: skip
        """Only these agents exchange jobs."""
        self.chains, self.random, self.standing, self.tell = chains, random, standing, tell
        self.agents = inside.tolist()
        self.inside = np.zeros(chains.dear.size, np.bool_)
        self.inside[inside] = True
        self.best: Standing | None = None

    def settled(self, agent: Whole, watch: Watch) -> Standing:
        """Return where chains that pay lead to; overload gets dearer until there is none."""
        chains, price = self.chains, self.chains.prices.capacity_price
        now, dear = self._heard(agent), chains.dear
        while not watch.over():
            plan = chains.passed(now.agent, Sense(price, dear), self.inside, watch)
            if plan is not None:
                now = self._heard(plan)
            elif now.over and dear.max() < chains.dearest:
                lacking = chains.lacking(now.agent)
                dear = np.where(lacking, np.ceil(dear * DEARER).astype(np.int64), dear)
            else:
                break
        return now

    def run(self, agent: Whole, watch: Watch) -> Standing:
        """Return the cheapest plan come across until the watch is over."""
        base = self.settled(agent, watch)
        best = self.best or base
        while not watch.over() and best.cost > self.chains.prices.bound:
            now = self.settled(self._shaken(base.agent, watch), watch)
            best = self.best or now
            room = ROAM * self.random.random() ** 2 * (best.cost - self.chains.prices.bound)
            if now.cost <= base.cost or now.cost <= best.cost + int(room):
                base = now
        return best

    def _heard(self, agent: Whole) -> Standing:
        """Return what a plan costs; the best is kept and told."""
        now = self.standing(agent)
        if self.best is None or now.cost < self.best.cost:
            self.best = now
            self.tell(now)
        return now

    def _shaken(self, agent: Whole, watch: Watch) -> Whole:
        """Return what becomes of a plan while some agents hardly mind what is left or lacking."""
        chains = self.chains
        idle, over = chains.prices.capacity_price.copy(), chains.dear.copy()
        count = min(self.random.randint(*SHAKEN), len(self.agents))
        for one in self.random.sample(self.agents, count):
            share = self.random.randrange(10, 70)
            idle[one] = idle[one] * share // 100
            over[one] = over[one] * share // 200
        for _ in range(SHAKES):
            other = chains.passed(agent, Sense(idle, over), self.inside, watch)
            agent = agent if other is None else other
        return agent
