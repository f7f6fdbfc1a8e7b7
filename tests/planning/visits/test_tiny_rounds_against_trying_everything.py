"""On tiny problems every back end agrees with trying everything."""

from __future__ import annotations

from datetime import date
from functools import cache
from itertools import combinations, product

import pytest

from footpath.planning.checking import check
from footpath.planning.visits import Group, VisitPlan, VisitProblem, plan_visits
from footpath.planning.visits.plan import Finding
from tests.planning.visits.cases import drawn

SEEDS = range(24)


class Trying:
    """Every round of visits there is, with nothing but the words of the rules."""

    def __init__(self, problem: VisitProblem, refused: set[object]) -> None:
        self.problem = problem
        self.pins = [pin for pin in problem.pins if pin not in refused]
        self.price = {
            a.id: problem.trip_cost + round(a.km * problem.km_cost) for a in problem.areas
        }
        pinned = {(pin.unit, pin.day) for pin in self.pins}
        self.needs = {
            unit.id: max(unit.needs, sum(name == unit.id for name, _ in pinned))
            for unit in problem.units
        }
        self.rounds = [self.rounds_of(when) for when in problem.days]

    def best(self) -> tuple[int, int]:
        """Return (missing visits, cost of trips) of the best round."""
        return self.rest(0, tuple((name, self.needs[name], None) for name in sorted(self.needs)))

    def sets_of(self, when: date, group: Group, area: str) -> list[tuple[str, ...]]:
        """Return every set of units that this group may visit on this trip."""
        gap = self.problem.gap_days
        open_ones = [
            unit.id
            for unit in self.problem.units
            if unit.area == area
            and self.needs[unit.id]
            and group.id not in unit.owners
            and when not in unit.closed
            and all(abs((when - other).days) >= gap for other in unit.visited)
        ]
        most = min(group.capacity, len(open_ones))
        return [each for size in range(1, most + 1) for each in combinations(open_ones, size)]

    def rounds_of(self, when: date) -> dict[frozenset[str], int]:
        """Return what one day could bring: the units visited, and the least it costs."""
        found: dict[frozenset[str], int] = {}
        areas = [area.id for area in self.problem.areas]
        for places in product([None, *areas], repeat=len(self.problem.groups)):
            pairs = zip(self.problem.groups, places, strict=True)
            going = [(group, area) for group, area in pairs if area]
            if len({area for _, area in going}) != len(going):
                continue
            if any(when in group.blocked for group, _ in going):
                continue
            cost = sum(self.price[area] for _, area in going)
            for sets in product(*(self.sets_of(when, group, area) for group, area in going)):
                by_whom = zip(going, sets, strict=True)
                visits = {unit: group.id for (group, _), chosen in by_whom for unit in chosen}
                if self.keeps_pins(when, visits):
                    key = frozenset(visits)
                    found[key] = min(found.get(key, cost), cost)
        return found

    def keeps_pins(self, when: date, visits: dict[str, str]) -> bool:
        today = [pin for pin in self.pins if pin.day == when]
        return all(pin.unit in visits and pin.group in {"", visits[pin.unit]} for pin in today)

    @cache  # noqa: B019 - these live as long as one test
    def rest(self, number: int, state: tuple[tuple[str, int, date | None], ...]) -> tuple[int, int]:
        """Return the best from a day on; state: for each unit (id, visits left, last day)."""
        if number == len(self.rounds):
            return sum(left for _, left, _ in state), 0
        best = (10**6, 0)
        for visited, cost in self.rounds[number].items():
            after = self.after(self.problem.days[number], visited, state)
            if after is not None:
                missing, more = self.rest(number + 1, after)
                best = min(best, (missing, cost + more))
        return best

    def after(
        self, when: date, visited: frozenset[str], state: tuple[tuple[str, int, date | None], ...]
    ) -> tuple[tuple[str, int, date | None], ...] | None:
        found = []
        for name, left, last in state:
            if name not in visited:
                found.append((name, left, last))
            elif left and (last is None or (when - last).days >= self.problem.gap_days):
                found.append((name, left - 1, when))
            else:
                return None
        return tuple(found)


def refused_in(plan: VisitPlan) -> set[object]:
    return {finding.pin for finding in plan.findings if finding.kind == "pin"}


def missing_in(findings: tuple[Finding, ...]) -> int:
    return sum(finding.needs - finding.planned for finding in findings if finding.kind == "short")


@pytest.mark.parametrize("backend", ["highs", "cpsat"])
def test_a_solver_finds_and_proves_the_best_round_there_is(backend: str) -> None:
    for seed in SEEDS:
        problem = drawn(seed)
        plan = plan_visits(problem, backend=backend)
        assert check(plan, problem) == []
        missing, cost = Trying(problem, refused_in(plan)).best()
        assert (seed, plan.status, plan.cost) == (
            seed,
            "proven",
            cost + missing * plan.missing_cost,
        )
        assert missing_in(plan.findings) == missing


def test_without_a_solver_the_bound_is_never_above_the_best_round() -> None:
    best_found = 0
    for seed in SEEDS:
        problem = drawn(seed)
        plan = plan_visits(problem, backend="none")
        assert check(plan, problem) == []
        missing, cost = Trying(problem, refused_in(plan)).best()
        best = cost + missing * plan.missing_cost
        assert plan.bound <= best <= plan.cost
        assert plan.status == ("proven" if plan.bound == plan.cost else "greedy")
        best_found += plan.cost == best
    assert best_found >= len(SEEDS) - 2
