"""The worker process: ``python -m footpath.planning.solvers.worker highs 60``.

Reads jobs from its standard input and answers on its standard output, one at a time, until the
input ends; then it is gone, in the middle of a job too. It leaves by itself when nobody has asked
for anything in a while. Whatever a solver prints goes to standard error, never between messages.
"""

from __future__ import annotations

import os
import queue
import resource
import signal
import sys
import threading
import time
from importlib import import_module
from io import FileIO
from typing import TYPE_CHECKING

from footpath.planning.solvers import wire
from footpath.planning.solvers.work import Answer, Job, News

if TYPE_CHECKING:
    from footpath.planning.linear import Floats

GRACE = 1.0  # seconds to end in order once the input has ended
BEAT = 0.05  # seconds between two pieces of news without a new plan


class _Desk:
    """The worker's side of the pipes: jobs come in, news and answers go out."""

    def __init__(self, jobs: FileIO, answers: FileIO) -> None:
        self.jobs: queue.Queue[Job | None] = queue.Queue()
        self.answers = answers
        self.stopped = threading.Event()
        self.ended = threading.Event()
        self.told = 0.0
        threading.Thread(target=self._read, args=(jobs,), daemon=True).start()

    def _read(self, jobs: FileIO) -> None:
        """Take jobs and calls to stop, also in the middle of a job."""
        try:
            while True:
                message = wire.receive(jobs)
                if isinstance(message, Job):
                    self.stopped.clear()
                    self.jobs.put(message)
                else:
                    self.stopped.set()
        except EOFError:
            self.stopped.set()
            self.jobs.put(None)
            if not self.ended.wait(GRACE):  # pragma: no cover - dies before it is written
                os._exit(1)

    def report(self, cost: float, bound: float, values: Floats | None) -> bool:
        """Pass on what is new; return whether to go on."""
        now = time.monotonic()
        if values is not None or now - self.told >= BEAT:
            self.told = now
            wire.send(self.answers, News(cost, bound, values))
        return not self.stopped.is_set()


def serve(backend: str, patience: float, jobs: FileIO, answers: FileIO) -> None:
    """Answer jobs with one back end until there are no more, or none for ``patience`` seconds."""
    run = import_module(f"footpath.planning.solvers.{backend}").run
    desk = _Desk(jobs, answers)
    spent = 0.0
    while True:
        try:
            job = desk.jobs.get(timeout=patience)
        except queue.Empty:
            break
        if job is None:
            break
        try:
            answer: Answer = run(job, desk.report)
        except ValueError as refused:
            answer = Answer("nothing", None, float("-inf"), 0, timely=True, error=str(refused))
        del job
        total = time.process_time()
        answer.cpu_s, spent = total - spent, total
        answer.peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        wire.send(answers, answer)
        del answer
    desk.ended.set()


def main() -> None:
    """Keep the pipes to ourselves and serve."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what Ctrl+C means
    jobs, answers = FileIO(os.dup(0), "rb"), FileIO(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(2, 1)
    try:
        serve(sys.argv[1], float(sys.argv[2]), jobs, answers)
    except BrokenPipeError:  # pragma: no cover - dies before its coverage is written
        os._exit(1)  # nobody is left to tell


if __name__ == "__main__":
    main()
