"""Telling people that a month is published, once, and what changed of what was told."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.urls import reverse

from footpath.core.calendar import Month
from footpath.directory.models import Person
from footpath.meetings import notices
from footpath.meetings import selectors as room
from footpath.meetings.models import MonthLine, MonthPlan
from footpath.meetings.services.months.deciding import STATE
from footpath.meetings.services.months.moving import Moving
from footpath.notifications.services import notify


def published_before(plan: MonthPlan) -> set[int]:
    """Return the meetings of the month that a plan was published for before."""
    rows = MonthLine.objects.filter(plan__state=STATE.PUBLISHED, plan__month=plan.month)
    return set(
        rows.exclude(plan=plan)
        .filter(meeting__in=plan.lines.values("meeting"))
        .values_list("meeting_id", flat=True)
    )


def tell(
    plan: MonthPlan,
    changing: Sequence[Moving],
    told_before: Collection[int],
    now: Mapping[int, set[int]],
    stood_in: Mapping[int, set[int]],
    *,
    at: datetime,
) -> None:
    """Tell everybody once that the month is published; and what has changed of what was told."""
    month = Month.of(plan.month)
    keys = list(plan.lines.values_list("meeting_id", flat=True))
    expected = now if plan.events else room.expected_in(keys)
    people = Person.objects.in_bulk({who for found in expected.values() for who in found})
    for row in changing:
        come, new = now[row.meeting.pk], stood_in.get(row.meeting.pk, set())
        if row.moves and row.meeting.pk in told_before:
            there = [people[pk] for pk in sorted(come - new)]
            notices.tell(there, "meeting.moved", row.meeting, at=at)
        if plan.events or row.meeting.pk in told_before:
            fresh = [people[pk] for pk in sorted(new & come)]
            notices.tell(fresh, "meeting.invited", row.meeting, at=at)
    if not plan.events:
        notify(
            {person.user_id for person in people.values() if person.user_id is not None},
            "month.published",
            key=f"month.published:{plan.area_id}:{month}",
            at=at,
            values={"month": notices.month_of(month), "place": plan.area.name},
            url=reverse("meetings:list", query={"month": str(month)}),
            subject=f"meetings.monthplan:{plan.pk}",
        )
