"""On tiny problems every back end agrees with trying everything."""

from __future__ import annotations

from functools import cache
from itertools import combinations, product

import pytest

from footpath.planning.check import check
from footpath.planning.visits import VisitPlan, VisitProblem, plan_visits
from footpath.planning.visits.plan import Finding
from tests.planning.visits.cases import drawn

SEEDS = range(24)


def best_by_trying(problem: VisitProblem, refused: set[object]) -> tuple[int, int]:
    """Return (missing visits, cost of trips) of the best round, by trying every one there is.

    Day by day every way to send groups to areas, and on a trip every set of units, with nothing
    but the words of the rules; pins that the plan gave up for a reason are not asked for.
    """
    pins = [pin for pin in problem.pins if pin not in refused]
    price = {a.id: problem.trip_cost + round(a.km * problem.km_cost) for a in problem.areas}
    units = {unit.id: unit for unit in problem.units}
    pinned = {name: {pin.day for pin in pins if pin.unit == name} for name in units}
    needs = {name: max(unit.needs, len(pinned[name])) for name, unit in units.items()}
    areas = [area.id for area in problem.areas]

    def trips_of(when, group, area):
        """Return every set of units this group may visit on this trip."""
        open_ones = [
            unit.id
            for unit in problem.units
            if unit.area == area
            and needs[unit.id]
            and group.id not in unit.owners
            and when not in unit.closed
            and all(abs((when - other).days) >= problem.gap_days for other in unit.visited)
        ]
        most = min(group.capacity, len(open_ones))
        return [chosen for size in range(1, most + 1) for chosen in combinations(open_ones, size)]

    def rounds_of(when):
        """Return every (price, visited units) of one day."""
        found = {}
        for places in product([None, *areas], repeat=len(problem.groups)):
            sent = [area for area in places if area]
            if len(set(sent)) != len(sent):
                continue
            going = [(g, a) for g, a in zip(problem.groups, places, strict=True) if a]
            if any(when in group.blocked for group, _ in going):
                continue
            for sets in product(*(trips_of(when, group, area) for group, area in going)):
                visits = {
                    u: g.id for (g, _), chosen in zip(going, sets, strict=True) for u in chosen
                }
                if all(
                    pin.group in {"", visits.get(pin.unit)} and pin.unit in visits
                    for pin in pins
                    if pin.day == when
                ):
                    cost = sum(price[area] for _, area in going)
                    key = frozenset(visits)
                    found[key] = min(found.get(key, cost), cost)
        return found

    by_day = [rounds_of(when) for when in problem.days]

    @cache
    def rest(number, state):
        """Return the best (missing, cost) from a day on; state: (unit, left, last day) sorted."""
        if number == len(by_day):
            return sum(left for _, left, _ in state), 0
        when = problem.days[number]
        best = None
        for visited, cost in by_day[number].items():
            after = []
            for name, left, last in state:
                if name not in visited:
                    after.append((name, left, last))
                elif left and (last is None or (when - last).days >= problem.gap_days):
                    after.append((name, left - 1, when))
                else:
                    break
            else:
                missing, more = rest(number + 1, tuple(after))
                best = min(best or (missing, cost + more), (missing, cost + more))
        return best or (10**6, 0)

    return rest(0, tuple((name, needs[name], None) for name in sorted(units)))


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
        missing, cost = best_by_trying(problem, refused_in(plan))
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
        missing, cost = best_by_trying(problem, refused_in(plan))
        best = cost + missing * plan.missing_cost
        assert plan.bound <= best <= plan.cost
        assert plan.status == ("proven" if plan.bound == plan.cost else "greedy")
        best_found += plan.cost == best
    assert best_found >= len(SEEDS) - 2
