"""Many districts, one after the other: planned by a few processes, kept in a folder, resumable.

Each plan is a file of its own that appears whole or not at all. It carries what it was made from,
and a seal, so that a second run with the same options makes only what is missing. A district does
not wait in memory: it is read or made up, planned, checked, written and forgotten.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import IO, Any

from footpath import __version__
from footpath.planning import files
from footpath.planning.kinds import KINDS

SEAL = "sha256"
LEFT_BEHIND = 60.0  # seconds after which nobody writes to a file in the making any more


class Broken(Exception):
    """A plan could not be made; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Task:
    """One plan to make. ``source`` is the seed of an example, or the path of a problem."""

    name: str
    kind: str  # of KINDS
    source: int | str
    backend: str = "highs"
    seed: int = 0
    work: int | None = None

    def file(self, folder: Path) -> Path:
        """Return where the plan is kept."""
        return folder / f"{self.name}.{self.kind}.json"

    def made_from(self) -> dict[str, Any]:
        """Return what the plan depends on; a plan made from anything else is made anew."""
        if isinstance(self.source, int):
            origin = f"example {self.source}"
        else:
            origin = hashlib.sha256(Path(self.source).read_bytes()).hexdigest()
        return asdict(self) | {"source": origin, "version": __version__}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is known of one plan that is kept. ``made`` is False when it was there already."""

    name: str
    kind: str
    status: str
    cost: float
    bound: float
    made: bool


def examples(districts: int, *, first: int = 1) -> list[tuple[str, str, int | str]]:
    """Return name, kind and source of the made-up districts: assignments and the month of each."""
    return [
        (f"{seed:04}", kind, seed)
        for seed in range(first, first + districts)
        for kind in ("assignments", "month")
    ]


def problems(folder: Path) -> list[tuple[str, str, int | str]]:
    """Return name, kind and source of the problems in a folder (NAME.assignments.json ...)."""
    found: list[tuple[str, str, int | str]] = []
    for path in sorted(folder.glob("*.json")):
        name, _, kind = path.name.removesuffix(".json").rpartition(".")
        if name and kind in KINDS:
            found.append((name, kind, str(path)))
    return found


def plan_all(
    tasks: Sequence[Task],
    folder: Path,
    *,
    workers: int = 1,
    on_outcome: Callable[[Outcome], None] = lambda _outcome: None,
) -> list[Outcome]:
    """Make the plans that are missing in the folder; return all of them, in the order of the tasks.

    Raises Broken at the first one that cannot be made. However this ends, by a kill too, what is in
    the folder is whole, and the next call goes on from there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for half in folder.glob(".*.json.*"):  # what a kill left behind
        if time.time() - half.stat().st_mtime > LEFT_BEHIND:
            half.unlink(missing_ok=True)
    there = {task: kept(task, folder) for task in tasks}
    missing: SimpleQueue[Task] = SimpleQueue()
    for task, outcome in there.items():
        if outcome is None:
            missing.put(task)
        else:
            on_outcome(outcome)
    crew = _Crew(missing, folder, on_outcome)
    crew.work(min(workers, missing.qsize()))
    made = crew.made
    return [there[task] or made[task] for task in tasks]


def kept(task: Task, folder: Path) -> Outcome | None:
    """Return the outcome of a plan that is there, whole, and made from the same; else None."""
    try:
        held = json.loads(task.file(folder).read_text(encoding="utf-8"))
        seal = held.pop(SEAL)
        plan = held["plan"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    if seal != _seal(held) or held["made_from"] != task.made_from():
        return None
    return Outcome(task.name, task.kind, plan["status"], plan["cost"], plan["bound"], made=False)


def make(task: Task, folder: Path) -> Outcome:
    """Plan, check and keep one district. Raises Broken when the plan does not pass the checker."""
    from footpath.planning.budget import Budget  # noqa: PLC0415 - the parent never plans
    from footpath.planning.checking import check  # noqa: PLC0415

    kind = KINDS[task.kind]
    problem = kind.asked(task.source)
    plan = kind.planner(
        problem, backend=task.backend, seed=task.seed, budget=Budget(work=task.work)
    )
    against = check(plan, problem)
    if against:
        raise Broken(f"the checker refuses the plan: {against[0]}")
    held = {"made_from": task.made_from(), "plan": json.loads(files.dumps(plan))}
    files.write_text(task.file(folder), _text(held | {SEAL: _seal(held)}))
    return Outcome(task.name, task.kind, plan.status, plan.cost, plan.bound, made=True)


def _text(held: dict[str, Any]) -> str:
    return json.dumps(held, ensure_ascii=False, separators=(",", ":")) + "\n"


def _seal(held: dict[str, Any]) -> str:
    return hashlib.sha256(_text(held).encode()).hexdigest()


# --- the processes --------------------------------------------------------------------------------


class _Crew:
    """Worker processes that take one task after the other; each is led by a thread here."""

    def __init__(
        self, missing: SimpleQueue[Task], folder: Path, on_outcome: Callable[[Outcome], None]
    ) -> None:
        self.missing = missing
        self.folder = folder
        self.on_outcome = on_outcome
        self.made: dict[Task, Outcome] = {}
        self.wrong: list[str] = []
        self.lock = threading.Lock()
        self.processes: list[subprocess.Popen[str]] = []

    def work(self, workers: int) -> None:
        """Have so many processes do it all; end them at once when anything goes wrong."""
        threads = []
        try:
            for _ in range(workers):
                process = self._process()
                threads.append(threading.Thread(target=self._lead, args=(process,), daemon=True))
                threads[-1].start()
            for thread in threads:
                thread.join()
        finally:
            for process in self.processes:
                process.kill()
                process.communicate()
        if self.wrong:
            raise Broken(self.wrong[0])

    def _process(self) -> subprocess.Popen[str]:
        process = subprocess.Popen(  # noqa: S603 - our own module, by our own Python
            [sys.executable, "-m", __spec__.name, str(self.folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            start_new_session=True,  # Ctrl+C reaches the parent alone
        )
        self.processes.append(process)
        return process

    def _lead(self, process: subprocess.Popen[str]) -> None:
        """Hand out tasks to one process until there are none, or something is wrong."""
        for task in self._tasks():
            said = _ask(process, task)
            with self.lock:
                if isinstance(said, str):
                    self.wrong.append(f"{task.name}, {task.kind}: {said}.")
                    return
                self.made[task] = said
                self.on_outcome(said)

    def _tasks(self) -> Iterator[Task]:
        while not self.wrong:
            try:
                yield self.missing.get_nowait()
            except Empty:
                return


def _ask(process: subprocess.Popen[str], task: Task) -> Outcome | str:
    """Have a process make one plan; return what became of it, or what went wrong."""
    try:
        print(json.dumps(asdict(task)), file=process.stdin, flush=True)
        said = json.loads(process.stdout.readline() if process.stdout else "")
    except (OSError, ValueError):
        return "the process that planned it has ended"
    return said["wrong"] if "wrong" in said else Outcome(**said)


def serve(tasks: IO[str], answers: IO[str], folder: Path) -> None:
    """Make one plan for each line of ``tasks``, until there are no more."""
    for line in tasks:
        try:
            said = asdict(make(Task(**json.loads(line)), folder))
        except (Broken, ValueError, OSError) as wrong:
            said = {"wrong": str(wrong).rstrip(".")}
        print(json.dumps(said), file=answers, flush=True)


if __name__ == "__main__":
    serve(sys.stdin, sys.stdout, Path(sys.argv[1]))
