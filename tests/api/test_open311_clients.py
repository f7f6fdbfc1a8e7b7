"""Programs that others wrote for Open311 read and post here as they do elsewhere."""

from __future__ import annotations

import sys
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from footpath.cases.models import Case, Category, Entry, Reporter
from footpath.cases.services import applications
from footpath.core import clock
from footpath.directory.models import Area
from tests.api import clients
from tests.api.test_open311 import BASE, FORM, QUESTIONS, REFUSED, Outside
from tests.world import World

OURS = Path(__file__).with_name("open311_schemas")
PUBLISHED = clients.ROOT.parent / "shared" / "data" / "open311-schemas"
"""The schemas of open311/schema-validation, where somebody has put them beside the project."""


@pytest.fixture
def outside(world: World) -> Outside:
    """Return an application whose world offers two services, one with questions."""
    for number, area in enumerate((world.hue, world.khanh)):
        Area.objects.filter(pk=area.pk).update(
            latitude=10.25 + number / 50, longitude=106.36 + number / 50
        )
    Category.objects.filter(pk=world.category.pk).update(is_public=True, questions=QUESTIONS)
    Category.objects.create(code="light", name_en="Light", is_public=True, is_moderated=False)
    made, key = applications.create_application(
        name="Application", by=world.administrator, at=clock.now(), per_minute=6000
    )
    return Outside(made, key)


def lamps(outside: Outside, number: int) -> list[Case]:
    """Post public cases."""
    return [outside.posted(description=f"Lamp {count}") for count in range(number)]


def test_civicbot_reads_and_posts(live_server: LiveServer, outside: Outside, world: World) -> None:
    told = clients.ask(
        "civicbot",
        base=live_server.url + BASE,
        key=outside.key,
        form={
            "service_code": "irrigation",
            "lat": 10.2501,
            "lng": 106.3601,
            "description": "Cửa cống rò rỉ & nước tràn",
            "attributes": {"DEPTH": "1.5", "KIND": ["gate", "bank"]},
            "first_name": "Lan",
            "email": "lan@example.org",
        },
    )
    assert [row["service_code"] for row in told["services"]] == ["irrigation", "light"]
    assert [row["code"] for row in told["definition"]["attributes"]] == ["DEPTH", "KIND", "WORDS"]
    assert told["refused"] == ["required attribute 'DEPTH' missing (How deep is it, in metres?)"]
    case = Case.objects.get()
    assert told["posted"][0]["service_request_id"] == str(case.pk)
    assert (case.area, case.title) == (world.hue, "Cửa cống rò rỉ & nước tràn")
    assert case.answers == {"DEPTH": "1.5", "KIND": ["gate", "bank"]}
    assert Reporter.objects.get(case=case).email == "lan@example.org"
    assert told["listed"] == told["hidden"] == told["open"] == []  # nobody has read it yet


def test_georeport_reads_json_and_xml_alike(live_server: LiveServer, outside: Outside) -> None:
    cases = lamps(outside, 2)
    told = clients.ask(
        "georeport", base=live_server.url + BASE, number=str(cases[0].pk), code="irrigation"
    )
    for form in ("json", "xml"):
        found = told[form]
        assert [row["service_code"] for row in found["services"]] == ["irrigation", "light"]
        assert found["request"]["service_request_id"] == str(cases[0].pk)
        assert found["request"]["description"] == "Lamp 0"
        assert {row["service_request_id"] for row in found["requests"]} == {
            str(case.pk) for case in cases
        }
        assert found["missing"] == 404
    attributes = told["xml"]["definition"]["attributes"]["attribute"]
    assert [row["code"] for row in attributes] == ["DEPTH", "KIND", "WORDS"]
    same = {name for name, value in told["json"]["request"].items() if isinstance(value, str)}
    assert {name: told["json"]["request"][name] for name in same} == {
        name: told["xml"]["request"][name] for name in same
    }


def test_boston311_reads_into_its_types(live_server: LiveServer, outside: Outside) -> None:
    cases = lamps(outside, 2)
    told = clients.ask(
        "boston311", base=live_server.url + BASE, number=str(cases[1].pk), code="light"
    )
    assert set(told["services"]) == {"Irrigation", "Light"}
    assert told["request"]["status"] == "open"
    assert set(told["requests"]) == {str(case.pk) for case in cases}


def test_chicagorequests_reads_page_by_page(live_server: LiveServer, outside: Outside) -> None:
    (case,) = lamps(outside, 1)
    rows = []
    for number in range(204):
        row = Case.objects.get(pk=case.pk)
        row.pk, row.client_key, row.title = None, uuid4(), f"Lamp {number}"
        rows.append(row)
    Case.objects.bulk_create(rows)
    told = clients.ask("chicagorequests", base=live_server.url + BASE)
    numbers = [row["service_request_id"] for row in told["requests"]]
    assert (len(numbers), len(set(numbers))) == (205, 205)  # one full page and a short one
    assert told["requests"][0]["extended_attributes"]["state"] == "raised"


@pytest.mark.django_db
def test_every_answer_in_json_is_as_the_schemas_say(
    outside: Outside, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    first, _second = lamps(outside, 2)
    Case.objects.filter(pk=first.pk).update(organization=world.agency, answers={"DEPTH": "1"})
    Entry.objects.create(
        case=first, round_number=1, deed="replied", at=clock.now(), text="Soon.", is_public=True
    )
    outside.posted(
        service_code="irrigation", media_url="https://example.org/1.jpg",
        **{"attribute[DEPTH]": "1", "attribute[KIND][]": ["gate", "bank"]},
    )  # fmt: skip
    documents = [
        ["discovery.json", outside.get("discovery")],
        ["services.json", outside.get("services")],
        ["service_definition.json", outside.get("services/irrigation")],
        ["service_definition.json", outside.get("services/light")],
        ["requests.json", outside.get("requests")],
        ["requests.json", outside.get("requests", api_key=outside.key, extensions="true")],
        ["requests.json", outside.get(f"requests/{first.pk}")],
        ["requests.json", outside.get("requests", service_code="none")],
        ["service_request_updates.json", outside.get("servicerequestupdates")],
        ["posted.json", outside.post(service_code="light", lat="10.25", long="106.36").json()],
    ]
    documents += [["errors.json", sent(outside, "json").json()] for _n, _s, sent in REFUSED]
    assert clients.ask("jsonschema", folder=str(OURS), documents=documents) == []
    if not PUBLISHED.is_dir():
        with capsys.disabled():
            sys.stdout.write(f"\n(no published schemas at {PUBLISHED}: only our own were used)\n")
        return
    same = {"services.json": "services.json", "service_definition.json": "service-definition.json",
            "requests.json": "requests.json"}  # fmt: skip
    published = [[same[name], row] for name, row in documents if name in same]
    assert clients.ask("jsonschema", folder=str(PUBLISHED), documents=published) == []


@pytest.mark.django_db
def test_what_fixmystreet_sends_is_taken(outside: Outside) -> None:
    """The form as its client words it: split names, #NOTPINPOINTED#, attributes of its own."""
    form = {
        "api_key": outside.key,
        "service_code": "light",
        "address_string": "Ấp Tân Huề",
        "address_id": "#NOTPINPOINTED#",
        "email": "lan@example.org",
        "first_name": "Lan",
        "last_name": "Pham",
        "description": "title: Dark\n\ndetail: No lamp burns\n\nurl: http://example.org/report/1",
        "attribute[fixmystreet_id]": "1",
        "jurisdiction_id": "example",
        "lat": "10.25",
        "long": "106.36",
    }
    answer = Client().post(f"{BASE}/requests.xml", urlencode(form), content_type=FORM)
    assert answer.status_code == 201
    assert b"<service_request_id>" in answer.content
    assert Case.objects.get().answers == {}
    assert Case.objects.values("area__code").get() == {"area__code": "28804-01"}
