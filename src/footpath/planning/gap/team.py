"""Who does the tasks: this process, or worker processes that can be cut off at any moment."""

from __future__ import annotations

import contextlib
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable
from io import FileIO
from pathlib import Path
from typing import Protocol, Self, cast

from footpath.planning.gap.prices import Model, Relaxed
from footpath.planning.gap.search import Search, Task
from footpath.planning.gap.tasks import Told, perform
from footpath.planning.gap.watch import Watch
from footpath.planning.solvers import wire

SOURCES = str(Path(__file__).resolve().parents[3])  # the folder that holds the package
QUIET = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
COMMAND = [sys.executable, "-m", "footpath.planning.gap.worker"]

Hear = Callable[[Told], None]


class Team(Protocol):
    """Does the tasks of a round; the answers are the same whoever does them."""

    def begin(self, model: Model, prices: Relaxed) -> None:
        """Make the problem known."""

    def round(self, tasks: list[Task], hear: Hear, watch: Watch) -> None:
        """Do the tasks until all are done or the watch is over; all that is found is heard."""

    def __enter__(self) -> Self:
        """Take up work."""

    def __exit__(self, *what: object) -> None:
        """Leave off work at once."""


class Alone:
    """This process does one task after the other, each in its share of the time."""

    search: Search

    def __init__(self, watch: Watch) -> None:
        """Look at this watch also where no task is at work."""
        self.patience = Watch(until=watch.until, clock=watch.clock, stopped=watch.stopped)

    def __enter__(self) -> Self:
        """Nothing to take up."""
        return self

    def __exit__(self, *what: object) -> None:
        """Nothing to leave off."""

    def begin(self, model: Model, prices: Relaxed) -> None:
        """Make the problem known."""
        self.search = Search(model, prices, self.patience)

    def round(self, tasks: list[Task], hear: Hear, watch: Watch) -> None:
        """Do the tasks in order."""
        for number, task in enumerate(tasks):
            until = watch.until
            if task.seconds is not None and until is not None:
                until = min(until, watch.clock() + task.seconds / len(tasks))
            own = Watch(task.cells, until, watch.clock, watch.stopped)
            hear(perform(self.search, number, task, own, hear))


class _Mate:
    """One worker process."""

    def __init__(self, inbox: queue.SimpleQueue[tuple[int, Told | None]], number: int) -> None:
        """Start it; it loads what it needs while we go on."""
        path = os.pathsep.join(filter(None, [SOURCES, os.environ.get("PYTHONPATH")]))
        self.process = subprocess.Popen(  # noqa: S603 - our own module, by our own Python
            COMMAND,
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | QUIET | {"PYTHONPATH": path},
        )
        self.inbox, self.number = inbox, number
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        """Pass on what it tells; None once it is gone."""
        answers = cast("FileIO", self.process.stdout)
        with contextlib.suppress(EOFError, OSError, ValueError):
            while True:
                self.inbox.put((self.number, cast("Told", wire.receive(answers))))
        self.inbox.put((self.number, None))

    def send(self, message: object) -> None:
        """Hand over the problem or a task; one that is gone shows itself when it is read."""
        with contextlib.suppress(OSError):
            wire.send(cast("FileIO", self.process.stdin), message)

    def end(self) -> None:
        """Kill it; it has nothing to put in order."""
        self.process.kill()
        self.process.wait()
        self.reader.join()
        for stream in (self.process.stdin, self.process.stdout):
            cast("FileIO", stream).close()


class Together:
    """Worker processes; what one tells is kept even when it is cut off or dies."""

    def __init__(self, workers: int) -> None:
        """Plan with so many workers."""
        self.workers = workers

    def __enter__(self) -> Self:
        """Start the workers."""
        self.inbox: queue.SimpleQueue[tuple[int, Told | None]] = queue.SimpleQueue()
        self.mates = {number: _Mate(self.inbox, number) for number in range(self.workers)}
        return self

    def __exit__(self, *what: object) -> None:
        """Kill the workers."""
        for mate in self.mates.values():
            mate.end()

    def begin(self, model: Model, prices: Relaxed) -> None:
        """Send the problem to every worker."""
        for mate in self.mates.values():
            mate.send((model, prices))

    def round(self, tasks: list[Task], hear: Hear, watch: Watch) -> None:
        """Hand out the tasks as workers get free; a task of a worker that died is left out."""
        waiting = list(enumerate(tasks))
        idle, busy = sorted(self.mates), set[int]()
        while busy or (waiting and idle):
            while waiting and idle:
                busy.add(idle[0])
                self.mates[idle.pop(0)].send(waiting.pop(0))
            told = self._next(watch)
            if told is None:
                return
            number, news = told
            if news is None:
                self.mates.pop(number).end()
                busy.discard(number)
                idle = [mate for mate in idle if mate != number]
                continue
            hear(news)
            if news.done:
                busy.discard(number)
                idle.append(number)

    def _next(self, watch: Watch) -> tuple[int, Told | None] | None:
        """Return the next news; None when time is up or nobody wants it any more."""
        while not watch.over():
            left = 0.1 if watch.until is None else max(0.0, watch.until - watch.clock())
            with contextlib.suppress(queue.Empty):
                return self.inbox.get(timeout=min(0.1, left))
        return None
