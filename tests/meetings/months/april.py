"""A district with three hamlets that met in March and are to meet again in April 2026."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from footpath.core import tree
from footpath.core.calendar import Month
from footpath.directory.models import Area, Person
from footpath.meetings.models import Duty, Meeting, MonthPlan, Series
from footpath.meetings.services import months
from tests.world import NOON, World, assign, later, member

APRIL = Month(2026, 4)
EVENING = time(19, 0)


def moment(day: date, hour: time = EVENING) -> datetime:
    """Return a moment in local time."""
    return timezone.make_aware(datetime.combine(day, hour))


class April:
    """Each hamlet meets on one Thursday evening of March: the 5th, the 12th and the 19th."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.district = world.district
        self.deputy = member("Đặng Thị Hoa", world.district_office)
        assign(self.deputy, world.hue, "deputy")
        self.hamlets = [world.hue, world.khanh, world.phuoc]
        self.series: list[Series] = []
        self.march: list[Meeting] = []
        self.meetings: list[Meeting] = []
        for number, hamlet in enumerate(self.hamlets):
            row = self.add_series(hamlet)
            self.series.append(row)
            before = date(2026, 3, 5 + 7 * number)
            self.march.append(self.meeting(hamlet, before, series=row))
            self.meetings.append(self.meeting(hamlet, date(2026, 4, 2 + 7 * number), series=row))

    def add_series(self, area: Area) -> Series:
        """Return a monthly series of a place."""
        return Series.objects.create(
            kind=self.world.cell_meeting,
            area=area,
            path=area.path,
            rrule="FREQ=MONTHLY;BYDAY=1TH",
            first_day=date(2026, 1, 1),
            begins=EVENING,
            convened_by=self.world.office,
            created_at=NOON,
        )

    def meeting(
        self, area: Area, day: date, hour: time = EVENING, minutes: int = 90, **values: Any
    ) -> Meeting:
        """Return a planned meeting with those in charge of its place on the duty list."""
        starts_at = moment(day, hour)
        series = values.get("series")
        made = Meeting.objects.create(
            kind=values.pop("kind", self.world.cell_meeting),
            area=area,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=minutes),
            convened_by=self.world.office,
            occurrence_on=day if series else None,
            **values,
            **tree.ancestor_values(area.path),
        )
        for row in area.assignments.order_by("pk"):
            Duty.objects.get_or_create(
                meeting=made, person=row.person, defaults={"assignment": row}
            )
        return made

    def invite(self, who: Person, *meetings: Meeting) -> None:
        """Put somebody on the duty lists of meetings."""
        for meeting in meetings:
            Duty.objects.get_or_create(meeting=meeting, person=who)

    def start(self, **values: Any) -> MonthPlan:
        """Ask for a plan of April in the district."""
        values.setdefault("area", self.district)
        values.setdefault("month", APRIL)
        values.setdefault("by", self.world.office)
        values.setdefault("at", NOON)
        return months.start_month(**values)

    def make(self, plan: MonthPlan) -> MonthPlan:
        """Let a plan be made, as the worker does."""
        months.make_month(plan=plan, at=later(seconds=1))
        plan.refresh_from_db()
        return plan

    def planned(self, **values: Any) -> MonthPlan:
        """Return a plan that is proposed."""
        return self.make(self.start(**values))

    def published(self, **values: Any) -> MonthPlan:
        """Return a plan that was approved and published."""
        plan = self.planned(**values)
        months.approve_month(plan=plan, by=self.world.office, at=later(seconds=2))
        months.publish_month(plan=plan, by=self.world.office, at=later(seconds=3))
        return plan

    def repair(self, who: Person, first: date, last: date, **values: Any) -> MonthPlan:
        """Return how April changes least when somebody is away."""
        values.setdefault("area", self.district)
        values.setdefault("month", APRIL)
        values.setdefault("by", self.world.office)
        values.setdefault("at", NOON)
        return self.make(months.start_repair(person=who, spans=[(first, last)], **values))

    def days(self, plan: MonthPlan) -> dict[str, str]:
        """Return when each meeting of a plan is to be held, by the short name of its place."""
        return {
            line.meeting.area.short_name: (
                timezone.localtime(line.starts_at).strftime("%d %H:%M") if line.starts_at else ""
            )
            for line in plan.lines.select_related("meeting__area").order_by("meeting_id")
        }
