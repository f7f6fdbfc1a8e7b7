"""The whole of it: prices, rounds of tasks, the best plan checked and given back."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import replace
from random import Random

import numpy as np

from footpath.planning.budget import Budget, Progress
from footpath.planning.gap.check import check_gap
from footpath.planning.gap.exact import hopeless, listed
from footpath.planning.gap.plan import GapPlan, Status
from footpath.planning.gap.polish import Polish, Polisher, worth_polishing
from footpath.planning.gap.prices import Model, made_ready, price_capacity
from footpath.planning.gap.reading import GapInstance, UnreadableInstance, Whole
from footpath.planning.gap.search import Search, Task, islands
from footpath.planning.gap.standing import Standing
from footpath.planning.gap.tasks import Told
from footpath.planning.gap.team import Alone, Team, Together
from footpath.planning.gap.watch import UNIT, Watch

MARGIN = 0.15  # seconds kept back for ending the workers, checking and writing
USUAL_WORK = 3000  # units, where no limit is given
PARTED = 24  # agents from which the two tasks of a round have agents of their own
EARLY = 0.4  # of the whole limit, for which few agents are planned from two plans
ROUND = 0.08  # of the whole limit
LONG_ROUND = 0.16  # where planning a single group takes long


class _Rounds:
    """The course of one search."""

    def __init__(self, instance: GapInstance, model: Model, watch: Watch, seed: int) -> None:
        """Begin with the prices of capacity."""
        self.instance, self.model, self.watch = instance, model, watch
        self.random = Random(seed)  # noqa: S311 - a search, no secret
        self.search = Search(model, price_capacity(model, watch))
        self.bound = self.search.prices.bound
        self.best: Standing | None = None
        self.spare: Standing | None = None
        self.heard: dict[int, Standing] = {}
        self.spent = 0
        self.late = False
        self.polisher: Polisher | None = None
        self.ended = False
        self.show: Callable[[], None] = lambda: None

    def whole(self, fixed: int) -> int:
        """Return a cost or bound in the instance's own unit, rounded up."""
        return -(-fixed // self.model.one) + self.model.base

    def hear(self, told: Told) -> None:
        """Keep what a task tells: the best plan, the best bound, its share of the work."""
        earlier = self.heard.get(told.number)
        if earlier is None or told.standing.cost <= earlier.cost:
            self.heard[told.number] = told.standing
        news = self._better(told.standing)
        if told.bound is not None and told.bound > self.bound:
            self.bound, news = told.bound, True
        if told.done:
            self.spent += told.spent
            self.late |= told.late
        if news:
            self.show()

    def _better(self, standing: Standing) -> bool:
        """Keep a plan that is the best so far: one that can be used before any that cannot."""
        best = self.best
        if best is None or (standing.over > 0, standing.cost) < (best.over > 0, best.cost):
            self.best = standing
            return standing.usable
        return False

    @property
    def done(self) -> bool:
        """Return whether nothing is left to win."""
        best = self.best
        return best is not None and best.usable and self.whole(best.cost) <= self.whole(self.bound)

    def figures(self) -> tuple[float, float]:
        """Return the cost of the best plan (``inf`` without one) and the bound."""
        unit = self.instance.cost_unit
        best = self.best
        cost = math.inf if best is None or not best.usable else self.whole(best.cost) / unit
        return cost, self.whole(self.bound) / unit

    def plan(self) -> GapPlan:
        """Return what came of it."""
        best = self.best
        agent = None if best is None or not best.usable else best.agent
        status: Status = "proven" if self.done else "nothing" if agent is None else "gap"
        plan = _plan(self.instance, agent, self.whole(self.bound), status)
        timely = not (self.late or self.watch.late)
        return replace(plan, work=self.spent // UNIT, reproducible=timely)

    def run(self, team: Team, limits: Budget) -> None:
        """Go through rounds of two tasks each until the limit."""
        seconds, work = limits.seconds, limits.work
        if seconds is None and work is None:
            work = USUAL_WORK
        limit = None if work is None else work * UNIT
        team.begin(self.model, self.search.prices)
        cells = None if limit is None else max(UNIT, int(ROUND * limit / 2))
        part = LONG_ROUND if self.search.large else ROUND
        share = None if seconds is None else max(0.3, part * seconds)
        everyone = np.arange(self.instance.agents)
        dive = Task(None, everyone, self._seed(), limit, seconds)
        chained = Task(None, everyone, self._seed(), cells, share, chained=True)
        wide = self.search.wide
        firsts = [replace(chained, seed=dive.seed) if wide else dive, chained]
        team.round(firsts, self.hear, self.watch)
        if not wide and everyone.size >= PARTED:
            self._set_aside()
        while self.best is not None and not self.done and not self._over(limit):
            base = self._base()
            areas = self._areas(base, everyone)
            bases = [base, base]
            if not wide and everyone.size < PARTED and self._early(limit, seconds):
                bases = [self.heard.get(number, base) for number in range(2)]
            tasks = [
                Task(one.agent, area, self._seed(), cells, share)
                for one, area in zip(bases, areas, strict=True)
            ]
            self.heard = {}
            team.round(tasks, self.hear, self.watch)
            if not self.heard:  # nobody is left to do anything
                break
            if len(self.heard) == len(tasks) and areas[0] is not areas[1]:
                self._merge(base, areas)

    def _set_aside(self) -> None:
        """Go on from the dive where there is a plan of both kinds, though chains are ahead.

        Planning groups of agents anew gets further from there; the other is kept as a plan to use.
        """
        dive, other = self.heard.get(0), self.heard.get(1)
        if dive is not None and dive.usable and other is not None and other.cost < dive.cost:
            del self.heard[1]
            self.spare = self.best

    def _base(self) -> Standing:
        """Return the plan to go on from: the cheapest but the one set aside."""
        standings = list(self.heard.values())
        best = self.best
        if best is not None and (best is not self.spare or not standings):
            standings.append(best)
        return min(standings, key=lambda one: one.cost)

    def _early(self, limit: int | None, seconds: float | None) -> bool:
        """Return whether each task still goes on from the plan it found itself."""
        if limit is not None:
            return self.spent < EARLY * limit
        return self.watch.clock() < (self.watch.until or 0.0) - (1 - EARLY) * (seconds or 0.0)

    def polish(self, seconds: float) -> None:
        """Have a solver polish the best plan beside the search; what it finds depends on time."""
        own = Watch(
            None, self.watch.until, self.watch.clock, lambda: self.ended or self.watch.stopped()
        )
        polish = Polish(self.model, self.search.prices, own, Random(self._seed()))  # noqa: S311

        def best() -> Whole | None:
            best = self.best
            if best is None or not best.usable or best is self.spare:
                return None
            return best.agent

        def hear(agent: Whole) -> None:
            if self._better(self.search.standing(agent)):
                self.show()

        self.polisher = Polisher(polish, seconds, best, hear)

    def end(self) -> None:
        """Let the polisher leave off."""
        self.ended = True
        if self.polisher is not None:
            self.polisher.thread.join(MARGIN / 3)

    def _over(self, limit: int | None) -> bool:
        return self.watch.over() or (limit is not None and self.spent >= limit)

    def _seed(self) -> int:
        return self.random.randrange(1 << 30)

    def _areas(self, base: Standing, everyone: Whole) -> list[Whole]:
        """Return the agents of each task: halves where there are many, else all for both.

        A plan that overloads somebody needs all agents to be set right.
        """
        if everyone.size < PARTED or not base.usable:
            return [everyone, everyone]
        return islands(self.search.ties(base.agent), self.random)

    def _merge(self, base: Standing, areas: list[Whole]) -> None:
        """Put together what was found in the two halves."""
        agent = base.agent.copy()
        for number, area in enumerate(areas):
            inside = np.isin(base.agent, area)
            agent[inside] = self.heard[number].agent[inside]
        self.heard = {}
        self.hear(Told(0, self.search.standing(agent)))


def solve_gap(
    instance: GapInstance, *, budget: Budget | None = None, seconds: float | None = None,
    work: int | None = None, seed: int = 0, workers: int = 2, on_progress: Progress | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> GapPlan:  # fmt: skip
    """Return the cheapest plan found within the limits, with a bound no plan can be below.

    ``seconds`` of wall time is a promise; ``work`` (units of a million table cells, some 3 to 10
    milliseconds each) gives the same plan on every machine and with any number of workers.
    Without any limit the work is 3,000 units. ``on_progress`` is told of every better plan or
    bound; returning False stops and keeps the best. Raises UnreadableInstance when numbers are
    too large to be planned with exactly.
    """
    began = clock()
    limits = budget or Budget(work=work, seconds=seconds)
    model = made_ready(instance)
    if model is None:
        raise UnreadableInstance(
            "Costs and weights are too large to be planned with exactly; use larger units."
        )
    if hopeless(instance):
        return _plan(instance, None, None, "infeasible")
    small = listed(instance, model)
    if small is not None:
        cost = (small.cost >> model.shift) + model.base
        if small.usable:
            return _plan(instance, small.agent, cost, "proven")
        return _plan(instance, None, None, "infeasible")
    stop: list[bool] = []
    watch = Watch(until=None, clock=clock, stopped=lambda: bool(stop))
    if limits.seconds is not None:
        watch.until = began + max(limits.seconds - MARGIN, limits.seconds / 2)
    team: Team = Alone(watch) if workers <= 1 else Together(workers)
    with team:
        rounds = _Rounds(instance, model, watch, seed)

        def show() -> None:
            cost, bound = rounds.figures()
            if on_progress is not None and on_progress(cost, bound, clock() - began) is False:
                stop.append(True)

        rounds.show = show
        if limits.seconds and not limits.work and workers > 1 and worth_polishing(model):
            rounds.polish(limits.seconds)
        try:
            rounds.run(team, limits)
        finally:
            rounds.end()
        if rounds.best is None and not watch.over():  # all workers died
            rounds.run(Alone(watch), limits)
    return rounds.plan()


def _plan(instance: GapInstance, agent: Whole | None, bound: int | None, status: Status) -> GapPlan:
    """Return the plan in the unit of the instance, checked apart from how it was found."""
    floor = -math.inf if bound is None else bound / instance.cost_unit
    if agent is None:
        infinite = math.inf if status == "infeasible" else floor
        return GapPlan(math.inf, infinite, math.inf, (), status)
    whole = int(instance.cost[agent, np.arange(instance.jobs)].sum())
    cost = whole / instance.cost_unit
    gap = 0.0 if cost == floor else 100 * (cost - floor) / max(abs(cost), 1e-9)
    plan = GapPlan(cost, floor, gap, tuple(agent.tolist()), status)
    wrong = check_gap(plan, instance)
    if wrong:
        raise RuntimeError(f"the plan found breaks its problem: {wrong}")
    return plan
