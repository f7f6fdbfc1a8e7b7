"""Looking up halls: where people can meet, and what stands in the way."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Count, Q

from footpath.accounts.permissions import may
from footpath.core import tree
from footpath.core.errors import NotThere
from footpath.core.paging import Order, Page, page_of
from footpath.directory.models import Area, Person
from footpath.meetings import rules
from footpath.meetings.models import Hall, HallClosure, Meeting
from footpath.meetings.selectors.meetings import visible_to

BY_NAME = Order("name")


def halls_for(
    person: Person, area: Area | None, *, after: str | None = None, size: int = 50
) -> Page[Hall]:
    """Return the halls of a place and below, or of everywhere, by name, each with its place.

    Each has ``coming``: how many planned meetings stand in it.
    """
    rows = Hall.objects.select_related("area").annotate(
        coming=Count("meetings", filter=Q(meetings__state=rules.State.PLANNED))
    )
    if area is not None:
        rows = rows.filter(tree.within(area.path, column="area__path"))
    return page_of(rows, order=BY_NAME, after=after, size=size)


def get_hall_for(person: Person, *, pk: int) -> Hall:
    """Return a hall with its place and closures; where the halls are is no secret."""
    found = (
        Hall.objects.select_related("area__tier").prefetch_related("closures").filter(pk=pk).first()
    )
    if found is None or not may(person, "directory.see"):
        raise NotThere
    return found


def halls_near(area: Area | None, *, also: int | None = None) -> list[Hall]:
    """Return the halls that a meeting of a place can use: its own, above it and below it.

    By name; without a place every hall in use. ``also`` keeps one that is used although it is
    no longer chosen.
    """
    rows = Hall.objects.select_related("area")
    use = Q(is_active=True)
    if area is not None:
        below = tree.within(area.path, column="area__path")
        use &= below | Q(area__in=area.ancestor_ids)
    if also is not None:
        use |= Q(pk=also)
    return list(rows.filter(use).order_by("name", "pk"))


def closure_of(hall: Hall, first: date, last: date) -> HallClosure | None:
    """Return the first closure of a hall that shares a day with the span, or None."""
    return hall.closures.filter(first__lte=last, last__gte=first).order_by("first", "pk").first()


def meetings_in_hall(
    hall: Hall, starts_at: datetime, ends_at: datetime, *, besides: Iterable[int] = ()
) -> list[Meeting]:
    """Return the planned meetings that stand in a hall in a span of time, the soonest first."""
    return list(
        Meeting.objects.filter(
            hall=hall,
            state=rules.State.PLANNED,
            starts_at__lt=ends_at,
            ends_at__gt=starts_at,
        )
        .exclude(pk__in=list(besides))
        .select_related("kind", "area")
        .order_by("starts_at", "pk")
    )


def coming_in_hall(person: Person, hall: Hall, *, now: datetime, limit: int = 30) -> list[Meeting]:
    """Return the coming meetings in a hall that a person may read, the soonest first."""
    rows = Meeting.objects.filter(visible_to(person), hall=hall, state=rules.State.PLANNED)
    rows = rows.filter(ends_at__gte=now).select_related("kind", "area")
    return list(rows.order_by("starts_at", "pk")[:limit])
