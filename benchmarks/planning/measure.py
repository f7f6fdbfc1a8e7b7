"""CPU seconds and memory of this process and of all it started, and figures with a name."""

from __future__ import annotations

import json
import os
import resource
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

RESULTS = Path(__file__).parent.parent / "results.json"
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Figure:
    """One measured figure. ``engine`` says who planned, ``size`` how many plans were made.

    ``value`` is the median of them and ``worst`` the most; ``proven`` of ``size`` were proven
    optimal; ``cost`` is the sum of the plans' costs, to be compared within one name only.
    """

    name: str
    engine: str
    size: int
    value: float | None
    unit: str
    worst: float | None = None
    proven: int | None = None
    cost: float | None = None
    note: str = ""


def keep(figures: list[Figure], file: Path = RESULTS) -> None:
    """Merge the figures into the results: those of the same name and engine are replaced."""
    new = {(figure.name, figure.engine) for figure in figures}
    held = json.loads(file.read_text()) if file.exists() else []
    held = [row for row in held if (row["name"], row["engine"]) not in new]
    rows = held + [asdict(figure) for figure in figures]
    file.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n")


def median(values: list[float]) -> float:
    """Return the middle value; of an even number the lower of the two."""
    return sorted(values)[(len(values) - 1) // 2]


def percentile(values: list[float], percent: int) -> float:
    """Return the value that so many percent of the values do not exceed."""
    return sorted(values)[max(0, -(-len(values) * percent // 100) - 1)]


def cpu_seconds() -> float:
    """Return the CPU seconds of this process, of those that ended, and of those still running."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    running = sum(_used(pid) for pid in descendants(os.getpid()))
    return time.process_time() + ended.ru_utime + ended.ru_stime + running


def _used(pid: int) -> float:
    """Return the CPU seconds of a running process and of its own ended children."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0.0
    times = text.rpartition(")")[2].split()[11:15]
    return sum(map(int, times)) / TICKS


def descendants(pid: int) -> Iterator[int]:
    """Yield the processes started by this one, and by those in turn."""
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
    except OSError:
        return
    for thread in threads:
        try:
            children = (thread / "children").read_text().split()
        except OSError:
            continue
        for child in map(int, children):
            yield child
            yield from descendants(child)


@dataclass
class Spent:
    """What something took: CPU and wall seconds, and the peak of memory where it was watched."""

    cpu_s: float = 0.0
    wall_s: float = 0.0
    peak_mb: float = 0.0


@contextmanager
def spent() -> Iterator[Spent]:
    """Measure the block: CPU of this process and of its workers."""
    found = Spent()
    cpu, wall = cpu_seconds(), time.perf_counter()
    try:
        yield found
    finally:
        found.cpu_s, found.wall_s = cpu_seconds() - cpu, time.perf_counter() - wall


@dataclass
class Memory:
    """Watches a process and all it starts; ``peak_mb`` is the most they held at one moment.

    Counted as proportional set size, so that what two processes share counts once. ``sum_mb`` adds
    the peaks of each process, whenever they were: the stricter figure.
    """

    pid: int
    every: float = 0.1
    peak_mb: float = 0.0
    peaks: dict[int, float] = field(default_factory=dict)
    _end: threading.Event = field(default_factory=threading.Event)

    @property
    def sum_mb(self) -> float:
        """Return the sum of the peaks of the processes."""
        return sum(self.peaks.values())

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, what: BaseException | None, at: TracebackType | None
    ) -> None:
        self._end.set()
        self._thread.join()

    def _watch(self) -> None:
        while True:
            now = 0.0
            for pid in [self.pid, *descendants(self.pid)]:
                now += _megabytes(pid, "smaps_rollup", "Pss:")
                peak = _megabytes(pid, "status", "VmHWM:")
                self.peaks[pid] = max(self.peaks.get(pid, 0.0), peak)
            self.peak_mb = max(self.peak_mb, now)
            if self._end.wait(self.every):
                return


def _megabytes(pid: int, file: str, line: str) -> float:
    try:
        text = Path(f"/proc/{pid}/{file}").read_text()
    except OSError:
        return 0.0
    for each in text.splitlines():
        if each.startswith(line):
            return int(each.split()[1]) / 1024
    return 0.0
