"""Looking up meetings for somebody: what is not theirs is not there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, Q

from footpath.accounts.permissions import may
from footpath.accounts.rules import READERS
from footpath.core import tree
from footpath.core.calendar import Month
from footpath.core.errors import NotThere
from footpath.core.figures import Rate
from footpath.core.paging import Order, Page, page_of
from footpath.directory.models import Area, Person
from footpath.meetings import rules
from footpath.meetings.models import Duty, Meeting, MeetingKind, MeetingQuerySet, MinuteItem
from footpath.meetings.selectors.figures import rates_by_meeting, span_of

BY_START = Order("starts_at", read=datetime.fromisoformat)


def visible_to(person: Person) -> Q:
    """Return the condition on meetings that a person may read: their places, their duties."""
    condition = Q(convened_by=person)
    condition |= Q(pk__in=Duty.objects.filter(person=person).values("meeting_id"))
    for path in person.scope.paths(READERS):
        if path == "":
            return Q()
        condition |= tree.in_subtree(path)
    return condition


def meetings_for(
    person: Person,
    *,
    path: str | None = None,
    month: Month | None = None,
    state: str | None = None,
    kind: str | None = None,
) -> MeetingQuerySet:
    """Return the meetings of a subtree that a person may read; None is all that is theirs.

    ``state`` and ``kind`` (a code) leave the others out. A subtree that a reading role covers
    needs no further condition, so that the list is read from one index.
    """
    rows = Meeting.objects.select_related("kind", "area")
    if path is not None:
        rows = rows.in_subtree(path)
    if path is None or not person.scope.covers(path, READERS):
        rows = rows.filter(visible_to(person))
    if month is not None:
        start, end = span_of(month)
        rows = rows.filter(starts_at__gte=start, starts_at__lt=end)
    if state:
        rows = rows.filter(state=state)
    if kind:
        rows = rows.filter(kind__code=kind)
    return rows


@dataclass(frozen=True)
class Row:
    """A meeting in a list, with how many of those expected attended."""

    meeting: Meeting
    attended: Rate


def page_of_meetings(rows: MeetingQuerySet, *, after: str | None, size: int = 50) -> Page[Row]:
    """Return a page of meetings by their beginning, each with its attendance; two queries."""
    page = page_of(rows, order=BY_START, after=after, size=size)
    rates = rates_by_meeting([meeting.pk for meeting in page.rows])
    return Page(
        [Row(meeting, rates.get(meeting.pk, Rate(0, 0))) for meeting in page.rows],
        page.next_after,
    )


def get_meeting_for(person: Person, *, pk: int) -> Meeting:
    """Return a meeting the person may read, with duties and items; NotThere otherwise."""
    meeting = (
        Meeting.objects.select_related(
            "kind",
            "area__tier",
            "convened_by",
            "organization",
            "hall",
            "series",
            "extraordinary_by",
        )
        .prefetch_related(
            Prefetch(
                "duties",
                Duty.objects.select_related(
                    "person",
                    "substitute",
                    "assignment__area",
                    "assignment__basis",
                    "elsewhere__kind",
                    "elsewhere__area",
                ).order_by("person__name", "pk"),
            ),
            Prefetch(
                "items",
                MinuteItem.objects.select_related(
                    "case__owner", "added_by", "answered_by", "area", "proposed_owner"
                ),
            ),
        )
        .filter(pk=pk)
        .first()
    )
    if meeting is None or not may(person, "meetings.see", meeting):
        raise NotThere
    return meeting


def upcoming_for(person: Person, *, now: datetime, limit: int = 5) -> list[Meeting]:
    """Return the next meetings a person has the duty to attend, the soonest first."""
    return list(
        Meeting.objects.filter(state=rules.State.PLANNED, ends_at__gte=now, duties__person=person)
        .select_related("kind", "area")
        .order_by("starts_at", "pk")[:limit]
    )


def upcoming_in(person: Person, area: Area, *, now: datetime, limit: int = 5) -> list[Meeting]:
    """Return the next meetings of a place and everything below it that a person may read."""
    rows = meetings_for(person, path=area.path, state=rules.State.PLANNED)
    return list(rows.filter(ends_at__gte=now).order_by("starts_at", "pk")[:limit])


def kinds() -> list[MeetingKind]:
    """Return the kinds of meetings, by code."""
    return list(MeetingKind.objects.all())
