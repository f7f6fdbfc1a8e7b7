"""The work that pages leave for later: one process beside the server, ended with it."""

from __future__ import annotations

import contextlib
import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterator

LOOK_EVERY_S = 2.0


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


def work_until_orphaned(server: int) -> None:
    """Do what is waiting, then look again every two seconds, until the server has ended.

    Looking is one plain read: an idle worker never takes the writer's lock of SQLite.
    """
    from django.db import DatabaseError, close_old_connections
    from django_tasks_db.management.commands.db_worker import Worker
    from django_tasks_db.models import DBTaskResult

    from footpath.assignments import on_the_day

    worker = Worker(
        queue_names=["default"],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=f"beside-{server}",
        excluded_queue_names=[],
    )
    with contextlib.suppress(DatabaseError):
        on_the_day.catch_up()  # what came due while nobody worked
    while os.getppid() == server:
        close_old_connections()
        try:
            if DBTaskResult.objects.ready().exists():
                worker.run()
        except DatabaseError:
            logging.getLogger(__name__).exception("The worker could not reach the database.")
        time.sleep(LOOK_EVERY_S)


def main() -> None:
    """Set Django up and work for the server whose process number is the argument."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "footpath.config.settings")
    django.setup()
    with contextlib.suppress(KeyboardInterrupt):
        work_until_orphaned(int(sys.argv[1]))


if __name__ == "__main__":
    main()
