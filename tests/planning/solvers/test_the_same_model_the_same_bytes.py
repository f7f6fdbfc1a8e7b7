"""Same model, seed and work: the same solution, whatever the hash seed and the workers."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from footpath.planning.budget import Budget
from footpath.planning.linear import Linear
from footpath.planning.solvers import Solution, solve, solve_many, spent


def jobs_to_agents(jobs: int, agents: int, seed: int) -> Linear:
    """Return a generalised assignment problem: each job to one agent, within its capacity."""
    random = np.random.default_rng(seed)
    weight = random.integers(5, 25, (agents, jobs))
    model = Linear()
    columns = model.columns(random.integers(10, 50, agents * jobs)).reshape(agents, jobs)
    model.entries(model.rows(np.ones(jobs), 1.0)[None, :], columns)
    capacity = np.floor(0.8 * weight.sum(axis=1) / agents)
    model.entries(model.rows(-np.inf, capacity)[:, None], columns, weight)
    return model


def bytes_of(solutions: list[Solution]) -> list[tuple[bytes, float, float, str, int]]:
    return [(s.values.tobytes(), s.cost, s.bound, s.status, s.work) for s in solutions]


def test_one_worker_and_two_give_the_same_solutions() -> None:
    models = [jobs_to_agents(16, 4, seed) for seed in range(6)]
    alone = solve_many(models)
    assert bytes_of(alone) == bytes_of(solve_many(models, workers=2))
    assert {solution.status for solution in alone} == {"proven"}


@pytest.mark.parametrize("backend", ["highs", "cpsat"])
def test_work_stops_at_the_same_plan_every_time(backend: str) -> None:
    model = jobs_to_agents(100, 10, 1)
    found = [solve(model, backend=backend, budget=Budget(work=30)) for _ in range(2)]
    assert bytes_of(found[:1]) == bytes_of(found[1:])
    assert (found[0].status, found[0].reproducible) == ("gap", True)
    assert found[0].bound < found[0].cost
    assert model.arrays().holds(found[0].values)


def test_two_hash_seeds_give_the_same_bytes() -> None:
    script = (
        "from tests.planning.solvers.test_the_same_model_the_same_bytes import *\n"
        "print(bytes_of([solve(jobs_to_agents(16, 4, 7))]))"
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", script],
            env=os.environ | {"PYTHONHASHSEED": seed},
            cwd=Path(__file__).parents[3],
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert said[0] == said[1]
    assert b"proven" in said[0]


@pytest.mark.parametrize("backend", ["highs", "cpsat"])
def test_stopping_keeps_the_best_plan(backend: str) -> None:
    model = jobs_to_agents(200, 20, 0)
    told: list[tuple[float, float]] = []

    def stop(cost: float, bound: float, _elapsed: float) -> bool:
        told.append((cost, bound))
        return cost == np.inf or bound == -np.inf

    began = time.monotonic()
    solution = solve(model, backend=backend, on_progress=stop)
    assert time.monotonic() - began < 30
    assert (solution.status, solution.reproducible) == ("gap", False)
    assert solution.cost <= told[-1][0] < np.inf
    assert told[-1][1] <= solution.bound <= solution.cost


def test_stopping_before_the_start_keeps_the_start() -> None:
    model = jobs_to_agents(16, 4, 1)
    start = solve(model).values
    solution = solve(model, start=start, on_progress=lambda *_: False)
    assert (solution.status, solution.values.tolist()) == ("gap", start.tolist())


@pytest.mark.parametrize("backend", ["highs", "cpsat"])
def test_the_clock_stops_a_model_and_the_solution_says_so(backend: str) -> None:
    solution = solve(jobs_to_agents(200, 20, 0), backend=backend, budget=Budget(seconds=0.3))
    assert solution.status in {"gap", "nothing"}
    assert not solution.reproducible
    many = solve_many([jobs_to_agents(200, 20, 0)] * 2, backend=backend, budget=Budget(seconds=0.2))
    assert [solution.reproducible for solution in many] == [False, False]


@pytest.mark.parametrize("backend", ["highs", "cpsat"])
def test_a_start_that_holds_is_never_made_worse(backend: str) -> None:
    model = jobs_to_agents(60, 6, 3)
    best = solve(model)
    again = solve(model, backend=backend, start=best.values, budget=Budget(work=1))
    assert again.cost == best.cost
    broken = solve(model, backend=backend, start=np.zeros(360))
    assert (broken.status, broken.cost) == ("proven", best.cost)
    with pytest.raises(ValueError, match="needs 360 values"):
        solve(model, start=np.zeros(3))


def test_prices_of_rows_come_with_models_that_may_be_broken() -> None:
    model = Linear()
    columns = model.columns([3.0, 2.0], 0, np.inf, integer=False)
    model.entries(model.rows([4.0, 1.0], np.inf)[:, None], columns, [[1.0, 1.0], [1.0, 0.0]])
    solution = solve(model)
    assert (solution.status, solution.cost, solution.bound) == ("proven", 9.0, 9.0)
    assert solution.duals.tolist() == [2.0, 1.0]
    assert solve(model, backend="cpsat").duals.tolist() == [2.0, 1.0]


def test_a_model_without_columns_needs_no_solver() -> None:
    empty = Linear()
    empty.rows([-1.0, 0.0], [0.0, np.inf])
    assert (solve(empty).status, solve(empty).cost) == ("proven", 0.0)
    empty.rows(1.0, 1.0)
    assert solve(empty).status == "infeasible"


def test_a_model_without_an_end_gives_nothing() -> None:
    endless = Linear()
    endless.columns(-1.0, 0.0, np.inf)
    assert solve(endless).status == "nothing"


def test_columns_beside_whole_ones_are_fitted_to_them() -> None:
    model = Linear()
    taken = model.columns(np.zeros(12), integer=True)
    over = model.columns([1.0, 1.0, 1.0], 0, np.inf, integer=False)
    weights = np.array([[13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59]] * 3) / 7
    for third in range(3):
        part = taken[third * 4 : third * 4 + 4]
        row = model.rows(-np.inf, 11.0)
        model.entries(row, part, weights[third, third * 4 : third * 4 + 4])
        model.entries(row, over[third], -1.0)
        model.entries(model.rows(2, 2), part)
    solution = solve(model)
    assert solution.status == "proven"
    assert solution.cost == pytest.approx((43 + 47) / 7 - 11)
    assert model.arrays().holds(solution.values)
    assert (solution.values[:12] == np.rint(solution.values[:12])).all()


def test_whole_columns_that_are_a_hair_off_are_put_right(acted: Callable[[str], None]) -> None:
    acted(
        "answer = highs._answer\n"
        "def off(*told, **more):\n"
        "    found = answer(*told, **more)\n"
        "    found.values = found.values + np.array([3e-7, -3e-7, 0.0])\n"
        "    return found\n"
        "highs._answer = off\n"
        "return true(job, report)"
    )
    model = Linear()
    taken = model.columns([1.0, 3.0])
    over = model.columns(2.0, 0, np.inf, integer=False)
    row = model.rows(-np.inf, 999_999.25)
    model.entries(row, taken, [1_000_000.0, 700_000.0])
    model.entries(row, over, -1.0)
    model.entries(model.rows(1, np.inf), taken)
    solution = solve(model)
    assert (solution.status, solution.values.tolist()) == ("proven", [1.0, 0.0, 0.75])
    assert solution.cost == 2.5


def test_a_model_without_whole_columns_is_stopped_too() -> None:
    model = jobs_to_agents(300, 30, 5)
    model.columns(0.0, integer=False)
    model._columns = [
        (c, low, high, np.zeros_like(whole)) for c, low, high, whole in model._columns
    ]
    solution = solve(model, budget=Budget(work=5))
    assert (solution.status, solution.reproducible) in {("nothing", True), ("gap", True)}
    assert solve(model).status == "proven"


def test_what_the_workers_spent_adds_up() -> None:
    before = spent()
    solution = solve(jobs_to_agents(16, 4, 1))
    after = spent()
    assert after.cpu_s - before.cpu_s == pytest.approx(solution.cpu_s)
    assert after.peak_mb >= solution.peak_mb > 10


@pytest.mark.parametrize(
    ("said", "value", "cost", "upper"),
    [
        ("six decimals", 1 / 3, 1.0, 9.0),
        ("six decimals", 1.0, 1 / 3, 9.0),
        ("integer columns", 2.0, 1.0, 9.0),
        ("integer columns", 1.0, 1.0, 8.5),
    ],
)
def test_what_whole_numbers_cannot_express_is_refused_by_cpsat(
    said: str, value: float, cost: float, upper: float
) -> None:
    model = Linear()
    columns = model.columns([cost, 1.0], 0, [upper, 9], [False, True])
    model.entries(model.rows(3, np.inf), columns, [value, 1.0])
    refused = solve(model, backend="cpsat")
    assert (refused.status, said in refused.error) == ("nothing", True)
    best = solve(model)
    assert (best.status, best.error) == ("proven", "")
    assert solve(model, backend="cpsat", start=best.values).status == "gap"


def test_cpsat_takes_a_broken_column_where_rounding_loses_nothing() -> None:
    model = Linear()
    taken = model.columns([5.0, 4.0])
    over = model.columns(1.0, 0, np.inf, integer=False)
    row = model.rows(3.0, np.inf)
    model.entries(row, taken, [2.0, 2.0])
    model.entries(row, over, 1.0)
    assert [solve(model, backend=backend).cost for backend in ("highs", "cpsat")] == [3.0, 3.0]
