"""The search over everything: places, cases, people, guidance and the library."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from footpath.cases import selectors as cases
from footpath.cases.models import Entry
from footpath.cases.presenting import ROW_COLUMNS
from footpath.cases.presenting import rows_of as lines_of_cases
from footpath.core import clock
from footpath.core.paging import Order, Page, page_of
from footpath.directory import selectors as directory
from footpath.directory.models import Area, Person
from footpath.knowledge import selectors as knowledge
from footpath.knowledge.selectors import Asked
from footpath.meetings.selectors.guidance import page_of_guidance

FIRST_FOUND = 5
PAGE = 30


@dataclass(frozen=True)
class FoundPlace:
    """A place that was found, and the places above it in words."""

    area: Area
    above: str


@dataclass(frozen=True)
class Found:
    """One group of what was found: its first rows, and where the following ones begin."""

    rows: Sequence[Any]
    next_after: str | None


@dataclass(frozen=True)
class SearchResult:
    """What was found in each group; None for a group that was not asked for."""

    places: Found | None
    cases: Found | None
    people: Found | None
    guidance: Found | None
    library: Found | None
    in_cases: Sequence[Entry] = ()

    @property
    def nothing(self) -> bool:
        """Return whether nothing was found at all."""
        groups = (self.places, self.cases, self.people, self.guidance, self.library)
        return not (self.in_cases or any(group and group.rows for group in groups))


KINDS = ("places", "cases", "people", "guidance", "library")


def search(person: Person, typed: str, *, kind: str = "", after: str | None = None) -> SearchResult:
    """Return places, cases, people, guidance and what the library has, only what one may see.

    Without a kind the first few of each; with one of KINDS a longer page of it from a position on.
    Diacritics do not matter; C-0388 finds the case of that number. Guidance is that of sessions,
    which everybody reads, and that given in cases the person may read.
    """
    typed = " ".join(typed.split())[:200]
    size = PAGE if kind in KINDS else FIRST_FOUND
    wanted = (kind,) if kind in KINDS else KINDS
    after = after if kind in KINDS else None
    if not typed:
        return SearchResult(None, None, None, None, None)
    return SearchResult(
        _places(person, typed, after, size) if "places" in wanted else None,
        _cases(person, typed, after, size) if "cases" in wanted else None,
        _people(person, typed, after, size) if "people" in wanted else None,
        _guidance(person, typed, after, size) if "guidance" in wanted else None,
        _library(person, typed, after, size) if "library" in wanted else None,
        cases.guidance_in_cases(person, typed) if "guidance" in wanted and not after else (),
    )


def _places(person: Person, typed: str, after: str | None, size: int) -> Found:
    rows = directory.areas_for(person).matching(typed)
    page: Page[Area] = page_of(rows, order=Order("path"), after=after, size=size)
    known = Area.objects.in_bulk({pk for area in page.rows for pk in area.ancestor_ids[:-1]})
    return Found(
        [
            FoundPlace(
                area,
                ", ".join(known[pk].name for pk in reversed(area.ancestor_ids[:-1]) if pk in known),
            )
            for area in page.rows
        ],
        page.next_after,
    )


def _cases(person: Person, typed: str, after: str | None, size: int) -> Found:
    rows = cases.cases_for(person)
    number = re.fullmatch(r"(?:[Cc]-?)?0*([0-9]{1,17})", typed)
    rows = rows.filter(pk=int(number[1])) if number else rows.matching(typed)
    page = page_of(
        rows.values(*ROW_COLUMNS),
        order=Order("raised_at", descending=True, read=datetime.fromisoformat),
        after=after,
        size=size,
    )
    return Found(lines_of_cases(page.rows, clock.today()), page.next_after)


def _people(person: Person, typed: str, after: str | None, size: int) -> Found:
    page = directory.people_for(person, typed=typed, after=after, size=size)
    return Found(page.rows, page.next_after)


def _guidance(person: Person, typed: str, after: str | None, size: int) -> Found:
    page = page_of_guidance(person, typed=typed, after=after, size=size)
    return Found(page.rows, page.next_after)


def _library(person: Person, typed: str, after: str | None, size: int) -> Found:
    page = knowledge.page_of_library(person, Asked(typed), after=after, size=size)
    return Found(page.rows, page.next_after)
