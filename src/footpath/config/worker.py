"""The work that pages leave for later, the timetable, and what people are told.

``footpath worker`` does it in a process of its own; ``footpath serve`` keeps such a process beside
it, so that one command is enough. Any number of them may run at once.
"""

from __future__ import annotations

import contextlib
import logging
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from types import FrameType
from typing import Any

LOOK_EVERY_S = 2.0

log = logging.getLogger(__name__)


@contextlib.contextmanager
def beside() -> Iterator[None]:
    """Run the worker as a child process for as long as the block lasts."""
    command = [sys.executable, "-m", "footpath.config.worker", str(os.getpid())]
    process = subprocess.Popen(command)  # noqa: S603
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class Stop:
    """A wish to end that wakes whoever waits; safe to make in the handler of a signal."""

    def __init__(self) -> None:
        self._read, self._write = os.pipe()
        self._wished = False

    def __call__(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        """Wish for the end."""
        self._wished = True
        os.write(self._write, b".")

    @property
    def wished(self) -> bool:
        """Return whether the end is wished for."""
        return self._wished

    def wait(self, seconds: float) -> bool:
        """Wait so long, or until the end is wished for; return whether it is."""
        select.select([self._read], [], [], seconds)
        return self._wished

    def close(self) -> None:
        """Give the pipe back."""
        os.close(self._read)
        os.close(self._write)


def work(server: int | None = None) -> None:
    """Work until SIGTERM or Ctrl+C; with ``server`` also until that parent process has ended.

    The queue and the clock have a thread each: a plan that takes minutes delays no message. What
    is being done is finished first. A second signal ends at once; nothing is lost by it.
    """
    stop = Stop()

    def ask(number: int, frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)
        stop(number, frame)

    before = {number: signal.signal(number, ask) for number in (signal.SIGTERM, signal.SIGINT)}
    clockwork = threading.Thread(target=_keep, args=(stop, _keep_time))
    clockwork.start()
    try:
        queue = Queue(stop)
        while not stop.wished and (server is None or os.getppid() == server):
            _guarded(queue.work)
            stop.wait(LOOK_EVERY_S)
    finally:
        stop()
        clockwork.join()
        stop.close()
        for number, handler in before.items():
            signal.signal(number, handler)


def once() -> None:
    """Do everything that is due now, and end: for a host where ``cron`` is the only clock."""
    stop = Stop()
    Queue(stop).work()
    while _keep_time(stop):
        pass
    Queue(stop).work()  # what the timetable has left for the queue
    stop.close()


class Queue:
    """The tasks that pages leave for later, one after the other.

    Looking is one plain read: an idle worker never takes the writer's lock of SQLite.
    """

    def __init__(self, stop: Stop) -> None:
        from django_tasks_db.management.commands.db_worker import Worker

        from footpath.core import workers

        self._stop = stop
        self._worker: Any = Worker(
            queue_names=["default"],
            interval=0,
            batch=True,
            backend_name="default",
            startup_delay=False,
            max_tasks=1,
            worker_id=workers.me()[-64:],
            excluded_queue_names=[],
        )

    def work(self) -> None:
        """Do what waits, until there is nothing more or the end is wished for."""
        from django_tasks_db.models import DBTaskResult

        while not self._stop.wished and DBTaskResult.objects.ready().exists():
            self._worker.run()


def _keep(stop: Stop, look: Any) -> None:
    """Look again and again until the end is wished for."""
    from django.db import connection

    while not stop.wished:
        _guarded(look, stop)
        stop.wait(LOOK_EVERY_S)
    connection.close()


def _keep_time(stop: Stop) -> int:
    """Do what the timetable has due, plan and send what people are told; returns how much."""
    from footpath.core import clock, timetable, workers
    from footpath.notifications import services

    me = workers.me()
    done = timetable.run_due(clock.now(), me)
    services.plan_due(at=clock.now())
    return done + services.deliver_due(worker=me, now=clock.now, stopping=lambda: stop.wished)


def _guarded(look: Any, *arguments: Any) -> None:
    """Do something with the database as pages do: old connections closed, failures logged."""
    from django.db import DatabaseError, close_old_connections

    close_old_connections()
    try:
        look(*arguments)
    except DatabaseError:
        log.exception("The worker could not reach the database.")
    except Exception:
        log.exception("The worker met an error and goes on.")


def main() -> None:
    """Set Django up and work for the server whose process number is the argument."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "footpath.config.settings")
    django.setup()
    work(int(sys.argv[1]))


if __name__ == "__main__":
    main()
