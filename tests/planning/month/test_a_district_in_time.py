"""A district's month: proven, anytime, within its budget."""

from __future__ import annotations

from datetime import date

import pytest

from footpath.planning import Budget, files, repair, schedule
from footpath.planning.checking import check
from footpath.planning.examples import month
from footpath.planning.month import Absent
from footpath.planning.month.plan import MonthPlan, Repair
from footpath.planning.month.problem import MonthProblem


@pytest.fixture(scope="module")
def problem() -> MonthProblem:
    return month(1)


@pytest.fixture(scope="module")
def plan(problem: MonthProblem) -> MonthPlan:
    return schedule(problem)


def test_a_district_is_proven_without_double_bookings(problem, plan):
    assert (len(problem.meetings), len(problem.people)) == (139, 690)
    assert check(plan, problem) == []
    assert (plan.status, plan.cost, plan.reproducible) == ("proven", plan.bound, True)
    assert all(entry.slot for entry in plan.entries)


def test_a_month_without_common_wishes_is_proven_too():
    problem = month(2, hard=False)
    plan = schedule(problem)
    assert check(plan, problem) == []
    assert plan.status == "proven"


def test_without_a_solver_it_is_nearly_as_good(problem, plan):
    greedy = schedule(problem, backend="none")
    assert check(greedy, problem) == []
    assert greedy.bound <= plan.cost <= greedy.cost <= plan.cost * 1.1
    assert greedy.bound >= plan.cost * 0.95


def test_the_first_calendar_is_told_at_once_and_the_last_is_the_best(problem, plan):
    told: list[tuple[float, float]] = []
    schedule(problem, on_progress=lambda cost, bound, _: told.append((cost, bound)))
    assert told[0][0] >= told[-1][0] >= plan.cost
    assert all(bound <= plan.cost for _, bound in told)


@pytest.mark.parametrize("after", [1, 2, 4])
def test_stopping_keeps_the_best(problem, plan, after):
    calls: list[float] = []

    def stop(cost: float, _bound: float, _elapsed: float) -> bool:
        calls.append(cost)
        return len(calls) < after

    stopped = schedule(problem, on_progress=stop)
    assert check(stopped, problem) == []
    assert stopped.cost >= plan.cost
    assert stopped.bound <= plan.cost
    assert not stopped.reproducible or stopped == plan


def test_work_is_a_limit_that_gives_the_same_plan_again(problem, plan):
    first, second = (schedule(problem, budget=Budget(work=2)) for _ in range(2))
    assert first == second
    assert check(first, problem) == []
    assert first.cost >= plan.cost >= first.bound
    assert first.reproducible


def test_seconds_are_an_outer_stop(problem):
    hurried = schedule(problem, budget=Budget(seconds=1e-3))
    assert check(hurried, problem) == []
    assert (hurried.status, hurried.reproducible) == ("gap", False)
    assert schedule(problem, budget=Budget(seconds=100.0)).status == "proven"


@pytest.mark.parametrize("person", ["D073", "C20-L4", "C18-M1", "K10", "S05", "C05-H03-P1"])
def test_somebody_is_ill_from_the_10th_to_the_17th(problem, plan, person):
    leave = Absent(person, date(2026, 12, 10), date(2026, 12, 17))
    found = repair(problem, plan, [leave], today=date(2026, 12, 9))
    assert check(found.plan, found.problem) == []
    assert found.status == "proven"
    changed = {change.meeting for change in found.changes}
    before = {entry.meeting: entry.slot for entry in plan.entries}
    for entry in found.plan.entries:
        assert (entry.slot == before[entry.meeting]) or entry.meeting in changed


def test_problems_plans_and_repairs_go_through_files(problem, plan):
    assert files.loads(files.dumps(problem), MonthProblem) == problem
    assert files.loads(files.dumps(plan), MonthPlan) == plan
    leave = Absent("K10", date(2026, 12, 10), date(2026, 12, 17))
    found = repair(problem, plan, [leave])
    assert files.loads(files.dumps(found), Repair) == found
