"""Ledgers are checked and taken in the background."""

from __future__ import annotations

from datetime import datetime

from django.utils import translation
from django_tasks import task

from footpath.cases.ledger_imports import run as runs
from footpath.cases.models import LedgerImport
from footpath.core import clock


@task()
def work(run_id: int, language: str) -> None:
    """Check or take the file of an import, whichever it waits for."""
    with translation.override(language):
        run = LedgerImport.objects.select_related("started_by").get(pk=run_id)
        if run.state == runs.State.CHECKING:
            runs.check(run=run)
        elif run.state == runs.State.RUNNING:
            runs.take(run=run, at=clock.now())


def go_on(at: datetime) -> int:
    """Go on with what was cut off, for example by a restart: the job ``cases.imports``."""
    number = 0
    for run in LedgerImport.objects.filter(state__in=runs.WORKING).select_related("started_by"):
        if runs.is_cut_off(run, at=at):
            runs.go_on(run=run, by=None, at=at)
            work.enqueue(run.pk, "en")
            number += 1
    return number
