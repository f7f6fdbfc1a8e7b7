"""What pages leave for later is done by a process beside the server, and ends with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime
from datetime import time as clock_time
from pathlib import Path

import pytest
from click.testing import CliRunner
from django import db
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from footpath.config import worker
from footpath.config.cli import cli
from footpath.core import timetable
from footpath.directory.imports import run as runs
from footpath.directory.imports import tasks
from footpath.directory.models import ImportRun
from tests.workers import database_url
from tests.world import NOON, World


def _until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.mark.django_db(transaction=True)
def test_the_worker_checks_a_file_and_ends_with_the_server(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World()
    file = SimpleUploadedFile("a.csv", b"code,name,tier,parent\n28804-77,B,hamlet,28804\n")
    run = runs.start_run(kind="areas", upload=file, wished_map="", by=world.administrator, at=NOON)
    monkeypatch.setenv("FOOTPATH_DATABASE_URL", database_url())
    monkeypatch.setenv("FOOTPATH_DATA_DIR", str(settings.DATA_DIR))
    tasks.check.enqueue(run.pk, "en")
    with worker.beside():
        _until(lambda: ImportRun.objects.get(pk=run.pk).state == "checked")
    assert ImportRun.objects.get(pk=run.pk).created == 1


def test_a_worker_whose_server_was_killed_ends_by_itself(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FOOTPATH_DATABASE_URL", f"sqlite:///{tmp_path}/empty.sqlite3")
    monkeypatch.setenv("FOOTPATH_DATA_DIR", str(tmp_path))
    program = """
import time
from footpath.config import worker
with worker.beside():
    time.sleep(60)
"""
    command = [sys.executable, "-c", program]
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children")
    _until(lambda: bool(children.read_text().strip()))
    child = int(children.read_text().split()[0])
    server.kill()
    server.wait()

    def is_gone() -> bool:
        try:
            os.kill(child, 0)
        except ProcessLookupError:
            return True
        status = Path(f"/proc/{child}/stat")
        return status.exists() and status.read_text().rpartition(")")[2].split()[0] == "Z"

    _until(is_gone)


# --- the command ----------------------------------------------------------------------------------


class Steps:
    """Counts what a worker would do, in place of doing it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *fail: Exception) -> None:
        self.looks = 0
        self._fail = list(fail)
        monkeypatch.setattr(db, "close_old_connections", lambda: None)  # may be a former test's
        monkeypatch.setattr(worker, "LOOK_EVERY_S", 0.01)
        monkeypatch.setattr(worker, "_keep_time", self._look)
        monkeypatch.setattr(worker.Queue, "work", lambda _queue: None)

    def _look(self, _stop: worker.Stop) -> int:
        self.looks += 1
        if self._fail:
            raise self._fail.pop()
        return 0


def test_a_worker_ends_cleanly_on_a_signal(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = Steps(monkeypatch)
    looked = steps._look

    def told_at_the_second_look(stop: worker.Stop) -> int:
        looked(stop)
        if steps.looks == 2:
            os.kill(os.getpid(), signal.SIGTERM)
        return 0

    monkeypatch.setattr(worker, "_keep_time", told_at_the_second_look)
    before = signal.getsignal(signal.SIGTERM)
    worker.work()
    assert steps.looks >= 2
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_worker_that_meets_an_error_goes_on(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    steps = Steps(monkeypatch, LookupError(), DatabaseError())
    monkeypatch.setattr(os, "getppid", lambda: 17 if steps.looks < 4 else 1)
    worker.work(17)
    assert steps.looks >= 4
    assert "could not reach the database" in caplog.text
    assert "met an error and goes on" in caplog.text


def test_a_wish_to_end_wakes_whoever_waits() -> None:
    stop = worker.Stop()
    assert not stop.wait(0)
    threading.Timer(0.05, stop).start()
    began = time.monotonic()
    assert stop.wait(30)
    assert time.monotonic() - began < 10
    assert stop.wished
    stop.close()


@pytest.mark.django_db(transaction=True)
def test_with_nothing_due_a_worker_only_reads() -> None:
    World()
    stop = worker.Stop()
    queue = worker.Queue(stop)
    worker._keep_time(stop)
    queue.work()  # the first look writes down from where the timetable counts
    with CaptureQueriesContext(connection) as asked:
        worker._keep_time(stop)
        queue.work()
    stop.close()
    assert len(asked.captured_queries) <= 6
    assert {query["sql"].split()[0] for query in asked.captured_queries} == {"SELECT"}


@pytest.mark.django_db(transaction=True)
def test_once_does_everything_that_is_due_and_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[datetime] = []
    monkeypatch.setattr(timetable, "_jobs", {})
    timetable.register(
        timetable.Job("test", done.append, daily_at=(clock_time(0),), from_the_start=True)
    )
    world = World()
    file = SimpleUploadedFile("a.csv", b"code,name,tier,parent\n28804-77,B,hamlet,28804\n")
    run = runs.start_run(kind="areas", upload=file, wished_map="", by=world.administrator, at=NOON)
    tasks.check.enqueue(run.pk, "en")
    assert CliRunner().invoke(cli, ["worker", "--once"]).exit_code == 0
    assert ImportRun.objects.get(pk=run.pk).state == "checked"
    assert len(done) == 1
    assert CliRunner().invoke(cli, ["worker", "--once"]).exit_code == 0
    assert len(done) == 1


def test_the_command_works_until_it_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    worked: list[bool] = []
    monkeypatch.setattr(worker, "work", lambda: worked.append(True))
    assert CliRunner().invoke(cli, ["worker"]).exit_code == 0
    assert worked == [True]


def test_a_worker_that_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[str] = []

    class Deaf:
        def terminate(self) -> None:
            ended.append("asked")

        def wait(self, timeout: float | None = None) -> None:
            if timeout is not None:
                raise subprocess.TimeoutExpired("worker", timeout)

        def kill(self) -> None:
            ended.append("killed")

    monkeypatch.setattr(subprocess, "Popen", lambda _command: Deaf())
    with worker.beside():
        pass
    assert ended == ["asked", "killed"]
