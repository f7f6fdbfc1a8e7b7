"""Warm worker processes, lent to one caller at a time."""

from __future__ import annotations

import atexit
import contextlib
import os
import queue
import subprocess
import sys
import threading
from io import FileIO
from pathlib import Path
from typing import cast

from footpath.planning.solvers import wire
from footpath.planning.solvers.work import Answer, Job, News

PYTHON = [sys.executable]
SOURCES = str(Path(__file__).resolve().parents[3])  # the folder that holds the package
PATIENCE = 60.0  # seconds without a job after which a worker leaves by itself
AT_ONCE = max(2, os.cpu_count() or 1)  # workers at work at once; further callers wait
QUIET = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


class Worker:
    """One process of one back end, and the pipes to it."""

    def __init__(self, backend: str) -> None:
        """Start the process; it loads its solver while the caller goes on."""
        self.backend = backend
        path = os.pathsep.join(filter(None, [SOURCES, os.environ.get("PYTHONPATH")]))
        self.process = subprocess.Popen(  # noqa: S603 - our own module, by our own Python
            [*PYTHON, "-m", "footpath.planning.solvers.worker", backend, str(PATIENCE)],
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | QUIET | {"PYTHONPATH": path},
        )
        self._jobs = cast("FileIO", self.process.stdin)
        self._answers = cast("FileIO", self.process.stdout)
        self._inbox: queue.SimpleQueue[Answer | News | None] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        """Collect what the worker says; None once it is gone."""
        with self._answers, contextlib.suppress(EOFError, OSError, ValueError):
            while True:
                self._inbox.put(cast("Answer | News", wire.receive(self._answers)))
        self._inbox.put(None)

    def send(self, job: Job) -> bool:
        """Hand over a job; return False when the worker is gone."""
        try:
            wire.send(self._jobs, job)
        except OSError:
            return False
        return True

    def stop(self) -> None:
        """Ask the worker to leave off the job it is at; the answer comes all the same."""
        with contextlib.suppress(OSError):
            wire.send(self._jobs, "stop")

    def news(self, timeout: float | None) -> Answer | News | None:
        """Return the next message, None when the worker is gone; raises queue.Empty."""
        return self._inbox.get(timeout=timeout)

    def alive(self) -> bool:
        """Return whether the process still runs."""
        return self.process.poll() is None

    def end(self, patience: float = 0.0) -> None:
        """Close the pipes; kill the process when it has not left within ``patience`` seconds."""
        self._jobs.close()
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._reader.join()

    def forget(self) -> None:
        """In a forked child: let go of the pipes without a word to the parent's worker."""
        for stream in (self._jobs, self._answers):
            stream.close()
        self.process.returncode = 0  # not our child: nothing to wait for


class Pool:
    """The idle workers of this process, by back end."""

    def __init__(self) -> None:
        """Start with none; they are started when first asked for."""
        self._lock = threading.Lock()
        self.idle: list[Worker] = []
        self.lent: list[Worker] = []
        self._places = threading.BoundedSemaphore(AT_ONCE)

    def borrow(self, backend: str) -> Worker:
        """Return a worker, waiting while all places are taken; OSError when none can be started."""
        self._places.acquire()
        try:
            return self._take(backend)
        except OSError:  # no memory or no place for one more process
            self._places.release()
            raise

    def _take(self, backend: str) -> Worker:
        with self._lock:
            gone = [worker for worker in self.idle if not worker.alive()]
            for worker in gone:
                self.idle.remove(worker)
                worker.end()
            fitting = [worker for worker in self.idle if worker.backend == backend]
            if fitting:
                self.idle.remove(fitting[-1])
            worker = fitting[-1] if fitting else Worker(backend)
            self.lent.append(worker)
            return worker

    def give_back(self, worker: Worker, *, usable: bool) -> None:
        """Take a worker back; one that is not usable is ended."""
        with self._lock:
            self.lent.remove(worker)
            if usable:
                self.idle.append(worker)
        if not usable:
            worker.end()
        self._places.release()

    def close(self) -> None:
        """End every worker that is idle, and kill what is still at work."""
        with self._lock:
            idle, self.idle = self.idle, []
            busy = list(self.lent)
        for worker in busy:
            worker.process.kill()
        for worker in idle:
            worker.end(patience=2.0)

    def forget(self) -> None:
        """In a forked child: start anew, the workers belong to the parent."""
        for worker in [*self.idle, *self.lent]:
            worker.forget()
        Pool.__init__(self)


POOL = Pool()
atexit.register(POOL.close)
os.register_at_fork(after_in_child=POOL.forget)
