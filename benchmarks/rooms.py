"""How one room is measured: in a process of its own on each engine, by the clock and its processor.

A module of a room has ``measure``, which prints its figures as JSON on its last line; they stand
beside the others in ``benchmarks/results.json``.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

TIMES = 100


@dataclass(frozen=True)
class Measured:
    """One figure: its name, how many things it is about, and the value."""

    name: str
    size: int
    value: float
    unit: str
    p50_ms: float | None = None
    p95_ms: float | None = None


def on_each_engine(module: str, about: str, *, described: str | None) -> None:
    """Let ``measure`` of a module work on a new database of each engine, and write the results."""
    from benchmarks.__main__ import ENGINES, Figure, database, merge, run, say, table

    parser = argparse.ArgumentParser(description=described)
    parser.add_argument("--engines", default=",".join(ENGINES))
    chosen = parser.parse_args()
    figures = []
    for engine in chosen.engines.split(","):
        with (
            tempfile.TemporaryDirectory(prefix="footpath-bench-") as folder,
            database(engine, Path(folder)) as environment,
        ):
            say(f"{engine}: {about}")
            run(environment, "-m", "footpath", "migrate")
            code = f"import django; django.setup(); from {module} import measure; measure()"
            said = run(environment, "-c", code)
        figures += [
            Figure(engine=engine, baseline=None, ratio=None, **row)
            for row in json.loads(said.splitlines()[-1])
        ]
    merge(figures)
    print(table(figures))


def timed(
    name: str, size: int, ask: Callable[[], object], *, worst: bool = False
) -> list[Measured]:
    """Return how long something takes in this process, by the clock and on the processor.

    By the clock the median, or the slowest twentieth; on the processor the mean, which does not
    depend on what else the machine does.
    """
    for _ in range(5):
        ask()
    taken = []
    processor = time.process_time()
    for _ in range(TIMES):
        begin = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - begin) * 1000)
    cpu = round((time.process_time() - processor) * 1000 / TIMES, 2)
    taken.sort()
    p50, p95 = round(taken[TIMES // 2], 2), round(taken[TIMES * 95 // 100], 2)
    return [
        Measured(name, size, p95 if worst else p50, "ms", p50, p95),
        Measured(name.removesuffix("_ms") + "_cpu_ms", size, cpu, "ms of this process"),
    ]
