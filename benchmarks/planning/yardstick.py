"""Generalised assignment problems of the types c, d and e, as the literature draws them.

Ours runs as its users run it, ``footpath plan gap FILE --seconds 10``; plain HiGHS and CP-SAT get
the usual model and as long, their loading and model building not counted. All are held against one
bound: the one our command proves, which is nowhere below that of the linear relaxation.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from math import log
from pathlib import Path
from random import Random

import numpy as np

from benchmarks.planning import rivals
from benchmarks.planning.measure import Figure, spent
from footpath.planning.gap import GapInstance, check_gap, read_instance
from footpath.planning.gap.plan import GapPlan
from footpath.planning.linear import Arrays, Linear

SHAPES = ((10, 100), (20, 200), (40, 400), (80, 1600))
TYPES = "cde"
LOST = 100.0  # percent, where a tool finds no plan


def text(kind: str, agents: int, jobs: int, seed: int = 1) -> str:
    """Return a problem in the plain text form; the same for the same seed."""
    random = Random(f"{kind} {agents} {jobs} {seed}")
    weight = [[_weight(random, kind) for _ in range(jobs)] for _ in range(agents)]
    cost = [[_cost(random, kind, each) for each in row] for row in weight]
    capacity = [sum(row) * 8 // (10 * agents) for row in weight]
    rows = [[agents, jobs], *cost, *weight, capacity]
    return "".join(" ".join(map(str, row)) + "\n" for row in rows)


def _weight(random: Random, kind: str) -> int:
    if kind == "c":
        return random.randint(5, 25)
    return random.randint(1, 100) if kind == "d" else int(1 - 10 * log(1 - random.random()))


def _cost(random: Random, kind: str, weight: int) -> int:
    if kind == "c":
        return random.randint(10, 50)
    if kind == "d":
        return 111 - weight + random.randint(-10, 10)
    return int(1000 / weight - 10 * random.random())


def model(instance: GapInstance) -> Arrays:
    """Return the usual model: a column for each agent and job."""
    linear = Linear()
    columns = linear.columns(instance.cost.astype(float)).reshape(instance.cost.shape)
    once = linear.rows(np.ones(instance.jobs), 1.0)
    full = linear.rows(np.full(instance.agents, -np.inf), instance.capacity.astype(float))
    agent, job = np.indices(instance.cost.shape).reshape(2, -1)
    linear.entries(once[job], columns.ravel())
    linear.entries(full[agent], columns.ravel(), instance.weight.ravel().astype(float))
    return linear.arrays()


def ours(written: str, seconds: float) -> tuple[float, float, float]:
    """Return cost, bound and CPU seconds of the command; what it wrote is checked first."""
    with tempfile.TemporaryDirectory() as folder:
        file, out = Path(folder) / "jobs.txt", Path(folder) / "agents.txt"
        file.write_text(written)
        command = ["plan", "gap", str(file), "--seconds", str(seconds), "--out", str(out)]
        with spent() as used:
            said = subprocess.run(
                [sys.executable, "-m", "footpath", *command],
                capture_output=True, text=True, check=True,
            ).stdout  # fmt: skip
        agent = tuple(int(line) - 1 for line in out.read_text().split())
    found = re.fullmatch(r"cost=(\S+) bound=(\S+) gap=\S+%\n", said)
    if not found:
        sys.exit(f"plan gap said {said!r}")
    cost, bound = map(float, found.groups())
    wrong = check_gap(GapPlan(cost, bound, 0.0, agent, "gap"), read_instance(written))
    if wrong:
        sys.exit(f"plan gap: the checker refuses the plan: {wrong}")
    return cost, bound, used.cpu_s


def figures(seconds: float, shapes: tuple[tuple[int, int], ...] = SHAPES) -> Iterator[Figure]:
    """Measure all types and shapes; the mean of the gaps, and each gap in the note."""
    gaps: dict[str, list[float]] = {name: [] for name in ("footpath", "highs", "cpsat")}
    notes: dict[str, list[str]] = {name: [] for name in gaps}
    costs: dict[str, list[float | None]] = {name: [] for name in gaps}
    for kind in TYPES:
        for agents, jobs in shapes:
            written = text(kind, agents, jobs)
            print(f"  {kind} {agents} x {jobs}", file=sys.stderr, flush=True)
            cost, bound, _cpu = ours(written, seconds)
            asked = model(read_instance(written))
            found: dict[str, float | None] = {"footpath": cost}
            for rival in ("highs", "cpsat"):
                found[rival] = rivals.ask(rival, asked, seconds).cost
            for name, value in found.items():
                gap = LOST if value is None else 100 * (value - bound) / bound
                gaps[name].append(gap)
                costs[name].append(value)
                notes[name].append(f"{kind}{agents}x{jobs} {gap:.2f}")
    for name, all_gaps in gaps.items():
        suffix = "" if name == "footpath" else f".{name}"
        lost = costs[name].count(None)
        yield Figure(
            f"planning.gap.mean_gap_pct{suffix}", name, len(all_gaps),
            sum(all_gaps) / len(all_gaps), f"% above the bound after {seconds:g} s",
            worst=max(all_gaps),
            proven=sum(gap == 0 for gap in all_gaps),
            cost=None if lost else sum(cost or 0 for cost in costs[name]),
            note=f"{lost} without a plan, counted as {LOST:.0f} %; " + ", ".join(notes[name]),
        )  # fmt: skip
