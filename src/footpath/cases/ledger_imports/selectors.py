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
    """Return a page of imports, the newest first; NotThere for whoever may not import."""
    if not may(person, "cases.import"):
        raise NotThere
    rows = LedgerImport.objects.select_related("started_by").defer("problems", "mapping")
    return page_of(rows, order=_NEWEST, after=after, size=size)


def get_import_for(person: Person, *, pk: int) -> LedgerImport:
    """Return an import; NotThere when there is none or the person may not import."""
    if not may(person, "cases.import"):
        raise NotThere
    found = LedgerImport.objects.select_related("started_by").filter(pk=pk).first()
    if found is None:
        raise NotThere
    return found
