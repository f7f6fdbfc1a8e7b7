"""Reminders, each told once: a meeting of tomorrow, a leave nobody has decided or answered."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.db import transaction

from footpath.core import clock
from footpath.core.timetable import Job
from footpath.core.timetable import register as register_job
from footpath.directory.models import Person
from footpath.meetings import notices, rules, selectors
from footpath.meetings.models import Leave, Meeting

UNDECIDED_WITHIN = 2
"""So many days before a meeting a leave that waits is brought to mind."""


def register() -> None:
    """Register the job: early in the morning, so that the day's digest carries the reminders."""
    register_job(Job("meetings.reminders", remind, daily_at=(time(5, 30),)))


def remind(at: datetime) -> int:
    """Remind of tomorrow's meetings and of leaves that wait; return how many notices are new.

    Safe to repeat: the key of each notice names the meeting, its place in time, and the leave.
    """
    return _of_meetings(at) + _of_leaves(at)


def _of_meetings(at: datetime) -> int:
    tomorrow = clock.day_of(at) + timedelta(days=1)
    start, end = selectors.span_of((tomorrow, tomorrow))
    rows = Meeting.objects.filter(
        state=rules.State.PLANNED, starts_at__gte=start, starts_at__lt=end
    ).select_related("kind", "area")
    meetings = list(rows.order_by("starts_at", "pk"))
    expected = selectors.expected_in([meeting.pk for meeting in meetings])
    people = Person.objects.in_bulk(set().union(*expected.values()) if expected else set())
    told = 0
    for meeting in meetings:
        told += notices.tell(
            [people[pk] for pk in sorted(expected[meeting.pk])],
            "meeting.reminder",
            meeting,
            at=at,
            key=f"before:{meeting.starts_at.isoformat()}",
        )
    return told


@transaction.atomic
def _of_leaves(at: datetime) -> int:
    until = selectors.span_of((clock.day_of(at), clock.day_of(at) + timedelta(UNDECIDED_WITHIN)))[1]
    rows = (
        Leave.objects.filter(
            state=rules.LeaveState.ASKED,
            duty__meeting__state=rules.State.PLANNED,
            duty__meeting__starts_at__gt=at,
            duty__meeting__starts_at__lt=until,
        )
        .select_related(
            "duty__person",
            "duty__meeting__kind",
            "duty__meeting__area",
            "duty__meeting__convened_by",
            "deputy",
        )
        .order_by("duty__meeting__starts_at", "pk")
    )
    told = 0
    for leave in rows:
        meeting, name = leave.duty.meeting, {"person": leave.duty.person.name}
        told += notices.tell(
            selectors.deciders_of(leave, at=at),
            "leave.undecided",
            meeting,
            at=at,
            key=str(leave.pk),
            values=name,
            url=selectors.decide_url(leave),
        )
        if leave.deputy is not None and leave.answer == rules.Answer.NONE:
            told += notices.tell(
                [leave.deputy],
                "leave.deputy_asked",
                meeting,
                at=at,
                key=f"{leave.pk}:again",
                values=name,
                url=selectors.answer_url(leave),
            )
    return told
