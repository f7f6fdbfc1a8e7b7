"""What pages leave for later is done by a process beside the server, and ends with it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from footpath.config import worker
from footpath.directory.imports import run as runs
from footpath.directory.imports import tasks
from footpath.directory.models import ImportRun
from tests.workers import database_url
from tests.world import NOON, World


def _until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
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
