"""Plans over the API: started, read, approved, rejected."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from footpath.assignments.models import Plan
from tests.assignments.plans.district import District
from tests.world import NOON, World, assign

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)


@pytest.fixture
def district(world: World) -> District:
    return District(world)


@pytest.fixture
def office(district: District, client: Client) -> Client:
    client.force_login(district.world.office.user)
    return client


def send(client: Client, path: str, said: dict[str, Any]) -> Any:
    return client.post(f"/api/v1{path}", json.dumps(said), content_type="application/json")


def test_a_plan_is_started_read_and_approved(office: Client, district: District) -> None:
    answer = send(office, "/plans", {"area": "28858", "tier": "hamlet", "starts_on": "2026-04-01"})
    assert answer.status_code == 201
    plan = Plan.objects.get(pk=answer.json()["id"])
    assert (answer.json()["state"], answer.json()["lines"]) == ("waiting", [])
    second = send(office, "/plans", {"area": "28858", "tier": "hamlet", "starts_on": "2026-04-01"})
    assert second.status_code == 409
    district.make(plan)
    said = office.get(f"/api/v1/plans/{plan.pk}").json()
    assert (said["state"], said["covered"], said["places"]) == ("proposed", 5, 5)
    assert said["standing"] == "Best possible plan, proven."
    assert [line["change"] for line in said["lines"]] == ["kept"] * 4 + ["new"]
    approved = office.post(f"/api/v1/plans/{plan.pk}/approve")
    assert (approved.status_code, approved.json()["state"]) == (200, "approved")
    again = office.post(f"/api/v1/plans/{plan.pk}/approve")
    assert again.status_code == 409
    listed = office.get("/api/v1/plans", {"state": "approved", "area": "831"}).json()
    assert [row["id"] for row in listed["items"]] == [plan.pk]


def test_findings_name_places_and_officers(office: Client, district: District) -> None:
    district.only(0)
    plan = district.planned()
    said = office.get(f"/api/v1/plans/{plan.pk}").json()["findings"][0]
    assert said["kind"] == "short"
    assert [row["name"] for row in said["officers"]] == ["Officer A"]
    assert set(said["places"]) <= {hamlet.code for hamlet in district.hamlets}


def test_a_plan_is_rejected_with_a_reason(office: Client, district: District) -> None:
    plan = district.planned()
    assert send(office, f"/plans/{plan.pk}/reject", {"reason": ""}).status_code == 422
    answer = send(office, f"/plans/{plan.pk}/reject", {"reason": "Too early."})
    assert (answer.status_code, answer.json()["note"]) == (200, "Too early.")


@pytest.mark.parametrize("field", ["tier", "basis"])
def test_what_is_not_there_is_named(office: Client, district: District, field: str) -> None:
    said = {"area": "28858", "tier": "hamlet", "starts_on": "2026-04-01"}
    said |= {"tier": "valley"} if field == "tier" else {"basis": 999_999}
    answer = send(office, "/plans", said)
    assert (answer.status_code, answer.json()["field"]) == (422, field)


def test_a_plan_of_another_place_is_not_there(client: Client, district: District) -> None:
    plan = district.planned()
    client.force_login(district.world.head.user)
    assert client.get(f"/api/v1/plans/{plan.pk}").status_code == 404
    assert client.get("/api/v1/plans").json()["items"] == []


def test_a_refusal_says_what_has_changed_since(office: Client, district: District) -> None:
    plan = district.planned()
    assign(district.officers[5], district.hamlets[4])
    answer = office.post(f"/api/v1/plans/{plan.pk}/approve")
    assert answer.status_code == 409
    assert answer.json()["changes"] == [
        "Ấp Phú Thành, lead: nobody when the plan was made, now Officer F."
    ]


def test_fields_that_cannot_be_read_have_the_names_the_caller_sent(
    office: Client, district: District
) -> None:
    answer = send(office, "/plans", {"area": 5, "tier": "hamlet"})
    assert answer.status_code == 422
    assert [row["field"] for row in answer.json()["fields"]] == ["area", "starts_on"]
