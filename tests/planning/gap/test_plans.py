"""Jobs get agents at the least cost: small problems in full, larger ones within limits."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import threading
from dataclasses import replace
from io import FileIO
from itertools import count

import numpy as np
import pytest

from footpath.planning.budget import Budget
from footpath.planning.checking import Violation, check
from footpath.planning.gap import (
    GapInstance,
    GapPlan,
    UnreadableInstance,
    read_instance,
    solve,
    solve_gap,
    team,
    written,
)
from footpath.planning.gap.prices import made_ready, price_capacity
from footpath.planning.gap.search import Task
from footpath.planning.gap.standing import Standing
from footpath.planning.gap.tasks import Told
from footpath.planning.gap.watch import Watch
from footpath.planning.gap.worker import serve
from footpath.planning.solvers import wire
from tests.planning.gap.drawn import cheapest, drawn, feasible, text_of, total


@pytest.mark.parametrize("seed", range(8))
def test_a_small_plan_is_the_cheapest_of_all(seed):
    instance = drawn(seed, 3, 6, tight=0.85)
    plan = solve_gap(instance, work=20, workers=1)
    best = cheapest(instance)
    if best is None:
        assert (plan.status, plan.agent_of_job, plan.cost) == ("infeasible", (), math.inf)
    else:
        assert (plan.status, plan.cost, plan.bound, plan.gap) == ("proven", best, best, 0)
        assert total(instance, plan.agent_of_job) == best
    assert check(plan, instance) == []


def test_some_of_those_drawn_have_a_plan_and_some_have_none():
    found = {cheapest(drawn(seed, 3, 6, tight=0.85)) is None for seed in range(8)}
    assert found == {True, False}


@pytest.mark.parametrize(
    ("weights", "capacities"),
    [([[5, 5], [5, 5]], [4, 9]), ([[5, 5, 5], [5, 5, 5]], [7, 7]), ([[9, 1], [9, 1]], [8, 8])],
    ids=["found by listing", "more weight than capacity", "a job that fits nobody"],
)
def test_that_there_is_no_plan_is_proven(weights, capacities):
    cost = np.ones_like(np.array(weights))
    plan = solve_gap(GapInstance(cost, np.array(weights), np.array(capacities)), work=5)
    assert plan == GapPlan(math.inf, math.inf, math.inf, (), "infeasible")


def large(seed: int = 1) -> GapInstance:
    """Return a problem whose rounds are parted in two halves of the agents."""
    return drawn(seed, 26, 104, tight=1.0)


@pytest.mark.parametrize(
    ("instance", "work"), [(drawn(1, 6, 40), 60), (large(), 350)], ids=["small", "large"]
)
def test_the_work_decides_the_plan_not_the_number_of_workers(instance, work):
    alone = solve_gap(instance, work=work, workers=1, seed=4)
    assert solve_gap(instance, work=work, workers=2, seed=4) == alone
    assert (alone.status, alone.reproducible) == ("gap", True)
    assert feasible(instance, alone.agent_of_job)
    assert alone.bound <= alone.cost < 1.05 * alone.bound


def test_where_both_kinds_of_plan_are_there_the_search_goes_on_from_the_dive():
    instance = large()
    model = made_ready(instance)
    rounds = solve._Rounds(instance, model, Watch(), 1)
    nobody = np.zeros(instance.jobs, np.int64)
    dive, chained = Standing(nobody, 900, 0), Standing(nobody, 800, 0)
    rounds.hear(Told(0, dive))
    rounds.hear(Told(1, chained))
    assert rounds._base() is chained
    rounds._set_aside()
    assert (rounds.best, rounds.spare, rounds._base()) == (chained, chained, dive)
    rounds.heard = {}
    assert rounds._base() is chained  # whoever had the other is gone
    rounds.hear(Told(0, Standing(nobody, 700, 0)))
    assert rounds._base() is rounds.best is not rounds.spare


def test_the_plan_does_not_depend_on_hashes(tmp_path):
    instance = drawn(1, 6, 40)
    file = tmp_path / "problem.txt"
    file.write_text(text_of(instance))
    here = solve_gap(instance, work=30, workers=1)
    program = (
        "import json, sys; from pathlib import Path\n"
        "from footpath.planning.gap import read_instance, solve_gap\n"
        "instance = read_instance(Path(sys.argv[1]).read_text())\n"
        "plan = solve_gap(instance, work=30, workers=1)\n"
        "print(json.dumps([plan.cost, plan.bound, plan.agent_of_job, plan.work]))"
    )
    said = subprocess.run(
        [sys.executable, "-c", program, str(file)],
        env=os.environ | {"PYTHONHASHSEED": "77"}, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert json.loads(said) == [here.cost, here.bound, list(here.agent_of_job), here.work]


def test_a_plan_is_written_as_one_agent_a_line_counted_from_one():
    plan = GapPlan(3, 3, 0, (1, 0, 2), "proven")
    assert written(plan) == "2\n1\n3\n"


def test_every_better_plan_is_told_until_told_to_stop():
    told = []

    def hear(cost: float, bound: float, elapsed: float) -> bool:
        told.append((cost, bound, elapsed))
        return cost == math.inf

    plan = solve_gap(drawn(2, 8, 60), workers=1, on_progress=hear)
    assert plan.cost == told[-1][0]
    assert [row for row in told[:-1] if row[0] < math.inf] == []
    assert told[-1][1] <= plan.bound
    assert not plan.reproducible


def test_costs_with_fractions_come_back_as_they_were_given():
    instance = read_instance("2 2\n 1.5 2.25\n 1.25 9\n 1 1\n 1 1\n 2 1\n")
    plan = solve_gap(instance)
    assert (plan.cost, plan.agent_of_job) == (3.5, (1, 0))


def test_a_problem_is_done_when_the_plan_costs_what_the_bound_says():
    instance = drawn(3, 9, 30, tight=9.0)
    plan = solve_gap(instance, workers=1)
    assert (plan.status, plan.gap, plan.cost) == ("proven", 0, instance.cost.min(axis=0).sum())


def test_numbers_too_large_for_exact_planning_are_refused():
    cost = np.full((4, 20), 10**12)
    cost[0] = 1
    with pytest.raises(UnreadableInstance, match="use larger units"):
        solve_gap(GapInstance(cost, cost, np.full(4, 10**12)))


def test_a_limit_that_leaves_no_time_is_refused():
    with pytest.raises(ValueError, match="seconds must be more than zero"):
        solve_gap(drawn(1), budget=Budget(seconds=0))


def test_time_is_kept_whatever_is_being_done():
    ticks = count()
    plan = solve_gap(large(), seconds=100, workers=1, clock=lambda: float(next(ticks)))
    assert next(ticks) < 130
    assert not plan.reproducible


def test_a_plan_made_before_time_was_up_is_kept():
    ticks = count()
    plan = solve_gap(drawn(2, 8, 60), seconds=900, workers=1, clock=lambda: float(next(ticks)))
    assert plan.status == "gap"
    assert next(ticks) < 930


def test_workers_that_never_answer_are_cut_off(monkeypatch):
    monkeypatch.setattr(team, "COMMAND", [sys.executable, "-c", "import time; time.sleep(60)"])
    plan = solve_gap(drawn(1, 8, 40), seconds=0.4)
    assert (plan.status, plan.agent_of_job, plan.cost) == ("nothing", (), math.inf)
    assert 0 < plan.bound < math.inf
    assert check(plan, drawn(1, 8, 40)) == []


def test_workers_that_die_are_done_without(monkeypatch):
    monkeypatch.setattr(team, "COMMAND", [sys.executable, "-c", "pass"])
    plan = solve_gap(drawn(1, 6, 40), work=40)
    assert feasible(drawn(1, 6, 40), plan.agent_of_job)


def test_workers_that_die_later_leave_what_they_found(monkeypatch):
    rounds = []

    def dying(self, tasks, hear, watch):
        rounds.append(len(tasks))
        if len(rounds) == 1:
            kept(self, tasks, hear, watch)

    kept = team.Alone.round
    monkeypatch.setattr(team.Alone, "round", dying)
    plan = solve_gap(drawn(2, 8, 60), work=400, workers=1)
    assert feasible(drawn(2, 8, 60), plan.agent_of_job)
    assert rounds == [2, 2]


def test_a_worker_serves_one_task_after_the_other():
    instance = drawn(1, 6, 40)
    model = made_ready(instance)
    far_tasks, tasks = os.pipe()
    answers, far_answers = os.pipe()
    here, there = FileIO(tasks, "w"), FileIO(far_tasks)
    back, forth = FileIO(answers), FileIO(far_answers, "w")
    worker = threading.Thread(target=serve, args=(there, forth))
    worker.start()
    wire.send(here, (model, price_capacity(model, Watch())))
    wire.send(here, (0, Task(None, np.arange(6), 1)))
    first = wire.receive(back)
    assert (first.number, first.done) == (0, True)
    wire.send(here, (1, Task(first.standing.agent, np.arange(6), 1, 5_000_000, 60.0)))
    news = [wire.receive(back)]
    while not news[-1].done:
        news.append(wire.receive(back))
    here.close()
    worker.join()
    for stream in (there, back, forth):
        stream.close()
    assert {told.number for told in news} == {1}
    assert news[-1].standing.cost <= first.standing.cost


PLAN = GapPlan(5, 4, 20, (0, 1), "gap")
PROBLEM = GapInstance(np.array([[2, 9], [9, 3]]), np.array([[1, 9], [9, 1]]), np.array([1, 1]))


@pytest.mark.parametrize(
    ("plan", "wrong"),
    [
        (PLAN, []),
        (replace(PLAN, agent_of_job=(0,)), [Violation("jobs", "wrong_number", ("1",))]),
        (replace(PLAN, agent_of_job=(0, 2)), [Violation("agent", "unknown", ("2", "3"))]),
        (
            replace(PLAN, agent_of_job=(1, 1), cost=12),
            [Violation("capacity", "too_much", ("2",))],
        ),
        (replace(PLAN, cost=6), [Violation("cost", "wrong", ("6",))]),
        (replace(PLAN, bound=6), [Violation("bound", "above_cost", ("6",))]),
    ],
    ids=["right", "a job missing", "nobody", "too much", "another cost", "a bound too high"],
)
def test_what_is_wrong_with_a_plan_is_named(plan, wrong):
    assert check(plan, PROBLEM) == wrong


def test_a_plan_that_breaks_its_problem_is_not_given_out(monkeypatch):
    monkeypatch.setattr(solve, "check_gap", lambda plan, problem: [Violation("cost", "wrong")])
    with pytest.raises(RuntimeError, match="breaks its problem"):
        solve_gap(drawn(3, 3, 6, tight=2.0))
