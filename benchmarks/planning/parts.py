"""The parts of the measurement; each takes how large to make it and gives its figures."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.planning import plain, rivals
from benchmarks.planning.measure import Figure, Memory, median, percentile, spent
from footpath.planning.checking import check
from footpath.planning.kinds import KINDS


@dataclass(frozen=True)
class Size:
    """How much to measure: seeds, repetitions, seconds for a rival, districts, absences."""

    rounds: int = 5
    rival_rounds: int = 5
    rival_seconds: float = 60.0
    districts: int = 10
    many: int = 100
    absences: int = 100
    infeasible: int = 30
    gap_seconds: float = 10.0
    gap_shapes: int = 4
    names: tuple[str, ...] = rivals.NAMES


SMALL = Size(
    rounds=1, rival_rounds=1, rival_seconds=10.0, districts=1, many=2, absences=3, infeasible=6,
    gap_seconds=2.0, gap_shapes=1,
)  # fmt: skip


@dataclass
class Run:
    """One problem planned once."""

    cpu_s: float
    wall_s: float
    first_ms: float
    plan: Any
    problem: Any


def plan_once(kind: str, problem: Any, **options: Any) -> Run:
    """Plan a problem, note when the first usable plan came, and have the checker look at it."""
    first: list[float] = []
    began = time.perf_counter()

    def progress(cost: float, _bound: float, _elapsed: float) -> None:
        if not first and cost < float("inf"):
            first.append(time.perf_counter() - began)

    with spent() as used:
        plan = KINDS[kind].planner(problem, on_progress=progress, **options)
    against = check(plan, problem)
    if against:
        sys.exit(f"{kind}: the checker refuses the plan: {against[0]}")
    return Run(used.cpu_s, used.wall_s, 1000 * (first or [used.wall_s])[0], plan, problem)


def side_by_side(kind: str, name: str, problems: list[list[Any]], size: Size) -> Iterator[Figure]:
    """Measure ours on each list of problems, greedy beside it, and the rivals on plain models.

    A list is one district: one problem, or one for each commune. The rivals get the same rules and
    prices as rows and columns (``benchmarks.planning.plain``), one model after the other.
    """
    plan_once(kind, problems[0][0])  # the worker is warm from here on, as it is in the product
    takes = [[plan_once(kind, problem) for problem in district] for district in problems]
    yield _ours(f"{name}.cpu_s", "footpath, highs", kind, takes)
    yield Figure(
        f"{name}.wall_s", "footpath, highs", len(takes),
        median([sum(run.wall_s for run in take) for take in takes]), "wall seconds a district",
    )  # fmt: skip
    greedy = [
        [plan_once(kind, problem, backend="none") for problem in district] for district in problems
    ]
    yield _ours(f"{name}.cpu_s.greedy", "footpath, none", kind, greedy)
    for rival in size.names if size.rival_rounds else ():
        yield _theirs(f"{name}.cpu_s.{rival}", rival, kind, takes[: size.rival_rounds], size)


def _theirs(name: str, rival: str, kind: str, takes: list[list[Run]], size: Size) -> Figure:
    """Have a rival make the same plans, model by model."""
    used, peaks, whole, first = [], [0.0], [], []
    for take in takes:
        answers = []
        for run in take:
            models = plain.models(kind, run.problem, run.plan)
            answers += [rivals.ask(rival, model, size.rival_seconds) for model in models]
            first.append(answers[-len(models)])
        used.append(sum(answer.cpu_s for answer in answers))
        peaks += [answer.peak_mb for answer in answers]
        whole.append(all(answer.proven for answer in answers))
    costs = [answer.cost for answer in first]
    return Figure(
        name, rival, len(takes), median(used), "CPU seconds a district", worst=max(used),
        proven=sum(whole), cost=None if None in costs else sum(cost or 0 for cost in costs),
        note=f"plain models one after the other, at most {size.rival_seconds:.0f} s each; "
        f"peak {max(peaks):.0f} MB{LEADS if kind == 'assignments' else ''}",
    )  # fmt: skip


LEADS = "; cost: of the leads, which come first"


def _ours(name: str, engine: str, kind: str, takes: list[list[Run]]) -> Figure:
    totals = [sum(run.cpu_s for run in take) for take in takes]
    runs = [run for take in takes for run in take]
    return Figure(
        name, engine, len(runs), median(totals), "CPU seconds a district", worst=max(totals),
        proven=sum(run.plan.status == "proven" for run in runs),
        cost=sum(run.plan.cost for run in runs),
        note=f"{len(takes)} districts; 0 violations under the checker"
        f"{LEADS if kind == 'assignments' else ''}",
    )  # fmt: skip


def assign(size: Size) -> Iterator[Figure]:
    """Hamlet tier: leads and deputies of one district."""
    from benchmarks.planning.district import district

    problems = [[district(seed)] for seed in range(1, size.rounds + 1)]
    yield from side_by_side("assignments", "planning.district.assign", problems, size)
    open_doors = [[district(seed, bound=0.05)] for seed in range(1, size.rounds + 1)]
    few = Size(**vars(size) | {"names": ()})
    yield from side_by_side("assignments", "planning.district.assign_all", open_doors, few)


def households(size: Size) -> Iterator[Figure]:
    """Household tier: the 21 communes of one district."""
    from benchmarks.planning.district import households as communes

    problems = [communes(seed) for seed in range(1, size.rounds + 1)]
    yield from side_by_side("assignments", "planning.district.households", problems, size)


def month(size: Size) -> Iterator[Figure]:
    """One month of meetings of one district."""
    problems = [[KINDS["month"].asked(seed)] for seed in range(1, size.rounds + 1)]
    yield from side_by_side("month", "planning.district.month", problems, size)


def visits(size: Size) -> Iterator[Figure]:
    """One month of visits of one district."""
    problems = [[KINDS["visits"].asked(seed)] for seed in range(1, size.rounds + 1)]
    yield from side_by_side("visits", "planning.district.visits", problems, size)


def first_plan(size: Size) -> Iterator[Figure]:
    """How soon the first usable plan of a district is there, in wall milliseconds."""
    for kind in KINDS:
        plan_once(kind, KINDS[kind].asked(1))  # everything is loaded, as it is in the product
        runs = [plan_once(kind, KINDS[kind].asked(seed)) for seed in range(1, size.rounds + 1)]
        times = [run.first_ms for run in runs]
        name = "planning.first_plan.ms" + ("" if kind == "assignments" else f".{kind}")
        yield Figure(name, "footpath, highs", len(runs), median(times), "ms", worst=max(times))


def repair(size: Size) -> Iterator[Figure]:
    """Somebody who has meetings then is ill from the 10th to the 17th, a hundred times."""
    from footpath.planning.month import repair as mend
    from footpath.planning.month import schedule

    random = Random(10)
    cases = []
    months = [KINDS["month"].asked(seed) for seed in range(1, size.rounds + 1)]
    plans = [schedule(problem) for problem in months]
    for number in range(size.absences):
        problem, plan = months[number % len(months)], plans[number % len(months)]
        cases.append((problem, plan, _illness(random, problem, plan)))
    mend(*cases[0][:2], [cases[0][2]])  # the worker is warm
    for engine, backend in (("footpath, highs", "highs"), ("footpath, none", "none")):
        times, used, found = [], 0.0, []
        for problem, plan, ill in cases:
            with spent() as one:
                fixed = mend(problem, plan, [ill], backend=backend)
            against = check(fixed.plan, fixed.problem)
            if against:
                sys.exit(f"repair: the checker refuses the plan: {against[0]}")
            times.append(1000 * one.wall_s)
            used += one.cpu_s
            found.append(fixed)
        sibling = "" if backend == "highs" else ".greedy"
        yield Figure(
            f"planning.repair.p95_ms{sibling}", engine, len(cases), percentile(times, 95), "ms",
            worst=max(times), proven=sum(fixed.status == "proven" for fixed in found),
            cost=sum(fixed.cost for fixed in found),
            note=f"median {median(times):.1f} ms, {1000 * used / len(cases):.1f} CPU ms each; "
            f"{sum(len(fixed.changes) for fixed in found)} changes in all",
        )  # fmt: skip


def _illness(random: Random, problem: Any, plan: Any) -> Any:
    """Return the absence of somebody who should be at a meeting between the 10th and the 17th."""
    from footpath.planning.month import Absent

    day = {slot.id: slot.day for slot in problem.slots}
    first, last = (min(day.values()).replace(day=number) for number in (10, 17))
    held = {e.meeting for e in plan.entries if e.slot and first <= day[e.slot] <= last}
    chairs = {entry.chair for entry in plan.entries if entry.meeting in held and entry.chair}
    busy = {
        person for meeting in problem.meetings if meeting.id in held for person in meeting.attendees
    }
    return Absent(random.choice(sorted(busy | chairs)), first, last)


def province(size: Size) -> Iterator[Figure]:
    """Ten districts, hamlet tier and month, by one process and its worker; memory of both added."""
    takes = [_province(size.districts) for _ in range(size.rounds)]
    said = takes[0]
    note = f"{size.districts} districts, {said['plans']} plans, one process and one worker"
    yield Figure(
        "planning.province.cpu_s", "footpath, highs", int(said["plans"]),
        median([take["cpu_s"] for take in takes]), "CPU seconds",
        worst=max(take["cpu_s"] for take in takes), proven=int(said["proven"]),
        cost=said["cost"], note=note + ", starting included",
    )  # fmt: skip
    yield Figure(
        "planning.province.peak_mb", "footpath, highs", int(said["plans"]),
        median([take["peak_mb"] for take in takes]), "MB", worst=max(t["peak_mb"] for t in takes),
        note=note + ", the peaks of both added",
    )  # fmt: skip


def _province(districts: int) -> dict[str, float]:
    """Plan so many districts in one process of its own."""
    code = (
        "from benchmarks.planning.parts import plan_districts; import json;"
        f"print(json.dumps(plan_districts({districts})))"
    )
    with spent() as used:
        process = subprocess.Popen(
            [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=_ROOT
        )
        with Memory(process.pid, every=0.05) as memory:
            said, _ = process.communicate()
    if process.returncode:
        sys.exit("planning the province failed")
    return json.loads(said) | {"cpu_s": used.cpu_s, "peak_mb": memory.sum_mb}


_ROOT = Path(__file__).parent.parent.parent


def plan_districts(districts: int) -> dict[str, float]:
    """Plan hamlet tier and month of so many districts, one after the other."""
    plans = [
        plan_once(kind, KINDS[kind].asked(seed)).plan
        for seed in range(1, districts + 1)
        for kind in ("assignments", "month")
    ]
    return {
        "plans": len(plans),
        "proven": sum(plan.status == "proven" for plan in plans),
        "cost": sum(plan.cost for plan in plans),
    }


def many(size: Size) -> Iterator[Figure]:
    """A hundred districts by two workers; killed with its children in the middle and resumed."""
    with tempfile.TemporaryDirectory(prefix="footpath-bench-") as folder:
        command = [
            sys.executable, "-m", "footpath", "plan", "province", "--districts", str(size.many),
            "--workers", "2", "--out", folder,
        ]  # fmt: skip
        with spent() as until:
            first = subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True)
            with Memory(first.pid) as before:
                while first.poll() is None and len(list(Path(folder).glob("*.json"))) < size.many:
                    time.sleep(0.05)
        first.send_signal(signal.SIGKILL)  # after its CPU and that of its children was counted
        first.wait()
        with spent() as since:
            second = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
            )
            with Memory(second.pid) as after:
                said, _ = second.communicate()
    if second.returncode:
        sys.exit("the resumed run failed")
    values = dict(part.split("=") for part in said.split())
    plans = int(values["plans"])
    note = (
        f"{size.many} districts, 2 workers, killed after {values['kept']} of {plans} plans and "
        "resumed"
    )
    yield Figure(
        "planning.province100.cpu_s", "footpath, highs", plans,
        until.cpu_s + since.cpu_s, "CPU seconds",
        proven=int(values["proven"]), cost=float(values["cost"]), note=note,
    )  # fmt: skip
    yield Figure(
        "planning.province100.wall_s", "footpath, highs", plans,
        until.wall_s + since.wall_s, "wall seconds",
        note=note,
    )  # fmt: skip
    peak = max(before.peak_mb, after.peak_mb)
    yield Figure(
        "planning.province100.peak_mb", "footpath, highs", plans, peak, "MB",
        worst=max(before.sum_mb, after.sum_mb),
        note="all processes at one moment; worst: their peaks added",
    )  # fmt: skip


def findings(size: Size) -> Iterator[Figure]:
    """Districts that cannot be covered, months that cannot be held: explained and re-verified."""
    from benchmarks.planning.district import infeasible
    from benchmarks.planning.month import infeasible_month

    for kind, example, home, deed in (
        ("assignments", infeasible, "footpath.planning.assignment.findings", "find"),
        ("month", infeasible_month, "footpath.planning.month.scheduling", "findings"),
    ):
        problems = [example(seed) for seed in range(1, size.infeasible + 1)]
        with timed(home, deed) as times:
            runs = [plan_once(kind, problem) for problem in problems]
        name = "planning.findings.ms" + ("" if kind == "assignments" else f".{kind}")
        yield Figure(
            name, "footpath, highs", len(runs), median(times), "ms a problem", worst=max(times),
            proven=sum(bool(run.plan.findings) for run in runs),
            note="proven: explained, and re-verified by the checker as blocking and minimal",
        )  # fmt: skip


def gap(size: Size) -> Iterator[Figure]:
    """Generalised assignment problems, beside plain HiGHS and plain CP-SAT."""
    from benchmarks.planning import yardstick

    shapes = yardstick.SHAPES[: size.gap_shapes]
    yield from yardstick.figures(size.gap_seconds, shapes)


@contextmanager
def timed(home: str, deed: str) -> Iterator[list[float]]:
    """Collect how many milliseconds each call of a function takes meanwhile."""
    module, times = import_module(home), []
    original = getattr(module, deed)

    def noting(*values: Any, **names: Any) -> Any:
        began = time.perf_counter()
        try:
            return original(*values, **names)
        finally:
            times.append(1000 * (time.perf_counter() - began))

    setattr(module, deed, noting)
    try:
        yield times
    finally:
        setattr(module, deed, original)


PARTS: dict[str, Callable[[Size], Iterator[Figure]]] = {
    "assign": assign,
    "households": households,
    "month": month,
    "visits": visits,
    "repair": repair,
    "first": first_plan,
    "province": province,
    "many": many,
    "findings": findings,
    "gap": gap,
}
