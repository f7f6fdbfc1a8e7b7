"""What stands in the way of a month, in words, and what a person may allow."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from footpath.assignments.models import Absence
from footpath.directory.models import SpecialDay
from footpath.meetings import explaining_month as explaining
from footpath.meetings.explaining_month import Names
from footpath.meetings.models import Duty, Hall, HallClosure, Meeting, MonthPlan
from footpath.meetings.services import months
from tests.meetings.months.april import April, moment
from tests.world import NOON, later

pytestmark = pytest.mark.django_db

NAMES = Names(
    people={7: "Lê Thị Mai", 8: "Tô Thị Hiền"},
    meetings={pk: f"Meeting {pk}" for pk in range(1, 9)},
    halls={5: "Culture house"},
)


@pytest.fixture
def desk(april: April, client: Client) -> Client:
    """Return a browser of the district office."""
    client.force_login(april.world.office.user)
    return client


def text(answer: Any) -> str:
    """Return what a page says, in one line."""
    return " ".join(answer.content.decode().split())


def closed_all_april(april: April) -> Hall:
    """Return a hall of the first meeting that is closed the whole month."""
    hall = Hall.objects.create(area=april.world.hue, name="Culture house")
    HallClosure.objects.create(
        hall=hall, first=date(2026, 4, 1), last=date(2026, 4, 30), reason="New roof."
    )
    Meeting.objects.filter(pk=april.meetings[0].pk).update(hall=hall)
    return hall


def allow(desk: Client, plan: MonthPlan, kind: str, **said: str) -> Any:
    """Take the first way out of a kind on the page of a plan."""
    offers = plan.findings[0]["offers"]
    number = next(at for at, offer in enumerate(offers) if offer["kind"] == kind)
    return desk.post(
        reverse("meetings:month-plan-deed", args=[plan.pk, "allow"]),
        {"finding": 0, "offer": number} | said,
    )


def test_a_meeting_whose_hall_is_closed_may_be_allowed_elsewhere(
    desk: Client, april: April
) -> None:
    closed_all_april(april)
    plan = april.planned()
    line = plan.lines.get(meeting=april.meetings[0])
    assert (line.change, line.starts_at) == ("not_held", None)
    said = text(desk.get(plan.get_absolute_url()))
    assert "Finding: a meeting finds no time" in said
    assert "Cell meeting, Ấp Tân Huề: no day of the month is left." in said
    assert "although: the hall" in said
    assert allow(desk, plan, "slot").status_code == 422
    allow(desk, plan, "slot", reason="In the school this once.")
    following = april.make(MonthPlan.objects.exclude(pk=plan.pk).get())
    line = following.lines.get(meeting=april.meetings[0])
    assert line.starts_at is not None
    assert line.hall is None
    assert "1 exception is allowed in this plan." in text(desk.get(following.get_absolute_url()))
    months.approve_month(plan=following, by=april.world.office, at=NOON)
    months.publish_month(plan=following, by=april.world.office, at=later(minutes=1))
    assert Meeting.objects.get(pk=april.meetings[0].pk).hall is None


def test_a_meeting_on_a_closed_day_is_held_as_an_extraordinary_one(
    desk: Client, april: April
) -> None:
    SpecialDay.objects.create(
        area=april.world.hue,
        path=april.world.hue.path,
        kind="closed",
        first=date(2026, 4, 1),
        last=date(2026, 4, 30),
        reason="Flood",
        noted_by=april.world.office,
        noted_at=NOON,
    )
    plan = april.planned()
    assert plan.findings[0]["kind"] == "nowhere"
    allow(desk, plan, "slot", reason="The dyke is to be closed.")
    following = april.make(MonthPlan.objects.exclude(pk=plan.pk).get())
    line = following.lines.get(meeting=april.meetings[0])
    assert line.starts_at is not None
    months.approve_month(plan=following, by=april.world.office, at=NOON)
    months.publish_month(plan=following, by=april.world.office, at=later(minutes=1))
    meeting = Meeting.objects.get(pk=april.meetings[0].pk)
    if line.change == "moved":
        assert meeting.extraordinary_reason == "The dyke is to be closed."
        assert meeting.extraordinary_by == april.world.office


def test_a_pin_beside_a_meeting_that_stands_fast_is_told_and_taken_off(
    desk: Client, april: April
) -> None:
    other = april.meeting(april.world.province, date(2026, 4, 7))
    april.invite(april.world.officer, other)
    plan = april.planned()
    months.pin_meeting(
        plan=plan,
        meeting=april.meetings[0],
        starts_at=moment(date(2026, 4, 7), time(19, 30)),
        by=april.world.office,
        at=NOON,
    )
    following = april.make(months.plan_again(plan=plan, by=april.world.office, at=NOON))
    line = following.lines.get(meeting=april.meetings[0])
    assert (line.change, line.starts_at) == ("not_held", None)
    said = text(desk.get(following.get_absolute_url()))
    assert "cannot be held beside Cell meeting, Tỉnh Bến Tre" in said
    if any(offer["kind"] == "unpin" for offer in following.findings[0].get("offers", ())):
        allow(desk, following, "unpin")
        last = april.make(MonthPlan.objects.order_by("-pk")[0])
        assert last.figures["not_held"] == 0


def test_people_who_are_needed_everywhere_may_be_excused(desk: Client, april: April) -> None:
    # One meeting a day and person at most, and only the two days of the month that are open.
    SpecialDay.objects.create(
        area=april.district,
        path=april.district.path,
        kind="closed",
        first=date(2026, 4, 2),
        last=date(2026, 4, 30),
        reason="Flood",
        noted_by=april.world.office,
        noted_at=NOON,
    )
    april.invite(april.world.boss, *april.meetings)
    plan = april.planned()
    assert plan.figures["not_held"] == 2
    page = text(desk.get(plan.get_absolute_url()))
    assert "It stays where it is until somebody moves it." in page
    kinds = {offer["kind"] for finding in plan.findings for offer in finding["offers"]}
    assert kinds & {"excuse", "slot"}
    number = (
        next(
            at
            for at, finding in enumerate(plan.findings)
            if any(offer["kind"] == "excuse" for offer in finding["offers"])
        )
        if "excuse" in kinds
        else None
    )
    if number is not None:
        offers = plan.findings[number]["offers"]
        offer = next(at for at, row in enumerate(offers) if row["kind"] == "excuse")
        desk.post(
            reverse("meetings:month-plan-deed", args=[plan.pk, "allow"]),
            {"finding": number, "offer": offer, "reason": "Once is enough."},
        )
        following = april.make(MonthPlan.objects.exclude(pk=plan.pk).get())
        assert following.figures["not_held"] < 2
        months.approve_month(plan=following, by=april.world.office, at=NOON)
        with pytest.raises(months.Refused):
            # What found no time still stands where it stood.
            months.publish_month(plan=following, by=april.world.office, at=later(minutes=1))
        assert Duty.objects.filter(attendance="excused").count() == 0


def test_ways_out_that_are_not_there_are_not_there(desk: Client, april: April) -> None:
    closed_all_april(april)
    plan = april.planned()
    address = reverse("meetings:month-plan-deed", args=[plan.pk, "allow"])
    for finding, offer in (("9", "0"), ("0", "99"), ("x", "0"), ("0", "")):
        assert desk.post(address, {"finding": finding, "offer": offer}).status_code == 404
    pin = reverse("meetings:month-plan-deed", args=[plan.pk, "pin"])
    assert desk.post(pin, {"meeting": "1" * 30}).status_code == 404
    said = {"meeting": april.meetings[1].pk, "how": "at", "day": "x", "begins": "19:00"}
    assert desk.post(pin, said).status_code == 422
    unpin = reverse("meetings:month-plan-deed", args=[plan.pk, "unpin"])
    assert desk.post(unpin, {"pin": "x"}).status_code == 404


def test_whoever_is_away_with_nobody_to_stand_in_is_told(april: April, desk: Client) -> None:
    Absence.objects.create(
        person=april.world.second,
        start=date(2026, 4, 1),
        until=date(2026, 4, 30),
        recorded_by=april.world.office,
        recorded_at=NOON,
    )
    plan = april.planned()
    said = text(desk.get(plan.get_absolute_url()))
    assert "Tô Thị Hiền is away and nobody stands in." in said
    assert "Nobody stands in for Tô Thị Hiền." in said
    assert "1 seat is left empty" in said
    officers = text(desk.get(plan.get_absolute_url(), {"view": "officers"}))
    assert officers.count("Tô Thị Hiền") < said.count("Tô Thị Hiền") + 3


SLOT = "2026-04-11.evening"


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ({"code": "as_before"}, "As last month."),
        ({"code": "free"}, ""),
        ({"code": "pinned"}, "It cannot be moved any more."),
        (
            {"code": "busy", "slot": SLOT, "person": "7", "meeting": "x2.0"},
            "Sat 11 April, evening: Lê Thị Mai is at Meeting 2.",
        ),
        (
            {"code": "travel", "slot": SLOT, "person": "s7", "meeting": "3"},
            "Sat 11 April, evening: Lê Thị Mai comes from Meeting 3, which is too far away.",
        ),
        (
            {"code": "day", "slot": SLOT, "person": "7"},
            "Sat 11 April: Lê Thị Mai has as many meetings as one may have in a day.",
        ),
        (
            {"code": "hall", "slot": SLOT, "hall": "5", "meeting": "4"},
            "Sat 11 April, evening: the hall is taken by Meeting 4.",
        ),
        (
            {"code": "away", "slot": SLOT, "person": "8"},
            "Sat 11 April, evening: Tô Thị Hiền is away.",
        ),
        (
            {"code": "gives_way", "slot": SLOT},
            "Sat 11 April, evening goes to others; the whole month is better that way.",
        ),
        (
            {"code": "barred", "slot": SLOT, "rule": "KIND", "what": "Flood."},
            "Sat 11 April, evening: Flood.",
        ),
        (
            {"code": "barred", "slot": SLOT, "rule": "HALL", "what": "5"},
            "Sat 11 April, evening: Culture house is closed.",
        ),
        (
            {"code": "barred", "slot": SLOT, "rule": "AWAY", "what": "7"},
            "Sat 11 April, evening: Lê Thị Mai is away.",
        ),
        ({"code": "barred", "slot": SLOT, "rule": "PAST"}, "Sat 11 April, evening is over."),
    ],
)
def test_a_reason_is_a_sentence(reason: dict[str, str], said: str) -> None:
    assert explaining.reasons_in_words([reason, reason], NAMES) == ([said] if said else [])


@pytest.mark.parametrize(
    ("finding", "said"),
    [
        ({"kind": "nowhere", "meetings": [1]}, "Meeting 1: no day of the month is left."),
        (
            {"kind": "crowded", "meetings": [1, 2], "people": [7]},
            "Meeting 1, Meeting 2 expect the same people (Lê Thị Mai) on the days left to them.",
        ),
        (
            {"kind": "crowded", "meetings": [1, 2]},
            "Meeting 1, Meeting 2 cannot all be held on the days left to them.",
        ),
        (
            {"kind": "pin", "meetings": [1], "rules": 24},
            "Meeting 1: the pin goes against a rule: nobody meets on that day, a rule about days.",
        ),
        (
            {"kind": "pin", "meetings": [1]},
            "Meeting 1: the pin leaves no time that suits everybody.",
        ),
        (
            {"kind": "stands", "meetings": [1], "fixed": [2]},
            "Meeting 1 cannot be held beside Meeting 2, which stays where it is.",
        ),
    ],
)
def test_a_finding_is_a_sentence(finding: dict[str, Any], said: str) -> None:
    assert explaining.finding_sentence(finding, NAMES) == said
    assert explaining.finding_title(finding)


def test_many_names_are_cut_short() -> None:
    assert NAMES.many("ABCDEF") == "A, B, C, D and 2 more"


def test_how_good_a_plan_is_is_said_in_words() -> None:
    plan = MonthPlan(status="gap", cost=200, bound=150)
    assert re.fullmatch(r"Within 25.00\s% of the best possible.", explaining.standing(plan))
    plan.status = "greedy"
    assert explaining.standing(plan) == "A first plan without a solver."
    assert explaining.offer_in_words({"kind": "excuse", "meeting": 1, "person": 7}, NAMES) == (
        "Excuse Lê Thị Mai from Meeting 1"
    )
    assert explaining.offer_in_words({"kind": "unpin", "meeting": 1}, NAMES) == (
        "Take the pin off Meeting 1"
    )
    assert explaining.offer_in_words({"kind": "slot", "meeting": 1}, NAMES) == ""
    funnel = {"slots": 90, "steps": [[64, 60], [128, 29]], "left": [SLOT]}
    assert explaining.funnel_in_words(funnel) == (
        "Of 90 times: 60: the part of the day; 29: the hall. 1 is left and taken."
    )
    event = {"absent": 7, "first": "2026-04-11", "last": "2026-04-11"}
    assert explaining.event_in_words(event, NAMES) == "Lê Thị Mai is away on 11 April 2026."
