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
from footpath.meetings.models import Meeting
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
        {"number": 1, "text": "The sluice gate leaks.", "case": case.pk}
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
def test_a_list_costs_three_queries(
    world: World, count: int, django_assert_num_queries: Any
) -> None:
    for day in range(count):
        meeting_of(world, days=day)
    client = client_of(world.office)
    client.get(ADDRESS)
    with django_assert_num_queries(3):  # the session, the place, the rows
        rows = client.get(f"{ADDRESS}?area={world.district.code}").json()["items"]
    assert len(rows) == count
