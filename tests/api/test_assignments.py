"""Who is in charge, over the API: the same rules as on the pages."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from footpath.assignments import services
from footpath.assignments.models import Assignment, BasisDocument
from footpath.cases.models import Case
from footpath.core import clock
from footpath.directory.models import Person
from tests.world import World, assign

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/assignments"


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(person.user)
    return client


def post(client: Client, address: str, said: dict[str, Any]) -> Any:
    return client.post(address, json.dumps(said), content_type="application/json")


def test_who_is_in_charge_is_listed_by_place_person_and_role(world: World) -> None:
    client = client_of(world.member)

    def names(query: str) -> list[str]:
        rows = client.get(f"{ADDRESS}?{query}").json()["items"]
        return sorted(row["person"]["name"] for row in rows)

    assert names(f"area={world.thach.code}") == sorted(
        [world.officer.name, world.second.name, world.lead.name]
    )
    assert names(f"person={world.far.pk}") == [world.far.name]
    assert names("role=deputy") == []
    assert names("on=2019-12-31") == []


def test_an_assignment_is_read_with_its_basis(world: World) -> None:
    basis = BasisDocument.objects.create(number="1524-QD/HU", issued_on="2022-10-11")
    made = assign(world.second, world.hue, "deputy", basis=basis)
    answer = client_of(world.member).get(f"{ADDRESS}/{made.pk}").json()
    assert answer == {
        "id": made.pk,
        "person": {"id": world.second.pk, "name": world.second.name},
        "role": "deputy",
        "area": world.hue.code,
        "area_name": world.hue.name,
        "organization": None,
        "organization_name": None,
        "start": "2020-01-01",
        "until": None,
        "basis": "1524-QD/HU",
        "handover_note": "",
    }


def test_what_is_not_there_is_not_found(world: World) -> None:
    assert client_of(world.member).get(f"{ADDRESS}/999999").status_code == 404


def test_the_office_puts_somebody_in_charge_and_ends_it(world: World) -> None:
    BasisDocument.objects.create(number="1524-QD/HU", issued_on="2022-10-11")
    client = client_of(world.office)
    said = {
        "person": world.member.pk,
        "area": world.son.code,
        "start": "2026-01-05",
        "basis_number": "1524-QD/HU",
        "basis_date": "2022-10-11",
    }
    made = post(client, ADDRESS, said)
    assert (made.status_code, made.json()["basis"]) == (201, "1524-QD/HU")
    end = {"last_day": "2026-03-31", "handover_note": "Sluice keys are with the cell."}
    ended = post(client, f"{ADDRESS}/{made.json()['id']}/end", end).json()
    assert (ended["until"], ended["handover_note"]) == ("2026-03-31", end["handover_note"])
    again = post(client, f"{ADDRESS}/{made.json()['id']}/end", end)
    assert again.status_code == 409


def test_somebody_may_be_in_charge_of_an_organization(world: World) -> None:
    said = {"person": world.far.pk, "organization": world.agency.code, "start": "2026-01-05"}
    made = post(client_of(world.office), ADDRESS, said).json()
    assert (made["organization"], made["area"]) == (world.agency.code, None)


def test_a_place_that_has_a_lead_gets_no_second_one(world: World) -> None:
    said = {"person": world.far.pk, "area": world.hue.code, "start": "2026-01-05"}
    answer = post(client_of(world.office), ADDRESS, said)
    assert answer.status_code == 409
    assert world.officer.name in answer.json()["detail"]
    assert Assignment.objects.filter(area=world.hue).count() == 1


def test_a_member_puts_nobody_in_charge(world: World) -> None:
    said = {"person": world.far.pk, "area": world.son.code, "start": "2026-01-05"}
    assert post(client_of(world.member), ADDRESS, said).status_code == 403


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"person": 999999}, "person"),
        ({"basis_number": "none"}, "basis_number"),
        ({"until": "2025-12-31"}, "until"),
    ],
)
def test_bad_input_names_its_field(world: World, said: dict[str, Any], field: str) -> None:
    whole = {"person": world.far.pk, "area": world.son.code, "start": "2026-01-05"} | said
    answer = post(client_of(world.office), ADDRESS, whole)
    assert (answer.status_code, answer.json()["field"]) == (422, field)


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_costs_three_queries(
    world: World, count: int, django_assert_num_queries: Any
) -> None:
    for place in (world.hue, world.khanh, world.phuoc)[:count]:
        assign(world.member, place, "monitor")
    client = client_of(world.office)
    client.get(ADDRESS)
    with django_assert_num_queries(3):  # the session, the place, the rows
        rows = client.get(f"{ADDRESS}?area={world.district.code}&role=monitor").json()["items"]
    assert len(rows) == count


def test_who_acts_and_who_leads_above_is_told(world: World) -> None:
    client, today = client_of(world.member), clock.today()
    address = f"/api/v1/areas/{world.hue.code}/in-charge"
    nobody = client.get(f"/api/v1/areas/{world.group.code}/in-charge").json()
    assert (nobody["in_charge"], nobody["acting"]) == ([], None)
    assert nobody["nearest_above"] == {
        "area": world.hue.code,
        "area_name": world.hue.name,
        "person": world.officer.pk,
        "name": world.officer.name,
    }
    services.record_absence(
        person=world.officer,
        start=today,
        until=today,
        stand_ins={world.hue.assignments.get(): world.far},
        by=world.office,
        at=clock.now(),
    )
    assert client.get(address).json()["acting"] == {
        "person": world.far.pk,
        "name": world.far.name,
        "instead_of": world.officer.pk,
        "start": today.isoformat(),
        "until": today.isoformat(),
    }
    tomorrow = today + timedelta(days=1)
    assert client.get(f"{address}?on={tomorrow}").json()["acting"] is None
    rows = client_of(world.office).get("/api/v1/absences").json()["items"]
    assert [row["person"]["name"] for row in rows] == [world.officer.name]
    assert client.get("/api/v1/absences").json() == {"items": [], "next": None}


def test_ending_with_something_open_answers_409_with_the_list(world: World) -> None:
    case = world.case()
    Case.objects.filter(pk=case.pk).update(owner=world.officer)
    made = world.hue.assignments.get()
    address, client = f"{ADDRESS}/{made.pk}/end", client_of(world.head)
    today = clock.today()
    refused = post(client, address, {"last_day": today.isoformat()})
    assert refused.status_code == 409
    assert refused.json()["open"] == [
        {
            "assignment": made.pk,
            "kind": "cases",
            "items": [{"label": f"{case.number} {case.title}", "url": case.get_absolute_url()}],
        }
    ]
    nobody = post(client, address, {"last_day": today.isoformat(), "successor": 999_999})
    assert nobody.status_code == 422
    said = {"last_day": today.isoformat(), "successor": world.far.pk, "in_charge": True}
    assert post(client, address, said).json()["until"] == today.isoformat()
    assert Assignment.objects.get(area=world.hue, person=world.far).start > today


def test_an_exception_needs_its_reason(world: World) -> None:
    services.set_limit(person=world.far, places=0, bound=False, by=world.office, at=clock.now())
    said = {
        "person": world.far.pk,
        "area": world.group.code,
        "start": clock.today().isoformat(),
    }
    client = client_of(world.head)
    refused = post(client, ADDRESS, said)
    assert (refused.status_code, refused.json()["field"]) == (409, "exception")
    assert post(client, ADDRESS, said | {"exception": "Until spring."}).status_code == 201


def test_the_duties_of_a_place_are_read(world: World) -> None:
    today = clock.today()
    made = services.create_duty_list(
        area=world.thach,
        role="lead",
        title="2 grasps",
        items=["One", "Two"],
        start=today,
        by=world.head,
        at=clock.now(),
    )
    client = client_of(world.member)
    assert client.get(f"/api/v1/areas/{world.hue.code}/duties?role=lead").json() == {
        "items": [
            {
                "id": made.pk,
                "area": world.thach.code,
                "role": "lead",
                "title": "2 grasps",
                "items": ["One", "Two"],
                "basis": None,
                "start": today.isoformat(),
                "until": None,
            }
        ]
    }
    assert client.get(f"/api/v1/areas/{world.son.code}/duties").json() == {"items": []}
