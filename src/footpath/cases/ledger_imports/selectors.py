"""Looking up imports of ledgers: only for those who may import."""

from __future__ import annotations

from datetime import datetime

from footpath.accounts.permissions import may
from footpath.cases.models import LedgerImport
from footpath.core.errors import NotThere
from footpath.core.paging import Order, Page, page_of
from footpath.directory.models import Person

_NEWEST = Order("started_at", descending=True, read=datetime.fromisoformat)


def imports_for(person: Person, *, after: str | None = None, size: int = 20) -> Page[LedgerImport]:
    """Return a page of imports, the newest first: the person's own, or all for who may read all.

    NotThere for whoever may not import.
    """
    if not may(person, "cases.import"):
        raise NotThere
    rows = LedgerImport.objects.select_related("started_by").defer("problems", "mapping")
    if not may(person, "cases.read_import"):
        rows = rows.filter(started_by=person)
    return page_of(rows, order=_NEWEST, after=after, size=size)


def get_import_for(person: Person, *, pk: int) -> LedgerImport:
    """Return an import; NotThere when there is none, or it shows rows of somebody else's file."""
    found = LedgerImport.objects.select_related("started_by").filter(pk=pk).first()
    if found is None or not may(person, "cases.import"):
        raise NotThere
    if not may(person, "cases.read_import", found):
        raise NotThere
    return found
