"""No calendar is cheaper than the proven one, and the others never cost less than they say."""

from __future__ import annotations

import pytest

from footpath.planning import schedule
from footpath.planning.checking import check
from footpath.planning.solvers import available
from tests.planning.month.small import drawn, least_cost

SOLVERS = [backend for backend in available() if backend != "none"]


@pytest.mark.parametrize("seed", range(80))
def test_no_calendar_of_a_tiny_month_is_cheaper_than_the_proven_one(seed):
    problem = drawn(seed)
    plan = schedule(problem)
    assert check(plan, problem) == []
    assert (plan.status, plan.bound) == ("proven", plan.cost)
    assert plan.cost == least_cost(problem)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("backend", SOLVERS[1:])
def test_every_solver_comes_to_the_same_cost(seed, backend):
    problem = drawn(seed)
    plan = schedule(problem, backend=backend)
    assert check(plan, problem) == []
    assert (plan.status, plan.cost) == ("proven", schedule(problem).cost)


@pytest.mark.parametrize("seed", range(40))
def test_without_a_solver_the_calendar_holds_and_its_bound_is_true(seed):
    problem = drawn(seed)
    plan = schedule(problem, backend="none")
    assert check(plan, problem) == []
    assert plan.bound <= schedule(problem).cost <= plan.cost
    assert plan.status == ("proven" if plan.bound == plan.cost else "greedy")
