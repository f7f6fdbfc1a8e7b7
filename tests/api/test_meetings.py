"""Meetings over the API: the same rules as on the pages."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from footpath.cases.models import Case
from footpath.core import clock
from footpath.directory.models import Person
from footpath.meetings import services
from footpath.meetings.models import DayRule, Hall, Meeting
from tests.world import NOON, World, later

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/meetings"


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(person.user)
    return client


def post(client: Client, address: str, said: dict[str, Any], **headers: str) -> Any:
    return client.post(
        address, json.dumps(said), content_type="application/json", headers=headers or None
    )


def meeting_of(world: World, days: int = 0) -> Meeting:
    return services.convene_meeting(
        kind=world.cell_meeting,
        area=world.hue,
        starts_at=later(days=days),
        ends_at=later(days=days, hours=2),
        by=world.head,
        at=NOON - timedelta(days=7),
    )


@pytest.fixture(autouse=True)
def _the_day_is_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: later(hours=3))
    monkeypatch.setattr(clock, "today", NOON.date)


def test_a_meeting_is_convened_held_and_its_difficulty_becomes_a_case(world: World) -> None:
    client = client_of(world.officer)
    said = {
        "kind": "cell",
        "area": world.hue.code,
        "starts_at": "2026-03-10T12:00:00+07:00",
        "ends_at": "2026-03-10T13:30:00+07:00",
        "where": "House of culture",
    }
    made = post(client, ADDRESS, said)
    assert made.status_code == 201
    address = f"{ADDRESS}/{made.json()['id']}"
    assert [row["person"]["id"] for row in made.json()["duties"]] == [world.officer.pk]
    held = post(client, f"{address}/hold", {"headcount": 21}).json()
    assert (held["state"], held["headcount"]) == ("held", 21)
    assert [row["attendance"] for row in held["duties"]] == ["present"]
    written = post(client, f"{address}/minutes", {"minutes": "Salt water was discussed."}).json()
    assert written["minutes"] == "Salt water was discussed."
    item = post(client, f"{address}/items", {"text": "The sluice gate leaks."})
    assert (item.status_code, item.json()["number"]) == (201, 1)
    key = str(uuid4())
    raising = {"title": "Sluice gate leaks", "category": "irrigation"}
    first = post(client, f"{address}/items/1/case", raising, **{"Idempotency-Key": key})
    second = post(client, f"{address}/items/1/case", raising, **{"Idempotency-Key": key})
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    case = Case.objects.get()
    assert (case.source, case.text) == ("meeting", "The sluice gate leaks.")
    assert client.get(address).json()["items"] == [
        {
            "number": 1,
            "text": "The sluice gate leaks.",
            "state": "followed",
            "case": case.pk,
            "owner": None,
            "due_on": str(case.due_on),
            "answer": "",
        }
    ]


def test_a_second_case_from_the_same_item_is_refused(world: World) -> None:
    meeting = meeting_of(world)
    client = client_of(world.officer)
    address = f"{ADDRESS}/{meeting.pk}/items"
    post(client, address, {"text": "Lamp dark."})
    raising = {"title": "Lamp dark", "category": "irrigation", "area": world.group.code}
    assert post(client, f"{address}/1/case", raising).status_code == 201
    assert post(client, f"{address}/1/case", raising).status_code == 409
    assert post(client, f"{address}/2/case", raising).status_code == 404
    assert Case.objects.get().area == world.group


def test_leave_is_noted_with_a_reason_and_a_substitute_with_a_name(world: World) -> None:
    meeting = meeting_of(world)
    client = client_of(world.head)
    mark = {"person": world.officer.pk, "attendance": "substitute", "substitute": world.second.pk}
    held = post(client, f"{ADDRESS}/{meeting.pk}/hold", {"exceptions": [mark]}).json()
    assert [(row["attendance"], row["substitute"]["id"]) for row in held["duties"]] == [
        ("substitute", world.second.pk)
    ]
    address = f"{ADDRESS}/{meeting.pk}/attendance"
    excused = {"person": world.officer.pk, "attendance": "excused"}
    refused = post(client, address, excused)
    assert (refused.status_code, refused.json()["field"]) == (422, "reason")
    given = post(client, address, excused | {"reason": "Meeting of the province"}).json()
    assert [(row["attendance"], row["reason"]) for row in given["duties"]] == [
        ("excused", "Meeting of the province")
    ]


@pytest.mark.parametrize(
    ("deed", "said", "field"),
    [
        ("attendance", {"person": 999999, "attendance": "late"}, "person"),
        ("attendance", {"attendance": "substitute", "substitute": 999999}, "substitute"),
        ("items", {"text": " "}, "text"),
        ("items/1/case", {"title": "Lamp", "category": "none"}, "category"),
    ],
)
def test_bad_input_names_its_field(
    world: World, deed: str, said: dict[str, Any], field: str
) -> None:
    meeting = meeting_of(world)
    services.add_minute_item(meeting=meeting, text="Lamp", by=world.head, at=NOON)
    whole = {"person": world.officer.pk} | said
    answer = post(client_of(world.head), f"{ADDRESS}/{meeting.pk}/{deed}", whole)
    assert (answer.status_code, answer.json()["field"]) == (422, field)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"kind": "none"}, "kind"),
        ({"starts_at": "2026-03-10T12:00:00"}, "starts_at"),
        ({"ends_at": "2026-03-10T11:00:00+07:00"}, "ends_at"),
    ],
)
def test_a_meeting_that_cannot_be_is_refused(
    world: World, said: dict[str, str], field: str
) -> None:
    whole = {
        "kind": "cell",
        "area": world.hue.code,
        "starts_at": "2026-03-10T12:00:00+07:00",
        "ends_at": "2026-03-10T13:30:00+07:00",
    } | said
    answer = post(client_of(world.officer), ADDRESS, whole)
    assert (answer.status_code, answer.json()["field"]) == (422, field)


def test_a_meeting_of_others_is_not_there(world: World) -> None:
    meeting = meeting_of(world)
    client = client_of(world.far)
    assert client.get(f"{ADDRESS}/{meeting.pk}").status_code == 404
    assert client.get(ADDRESS).json()["items"] == []
    assert post(client, f"{ADDRESS}/{meeting.pk}/hold", {}).status_code == 404


def test_the_auditor_reads_and_holds_nothing(world: World) -> None:
    meeting = meeting_of(world)
    client = client_of(world.auditor)
    assert client.get(f"{ADDRESS}/{meeting.pk}").json()["may_keep"] is False
    assert post(client, f"{ADDRESS}/{meeting.pk}/hold", {}).status_code == 403


def test_meetings_are_listed_by_month_and_state(world: World) -> None:
    first, second = meeting_of(world), meeting_of(world, days=30)
    client = client_of(world.office)

    def found(query: str) -> list[int]:
        return [row["id"] for row in client.get(f"{ADDRESS}?{query}").json()["items"]]

    assert found("month=2026-03") == [first.pk]
    assert found("order=newest") == [second.pk, first.pk]
    assert found("state=held") == []
    assert found("kind=cell&limit=1") == [first.pk]
    assert client.get(f"{ADDRESS}?month=March").json()["field"] == "month"


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_costs_six_queries_however_long_it_is(
    world: World, count: int, django_assert_num_queries: Any
) -> None:
    for day in range(count):
        meeting_of(world, days=day)
    client = client_of(world.office)
    client.get(ADDRESS)
    # The session, the place, the rows; what is provisional: two of the calendar, one of plans.
    with django_assert_num_queries(6):
        rows = client.get(f"{ADDRESS}?area={world.district.code}").json()["items"]
    assert len(rows) == count


# --- days, halls, people --------------------------------------------------------------------------


def said_of(world: World, day: int = 24, **values: Any) -> dict[str, Any]:
    """Return what a program says of a new meeting on a day of March 2026."""
    return {
        "kind": "review",
        "area": world.thach.code,
        "starts_at": f"2026-03-{day:02}T08:00:00+07:00",
        "ends_at": f"2026-03-{day:02}T09:30:00+07:00",
    } | values


def test_a_meeting_keeps_hall_organization_and_key(world: World) -> None:
    hall = Hall.objects.create(area=world.thach, name="Big hall")
    client = client_of(world.head)
    said = said_of(world, hall=hall.pk, organization=world.agency.code, client_key=str(uuid4()))
    first = post(client, ADDRESS, said)
    again = post(client, ADDRESS, said | {"title": "Sent again"})
    assert (first.status_code, again.json()["id"]) == (201, first.json()["id"])
    row = client.get(ADDRESS, {"month": "2026-03"}).json()["items"][0]
    assert {
        name: row[name]
        for name in (
            "series",
            "hall",
            "hall_name",
            "organization",
            "extraordinary",
            "sequence",
            "topic",
            "provisional",
        )
    } == {
        "series": None,
        "hall": hall.pk,
        "hall_name": "Big hall",
        "organization": world.agency.code,
        "extraordinary": False,
        "sequence": 0,
        "topic": "",
        "provisional": False,
    }


def test_a_day_that_a_rule_refuses_is_answered_with_what_stands_against_it(world: World) -> None:
    rule = DayRule.objects.create(
        area=world.district,
        path=world.district.path,
        code="departments",
        title="Meetings of departments",
        test=DayRule.Test.ONLY_DAYS,
        days=[9, 26],
        valid_from=NOON.date() - timedelta(days=100),
        made_by=world.office,
    )
    refused = post(client_of(world.head), ADDRESS, said_of(world))
    assert refused.status_code == 409
    assert refused.json()["free_days"][:2] == ["2026-03-26", "2026-04-09"]
    (breach,) = refused.json()["breaches"]
    assert (breach["day"], breach["rule"], breach["final"]) == ("2026-03-24", rule.pk, False)
    reason = {"extraordinary_reason": "Salt water is rising."}
    made = post(client_of(world.head), ADDRESS, said_of(world, **reason))
    assert made.status_code == 201
    assert (made.json()["extraordinary"], made.json()["extraordinary_reason"]) == (
        True,
        "Salt water is rising.",
    )


def test_a_taken_hall_and_a_busy_person_are_named(world: World) -> None:
    hall = Hall.objects.create(area=world.thach, name="Big hall")
    client = client_of(world.office)
    first = post(client, ADDRESS, said_of(world, hall=hall.pk)).json()
    taken = post(client, ADDRESS, said_of(world, area=world.son.code, hall=hall.pk))
    assert (taken.status_code, taken.json()["meetings"]) == (409, [first["id"]])
    busy = post(client, ADDRESS, said_of(world, title="Second"))
    assert busy.status_code == 409
    (clash,) = busy.json()["clashes"]
    assert (clash["meeting"], [who["id"] for who in clash["people"]]) == (
        first["id"],
        [world.lead.pk],
    )


@pytest.mark.parametrize(
    ("said", "status", "field"),
    [
        ({"hall": 999_999}, 422, "hall"),
        ({"organization": "nowhere"}, 404, None),
        ({"kind": "nothing"}, 422, "kind"),
        ({"starts_at": "2026-03-24T08:00:00"}, 422, "starts_at"),
    ],
)
def test_what_cannot_be_found_is_said(
    world: World, said: dict[str, Any], status: int, field: str | None
) -> None:
    answer = post(client_of(world.head), ADDRESS, said_of(world, **said))
    assert (answer.status_code, answer.json().get("field")) == (status, field)


def test_a_meeting_is_moved_and_cancelled(world: World) -> None:
    hall = Hall.objects.create(area=world.thach, name="Big hall")
    client = client_of(world.head)
    made = post(client, ADDRESS, said_of(world, hall=hall.pk, where="First floor")).json()
    address = f"{ADDRESS}/{made['id']}"
    times = {
        "starts_at": "2026-03-25T10:00:00+07:00",
        "ends_at": "2026-03-25T11:00:00+07:00",
    }
    moved = post(client, f"{address}/move", times).json()
    assert (moved["starts_at"], moved["sequence"], moved["hall"], moved["where"]) == (
        "2026-03-25T03:00:00Z",
        1,
        hall.pk,
        "First floor",
    )
    out = post(client, f"{address}/move", times | {"hall": None}).json()
    assert (out["hall"], out["where"]) == (None, "First floor")
    inside = post(client, f"{address}/move", times | {"where": "Garden"}).json()
    assert inside["where"] == "Garden"
    assert post(client_of(world.member), f"{address}/move", times).status_code == 404
    assert post(client, f"{address}/cancel", {"reason": ""}).status_code == 422
    gone = post(client, f"{address}/cancel", {"reason": "Flood"}).json()
    assert (gone["state"], gone["cancel_reason"]) == ("cancelled", "Flood")
    assert post(client, f"{address}/cancel", {"reason": "Flood"}).status_code == 409


# --- attendance, minutes --------------------------------------------------------------------------


def test_a_whole_list_is_kept_and_a_change_meanwhile_is_seen(world: World) -> None:
    meeting = meeting_of(world)
    client = client_of(world.head)
    address = f"{ADDRESS}/{meeting.pk}/list"
    seen = {str(world.officer.pk): "unknown"}
    absent = {"exceptions": [{"person": world.officer.pk, "attendance": "absent"}], "seen": seen}
    kept = post(client, address, absent | {"headcount": 12})
    assert (kept.status_code, kept.json()["headcount"]) == (200, 12)
    assert [row["attendance"] for row in kept.json()["duties"]] == ["absent"]
    late = {"exceptions": [{"person": world.officer.pk, "attendance": "late"}], "seen": seen}
    stale = post(client, address, late)
    assert (stale.status_code, stale.json()["changed"]) == (409, [world.officer.pk])


def test_a_promise_goes_into_the_ledger_with_owner_and_day(world: World) -> None:
    meeting = meeting_of(world)
    client = client_of(world.head)
    address = f"{ADDRESS}/{meeting.pk}/items"
    said = {
        "text": "Mend the gate.",
        "category": "irrigation",
        "owner": world.head.pk,
        "due_on": "2026-03-31",
    }
    key = str(uuid4())
    made = post(client, address, said, **{"Idempotency-Key": key})
    again = post(client, address, said, **{"Idempotency-Key": key})
    assert made.status_code == 201
    assert made.json() == again.json()
    case = Case.objects.get()
    assert (case.owner, str(case.due_on)) == (world.head, "2026-03-31")
    assert made.json()["owner"] == {"id": world.head.pk, "name": world.head.name}
    assert (made.json()["case"], made.json()["due_on"]) == (case.pk, "2026-03-31")
    without = post(client, address, {"text": "Mend it.", "owner": world.head.pk})
    assert (without.status_code, without.json()["field"]) == (422, "category")
    nobody = post(client, address, said | {"owner": 999_999})
    assert (nobody.status_code, nobody.json()["field"]) == (422, "owner")


def test_minutes_are_approved_and_frozen(world: World) -> None:
    meeting = meeting_of(world)
    client = client_of(world.head)
    address = f"{ADDRESS}/{meeting.pk}"
    assert post(client, f"{address}/approve", {}).status_code == 409
    post(client, f"{address}/hold", {})
    assert post(client, f"{address}/approve", {"language": "xx"}).status_code == 422
    made = post(client, f"{address}/approve", {"language": "vi"})
    assert made.status_code == 201
    assert (made.json()["version"], len(made.json()["digest"])) == (1, 64)
    assert made.json()["pdf"].endswith(f"/meetings/{meeting.pk}/minutes/1.pdf")
    assert post(client, f"{address}/approve", {}).status_code == 409


# --- leave ----------------------------------------------------------------------------------------


def test_leave_is_asked_for_answered_and_decided(world: World) -> None:
    meeting = meeting_of(world, days=3)
    officer, deputy, head = map(client_of, (world.officer, world.second, world.head))
    said = {"reason": "Course", "deputy": world.second.pk}
    asked = post(officer, f"{ADDRESS}/{meeting.pk}/leave", said)
    assert (asked.status_code, asked.json()["state"]) == (201, "asked")
    leave = f"/api/v1/leaves/{asked.json()['id']}"
    waits = deputy.get("/api/v1/leaves", {"waits_for": "answer"}).json()["items"]
    assert [(row["meeting"], row["reason"]) for row in waits] == [(meeting.pk, "")]
    assert post(deputy, f"{leave}/answer", {"comes": True}).json()["answer"] == "yes"
    waits = head.get("/api/v1/leaves", {"waits_for": "decision"}).json()["items"]
    assert [(row["id"], row["reason"]) for row in waits] == [(asked.json()["id"], "Course")]
    assert post(head, f"{leave}/decide", {"grant": False}).status_code == 422
    assert post(head, f"{leave}/decide", {"grant": True}).json()["state"] == "granted"
    whole = head.get(f"{ADDRESS}/{meeting.pk}").json()["duties"][0]
    assert (whole["attendance"], whole["substitute"]["id"], whole["reason"]) == (
        "substitute",
        world.second.pk,
        "Course",
    )
    back = post(officer, f"{leave}/withdraw", {})
    assert back.json()["state"] == "withdrawn"
    stranger = client_of(world.far)
    assert post(stranger, f"{leave}/decide", {"grant": True}).status_code == 404
    assert post(head, f"{ADDRESS}/{meeting.pk}/leave", {"reason": "x"}).status_code == 404


def test_why_somebody_has_leave_is_not_for_every_reader(world: World) -> None:
    meeting = meeting_of(world, days=3)
    duty = meeting.duties.get(person=world.officer)
    duty.attendance, duty.reason = "excused", "Illness"
    duty.save()
    for reader, reason in ((world.head, "Illness"), (world.officer, "Illness"), (world.lead, "")):
        row = client_of(reader).get(f"{ADDRESS}/{meeting.pk}").json()["duties"][0]
        assert row["reason"] == reason


# --- series, engagements, rates -------------------------------------------------------------------


def test_a_series_is_begun_and_its_meetings_are_in_the_list(world: World) -> None:
    client = client_of(world.head)
    said = {
        "kind": "cell",
        "area": world.hue.code,
        "rrule": "FREQ=MONTHLY;BYMONTHDAY=3",
        "first_day": "2026-03-03",
        "begins": "08:00",
        "client_key": str(uuid4()),
    }
    made = post(client, "/api/v1/series", said)
    again = post(client, "/api/v1/series", said)
    assert (made.status_code, again.json()["id"]) == (201, made.json()["id"])
    assert (made.json()["begins"], made.json()["minutes"]) == ("08:00", 90)
    read = client.get(f"/api/v1/series/{made.json()['id']}").json()
    assert read["rrule"] == "FREQ=MONTHLY;BYMONTHDAY=3"
    (row,) = client.get("/api/v1/series", {"area": world.thach.code}).json()["items"]
    assert (row["id"], row["coming"]) == (made.json()["id"], 13)
    listed = client.get(ADDRESS, {"month": "2026-04"}).json()["items"]
    assert [item["series"] for item in listed] == [made.json()["id"]]
    wrong = post(client, "/api/v1/series", said | {"rrule": "often", "client_key": None})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "rrule")
    stranger = client_of(world.far)
    assert stranger.get(f"/api/v1/series/{made.json()['id']}").status_code == 404
    assert stranger.get("/api/v1/series").json()["items"] == []


def test_series_come_in_pages(world: World) -> None:
    client = client_of(world.head)
    for place in (world.hue, world.khanh, world.thach):
        said = {
            "kind": "cell",
            "area": place.code,
            "rrule": "FREQ=MONTHLY;BYMONTHDAY=3;COUNT=2",
            "first_day": "2026-03-03",
            "begins": "08:00",
        }
        assert post(client, "/api/v1/series", said).status_code == 201
    first = client.get("/api/v1/series", {"limit": 2}).json()
    second = client.get(first["next"]).json()
    assert (len(first["items"]), len(second["items"]), second["next"]) == (2, 1, None)


def test_engagements_say_what_clashes_and_what_stands_close(world: World) -> None:
    hall = Hall.objects.create(area=world.hue, name="Hall", at_once=2)
    for days in (0, 1, 2):
        meeting_of(world, days=days)
    Meeting.objects.update(hall=hall)
    client = client_of(world.head)
    query = {"area": world.hue.code, "first": "2026-03-01", "last": "2026-03-31"}
    found = client.get("/api/v1/engagements", query).json()
    assert [row["people"] for row in found["items"]] == [1, 1, 1]
    assert (found["overlaps"], found["clusters"]) == ([], [[0, 1, 2]])
    Meeting.objects.update(starts_at=later(days=1), ends_at=later(days=1, hours=1))
    both = client.get("/api/v1/engagements", query).json()["overlaps"]
    assert {(row["first"], row["second"]) for row in both} == {(0, 1), (0, 2), (1, 2)}
    assert {row["same_hall"] for row in both} == {True, False}
    own = {"organization": world.cell.code, "first": "2026-03-01", "last": "2026-03-31"}
    assert client.get("/api/v1/engagements", own).json()["items"] == []
    for wrong in (query | own, {"first": "2026-03-01", "last": "2026-03-31"}):
        assert client.get("/api/v1/engagements", wrong).status_code == 422
    assert client.get("/api/v1/engagements", query | {"last": "2025-01-01"}).status_code == 422


@pytest.mark.parametrize("by", ["area", "tier", "organization"])
def test_rates_keep_their_fraction_and_hide_small_groups(world: World, by: str) -> None:
    meeting = meeting_of(world)
    services.hold_meeting(meeting=meeting, by=world.head, at=later(hours=3))
    query = {"area": world.thach.code, "by": by, "first": "2026-03-01", "last": "2026-03-31"}
    found = client_of(world.head).get("/api/v1/rates", query).json()
    assert (found["total"]["attended"], found["total"]["of"]) == (1, 1)
    assert found["total"]["percent"] == "100.00"
    assert [row["of"] for row in found["items"]] == [1]
    hidden = client_of(world.far).get("/api/v1/rates", query).json()
    assert (hidden["total"], hidden["items"], hidden["hidden"]) == (None, [], 1)


def test_the_description_gives_examples(world: World) -> None:
    said = client_of(world.head).get("/api/v1/openapi.json").json()["components"]["schemas"]
    for name in ("MeetingIn", "MoveIn", "CancelIn", "AttendanceIn", "SeriesIn", "LeaveIn"):
        assert said[name]["example"]
