"""Guidance: what was answered in sessions, found again by whoever meets the same difficulty.

Guidance given in a coffee is for the grassroots: everybody who is signed in reads the question and
the answer, but not who raised it nor where; the meeting opens for those who may read it. Source:
S0.3.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_

from django.db.models import Q

from footpath.core import textsearch
from footpath.core.paging import Order, Page, page_of
from footpath.directory.models import Person
from footpath.meetings.models import Meeting, MinuteItem, MinuteItemQuerySet
from footpath.meetings.rules.coffee import COFFEE, ItemState
from footpath.meetings.selectors.meetings import visible_to

BY_ANSWER = Order("answered_at", descending=True, read=datetime.fromisoformat)

MOST_WORDS = 12
MOST_COMPARED = 200


@dataclass(frozen=True)
class Guidance:
    """A question and its answer; the meeting only for whoever may read it."""

    pk: int
    question: str
    answer: str
    answered_at: datetime
    meeting: Meeting | None


def guidance_for(person: Person, *, typed: str = "") -> MinuteItemQuerySet:
    """Return the answered items a person may read, found by what was typed; "" is all of them."""
    items = MinuteItem.objects.filter(
        Q(meeting__kind__code=COFFEE)
        | Q(meeting__in=Meeting.objects.filter(visible_to(person)).values("pk")),
        state=ItemState.ANSWERED,
        answered_at__isnull=False,
    )
    return items.matching(typed)


def page_of_guidance(
    person: Person, *, typed: str = "", after: str | None = None, size: int = 30
) -> Page[Guidance]:
    """Return a page of guidance, the latest first; two queries."""
    found = page_of(
        guidance_for(person, typed=typed).select_related("meeting__kind", "meeting__area"),
        order=BY_ANSWER,
        after=after,
        size=size,
    )
    return Page(_shown(person, found.rows), found.next_after)


def similar_guidance(person: Person, typed: str, *, limit: int = 3) -> list[Guidance]:
    """Return answered questions that share words with what is being typed, the likest first.

    Half of the words at least, so that one common word proposes nothing; of the last answers only.
    """
    words = list(dict.fromkeys(word for word in textsearch.tokens(typed) if len(word) > 1))
    words = words[:MOST_WORDS]
    if not words:
        return []
    items = guidance_for(person).filter(reduce(or_, (Q(search__contains=word) for word in words)))
    rows = items.select_related("meeting__kind", "meeting__area").order_by(*BY_ANSWER.terms)
    likest: list[tuple[int, MinuteItem]] = []
    for item in rows[:MOST_COMPARED]:
        known = set(item.search.split())
        shared = sum(word in known for word in words)
        if shared * 2 >= len(words):
            likest.append((shared, item))
    likest.sort(key=lambda found: -found[0])
    return _shown(person, [item for _shared, item in likest[:limit]])


def _shown(person: Person, items: Iterable[MinuteItem]) -> list[Guidance]:
    items = list(items)
    keys = {item.meeting_id for item in items}
    readable = set(
        Meeting.objects.filter(visible_to(person), pk__in=keys).values_list("pk", flat=True)
        if keys
        else ()
    )
    return [
        Guidance(
            item.pk,
            item.text,
            item.answer,
            item.answered_at or item.added_at,
            item.meeting if item.meeting_id in readable else None,
        )
        for item in items
    ]
