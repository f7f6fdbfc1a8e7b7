"""The month of a district: planned, pinned, planned again, approved, published, repaired."""

from __future__ import annotations

from datetime import date, time

import pytest

from footpath.meetings.models import Duty, Hall, Meeting, MonthLine, MonthPlan
from footpath.meetings.services import months
from tests.meetings.months.april import April, moment
from tests.world import NOON, later

pytestmark = pytest.mark.django_db

CHANGE = MonthLine.Change


def test_meetings_stay_where_last_month_had_them(april: April) -> None:
    plan = april.planned()
    assert (plan.state, plan.status, plan.error) == (MonthPlan.State.PROPOSED, "proven", "")
    assert april.days(plan) == {
        "Tân Huề": "02 19:00",
        "Vĩnh Khánh": "09 19:00",
        "Phước Hòa": "16 19:00",
    }
    assert plan.figures["kept"] == 3


def test_nobody_is_planned_into_two_places(april: April) -> None:
    for row in april.meetings[1:]:
        row.delete()
    other = april.meeting(april.hamlets[1], date(2026, 4, 2), series=april.series[1])
    april.invite(april.world.boss, april.meetings[0], other)
    plan = april.planned()
    days = april.days(plan)
    assert sorted(days) == ["Tân Huề", "Vĩnh Khánh"]
    assert days["Tân Huề"] == "02 19:00"
    assert days["Vĩnh Khánh"] == "09 19:00"  # where March had it


def test_a_meeting_elsewhere_is_in_the_way(april: April) -> None:
    elsewhere = april.meeting(april.world.province, date(2026, 4, 2), time(18, 0))
    april.invite(april.world.officer, elsewhere)
    plan = april.planned()
    assert not april.days(plan)["Tân Huề"].startswith("02")
    line = plan.lines.get(meeting=april.meetings[0])
    assert line.change == CHANGE.MOVED
    assert [reason["code"] for reason in line.why] == ["busy"]


def test_pin_plan_again_approve_publish(april: April) -> None:
    office = april.world.office
    plan = april.planned()
    months.pin_meeting(
        plan=plan,
        meeting=april.meetings[0],
        starts_at=moment(date(2026, 4, 7), time(19, 30)),
        by=office,
        at=NOON,
    )
    following = april.make(months.plan_again(plan=plan, by=office, at=NOON))
    assert april.days(following)["Tân Huề"] == "07 19:30"
    months.approve_month(plan=following, by=office, at=later(minutes=1))
    assert months.publish_month(plan=following, by=office, at=later(minutes=2))
    moved = Meeting.objects.get(pk=april.meetings[0].pk)
    assert (moved.starts_at, moved.sequence) == (moment(date(2026, 4, 7), time(19, 30)), 1)
    assert not months.publish_month(plan=following, by=office, at=later(minutes=3))
    moved.refresh_from_db()
    assert moved.sequence == 1


def test_a_repair_finds_who_stands_in(april: April) -> None:
    plan = april.repair(april.world.officer, date(2026, 4, 1), date(2026, 4, 30))
    line = plan.lines.get()
    assert (line.meeting, line.change) == (april.meetings[0], CHANGE.STOOD_IN)
    assert line.stand_ins == [{"for": april.world.officer.pk, "by": april.deputy.pk}]
    months.approve_month(plan=plan, by=april.world.office, at=later(minutes=1))
    assert months.publish_month(plan=plan, by=april.world.office, at=later(minutes=2))
    duty = Duty.objects.get(meeting=april.meetings[0], person=april.world.officer)
    assert duty.attendance == "excused"  # the deputy attends by a duty of their own


def test_a_repair_moves_a_meeting_whose_lead_nobody_can_stand_in_for(april: April) -> None:
    plan = april.repair(april.world.second, date(2026, 4, 8), date(2026, 4, 10))
    line = plan.lines.get()
    assert (line.meeting, line.change, line.stand_ins) == (april.meetings[1], CHANGE.MOVED, [])
    assert plan.status == "proven"


def test_leave_from_a_meeting_holds_nobody_elsewhere_and_takes_no_hall(april: April) -> None:
    hall = Hall.objects.create(area=april.world.hue, name="Culture house")
    Meeting.objects.filter(pk=april.meetings[0].pk).update(hall=hall)
    duties = Duty.objects.filter(meeting=april.meetings[0], person=april.world.officer)
    duties.update(attendance="excused", reason="A wedding.")
    plan = april.planned()
    assert plan.figures["kept"] == 3  # the meeting itself is not in its own way
    april.invite(april.world.officer, april.meetings[1])
    other = april.planned()
    months.pin_meeting(
        plan=other,
        meeting=april.meetings[1],
        starts_at=moment(date(2026, 4, 2), time(18, 0)),
        by=april.world.office,
        at=NOON,
    )
    following = april.make(months.plan_again(plan=other, by=april.world.office, at=NOON))
    line = following.lines.get(meeting=april.meetings[1])
    assert line.change == CHANGE.NOT_HELD  # the officer has leave at that time
