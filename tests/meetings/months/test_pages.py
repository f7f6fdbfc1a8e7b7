"""The pages of months: list, start, progress, proposal, pins, decision, repair."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest
from django.conf import settings as configured
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from footpath.assignments.models import Absence
from footpath.meetings.models import Leave, Meeting, MonthPlan
from tests.meetings.months.april import April
from tests.world import NOON, later

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(april: April, client: Client) -> Client:
    """Return a browser of the district office."""
    client.force_login(april.world.office.user)
    return client


def text(answer: Any) -> str:
    """Return what a page says, in one line."""
    return " ".join(answer.content.decode().split())


def deed(plan: MonthPlan, name: str) -> str:
    """Return the address of a deed on a plan."""
    return reverse("meetings:month-plan-deed", args=[plan.pk, name])


def test_an_empty_list_says_what_to_do(desk: Client) -> None:
    said = text(desk.get(reverse("meetings:months")))
    assert "No month is planned yet" in said
    assert "Plan a month" in said


def test_a_month_is_started_and_shows_how_far_it_is(desk: Client, april: April) -> None:
    address = reverse("meetings:month-new", query={"place": april.district.code})
    assert '<option value="2026-04" selected>' in text(desk.get(address))
    answer = desk.post(address, {"month": "2026-04", "keep": 3, "most_a_day": 1})
    plan = MonthPlan.objects.get()
    assert answer.url == plan.get_absolute_url()
    assert (plan.state, plan.policy["keep"], plan.policy["most_a_day"]) == ("waiting", 3, 1)
    page = text(desk.get(plan.get_absolute_url()))
    assert "Stop and keep the best so far" in page
    part = desk.get(plan.get_absolute_url(), headers={"HX-Request": "true"})
    assert "<html" not in text(part)
    again = desk.post(address, {"month": "2026-04", "keep": 3, "most_a_day": 1}, follow=True)
    assert "has already started a plan for this month" in text(again)
    april.make(plan)
    done = desk.get(plan.get_absolute_url(), headers={"HX-Request": "true"})
    assert done.headers["HX-Refresh"] == "true"


def test_a_month_that_cannot_be_planned_is_refused(desk: Client, april: April) -> None:
    address = reverse("meetings:month-new", query={"place": april.district.code})
    answer = desk.post(address, {"month": "2026-09", "keep": 2, "most_a_day": 2})
    assert answer.status_code == 422
    assert "No meeting of this place is still to come in September 2026." in text(answer)


@pytest.mark.parametrize("view", ["calendar", "hamlets", "officers"])
@pytest.mark.parametrize("language", [code for code, _name in configured.LANGUAGES])
def test_the_proposal_is_shown_in_three_ways_and_four_languages(
    desk: Client, april: April, view: str, language: str
) -> None:
    plan = april.planned()
    desk.cookies[configured.LANGUAGE_COOKIE_NAME] = language
    answer = desk.get(plan.get_absolute_url(), {"view": view})
    assert answer.status_code == 200
    for hamlet in ("Tân Huề", "Vĩnh Khánh", "Phước Hòa"):
        assert hamlet in text(answer)


def test_a_pin_is_noted_and_taken_off_on_the_page(desk: Client, april: April) -> None:
    plan = april.planned()
    meeting = april.meetings[0]
    page = text(desk.get(plan.get_absolute_url(), {"meeting": meeting.pk}))
    assert "Any time but this" in page
    desk.post(
        deed(plan, "pin"),
        {"meeting": meeting.pk, "how": "at", "day": "2026-04-07", "begins": "19:30"},
    )
    assert "Plan again with 1 change" in text(desk.get(plan.get_absolute_url()))
    pin = plan.pins.get()
    desk.post(deed(plan, "unpin"), {"pin": pin.pk})
    assert not plan.pins.exists()
    desk.post(deed(plan, "pin"), {"meeting": meeting.pk, "how": "away"})
    answer = desk.post(deed(plan, "again"))
    following = april.make(MonthPlan.objects.exclude(pk=plan.pk).get())
    assert answer.url == following.get_absolute_url()
    assert april.days(following)["Tân Huề"] != "02 19:00"
    assert "is kept free by a pin" in text(desk.get(following.get_absolute_url()))


def test_approve_and_publish_on_the_page(desk: Client, april: April) -> None:
    plan = april.planned()
    desk.post(deed(plan, "approve"))
    assert "Not yet published" in text(desk.get(plan.get_absolute_url()))
    said = text(desk.post(deed(plan, "publish"), follow=True))
    assert "The month is published." in said
    assert "Published by Lương Minh Vũ" in text(desk.get(reverse("meetings:months")))
    assert "was published already" in text(desk.post(deed(plan, "publish"), follow=True))


def test_a_clash_made_meanwhile_is_named(desk: Client, april: April) -> None:
    blocker = april.meeting(april.world.province, date(2026, 4, 2))
    april.invite(april.world.officer, blocker)
    plan = april.planned()
    desk.post(deed(plan, "approve"))
    line = plan.lines.get(meeting=april.meetings[0])
    assert line.starts_at is not None
    made = april.meeting(april.world.province, date(2026, 4, 3))
    Meeting.objects.filter(pk=made.pk).update(starts_at=line.starts_at, ends_at=line.ends_at)
    april.invite(april.world.officer, made)
    answer = desk.post(deed(plan, "publish"))
    assert answer.status_code == 409
    assert "Lê Thị Mai would be expected in two places" in text(answer)
    assert MonthPlan.objects.get(pk=plan.pk).state == "approved"
    assert Meeting.objects.get(pk=april.meetings[0].pk).starts_at == line.starts_before


def test_a_plan_is_rejected_with_a_reason_only(desk: Client, april: April) -> None:
    plan = april.planned()
    assert desk.post(deed(plan, "reject"), {"reason": " "}).status_code == 422
    desk.post(deed(plan, "reject"), {"reason": "The harvest begins."})
    assert "The harvest begins." in text(desk.get(plan.get_absolute_url()))


def test_a_repair_shows_only_what_changes(desk: Client, april: April) -> None:
    april.published()
    address = reverse("meetings:month-repair", query={"place": april.district.code})
    answer = desk.post(
        address,
        {
            "person_away": april.world.officer.code,
            "month": "2026-04",
            "first": "2026-04-01",
            "last": "2026-04-03",
        },
    )
    plan = april.make(MonthPlan.objects.order_by("-pk").first())
    assert answer.url == plan.get_absolute_url()
    said = text(desk.get(plan.get_absolute_url()))
    assert "Lê Thị Mai is away from 1 April 2026 to 3 April 2026." in said
    assert "Đặng Thị Hoa stands in for Lê Thị Mai." in said
    assert "No repair changes less, proven." in said
    assert plan.lines.count() == 1
    said = text(desk.post(deed(plan, "approve-publish"), follow=True))
    assert "The changes are published." in said


@pytest.mark.parametrize("view", ["calendar", "hamlets", "officers", "list"])
def test_a_page_takes_as_many_queries_for_one_meeting_as_for_three(
    desk: Client, april: April, view: str
) -> None:
    def queries(plan: MonthPlan) -> int:
        address = plan.get_absolute_url() + f"?view={view}"
        if view == "list":
            address = reverse("meetings:months")
        desk.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert desk.get(address).status_code == 200
        return len(captured)

    kept = [row.pk for row in april.meetings[1:]]
    Meeting.objects.filter(pk__in=kept).update(state="cancelled")
    elsewhere = april.meeting(april.world.province, date(2026, 4, 2), time(18, 0))
    april.invite(april.world.officer, elsewhere)
    one = queries(april.planned())
    Meeting.objects.filter(pk__in=kept).update(state="planned")
    april.invite(april.world.second, elsewhere)
    three = april.planned()
    assert three.lines.count() == 3
    assert queries(three) == one


def test_deeds_that_cannot_be_done_are_refused(desk: Client, april: April) -> None:
    plan = april.planned()
    for name, status in (("stop", 409), ("start-again", 409), ("publish", 409), ("nothing", 404)):
        assert desk.post(deed(plan, name)).status_code == status


def test_a_plan_cut_off_offers_to_start_again(desk: Client, april: April) -> None:
    plan = april.start(at=later(minutes=-30))
    MonthPlan.objects.filter(pk=plan.pk).update(state="running", heard_at=later(minutes=-20))
    assert "The work was cut off" in text(desk.get(plan.get_absolute_url()))
    desk.post(deed(plan, "start-again"))
    plan.refresh_from_db()
    assert plan.state == MonthPlan.State.WAITING
    desk.post(deed(plan, "stop"))
    assert "cancelled before it was made" in text(desk.get(plan.get_absolute_url()))


def test_a_repair_is_filled_in_from_what_is_known(desk: Client, april: April) -> None:
    who = april.world.officer
    absence = Absence.objects.create(
        person=who,
        start=date(2026, 4, 1),
        until=date(2026, 4, 10),
        recorded_by=april.world.office,
        recorded_at=NOON,
    )
    duty = april.meetings[1].duties.get(person=april.world.second)
    leave = Leave.objects.create(duty=duty, reason="A wedding.", asked_at=NOON)
    place = april.district.code
    said = text(desk.get(reverse("meetings:month-repair", query={"place": place})))
    assert "away from 1 April 2026 to 10 April 2026" in said
    assert "asks for leave from Cell meeting, Ấp Vĩnh Khánh" in said
    for query, values in (
        ({"absence": absence.pk}, (who.code, "2026-04-01", "2026-04-10")),
        ({"leave": leave.pk}, (april.world.second.code, "2026-04-09", "2026-04-09")),
        ({"person": who.code, "first": "2026-04-03", "last": "x"}, (who.code, "2026-04-03")),
    ):
        said = text(desk.get(reverse("meetings:month-repair", query={"place": place} | query)))
        assert '<option value="2026-04" selected>' in said
        for value in values:
            assert f'value="{value}"' in said


def test_a_head_finds_months_to_approve_at_home(desk: Client, april: April) -> None:
    plan = april.planned()
    said = text(desk.get("/"))
    assert "Month to approve" in said
    assert plan.get_absolute_url() in said
