"""A whole district: at once, proven, and stopped whenever somebody says so."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from footpath.planning.budget import Budget
from footpath.planning.checking import check
from footpath.planning.solvers import available
from footpath.planning.visits import plan_visits
from tests.planning.visits.cases import district, drawn

HARD = district(1, owners=(2, 3))


def test_the_first_plan_of_a_district_comes_at_once() -> None:
    problem = district(3)
    began = time.process_time()
    plan = plan_visits(problem, on_progress=lambda *_: False)
    assert time.process_time() - began < 0.5  # a twentieth of that on a quiet machine
    assert check(plan, problem) == []
    assert not plan.reproducible


def test_a_district_is_proven_without_a_solver_where_every_area_reaches_its_floor() -> None:
    for seed in (1, 2, 3):
        problem = district(seed)
        plan = plan_visits(problem, backend="none")
        assert check(plan, problem) == []
        assert (plan.status, plan.cost) == ("proven", plan.bound)


def test_where_owners_are_many_the_solver_proves_what_the_search_could_not() -> None:
    alone = plan_visits(HARD, backend="none", budget=Budget(work=20))
    proven = plan_visits(HARD)
    assert (alone.status, proven.status) == ("greedy", "proven")
    assert alone.bound <= proven.bound == proven.cost <= alone.cost
    assert check(alone, HARD) == check(proven, HARD) == []


def test_where_groups_are_too_few_the_solver_says_how_many_visits_are_missing() -> None:
    problem = district(4, groups=2)
    plan = plan_visits(problem, budget=Budget(work=400))
    assert check(plan, problem) == []
    missing = sum(finding.needs - finding.planned for finding in plan.findings)
    assert plan.cost // plan.missing_cost == missing > 0
    assert plan.reproducible


def test_progress_tells_falling_costs_and_rising_bounds() -> None:
    told: list[tuple[float, float, float]] = []
    plan = plan_visits(HARD, on_progress=lambda *news: told.append(news))
    costs, bounds, elapsed = zip(*told, strict=True)
    assert list(costs) == sorted(costs, reverse=True)
    assert list(bounds) == sorted(bounds)
    assert list(elapsed) == sorted(elapsed)
    assert costs[-1] >= plan.cost
    assert plan.reproducible


@pytest.mark.parametrize("news", [2, 4, 8, 12])
def test_whenever_somebody_says_stop_the_best_plan_is_kept(news: int) -> None:
    told: list[float] = []

    def stop(cost: float, _bound: float, _elapsed: float) -> bool:
        told.append(cost)
        return len(told) < news

    plan = plan_visits(replace(HARD, gap_days=6), on_progress=stop)
    assert check(plan, replace(HARD, gap_days=6)) == []
    assert plan.cost <= min(told)


def test_the_clock_stops_a_plan_and_the_plan_says_so() -> None:
    plan = plan_visits(HARD, budget=Budget(seconds=0.001))
    assert (plan.status, plan.reproducible) == ("gap", False)
    assert check(plan, HARD) == []
    enough = plan_visits(HARD, budget=Budget(seconds=60))
    assert (enough.status, enough.reproducible) == ("proven", True)


def test_a_back_end_that_is_not_installed_is_refused() -> None:
    with pytest.raises(ValueError, match="not installed"):
        plan_visits(HARD, backend="glpk")
    assert "none" in available()


def test_many_units_in_few_areas_take_no_longer() -> None:
    problem = drawn(5, units=40, areas=2, groups=3, days=15, capacity=3)
    began = time.process_time()
    plan = plan_visits(problem, backend="none", budget=Budget(work=20))
    assert time.process_time() - began < 5  # a tenth of that on a quiet machine
    assert check(plan, problem) == []
