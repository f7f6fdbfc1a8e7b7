"""The library over the API: the same deeds, the same refusals."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from footpath.core import clock
from footpath.directory.models import Person
from footpath.knowledge import services
from footpath.knowledge.models import Answer, Item, Spread
from tests.knowledge import shelf
from tests.world import NOON, World, later, topics

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _first_topics(db: None) -> None:
    topics()


REGULATION = {
    "number": "7-QD/HU",
    "issued_on": "2022-10-11",
    "title": "Officers",
    "topic": "duty",
    "language": "en",
    "text": "Article 1.",
}
ANSWER = {
    "question": "Who signs?",
    "text": "The deputy.",
    "topic": "staff",
    "language": "en",
    "consent": True,
    "answered_on": "2026-03-10",
}


def let_it_be(days: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be so many days after NOON."""
    monkeypatch.setattr(clock, "now", lambda: later(days=days))
    monkeypatch.setattr(clock, "today", lambda: later(days=days).date())


class Caller:
    """Somebody who calls the API in their browser."""

    def __init__(self, person: Person) -> None:
        self.client = Client()
        assert person.user is not None
        self.client.force_login(person.user)

    def get(self, name: str, **query: Any) -> Any:
        """Ask and return the JSON; the status must be 200."""
        keys = {"pk": query.pop("pk")} if "pk" in query else None
        answer = self.client.get(reverse(f"api:{name}", kwargs=keys, query=query))
        assert answer.status_code == 200, answer.content
        return answer.json()

    def post(self, name: str, said: Any, **keys: Any) -> tuple[int, Any]:
        """Send JSON and return status and answer."""
        answer = self.client.post(
            reverse(f"api:{name}", kwargs=keys or None),
            json.dumps(said),
            content_type="application/json",
        )
        return answer.status_code, answer.json()

    def do(self, item: Item, deed: str, **said: Any) -> tuple[int, Any]:
        """Do a deed on an item."""
        return self.post("do_in_library", said, pk=item.pk, deed=deed)


def test_the_list_is_filtered_found_and_paged(world: World) -> None:
    made = shelf.regulation(world)
    shelf.selected(world)
    shelf.draft(world)
    caller = Caller(world.member)
    assert len(caller.get("list_library")["items"]) == 2
    (row,) = caller.get("list_library", q="1524", kind="regulation", in_force="true")["items"]
    assert row == {
        "id": made.pk,
        "kind": "regulation",
        "state": "in_force",
        "in_force": True,
        "title": made.title,
        "summary": "Article 1. Every hamlet has somebody in charge.",
        "language": "en",
        "topic": "duty",
        "day": "2022-10-11",
        "number": "1524-QĐ/HU",
        "source": "District committee",
        "url": made.get_absolute_url(),
    }
    first = caller.get("list_library", limit=1)
    assert (len(first["items"]), "limit=1" in first["next"]) == (1, True)
    assert caller.get("list_library", work="true")["items"] == []
    assert len(Caller(world.head).get("list_library", work="true")["items"]) == 1


def test_an_unknown_topic_is_said(world: World) -> None:
    answer = Caller(world.member).client.get(reverse("api:list_library", query={"topic": "x"}))
    assert (answer.status_code, answer.json()["field"]) == (422, "topic")


def test_a_regulation_is_entered_gets_its_file_and_is_replaced(world: World) -> None:
    caller = Caller(world.office)
    status, made = caller.post("enter_regulation", REGULATION)
    assert (status, made["regulation"]["number"], made["deeds"]) == (
        201,
        "7-QD/HU",
        ["replace", "repeal"],
    )
    file = reverse("api:set_regulation_file", kwargs={"pk": made["id"]})
    wrong = SimpleUploadedFile("law.pdf", b"<html>", "application/pdf")
    assert caller.client.post(file, {"file": wrong}).status_code == 422
    kept = caller.client.post(file, {"file": shelf.picture()}).json()
    assert kept["regulation"]["file"] == reverse("knowledge:regulation-file", args=[made["id"]])
    old = shelf.regulation(world)
    assert caller.do(old, "replace", on="2026-03-01")[0] == 422
    status, said = caller.do(old, "replace", replacement=made["id"], on="2026-03-01")
    assert (status, said["state"], said["regulation"]["replaced_by"]) == (
        200,
        "replaced",
        made["id"],
    )
    assert caller.do(old, "repeal", on="2026-03-01", reason="x")[0] == 409
    assert caller.do(old, "restore", reason="Misread")[1]["state"] == "in_force"
    assert caller.do(old, "repeal", reason="x")[1]["field"] == "on"


def test_an_answer_is_drafted_by_one_and_approved_by_another(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_it_be(2, monkeypatch)
    head, office = Caller(world.head), Caller(world.office)
    assert head.post("draft_answer", ANSWER | {"consent": False})[1]["field"] == "consent"
    assert head.post("draft_answer", ANSWER | {"regulations": [99]})[1]["field"] == "regulations"
    status, made = head.post("draft_answer", ANSWER)
    answer = Answer.objects.get(pk=made["id"])
    assert (status, made["answer"]["month"], made["answer"]["not_before"]) == (
        201,
        "2026-03",
        "2026-03-23",
    )
    assert "answered_on" not in json.dumps(made)
    assert head.do(answer, "approve", version=made["version"])[0] == 409
    assert office.do(answer, "approve")[1]["field"] == "version"
    assert office.do(answer, "approve", version=made["version"] + 1)[0] == 409
    status, said = office.do(answer, "approve", version=made["version"])
    assert (status, said["deeds"]) == (200, ["send_back", "withdraw"])
    assert office.do(answer, "publish")[0] == 409
    let_it_be(13, monkeypatch)
    assert office.do(answer, "publish")[1]["state"] == "published"
    read = Caller(world.member).get("get_library_item", pk=answer.pk)
    assert (read["answer"]["question"], read["deeds"]) == ("Who signs?", [])
    assert office.do(answer, "withdraw", reason="Tells a place")[1]["state"] == "withdrawn"
    gone = Caller(world.member).client.get(
        reverse("api:get_library_item", kwargs={"pk": answer.pk})
    )
    assert gone.status_code == 404


def test_a_practice_goes_from_its_unit_to_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_it_be(4, monkeypatch)
    said = {
        "title": "Slips",
        "description": "Slips.",
        "result": "9 of 10.",
        "topic": "duty",
        "language": "en",
        "origin": {"area": world.hue.code},
    }
    officer, head = Caller(world.officer), Caller(world.head)
    for wrong in ({}, {"area": "x"}, {"area": "x", "organization": "y"}):
        assert officer.post("propose_practice", said | {"origin": wrong})[1]["field"] == "origin"
    status, made = officer.post("propose_practice", said)
    practice = Item.objects.get(pk=made["id"])
    assert (status, made["practice"]["origin"]["code"], made["deeds"]) == (
        201,
        world.hue.code,
        [],
    )
    assert head.do(practice, "assess", reason="Good")[1]["field"] == "post"
    post = shelf.post_of(world.head).pk
    assert head.do(practice, "assess", reason="Good", post=post)[1]["state"] == "assessed"
    assert officer.do(practice, "select", reason="x")[0] == 403
    assert head.do(practice, "select", reason="Cheap")[1]["state"] == "selected"
    units = [{"area": world.khanh.code}, {"organization": world.commune_office.code}]
    status, spread = head.do(practice, "spread", units=units)
    assert [row["unit"]["code"] for row in spread["practice"]["units"]] == [
        world.commune_office.code,
        world.khanh.code,
    ]
    row = Spread.objects.get(area=world.khanh)
    adoption = {"outcome": "adapted", "on": "2026-03-14", "sentence": "At the door."}
    keys = {"pk": practice.pk, "row": row.pk}
    assert officer.post("adopt_practice", adoption, **keys)[0] == 403
    assert head.post("adopt_practice", adoption | {"outcome": "liked"}, **keys)[0] == 422
    status, kept = head.post("adopt_practice", adoption, **keys)
    assert [one["outcome"] for one in kept["practice"]["units"]] == ["", "adapted"]


def test_a_deed_of_another_kind_is_not_there(world: World) -> None:
    office = Caller(world.office)
    assert office.do(shelf.regulation(world), "approve", version=1)[0] == 404
    assert office.do(shelf.draft(world), "repeal", on="2026-03-01", reason="x")[0] == 404
    assert office.do(shelf.regulation(world, number="8"), "burn")[0] == 422
    assert services.publish_due(NOON) == 0
