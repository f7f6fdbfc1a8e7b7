"""``plan_visits``: from a problem to a plan."""

from __future__ import annotations

import hashlib
import json
import time

from footpath.planning.budget import Budget, Progress
from footpath.planning.visits import exact
from footpath.planning.visits.board import Board, match, read
from footpath.planning.visits.findings import short_of
from footpath.planning.visits.greedy import Draft, first, improve, settle
from footpath.planning.visits.plan import Finding, Status, Trip, VisitPlan
from footpath.planning.visits.problem import VisitProblem, check_problem

ROUNDS = 300  # of the local search when no solver follows and no limit of work is given
BEFORE = 15  # of the local search before a solver looks at single areas
AFTER = 60  # of the local search before a solver looks at all of them together
AREA_WORK = 100  # units of work for the bound of one area
BEAT = 0.05  # seconds between two reports without a better plan


def plan_visits(
    problem: VisitProblem,
    *,
    backend: str = "highs",
    seed: int = 0,
    budget: Budget | None = None,
    on_progress: Progress | None = None,
) -> VisitPlan:
    """Return the cheapest round of visits found: as many as possible, then the cheapest trips.

    ``backend`` is one of ``solvers.available()``; ``none`` searches without a solver and knows a
    weaker bound, which is often enough for a proof all the same. ``budget.work`` limits the solver,
    or the rounds of the search without one. A plan always comes back, whatever stops the work.
    Raises ValueError, in one sentence, for a problem that contradicts itself or a back end that is
    not installed. Source: S4.5.
    """
    check_problem(problem)
    board = read(problem)
    rounds = _Rounds(board, first(board), backend, seed, budget or Budget(), on_progress)
    rounds.run()
    return rounds.plan()


class _Rounds:
    """One call of ``plan_visits`` on its way from the first draft to the best."""

    def __init__(  # noqa: PLR0917
        self,
        board: Board,
        draft: Draft,
        backend: str,
        seed: int,
        budget: Budget,
        on_progress: Progress | None,
    ) -> None:
        self.board = board
        self.draft = draft
        self.backend = backend
        self.seed = seed
        self.budget = budget
        self.on_progress = on_progress
        self.began = self.told = time.monotonic()
        self.cost = draft.cost
        self.bound = draft.bound
        self.reproducible = True
        self.stopped = False

    def run(self) -> None:
        """Search, prove area by area, and let a solver close what is left."""
        self.tell(self.cost, self.bound)
        with_solver = self.backend != "none"
        self.search(BEFORE if with_solver else self.budget.work or ROUNDS)
        if with_solver:
            for step in (self.prove_areas, self.solve):
                if self.cost > self.bound and not self.stopped:
                    step()

    def search(self, rounds: int) -> None:
        """Improve the draft without a solver."""
        improve(self.draft, seed=self.seed, rounds=rounds, go_on=self.go_on)
        self.cost = self.draft.cost

    def prove_areas(self) -> None:
        """Ask what each area that is too dear would cost by itself, and try to have it so.

        Where even that is more than its floor, the floor rises.
        """
        from footpath.planning.solvers import solve_many  # noqa: PLC0415 - only where it is needed

        draft = self.draft
        dear = [a for a, floor in enumerate(draft.floor) if draft.cost_of(a) > floor]
        models = [exact.build(self.board, draft.floor, only=area) for area in dear]
        solutions = solve_many(
            [model.linear for model in models],
            backend=self.backend,
            seed=self.seed,
            budget=Budget(work=AREA_WORK, seconds=self.left()),
            on_progress=lambda _cost, _bound, _elapsed: self.go_on(self.cost),
        )
        for area, model, solution in zip(dear, models, solutions, strict=True):
            self.reproducible &= solution.reproducible
            if solution.bound > draft.floor[area]:
                draft.floor[area] = round(solution.bound)
            if len(solution.values):
                settle(draft, area, model.read(solution.values, self.board)[area])
        self.cost, self.bound = draft.cost, draft.bound
        if not self.stopped:
            self.search(AFTER)

    def solve(self) -> None:
        """Let the solver find and prove the best round, from the draft on."""
        from footpath.planning.solvers import solve  # noqa: PLC0415 - only where it is needed

        model = exact.build(self.board, self.draft.floor)
        solution = solve(
            model.linear,
            backend=self.backend,
            seed=self.seed,
            budget=Budget(work=self.budget.work, seconds=self.left()),
            start=model.start(self.draft),
            on_progress=lambda cost, bound, _elapsed: self.tell(cost, max(bound, self.bound)),
        )
        self.reproducible &= solution.reproducible
        if solution.cost < self.cost:
            for area, trips in enumerate(model.read(solution.values, self.board)):
                self.draft.put(area, trips)
            self.cost = self.draft.cost
        self.bound = min(self.cost, max(self.bound, round(solution.bound)))

    def left(self) -> float | None:
        """Return the seconds left of the budget, at least a moment; None without a limit."""
        if self.budget.seconds is None:
            return None
        return max(1e-3, self.budget.seconds - (time.monotonic() - self.began))

    def go_on(self, cost: int) -> bool:
        """Return whether there is time, and nobody has said no; tells what is new."""
        now = time.monotonic()
        if self.budget.seconds is not None and now - self.began >= self.budget.seconds:
            self.reproducible, self.stopped = False, True
        elif cost < self.cost or now - self.told >= BEAT:
            self.cost = cost
            self.tell(cost, self.bound)
        return not self.stopped

    def tell(self, cost: float, bound: float) -> bool:
        """Call back; return whether to go on."""
        self.told = time.monotonic()
        if self.on_progress and self.on_progress(cost, bound, self.told - self.began) is False:
            self.reproducible, self.stopped = False, True
        return not self.stopped

    def plan(self) -> VisitPlan:
        """Give every trip its group, those with the fewest trips first, and sum up."""
        problem, draft = self.board.problem, self.draft
        units = sorted(unit.id for unit in problem.units)
        groups = sorted(group.id for group in problem.groups)
        areas = sorted(area.id for area in problem.areas)
        load = [0] * len(groups)
        trips = []
        for day, when in enumerate(problem.days):
            found = match(draft.able(day), load) or {}
            for area, group in sorted(found.items()):
                load[group] += 1
                visited = tuple(units[unit] for unit in draft.by_day[day][area])
                trips.append(Trip(when, groups[group], areas[area], visited))
        findings = (*self.board.refused, *short_of(draft))
        status: Status = "greedy" if self.backend == "none" else "gap"
        return VisitPlan(
            trips=tuple(trips),
            findings=findings,
            status="proven" if self.cost <= self.bound else status,
            cost=self.cost,
            bound=self.bound,
            missing_cost=self.board.missing,
            backend=self.backend,
            seed=self.seed,
            reproducible=self.reproducible,
            digest=_digest(tuple(trips), findings, self.cost, self.bound),
        )


def _digest(trips: tuple[Trip, ...], findings: tuple[Finding, ...], cost: int, bound: int) -> str:
    """Return the SHA-256 of what the plan says."""
    said = [
        [[trip.day.isoformat(), trip.group, trip.area, trip.units] for trip in trips],
        [repr(finding) for finding in findings],
        [cost, bound],
    ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()
