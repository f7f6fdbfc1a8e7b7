"""The whole of it: prices, rounds of tasks, the best plan checked and given back."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from random import Random

import numpy as np

from footpath.planning.budget import Budget, Progress
from footpath.planning.gap.check import check_gap
from footpath.planning.gap.exact import hopeless, listed
from footpath.planning.gap.plan import GapPlan, Status
from footpath.planning.gap.prices import Model, made_ready, price_capacity
from footpath.planning.gap.reading import GapInstance, UnreadableInstance, Whole
from footpath.planning.gap.search import Search, Standing, Task, islands
from footpath.planning.gap.tasks import Told
from footpath.planning.gap.team import Alone, Team, Together
from footpath.planning.gap.watch import UNIT, Watch

MARGIN = 0.15  # seconds kept back for ending the workers, checking and writing
USUAL_WORK = 3000  # units, where no limit is given
PARTED = 24  # agents from which the two tasks of a round have agents of their own
ROUND = 0.08  # of the whole limit


class _Rounds:
    """The course of one search."""

    def __init__(self, instance: GapInstance, model: Model, watch: Watch, seed: int) -> None:
        """Begin with the prices of capacity."""
        self.instance, self.model, self.watch = instance, model, watch
        self.random = Random(seed)  # noqa: S311 - a search, no secret
        self.search = Search(model, price_capacity(model))
        self.bound = self.search.prices.bound
        self.best: Standing | None = None
        self.heard: dict[int, Standing] = {}
        self.spent = 0
        self.late = False
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

    def run(self, team: Team, limit: int | None, seconds: float | None) -> None:
        """Go through rounds of two tasks each until the limit."""
        team.begin(self.model, self.search.prices)
        cells = None if limit is None else max(UNIT, int(ROUND * limit / 2))
        share = None if seconds is None else max(0.3, ROUND * seconds)
        everyone = np.arange(self.instance.agents)
        firsts = [Task(None, everyone, self._seed(), limit, seconds) for _ in range(2)]
        team.round(firsts, self.hear, self.watch)
        while self.best is not None and not self.done and not self._over(limit):
            base = max(self.heard.values(), key=lambda one: -one.cost) if self.heard else self.best
            base = min((base, self.best), key=lambda one: one.cost)
            areas = self._areas(base, everyone)
            tasks = [Task(base.agent, area, self._seed(), cells, share) for area in areas]
            self.heard = {}
            team.round(tasks, self.hear, self.watch)
            if len(self.heard) == len(tasks) and areas[0] is not areas[1]:
                self._merge(base, areas)
            if not self.heard:
                break

    def _over(self, limit: int | None) -> bool:
        return self.watch.over() or (limit is not None and self.spent >= limit)

    def _seed(self) -> int:
        return self.random.randrange(1 << 30)

    def _areas(self, base: Standing, everyone: Whole) -> list[Whole]:
        """Return the agents of each task: halves where there are many, else all for both."""
        if everyone.size < PARTED:
            return [everyone, everyone]
        return islands(self.search.ties(base.agent), self.random)

    def _merge(self, base: Standing, areas: list[Whole]) -> None:
        """Put together what was found in the two halves."""
        agent = base.agent.copy()
        for number, area in enumerate(areas):
            inside = np.isin(base.agent, area)
            agent[inside] = self.heard[number].agent[inside]
        merged = self.search.standing(agent)
        self.heard = {0: merged}
        if self._better(merged):
            self.show()


def solve_gap(
    instance: GapInstance, *, budget: Budget | None = None, seconds: float | None = None,
    work: int | None = None, seed: int = 0, workers: int = 2, on_progress: Progress | None = None,
) -> GapPlan:  # fmt: skip
    """Return the cheapest plan found within the limits, with a bound no plan can be below.

    ``seconds`` of wall time is a promise; ``work`` (units of a million table cells, some 3 to 10
    milliseconds each) gives the same plan on every machine and with any number of workers.
    Without any limit the work is 3,000 units. ``on_progress`` is told of every better plan or
    bound; returning False stops and keeps the best. Raises UnreadableInstance when numbers are
    too large to be planned with exactly.
    """
    began = time.monotonic()
    if budget is not None:
        seconds, work = budget.seconds, budget.work
    Budget(work=work, seconds=seconds)
    if work is None and seconds is None:
        work = USUAL_WORK
    model = made_ready(instance)
    if model is None:
        raise UnreadableInstance(
            "Costs and weights are too large to be planned with exactly; use larger units."
        )
    if hopeless(instance):
        return _plan(instance, None, None, "infeasible")
    small = listed(instance, model)
    if small is not None:
        status: Status = "proven" if small.usable else "infeasible"
        cost = (small.cost >> model.shift) + model.base
        plan = _plan(instance, small.agent if small.usable else None, cost, status)
        if on_progress is not None and small.usable:
            on_progress(plan.cost, plan.bound, time.monotonic() - began)
        return plan
    stop: list[bool] = []
    until = None if seconds is None else began + max(seconds - MARGIN, seconds / 2)
    watch = Watch(until=until, stopped=lambda: bool(stop))
    limit = None if work is None else work * UNIT
    team: Team = Alone() if workers <= 1 else Together(workers)
    with team:
        rounds = _Rounds(instance, model, watch, seed)

        def show() -> None:
            if on_progress is None:
                return
            best = rounds.best
            known = best is not None and best.usable
            cost = rounds.whole(best.cost) / instance.cost_unit if best and known else math.inf
            bound = rounds.whole(rounds.bound) / instance.cost_unit
            if on_progress(cost, bound, time.monotonic() - began) is False:
                stop.append(True)

        rounds.show = show
        rounds.run(team, limit, seconds)
    best = rounds.best
    agent = best.agent if best is not None and best.usable else None
    status = "proven" if rounds.done else "gap" if agent is not None else "nothing"
    plan = _plan(instance, agent, rounds.whole(rounds.bound), status)
    reproducible = not (rounds.late or watch.late)
    return GapPlan(
        plan.cost, plan.bound, plan.gap, plan.agent_of_job, status, rounds.spent // UNIT,
        reproducible,
    )  # fmt: skip


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
