"""Study sessions: how many were held, and how many people they reached. Source: S4.2."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, Sum
from django.db.models.functions import TruncMonth

from footpath.core import clock, tree
from footpath.core.calendar import Month
from footpath.core.paging import Order, Page, page_of
from footpath.directory.models import Area, Organization, Person
from footpath.meetings import rules
from footpath.meetings.models import Duty, Meeting, MeetingQuerySet
from footpath.meetings.selectors.figures import ATTENDED, rates_by_meeting, span_of
from footpath.meetings.selectors.meetings import meetings_for

STUDY = "study"
"""The code of the kind of meeting that is a study session."""

NEWEST_FIRST = Order("starts_at", descending=True, read=datetime.fromisoformat)


@dataclass(frozen=True)
class Reach:
    """How many sessions were held, and how many people they reached.

    Of a session whose heads were counted the heads; of any other whoever attended by the list.
    """

    sessions: int = 0
    people: int = 0

    def __add__(self, other: Reach) -> Reach:
        return Reach(self.sessions + other.sessions, self.people + other.people)


@dataclass(frozen=True)
class Totals:
    """The sessions of a place and below in a period, in all and by unit, organization, month.

    ``by_child`` has the places right below, sorted by name, None for the place itself;
    ``by_organization`` those whose sessions they were, None for none; ``by_month`` in their order.
    """

    all: Reach
    by_child: list[tuple[Area | None, Reach]] = field(default_factory=list)
    by_organization: list[tuple[Organization | None, Reach]] = field(default_factory=list)
    by_month: list[tuple[Month, Reach]] = field(default_factory=list)


def studies_for(
    person: Person,
    *,
    path: str | None,
    first: date,
    last: date,
    organization: Organization | None = None,
) -> MeetingQuerySet:
    """Return the study sessions held in a period (both days included) that a person may read."""
    start, end = span_of((first, last))
    rows = meetings_for(person, path=path, state=rules.State.HELD, kind=STUDY).filter(
        starts_at__gte=start, starts_at__lt=end
    )
    return rows if organization is None else rows.filter(organization=organization)


def totals_of(rows: MeetingQuerySet, area: Area | None) -> Totals:
    """Return the totals of sessions by the child of a place, organization and month; four queries.

    Source: S4.2 (66 sessions reached 3,559 members).
    """
    column = _column_below(area)
    found: dict[tuple[Any, Any, Any], Reach] = defaultdict(Reach)
    counted = (
        rows.order_by()
        .values("organization_id", child=F(column), month=TruncMonth("starts_at"))
        .annotate(sessions=Count("pk"), heads=Sum("headcount"))
    )
    for row in counted:
        key = row["child"], row["organization_id"], row["month"]
        found[key] += Reach(row["sessions"], row["heads"] or 0)
    listed = (
        Duty.objects.filter(
            meeting__in=rows.filter(headcount=None).order_by().values("pk"),
            attendance__in=ATTENDED,
        )
        .order_by()
        .values(
            of=F("meeting__organization_id"),
            child=F(f"meeting__{column}"),
            month=TruncMonth("meeting__starts_at"),
        )
        .annotate(people=Count("pk"))
    )
    for attended in listed:
        key = attended["child"], attended["of"], attended["month"]
        found[key] += Reach(0, attended["people"])
    by_child = _folded(found, lambda key: key[0])
    by_organization = _folded(found, lambda key: key[1])
    by_month = _folded(found, lambda key: Month.of(clock.day_of(key[2])))
    areas = Area.objects.in_bulk([pk for pk in by_child if pk is not None])
    organizations = Organization.objects.in_bulk([pk for pk in by_organization if pk is not None])
    return Totals(
        sum(found.values(), Reach()),
        _named({areas.get(pk): reach for pk, reach in by_child.items()}),
        _named({organizations.get(pk): reach for pk, reach in by_organization.items()}),
        sorted(by_month.items()),
    )


@dataclass(frozen=True)
class Session:
    """A study session in a list, and how many people it reached."""

    meeting: Meeting
    reached: int


def page_of_studies(rows: MeetingQuerySet, *, after: str | None, size: int = 50) -> Page[Session]:
    """Return a page of sessions, the newest first, each with its reach; two queries."""
    rows = rows.select_related("kind", "area", "organization")
    page = page_of(rows, order=NEWEST_FIRST, after=after, size=size)
    return Page(_with_reach(list(page.rows)), page.next_after)


def every_study(rows: MeetingQuerySet, *, at_once: int = 500) -> Iterator[Session]:
    """Yield all sessions by their beginning, for a file; two queries for each five hundred."""
    rows = rows.select_related("kind", "area", "organization").order_by("starts_at", "pk")
    held: list[Meeting] = []
    for meeting in rows.iterator(chunk_size=at_once):
        held.append(meeting)
        if len(held) == at_once:
            yield from _with_reach(held)
            held = []
    yield from _with_reach(held)


def _with_reach(meetings: list[Meeting]) -> list[Session]:
    listed = rates_by_meeting([row.pk for row in meetings if row.headcount is None])
    return [
        Session(row, row.headcount if row.headcount is not None else _part(listed.get(row.pk)))
        for row in meetings
    ]


def _part(rate: Any) -> int:
    return rate.part if rate is not None else 0


def _column_below(area: Area | None) -> str:
    """Return the column of the places right below one; without a place, of the roots."""
    level = len(area.ancestor_ids) if area is not None else 0
    return f"a{min(level, tree.LEVELS - 1)}"


def _folded(found: dict[Any, Reach], key_of: Callable[[Any], Any]) -> dict[Any, Reach]:
    folded: dict[Any, Reach] = defaultdict(Reach)
    for key, reach in found.items():
        folded[key_of(key)] += reach
    return folded


def _named(found: dict[Any, Reach]) -> list[tuple[Any, Reach]]:
    """Return things with their totals sorted by name; nothing named comes first."""
    return sorted(
        found.items(), key=lambda row: ("", 0) if row[0] is None else (row[0].name, row[0].pk)
    )
