"""Many districts in a folder: whole or not there, and never made twice."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path

import pytest

from footpath.planning import checking, files, province
from footpath.planning.kinds import KINDS
from footpath.planning.province import Broken, Outcome, Task, plan_all
from footpath.planning.visits.problem import Area, Group, Unit, VisitProblem

NAMES = tuple(f"{number:02}" for number in range(1, 13))


def problem(number: int) -> VisitProblem:
    return VisitProblem(
        units=tuple(Unit(f"U{n}", "A", needs=1 + (number + n) % 2) for n in range(6)),
        groups=(Group("G1", capacity=2),),
        areas=(Area("A", km=float(number)),),
        days=tuple(date(2026, 12, day) for day in (1, 2, 3, 8, 9, 10, 15, 16, 17)),
    )


@pytest.fixture
def tasks(tmp_path: Path) -> list[Task]:
    """Return the tasks of twelve small districts, whose problems are files."""
    asked = tmp_path / "asked"
    asked.mkdir()
    for number, name in enumerate(NAMES):
        files.write(asked / f"{name}.visits.json", problem(number))
    (asked / "notes.json").write_text("not a problem")
    return [Task(*source, backend="none") for source in province.problems(asked)]


def test_made_up_districts_have_assignments_and_a_month_each() -> None:
    assert province.examples(2, first=7) == [
        ("0007", "assignments", 7),
        ("0007", "month", 7),
        ("0008", "assignments", 8),
        ("0008", "month", 8),
    ]
    assert Task("0007", "month", 7).made_from()["source"] == "example 7"


def test_every_plan_is_made_by_whichever_process_is_free(tasks: list[Task], tmp_path: Path) -> None:
    told: list[Outcome] = []
    outcomes = plan_all(tasks, tmp_path / "plans", workers=2, on_outcome=told.append)
    assert [outcome.name for outcome in outcomes] == list(NAMES)
    assert all(outcome.made and outcome.status == "proven" for outcome in outcomes)
    assert sorted(told, key=lambda outcome: outcome.name) == outcomes
    alone = plan_all(tasks, tmp_path / "alone", workers=1)
    assert alone == outcomes
    assert _bytes(tmp_path / "alone") == _bytes(tmp_path / "plans")


def test_what_is_there_is_not_made_again(tasks: list[Task], tmp_path: Path) -> None:
    made = [province.make(task, tmp_path) for task in tasks]
    there = _marks(tmp_path)
    half, now = (tmp_path / f".{name}.json.1" for name in ("half", "now"))
    half.touch()
    now.touch()
    os.utime(half, (0, 0))
    assert plan_all(tasks, tmp_path) == [replace(outcome, made=False) for outcome in made]
    now.unlink()  # somebody may be at it; the other was left behind by a kill
    assert _marks(tmp_path) == there


def test_a_damaged_plan_and_one_made_from_something_else_are_made_anew(
    tasks: list[Task], tmp_path: Path
) -> None:
    tasks = tasks[:4]
    for task in tasks:
        province.make(task, tmp_path)
    whole = tasks[0].file(tmp_path).read_text()
    tasks[0].file(tmp_path).write_text(whole[:-20])
    tasks[1].file(tmp_path).write_text(whole.replace('"cost":', '"cost":1'))
    files.write(Path(str(tasks[2].source)), problem(9))
    assert [outcome.made for outcome in plan_all(tasks, tmp_path)] == [True, True, True, False]
    assert tasks[0].file(tmp_path).read_text() == whole
    other = [replace(task, seed=5) for task in tasks]
    assert [outcome.made for outcome in plan_all(other, tmp_path)] == [True] * 4


def test_a_killed_run_goes_on_where_it_was_and_leaves_no_process(
    tasks: list[Task], tmp_path: Path
) -> None:
    plans = tmp_path / "plans"
    command = [
        sys.executable, "-m", "footpath", "plan", "province", "--backend", "none", "--problems",
        str(Path(str(tasks[0].source)).parent), "--out", str(plans),
    ]  # fmt: skip
    run = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    while len(list(plans.glob("*.json"))) < 2:
        assert run.poll() is None
        time.sleep(0.005)
    children = _children(run.pid)
    run.send_signal(signal.SIGKILL)
    run.wait()
    assert children
    for child in children:
        _await_end(child)
    there = _marks(plans)
    said = subprocess.run(command, capture_output=True, text=True, check=True)
    assert said.stdout.startswith(
        f"plans=12 made={12 - len(there)} kept={len(there)} proven=12 cost="
    )
    assert {name: mark for name, mark in _marks(plans).items() if name in there} == there
    assert sorted(path.name for path in plans.iterdir()) == [f"{n}.visits.json" for n in NAMES]


def test_a_plan_the_checker_refuses_is_not_kept(
    tasks: list[Task], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = checking.Violation("gap", "too_near", ("U1",))
    monkeypatch.setattr(checking, "check", lambda _plan, _problem: [wrong])
    with pytest.raises(Broken, match=r"the checker refuses the plan: Violation\(rule='gap'"):
        province.make(tasks[0], tmp_path)
    assert not tasks[0].file(tmp_path).exists()


def test_the_first_problem_that_cannot_be_planned_ends_the_run(
    tasks: list[Task], tmp_path: Path
) -> None:
    source = Path(str(tasks[3].source))
    source.write_text("{")
    with pytest.raises(Broken, match=r"^04, visits: .*04\.visits\.json: this is not JSON"):
        plan_all(tasks, tmp_path / "plans")
    assert sorted(path.name for path in (tmp_path / "plans").iterdir()) == [
        f"{name}.visits.json" for name in NAMES[:3]
    ]


def test_a_process_that_dies_is_said(
    tasks: list[Task], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = subprocess.Popen

    def dead(_command: Sequence[str], **options: object) -> subprocess.Popen[str]:
        return started([sys.executable, "-c", ""], **options)  # type: ignore[call-overload, no-any-return]

    monkeypatch.setattr(subprocess, "Popen", dead)
    with pytest.raises(Broken, match=r"^01, visits: the process that planned it has ended\.$"):
        plan_all(tasks, tmp_path)


def test_a_process_answers_each_line(tasks: list[Task], tmp_path: Path) -> None:
    lost = Task("99", "visits", "nowhere.json", backend="none")
    lines = "".join(json.dumps(asdict(task)) + "\n" for task in (tasks[0], lost))
    answers = io.StringIO()
    province.serve(io.StringIO(lines), answers, tmp_path)
    first, second = map(json.loads, answers.getvalue().splitlines())
    assert Outcome(**first) == replace(province.kept(tasks[0], tmp_path) or lost, made=True)
    assert second == {"wrong": "nowhere.json cannot be read: No such file or directory"}


@pytest.mark.parametrize("kind", ["assignments", "visits"])
def test_every_kind_has_its_dataclasses_and_an_example(kind: str) -> None:
    known = KINDS[kind]
    assert isinstance(known.asked(1), known.problem)
    assert known.planned.__name__ == known.plan_name


def _bytes(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def _marks(folder: Path) -> dict[str, tuple[int, int]]:
    """Return inode and time of each file: another one in its place would show."""
    return {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in folder.glob("*")}


def _children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return [int(child) for task in tasks for child in (task / "children").read_text().split()]


def _await_end(pid: int) -> None:
    for _ in range(500):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        state = Path(f"/proc/{pid}/stat")
        if state.exists() and state.read_text().rpartition(")")[2].split()[0] == "Z":
            return
        time.sleep(0.01)
    raise AssertionError(f"process {pid} is still there")
