"""A worker that dies, hangs or prints costs nothing but time; none outlives its parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from footpath.planning.budget import Budget
from footpath.planning.linear import Linear
from footpath.planning.solvers import pool, runs, solve, solve_many
from footpath.planning.solvers.pool import POOL, Pool, Worker

Act = Callable[[str], None]


def chosen() -> Linear:
    """Return a model with four plans that hold: one of four columns, at 4, 3, 2 or 1."""
    model = Linear()
    columns = model.columns([4, 3, 2, 1])
    model.entries(model.rows(1, 1), columns)
    return model


def one(number: int) -> np.ndarray:
    return np.eye(4)[number]


def test_a_worker_that_dies_leaves_the_best_plan_it_sent(acted: Act) -> None:
    acted("report(3.0, 1.0, np.eye(4)[1])\ntime.sleep(0.2)\nreport(9.0, 2.0, None)\nos._exit(9)")
    solution = solve(chosen())
    assert (solution.status, solution.cost, solution.bound) == ("gap", 3.0, 2.0)
    assert solution.values.tolist() == one(1).tolist()
    assert not solution.reproducible


def test_a_worker_that_dies_at_once_leaves_the_start(acted: Act) -> None:
    acted("os._exit(9)")
    solution = solve(chosen(), start=one(2))
    assert (solution.status, solution.cost) == ("gap", 2.0)
    assert solve(chosen()).status == "nothing"


def test_a_worker_killed_from_outside_is_replaced(acted: Act) -> None:
    acted("report(4.0, 1.0, np.eye(4)[0])\ntime.sleep(60)")

    def kill(cost: float, _bound: float, _elapsed: float) -> None:
        if cost < np.inf:
            os.kill(POOL.lent[0].process.pid, signal.SIGKILL)

    assert solve(chosen(), on_progress=kill).cost == 4.0
    acted("return Answer('proven', np.eye(4)[3], 1.0, 1, True)")
    assert solve(chosen()).status == "proven"


def test_a_worker_that_does_not_leave_off_is_killed(
    acted: Act, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "GRACE", 0.2)
    acted("report(4.0, 1.0, np.eye(4)[0])\ntime.sleep(60)")
    began = time.monotonic()
    solution = solve(chosen(), on_progress=lambda cost, *_: cost == np.inf)
    assert (solution.cost, solution.reproducible) == (4.0, False)
    solution = solve(chosen(), start=one(1), budget=Budget(seconds=0.2))
    assert (solution.status, solution.reproducible) == ("gap", False)
    assert time.monotonic() - began < 20


def test_what_a_solver_prints_stays_out_of_the_messages(acted: Act) -> None:
    acted(
        "print('Welcome!', flush=True)\nos.write(1, b'Presolving')\n"
        "return Answer('proven', np.eye(4)[3], 1.0, 1, True)"
    )
    assert solve(chosen()).status == "proven"


def test_a_plan_that_does_not_hold_is_not_believed(acted: Act) -> None:
    acted("report(0.0, 0.0, np.zeros(4))\nreturn Answer('proven', np.zeros(4), 0.0, 1, True)")
    assert solve(chosen()).status == "nothing"
    solution = solve(chosen(), start=one(1))
    assert (solution.status, solution.cost) == ("gap", 3.0)
    acted("return Answer('infeasible', None, np.inf, 1, True)")
    POOL.close()
    assert solve(chosen(), start=one(1)).status == "gap"


def test_an_idle_worker_leaves_by_itself_and_another_takes_its_job(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for leaves_after_the_look in (False, True):
        POOL.close()
        monkeypatch.setattr(pool, "PATIENCE", 0.01)
        worker = POOL.borrow("highs")
        POOL.give_back(worker, usable=True)
        worker.process.wait(30)
        monkeypatch.setattr(pool, "PATIENCE", 60.0)
        if leaves_after_the_look:
            monkeypatch.setattr(Worker, "alive", lambda _worker: True)
        assert solve(chosen()).status == "proven"


def test_a_worker_that_left_while_the_job_was_on_its_way_is_replaced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    POOL.close()
    deaf = POOL.borrow("highs")
    POOL.give_back(deaf, usable=True)
    monkeypatch.setattr(deaf, "send", lambda _job: deaf.end(patience=120.0) or True, raising=False)
    assert solve(chosen()).status == "proven"


def test_many_callers_share_the_workers_and_leave_none_behind() -> None:
    POOL.close()
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(solve(chosen()).status))
        for _ in range(3 * pool.AT_ONCE)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["proven"] * len(threads)
    assert 1 <= len(POOL.idle) <= pool.AT_ONCE
    workers = list(POOL.idle)
    POOL.close()
    assert [worker.alive() for worker in workers] == [False] * len(workers)


def test_closing_the_pool_kills_what_is_still_at_work(acted: Act) -> None:
    acted("report(4.0, 1.0, np.eye(4)[0])\ntime.sleep(60)")
    solution = solve(chosen(), on_progress=lambda cost, *_: POOL.close() if cost < 9 else None)
    assert (solution.status, solution.cost) == ("gap", 4.0)


def test_no_room_for_one_more_process_leaves_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    POOL.close()
    monkeypatch.setattr(pool, "PYTHON", ["/nowhere/python"])
    for _ in range(pool.AT_ONCE + 1):  # and no place is lost
        assert solve(chosen(), start=one(2)).cost == 2.0


def test_an_error_of_the_caller_ends_the_job_and_comes_through(acted: Act) -> None:
    acted("report(4.0, 1.0, np.eye(4)[0])\ntime.sleep(60)")

    def fail(*_: float) -> None:
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        solve(chosen(), on_progress=fail)
    assert (POOL.idle, POOL.lent) == ([], [])


def test_a_forked_child_lets_the_workers_of_its_parent_alone() -> None:
    mine = Pool()
    worker = mine.borrow("highs")
    mine.forget()
    assert (mine.idle, mine.lent) == ([], [])
    os.waitpid(worker.process.pid, 0)  # here its parent; in a child that would be another's matter


SCRIPT = """
import os, sys, time
from footpath.planning.linear import Linear
from footpath.planning.solvers import solve
from footpath.planning.solvers.pool import POOL
import numpy as np
random = np.random.default_rng(1)
m = Linear()
x = m.columns(random.integers(10, 50, 4000)).reshape(20, 200)
m.entries(m.rows(np.ones(200), 1.0)[None, :], x)
w = random.integers(5, 25, (20, 200))
m.entries(m.rows(np.full(20, -np.inf), w.sum(1) // 25)[:, None], x, w)
"""


def run_script(lines: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT + lines],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
    )


def test_a_worker_dies_with_its_parent_in_the_middle_of_a_job() -> None:
    parent = run_script(
        "def tell(cost, *_):\n"
        "    if cost < np.inf: print(POOL.lent[0].process.pid, flush=True)\n"
        "solve(m, on_progress=tell)\n"
    )
    assert parent.stdout is not None
    worker = int(parent.stdout.readline())
    assert Path(f"/proc/{worker}").exists()
    parent.kill()
    parent.communicate()
    until = time.monotonic() + 60
    while running(worker) and time.monotonic() < until:
        time.sleep(0.05)
    assert not running(worker)


def running(process: int) -> bool:
    """Return whether a process is there and not only waiting to be buried."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_a_fork_and_its_parent_both_solve_on() -> None:
    script = run_script(
        "small = Linear(); small.entries(small.rows(1, 1), small.columns([2, 1]))\n"
        "before = solve(small).cost\n"
        "child = os.fork()\n"
        "print(before, solve(small).cost, flush=True)\n"
        "if child: print(os.waitpid(child, 0)[1])\n"
    )
    said, _ = script.communicate(timeout=60)
    assert said.split("\n")[:3] == ["1.0 1.0", "1.0 1.0", "0"]
    assert script.returncode == 0


def test_stopping_one_of_many_stops_them_all(acted: Act) -> None:
    acted(
        "begun = time.monotonic()\n"
        "while report(3.0, 1.0, np.eye(4)[1]) and time.monotonic() < begun + 30: time.sleep(0.01)\n"
        "return Answer('gap', np.eye(4)[1], 1.0, 1, False)"
    )
    told: list[float] = []

    def stop(cost: float, _bound: float, _elapsed: float) -> bool:
        told.append(cost)
        return len(told) < 3

    began = time.monotonic()
    solutions = solve_many(
        [chosen()] * 4, workers=2, on_progress=stop, starts=[None] * 3 + [one(0)]
    )
    assert time.monotonic() - began < 20
    assert len(told) == 3
    assert [(solution.status, solution.cost) for solution in solutions[-2:]] == [
        ("nothing", np.inf),
        ("gap", 4.0),
    ]
    assert not any(solution.reproducible for solution in solutions)
