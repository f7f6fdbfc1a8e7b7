"""Long files are checked and taken in the background, by ``footpath serve`` itself."""

from __future__ import annotations

from django.utils import translation
from django_tasks import task

from footpath.core import clock
from footpath.directory.imports import run as runs
from footpath.directory.models import ImportRun


@task()
def check(run_id: int, language: str) -> None:
    """Check the file of a run."""
    with translation.override(language):
        runs.check_run(run=ImportRun.objects.get(pk=run_id), at=clock.now())


@task()
def take(run_id: int, language: str) -> None:
    """Take the file of a run."""
    with translation.override(language):
        runs.take_run(run=ImportRun.objects.get(pk=run_id), at=clock.now())
