"""Against every plan there is."""

import pytest

from footpath.planning import assign
from footpath.planning.checking import check
from tests.planning.assignment.small import drawn, least_cost, least_deputy_cost


@pytest.mark.parametrize("seed", [*range(80), 207])
def test_no_plan_of_a_small_district_is_cheaper_than_the_proven_one(seed):
    problem = drawn(seed)
    plan = assign(problem)
    assert check(plan, problem) == []
    assert (plan.status, plan.bound) == ("proven", plan.cost)
    assert plan.cost == least_cost(plan, problem)
    assert plan.deputy_cost == least_deputy_cost(plan, problem)


@pytest.mark.parametrize("seed", range(100, 104))
def test_six_places_are_planned_as_well_as_they_can_be(seed):
    problem = drawn(seed, most=6)
    plan = assign(problem)
    assert plan.cost == least_cost(plan, problem)


@pytest.mark.parametrize("seed", range(12))
def test_the_other_solver_comes_to_the_same_cost(seed):
    pytest.importorskip("ortools")
    problem = drawn(seed)
    plan = assign(problem, backend="cpsat")
    assert check(plan, problem) == []
    assert (plan.status, plan.backend) == ("proven", "cpsat")
    assert plan.cost == assign(problem).cost


@pytest.mark.parametrize("seed", [*range(30), 68, 329, 341])
def test_without_a_solver_the_plan_holds_and_its_bound_is_true(seed):
    problem = drawn(seed)
    plan = assign(problem, backend="none")
    best = assign(problem)
    assert check(plan, problem) == []
    assert plan.status == "greedy"
    assert plan.bound <= best.cost <= plan.cost
