"""The coming month of the demonstration: series, its calendar published, one repair proposed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time, timedelta

from footpath.core.calendar import Month
from footpath.directory.models import Area, Person
from footpath.meetings.models import Duty, Meeting, MonthPlan
from footpath.meetings.services import coffee, leave, series
from footpath.meetings.services.months import deciding, making, publishing, starting
from footpath.web.demo import texts
from footpath.web.demo.programme import LOCAL_DAYS, last_planned_day
from footpath.web.demo.stage import Stage, last_moment

DAYS_AWAY = 3


def plan(stage: Stage) -> None:
    """Begin the series, plan and publish the next month, and propose what a leave changes in it."""
    begin_series(stage)
    month = Month.of(last_planned_day(stage.today) + timedelta(days=1))
    if month == Month.of(stage.today):
        month = month.next
    planned = _made(
        starting.start_month(
            area=stage.district, month=month, by=stage.office[1], at=last_moment(stage.today)
        ),
        stage,
    )
    deciding.approve_month(plan=planned, by=stage.office[0], at=last_moment(stage.today))
    publishing.publish_month(plan=planned, by=stage.office[0], at=last_moment(stage.today))
    stage.say(f"month {month}: {planned.lines.count()} meetings planned and published")
    _ask_for_leave(stage, month)
    _send_topics(stage)


def begin_series(stage: Stage) -> None:
    """Begin the monthly meetings of hamlets and communes, and the coffee of every fourth week."""
    first_day = last_planned_day(stage.today) + timedelta(days=1)
    at = last_moment(stage.today)
    for kind, area, day, begins, keeper in _monthly(stage):
        series.create_series(
            kind=stage.kinds[kind],
            area=area,
            rrule=f"FREQ=MONTHLY;BYMONTHDAY={day}",
            first_day=first_day,
            begins=begins,
            minutes=90,
            hall=stage.halls[area.pk],
            agenda=texts.SERIES_AGENDA,
            by=keeper,
            at=at,
        )
    saturday = first_day + timedelta(days=(5 - first_day.weekday()) % 7)
    series.create_series(
        kind=stage.kinds["coffee"],
        area=stage.district,
        rrule="FREQ=MONTHLY;BYDAY=2SA",
        first_day=saturday,
        begins=time(8),
        minutes=120,
        title=texts.COFFEE_TITLE,
        hall=stage.halls[stage.district.pk],
        by=stage.office[0],
        at=at,
    )
    stage.say(f"series: {Meeting.objects.exclude(series=None).count()} meetings, 13 months ahead")


def _monthly(stage: Stage) -> Iterator[tuple[str, Area, int, time, Person]]:
    for index, (commune, hamlet) in enumerate(stage.hamlets):
        begins = time(19 if index % 3 else 18, 0 if index % 2 else 30)
        day = LOCAL_DAYS[index * 7 % len(LOCAL_DAYS)]
        yield "cell", hamlet.area, day, begins, hamlet.officer or commune.head
    for index, commune in enumerate(stage.communes):
        day = LOCAL_DAYS[(index * 5 + 3) % len(LOCAL_DAYS)]
        yield "commune", commune.area, day, time(14), commune.head


def _made(plan: MonthPlan, stage: Stage) -> MonthPlan:
    making.make_month(plan=plan, at=last_moment(stage.today))
    plan.refresh_from_db()
    return plan


def _ask_for_leave(stage: Stage, month: Month) -> None:
    """Let an officer ask for leave from a meeting of the month, and propose what that changes."""
    duty = (
        Duty.objects.filter(
            meeting__state="planned",
            meeting__kind__code="cell",
            meeting__starts_at__date__gte=month.first,
            meeting__starts_at__date__lte=month.last,
            assignment__role="lead",
            elsewhere=None,
        )
        .select_related("meeting", "person")
        .order_by("meeting__starts_at", "pk")
        .first()
    )
    if duty is None:
        return
    at = last_moment(stage.today)
    leave.ask_leave(duty=duty, reason=texts.LEAVE_ASKED, deputy=None, by=duty.person, at=at)
    day = duty.meeting.starts_at.date()
    _made(
        starting.start_repair(
            area=stage.district,
            month=month,
            person=duty.person,
            spans=[(day, min(day + timedelta(days=DAYS_AWAY), month.last))],
            by=stage.office[1],
            at=at,
        ),
        stage,
    )


def _send_topics(stage: Stage) -> None:
    """Send two topics in for the next professional coffee."""
    meeting = (
        Meeting.objects.filter(kind__code="coffee", state="planned").order_by("starts_at").first()
    )
    if meeting is None:
        return
    for text in texts.TOPICS_SENT_IN:
        coffee.send_topic(
            meeting=meeting, text=text, by=stage.office[0], at=last_moment(stage.today)
        )
