"""Guidance given in cases, found again by whoever meets the same difficulty. Source: S0.3."""

from __future__ import annotations

from footpath.cases.models import Entry
from footpath.cases.selectors.reading import cases_for
from footpath.core import textsearch
from footpath.directory.models import Person

MOST_LOOKED_AT = 100


def guidance_in_cases(person: Person, typed: str, *, limit: int = 5) -> list[Entry]:
    """Return guidance that holds every word typed, the latest first, with its case and giver.

    Only of cases that the person may read. Two queries at most.
    """
    terms = textsearch.query_terms(typed)
    if not terms:
        return []
    found = Entry.objects.filter(
        deed=Entry.Deed.GUIDED, case__in=cases_for(person).matching(typed).values("pk")
    )
    rows = found.select_related("case", "by").order_by("-at", "-pk")[:MOST_LOOKED_AT]
    return [entry for entry in rows if _holds(entry.text, terms)][:limit]


def _holds(text: str, terms: list[tuple[str, bool]]) -> bool:
    known = set(textsearch.tokens(text))
    return all(
        any(token.startswith(word) for token in known) if is_beginning else word in known
        for word, is_beginning in terms
    )
