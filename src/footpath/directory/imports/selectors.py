"""Looking up runs: only for those who may import."""

from __future__ import annotations

from datetime import datetime, timedelta

from footpath.accounts.permissions import may
from footpath.core.errors import NotThere
from footpath.core.paging import Order, Page, page_of
from footpath.directory.imports import run as runs
from footpath.directory.models import ImportRun, Person

SILENT_FOR = timedelta(minutes=10)
"""A run that has said nothing for so long was cut off, for example by a restart."""

_NEWEST = Order("started_at", descending=True, read=datetime.fromisoformat)


def runs_for(person: Person, *, after: str | None = None, size: int = 20) -> Page[ImportRun]:
    """Return a page of runs, the newest first; NotThere for whoever may not import."""
    if not may(person, "directory.import"):
        raise NotThere
    rows = ImportRun.objects.select_related("by").defer("errors", "preview")
    return page_of(rows, order=_NEWEST, after=after, size=size)


def get_run_for(person: Person, *, pk: int) -> ImportRun:
    """Return a run; NotThere when there is none or the person may not import."""
    if not may(person, "directory.import"):
        raise NotThere
    found = ImportRun.objects.select_related("by").filter(pk=pk).first()
    if found is None:
        raise NotThere
    return found


def is_cut_off(run: ImportRun, *, at: datetime) -> bool:
    """Return whether a run that is worked on has said nothing for long."""
    if run.state not in {ImportRun.State.CHECKING, ImportRun.State.TAKING}:
        return False
    return at - (runs.last_sign(run) or run.started_at) > SILENT_FOR
