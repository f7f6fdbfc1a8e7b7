"""Cases over the API obey the same rules as the pages."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from footpath.accounts import services as accounts
from footpath.cases.models import Case
from footpath.directory.models import Person
from tests.world import NOON, World, later, organization

pytestmark = pytest.mark.django_db


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(person.user)
    return client


def post(client: Client, address: str, said: dict[str, Any], **headers: str) -> Any:
    return client.post(
        address, json.dumps(said), content_type="application/json", headers=headers or None
    )


def test_a_case_is_raised_once_for_one_key(world: World) -> None:
    client = client_of(world.officer)
    key = str(uuid4())
    said = {"title": "Lamp dark", "area": world.hue.code, "category": "irrigation"}
    first = post(client, "/api/v1/cases", said, **{"Idempotency-Key": key})
    second = post(client, "/api/v1/cases", said, **{"Idempotency-Key": key})
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] == second.json()["id"]
    assert Case.objects.count() == 1


def test_a_key_of_the_api_opens_what_its_person_may_see(world: World) -> None:
    case = world.case()
    token = accounts.create_api_token(
        user=world.officer.user, name="script", by=world.officer, at=NOON
    )
    client = Client(headers={"Authorization": f"Bearer {token}"})
    assert client.get(f"/api/v1/cases/{case.pk}").json()["number"] == case.number


def test_a_revoked_key_opens_nothing(world: World) -> None:
    token = accounts.create_api_token(
        user=world.officer.user, name="script", by=world.officer, at=NOON
    )
    row = world.officer.user.api_tokens.get()
    accounts.revoke_api_token(
        user=world.officer.user, token_id=row.pk, by=world.officer, at=later(hours=1)
    )
    client = Client(headers={"Authorization": f"Bearer {token}"})
    assert client.get("/api/v1/cases").status_code == 401


def test_a_case_of_another_place_is_not_there(world: World) -> None:
    case = world.case()
    client = client_of(world.far)
    assert client.get(f"/api/v1/cases/{case.pk}").status_code == 404
    assert client.get("/api/v1/cases/999999").status_code == 404
    assert client.get("/api/v1/cases").json()["items"] == []


def test_the_rectifier_is_refused_over_the_api(world: World) -> None:
    case = world.rectified_case()
    answer = post(client_of(world.head), f"/api/v1/cases/{case.pk}/verify", {"result": "confirmed"})
    assert answer.status_code == 409
    assert "Somebody else has to verify" in answer.json()["detail"]
    case.refresh_from_db()
    assert case.is_open


def test_a_case_is_lived_through_over_the_api(world: World) -> None:
    case = world.case()
    head, officer = client_of(world.head), client_of(world.officer)
    assert post(head, f"/api/v1/cases/{case.pk}/accept", {}).json()["state"] == "accepted"
    said = {"text": "Use rubber."}
    assert post(head, f"/api/v1/cases/{case.pk}/guide", said).json()["state"] == "guided"
    said = {"text": "Seal replaced."}
    assert post(head, f"/api/v1/cases/{case.pk}/rectify", said).json()["state"] == "rectified"
    said = {"result": "confirmed"}
    closed = post(officer, f"/api/v1/cases/{case.pk}/verify", said).json()
    assert (closed["state"], closed["outcome"]) == ("closed", "solved")
    assert [entry["deed"] for entry in closed["entries"]] == [
        "accepted",
        "guided",
        "rectified",
        "verified",
    ]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"title": "", "area": "28804-01", "category": "irrigation"}, "title"),
        ({"title": "Lamp", "area": "28804-01", "category": "none"}, "category"),
    ],
)
def test_bad_input_names_its_field(world: World, said: dict[str, str], field: str) -> None:
    answer = post(client_of(world.officer), "/api/v1/cases", said)
    assert (answer.status_code, answer.json()["field"]) == (422, field)


def test_a_browser_needs_the_csrf_token(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.officer.user)
    said = {"title": "Lamp", "area": world.hue.code, "category": "irrigation"}
    assert post(client, "/api/v1/cases", said).status_code == 403


def test_nobody_is_asked_to_sign_in(world: World) -> None:
    answer = Client().get("/api/v1/cases")
    assert (answer.status_code, answer.json()["detail"][:7]) == (401, "Sign in")


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_costs_two_queries(world: World, count: int, django_assert_num_queries: Any) -> None:
    for number in range(count):
        world.case(title=f"Lamp {number}")
    client = client_of(world.office)
    client.get("/api/v1/cases")
    with django_assert_num_queries(3):  # the session, the place, the rows
        rows = client.get(f"/api/v1/cases?area={world.district.code}").json()["items"]
    assert len(rows) == count


def test_pages_follow_each_other_without_gaps(world: World) -> None:
    made = [world.case(title=f"Lamp {number}").pk for number in range(5)]
    client = client_of(world.office)
    address, found = "/api/v1/cases?order=newest&limit=2", []
    while address:
        answer = client.get(address).json()
        found += [row["id"] for row in answer["items"]]
        address = answer["next"]
    assert found == sorted(made, reverse=True)


def test_a_case_goes_to_an_agency_of_the_places_above_and_to_nobody_else(world: World) -> None:
    case = world.case()
    client, address = client_of(world.head), f"/api/v1/cases/{case.pk}/escalate"

    def escalate(code: str) -> int:
        status: int = post(client, address, {"text": "Too dear.", "agency": code}).status_code
        return status

    elsewhere = organization("Office of Health, Quới Sơn", world.son, kind="agency")
    assert escalate(world.commune_office.code) == 422
    assert escalate(elsewhere.code) == 422
    assert escalate(world.agency.code) == 200
