"""The home page: what waits for a person today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q

from footpath.assignments import selectors as assignments
from footpath.assignments.models import DutyList, Plan
from footpath.cases import selectors as cases
from footpath.cases.models import Case, Reminder
from footpath.cases.presenting import Row as CaseRow
from footpath.cases.selectors import reminders
from footpath.core import clock
from footpath.core.figures import Rate
from footpath.directory.models import Person
from footpath.meetings import selectors as meetings
from footpath.meetings.models import Leave, Meeting, MonthPlan
from footpath.meetings.selectors import MyDuty, months
from footpath.web.selectors.leading import Leading, leading_of
from footpath.web.selectors.places import MyPlace, how_places_stand, own_areas

MOST_DUTIES = 20
MOST_PLACES = 8
MOST_WAITING = 8


@dataclass(frozen=True)
class MyDay:
    """The home page of one person on one day."""

    today: date
    now: datetime
    today_duties: tuple[MyDuty, ...]
    next_duty: MyDuty | None
    later_duties: tuple[MyDuty, ...]
    to_keep: tuple[Meeting, ...]
    leaves_to_decide: int
    leaves_to_answer: tuple[Leave, ...]
    attended: Rate
    waiting: tuple[CaseRow, ...]
    more_waiting: bool
    overdue: int
    due_today: int
    places: tuple[MyPlace, ...]
    more_places: bool
    leading: Leading | None
    plans: tuple[Plan, ...]
    months: tuple[MonthPlan, ...]
    tasks: Mapping[str, int]
    reminded: tuple[Reminder, ...]
    away_until: date | None = None
    duties: tuple[DutyList, ...] = ()

    @property
    def meetings_today(self) -> int:
        """Return how many meetings the person attends or keeps today."""
        return len(self.today_duties) + len(self.to_keep)


def my_day(person: Person) -> MyDay:
    """Return what waits for a person today. The number of queries depends on nothing but the roles.

    The counts of the chips are of the cases whose next step is the person's own.
    """
    now, today = clock.now(), clock.today()
    coming = meetings.my_coming_duties(person, now=now, limit=MOST_DUTIES)
    duties_today = [row for row in coming if clock.day_of(row.meeting.starts_at) <= today]
    later = coming[len(duties_today) :]
    begin, end = meetings.span_of((today, today))
    asked = meetings.leaves_to_answer(person, now=now)
    waiting = cases.waiting_for(person, today, MOST_WAITING + 1)
    counted = Case.objects.filter(cases.waits_for(person)).aggregate(
        overdue=Count("pk", filter=Q(due_on__lt=today)),
        due_today=Count("pk", filter=Q(due_on=today)),
    )
    charges = assignments.assignments_of(person, on=today)
    standing = {row.assignment.area_id: row for row in assignments.stands_in_at(person, on=today)}
    own = own_areas(charges, standing.values())
    away = person.absences.in_force(today).first()
    return MyDay(
        today=today,
        now=now,
        today_duties=tuple(duties_today),
        next_duty=later[0] if later and not duties_today else None,
        later_duties=tuple(later if duties_today else later[1:])[:4],
        to_keep=tuple(meetings.meetings_to_keep(person, first=begin, last=end)),
        leaves_to_decide=len(meetings.leaves_to_decide(person, now=now)),
        leaves_to_answer=tuple(row for row in asked if not row.answer),
        attended=_attended_this_year(person, today),
        waiting=tuple(waiting[:MOST_WAITING]),
        more_waiting=len(waiting) > MOST_WAITING,
        overdue=counted["overdue"],
        due_today=counted["due_today"],
        places=how_places_stand(own[:MOST_PLACES], today, standing),
        more_places=len(own) > MOST_PLACES,
        leading=leading_of(person, today),
        tasks=reminders.counts_for(person),
        reminded=tuple(reminders.to_acknowledge(person)),
        away_until=away.until if away is not None else None,
        duties=tuple(assignments.duty_lists_for_roles(charges, on=today)),
        plans=tuple(assignments.plans_to_approve(person)),
        months=tuple(months.months_to_approve(person)),
    )


def _attended_this_year(person: Person, today: date) -> Rate:
    return meetings.attendance_rate(person, (date(today.year, 1, 1), today))
