"""Open311 GeoReport v2: what is offered, what is told, what is taken, and how it is refused."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from footpath.accounts.models import TrailLine
from footpath.cases import services as cases
from footpath.cases.models import Application, Case, Category, Entry, Received, Reporter
from footpath.cases.services import applications
from footpath.core import clock
from footpath.directory.models import Area
from tests.world import World

pytestmark = pytest.mark.django_db

BASE = "/open311/v2"
FORM = "application/x-www-form-urlencoded; charset=utf-8"
QUESTIONS = [
    {
        "code": "DEPTH",
        "datatype": "number",
        "description_en": "How deep is it, in metres?",
        "description_vi": "Sâu bao nhiêu mét?",
        "required": True,
    },
    {
        "code": "KIND",
        "datatype": "multivaluelist",
        "description_en": "What is broken?",
        "values": [
            {"key": "gate", "name_en": "The gate", "name_zh": "闸门"},
            {"key": "bank", "name": "The bank"},
        ],
    },
    {"code": "WORDS", "datatype": "text", "description": "Anything else?"},
]
SPOT = {"lat": "10.2500", "long": "106.3600"}


class Outside:
    """Another system: it has a key, posts forms and reads both formats."""

    def __init__(self, application: Application, key: str) -> None:
        self.application, self.key = application, key
        self.client = Client(headers={"Accept-Language": "en"})

    def get(self, path: str, **query: str) -> Any:
        """Read JSON that must be there."""
        answer = self.client.get(f"{BASE}/{path}.json", query)
        assert answer.status_code == 200, answer.content
        return answer.json()

    def post(self, path: str = "requests.json", *, key: str | None = None, **form: Any) -> Any:
        """Post a form with the key."""
        form = {"api_key": self.key if key is None else key} | form
        return self.client.post(f"{BASE}/{path}", urlencode(form, doseq=True), content_type=FORM)

    def posted(self, **form: Any) -> Case:
        """Post a request that must be taken, and return the case."""
        answer = self.post(**(SPOT | {"service_code": "light"} | form))
        assert answer.status_code == 201, answer.content
        return Case.objects.get(pk=int(answer.json()[0]["service_request_id"]))


@pytest.fixture
def outside(world: World) -> Outside:
    """Return an application; its world has positions and two services, one with questions."""
    for number, area in enumerate((world.hue, world.khanh, world.phuoc, world.thach)):
        Area.objects.filter(pk=area.pk).update(
            latitude=10.25 + number / 50, longitude=106.36 + number / 50
        )
    Category.objects.filter(pk=world.category.pk).update(
        is_public=True, questions=QUESTIONS, group="Water", keywords="canal,dyke"
    )
    Category.objects.create(
        code="light",
        name_en="Street light",
        name_vi="Đèn đường",
        is_public=True,
        is_moderated=False,
    )
    Category.objects.create(code="inner", name_en="Inner matter")
    made, key = applications.create_application(
        name="District app", by=world.administrator, at=clock.now()
    )
    return Outside(made, key)


def published(case: Case) -> Case:
    """Let the public read the case."""
    Case.objects.filter(pk=case.pk).update(is_public=True)
    return case


# --- what is offered ------------------------------------------------------------------------------


def test_discovery_stands_in_both_formats(outside: Outside) -> None:
    told = outside.get("discovery")
    assert told["endpoints"][0]["specification"] == "http://wiki.open311.org/GeoReport_v2"
    assert told["endpoints"][0]["formats"] == ["text/xml", "application/json"]
    answer = outside.client.get(f"{BASE}/discovery.xml")
    assert answer["Content-Type"] == "text/xml; charset=utf-8"
    assert answer.content.startswith(b'<?xml version="1.0" encoding="utf-8"?>\n<discovery>')
    root = ET.fromstring(answer.content)
    assert [one.text for one in root.iter("format")] == ["text/xml", "application/json"]


def test_xml_is_the_format_of_an_address_without_an_end(outside: Outside) -> None:
    answer = outside.client.get(f"{BASE}/services")
    root = ET.fromstring(answer.content)
    assert root.tag == "services"
    assert [one.findtext("service_code") for one in root] == ["irrigation", "light"]
    assert [one.findtext("metadata") for one in root] == ["true", "false"]


def test_only_what_the_public_may_report_is_a_service(outside: Outside) -> None:
    Category.objects.filter(code="light").update(is_active=False)
    assert outside.get("services") == [
        {
            "service_code": "irrigation",
            "service_name": "Irrigation",
            "description": None,
            "metadata": True,
            "type": "realtime",
            "keywords": "canal,dyke",
            "group": "Water",
        }
    ]


def test_services_are_named_in_the_language_asked_for(outside: Outside) -> None:
    answer = outside.client.get(f"{BASE}/services.json", headers={"Accept-Language": "vi"})
    assert answer.json()[1]["service_name"] == "Đèn đường"


def test_the_questions_of_a_category_are_the_attributes_of_its_service(outside: Outside) -> None:
    told = outside.get("services/irrigation")
    assert [one["code"] for one in told["attributes"]] == ["DEPTH", "KIND", "WORDS"]
    assert [one["order"] for one in told["attributes"]] == [1, 2, 3]
    assert told["attributes"][0]["required"] is True
    assert told["attributes"][1]["values"][1] == {"key": "bank", "name": "The bank"}
    root = ET.fromstring(outside.client.get(f"{BASE}/services/irrigation.xml").content)
    assert [one.text for one in root.iter("key")] == ["gate", "bank"]


def test_the_questions_are_worded_in_the_language_asked_for(outside: Outside) -> None:
    address = f"{BASE}/services/irrigation.json"
    said = {}
    for language in ("en", "vi", "zh-hans", "ru"):
        answer = outside.client.get(address, headers={"Accept-Language": language})
        assert "Accept-Language" in answer["Vary"]
        depth, kind, _words = answer.json()["attributes"]
        said[language] = (depth["description"], kind["values"][0]["name"])
    assert said == {
        "en": ("How deep is it, in metres?", "The gate"),
        "vi": ("Sâu bao nhiêu mét?", "The gate"),
        "zh-hans": ("How deep is it, in metres?", "闸门"),
        "ru": ("How deep is it, in metres?", "The gate"),
    }


# --- what is taken --------------------------------------------------------------------------------


def test_a_posted_request_is_a_case_of_the_nearest_place(outside: Outside, world: World) -> None:
    answer = outside.post(
        "requests.json",
        service_code="irrigation",
        **SPOT,
        description="The sluice gate leaks.\nSince Monday.",
        first_name="Phạm",
        last_name="Thị Lan",
        email="lan@example.org",
        phone="0901",
        account_id="a7",
        media_url="https://example.org/1.jpg",
        **{"attribute[DEPTH]": "1.5", "attribute[KIND][]": ["gate", "bank"]},
    )
    assert answer.status_code == 201
    (told,) = answer.json()
    assert told == {
        "service_request_id": told["service_request_id"],
        "service_notice": None,
        "account_id": "a7",
    }
    case = Case.objects.get(pk=int(told["service_request_id"]))
    assert (case.title, case.area, case.source) == (
        "The sluice gate leaks.",
        world.hue,
        Case.Source.OPEN311,
    )
    assert case.text == "The sluice gate leaks.\nSince Monday."
    assert case.answers == {"DEPTH": "1.5", "KIND": ["gate", "bank"]}
    assert (case.latitude, case.longitude) == (10.25, 106.36)
    assert case.raised_by is None
    assert not case.is_public  # somebody reads it first
    reporter = Reporter.objects.get(case=case)
    assert (reporter.name, reporter.email) == ("Phạm Thị Lan", "lan@example.org")
    line = TrailLine.objects.get(subject=f"cases.case:{case.pk}")
    assert line.actor_name == "District app"


def test_the_answer_in_xml_holds_the_number_as_text(outside: Outside) -> None:
    answer = outside.post("requests.xml", service_code="light", **SPOT)
    assert answer.status_code == 201
    root = ET.fromstring(answer.content)
    assert root.tag == "service_requests"
    assert int(str(root.findtext("request/service_request_id"))) == Case.objects.get().pk


@pytest.mark.parametrize(
    ("where", "code"),
    [
        ({"lat": "10.2502", "long": "106.3601"}, "28804-01"),
        ({"lat": "10.271", "long": "106.381"}, "28804-02"),
        ({"address_id": "28807-01"}, "28807-01"),
        ({"address_id": "#NOTPINPOINTED#", **SPOT}, "28804-01"),
        ({"address_string": "12 Main Road, Ap Vinh Khanh, Xa Tan Thach"}, "28804-02"),
        ({"address_string": "Phước Hòa, Quới Sơn"}, "28807-01"),
        ({"address_string": "Somewhere nobody knows"}, "83"),
    ],
)
def test_a_location_in_each_form_finds_its_place(
    outside: Outside, where: dict[str, str], code: str
) -> None:
    answer = outside.post(service_code="light", **where)
    assert answer.status_code == 201, answer.content
    assert Case.objects.get().area.code == code


def test_the_same_key_gives_the_first_request_back(outside: Outside, world: World) -> None:
    first = outside.posted(client_key="K-1", description="Dark")
    again = outside.posted(client_key="K-1", description="Dark")
    assert again == first
    other, key = applications.create_application(
        name="Other", by=world.administrator, at=clock.now()
    )
    assert Outside(other, key).posted(client_key="K-1") != first
    assert Case.objects.count() == 2
    assert Received.objects.filter(key="K-1").count() == 2


def test_of_two_with_one_key_at_once_the_second_finds_the_first(
    outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    from footpath.cases.selectors import open311

    first = outside.posted(client_key="K-1")
    real, asked = open311.received, []

    def blind(*arguments: Any) -> Any:
        asked.append(arguments)
        return None if len(asked) == 1 else real(*arguments)

    monkeypatch.setattr(open311, "received", blind)
    assert outside.posted(client_key="K-1") == first
    assert (len(asked), Case.objects.count()) == (2, 1)


@pytest.mark.parametrize("way", ["query", "x-api-key", "bearer"])
def test_the_key_may_stand_in_the_address_or_in_a_header(outside: Outside, way: str) -> None:
    path, headers = f"{BASE}/requests.json", {}
    if way == "query":
        path += f"?api_key={outside.key}"
    elif way == "x-api-key":
        headers = {"X-Api-Key": outside.key}
    else:
        headers = {"Authorization": f"Bearer {outside.key}"}
    body = urlencode({"service_code": "light"} | SPOT)
    answer = outside.client.post(path, body, content_type=FORM, headers=headers)
    assert answer.status_code == 201


def test_the_key_is_kept_as_a_digest_and_never_logged(
    outside: Outside, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        outside.client.post(f"{BASE}/requests.json?api_key={outside.key}x")
        outside.client.get(f"{BASE}/requests/0.json", {"api_key": outside.key})
    lines = [row.getMessage() for row in caplog.records if not row.name.startswith("django.db")]
    assert outside.key not in "\n".join(lines)
    kept = json.dumps(list(Application.objects.values()), default=str)
    assert outside.key not in kept
    logging.getLogger("footpath").error("GET /x?api_key=%s&a=1", outside.key)
    assert outside.key not in capsys.readouterr().err


def test_a_trusted_application_and_an_open_category_are_shown_at_once(
    outside: Outside, world: World
) -> None:
    assert outside.posted().is_public
    deep = {"service_code": "irrigation", "attribute[DEPTH]": "1"}
    assert not outside.posted(**deep).is_public
    applications.change_application(
        application=outside.application,
        name="District app",
        per_minute=60,
        is_trusted=True,
        by=world.administrator,
        at=clock.now(),
    )
    assert outside.posted(**deep).is_public


# --- what is refused ------------------------------------------------------------------------------

Sent = Callable[[Outside, str], Any]


def _post(**form: Any) -> Sent:
    full = {"service_code": "light"} | SPOT | form
    return lambda outside, end: outside.post(f"requests.{end}", **full)


def _get(path: str, **query: str) -> Sent:
    return lambda outside, end: outside.client.get(f"{BASE}/{path}.{end}", query)


def _update(**form: str) -> Sent:
    full = {"service_request_id": "1", "update_id": "u", "status": "OPEN"} | form
    return lambda outside, end: outside.post(f"servicerequestupdates.{end}", **full)


REFUSED: list[tuple[str, int, Sent]] = [
    ("no key", 403, _post(api_key="")),
    ("wrong key", 403, _post(api_key="fo_wrong")),
    ("no service", 400, _post(service_code="")),
    ("unknown service", 404, _post(service_code="nothing")),
    ("service not open", 404, _post(service_code="inner")),
    ("no location", 400, _post(lat="", long="")),
    ("half a location", 400, _post(long="")),
    ("no number", 400, _post(lat="north")),
    ("not a number", 400, _post(lat="nan")),
    ("out of range", 400, _post(lat="91")),
    ("far away", 400, _post(lat="52.5", long="13.4")),
    ("unknown address", 400, _post(lat="", long="", address_id="X-1")),
    ("description", 400, _post(description="x" * 4001)),
    ("media", 400, _post(media_url="javascript:alert(1)")),
    ("long media", 400, _post(media_url="https://example.org/" + "x" * 500)),
    ("email", 400, _post(email="nobody")),
    ("phone", 400, _post(phone="1" * 60)),
    ("missing attribute", 400, _post(service_code="irrigation")),
    ("attribute", 400, _post(service_code="irrigation", **{"attribute[DEPTH]": "deep"})),
    (
        "value not offered",
        400,
        _post(service_code="irrigation", **{"attribute[DEPTH]": "1", "attribute[KIND]": "x"}),
    ),
    ("long key", 400, _post(client_key="k" * 121)),
    ("no text", 400, _post(description="a\x00b")),
    ("definition", 404, _get("services/nothing")),
    ("definition not open", 404, _get("services/inner")),
    ("request", 404, _get("requests/999999")),
    ("request no number", 404, _get("requests/C-1")),
    ("request too big", 404, _get("requests/" + "9" * 30)),
    ("token", 404, _get("tokens/123")),
    ("address", 404, _get("nowhere/at/all")),
    ("status", 400, _get("requests", status="half")),
    ("date", 400, _get("requests", start_date="yesterday")),
    ("date too far", 400, _get("requests", start_date="0001-01-01T00:00:00+14:00")),
    ("span", 400, _get("requests", start_date="2025-01-01", end_date="2025-06-01")),
    ("turned about", 400, _get("requests", start_date="2025-02-01", end_date="2025-01-01")),
    ("page", 400, _get("requests", page="0")),
    ("page size", 400, _get("requests", page_size="1001")),
    ("key of reader", 403, _get("requests", api_key="fo_wrong")),
    ("nothing in it", 400, _get("requests", service_code="a\x00")),
    ("method", 405, lambda outside, end: outside.client.delete(f"{BASE}/services.{end}")),
    ("update without key", 403, _update(api_key="")),
    ("update of what", 400, _update(service_request_id="", update_id="", status="")),
    ("update unknown", 404, _update(service_request_id="999999")),
    ("update status", 400, _update(status="HALF")),
    ("update long", 400, _update(update_id="u" * 121)),
    (
        "body",
        400,
        lambda outside, end: outside.client.post(
            f"{BASE}/requests.{end}", "a=1&" * 10_001, content_type=FORM
        ),
    ),
    (
        "broken upload",
        400,
        lambda outside, end: outside.client.post(
            f"{BASE}/requests.{end}", b"--x", content_type="multipart/form-data"
        ),
    ),
]


@pytest.mark.parametrize(("status", "sent"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED])
def test_each_refusal_has_its_status_and_its_body_in_both_formats(
    outside: Outside, status: int, sent: Sent
) -> None:
    answer = sent(outside, "json")
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/json; charset=utf-8"
    told = [(row["code"], row["description"]) for row in answer.json()]
    assert told
    assert all(code == status and text for code, text in told)
    answer = sent(outside, "xml")
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "text/xml; charset=utf-8"
    root = ET.fromstring(answer.content)
    assert root.tag == "errors"
    assert [(int(str(r.findtext("code"))), r.findtext("description")) for r in root] == told
    assert not Case.objects.exists()


def test_several_things_that_are_wrong_are_all_named(outside: Outside) -> None:
    answer = outside.post("servicerequestupdates.json")
    assert len(answer.json()) == 3


def test_a_revoked_key_no_longer_works(outside: Outside, world: World) -> None:
    applications.revoke_application(
        application=outside.application, by=world.administrator, at=clock.now()
    )
    assert outside.post(service_code="light", **SPOT).status_code == 403


def test_an_application_asks_only_so_often_a_minute(
    outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = clock.now().replace(second=10)
    monkeypatch.setattr(clock, "now", lambda: at)
    Application.objects.update(per_minute=2)
    answers = [outside.post(service_code="light", **SPOT).status_code for _ in range(3)]
    assert answers == [201, 201, 429]
    monkeypatch.setattr(clock, "now", lambda: at + timedelta(minutes=1))
    assert outside.post(service_code="light", **SPOT).status_code == 201


# --- what is told ---------------------------------------------------------------------------------


def test_a_case_is_told_as_a_request(outside: Outside, world: World) -> None:
    case = outside.posted(description="Dark", email="lan@example.org", first_name="Lan")
    Case.objects.filter(pk=case.pk).update(organization=world.commune_office, address="At the gate")
    (told,) = outside.get(f"requests/{case.pk}")
    assert told | {"requested_datetime": "", "updated_datetime": "", "expected_datetime": ""} == {
        "service_request_id": str(case.pk),
        "status": "open",
        "status_notes": None,
        "service_name": "Street light",
        "service_code": "light",
        "description": "Dark",
        "agency_responsible": "Commune office",
        "service_notice": None,
        "requested_datetime": "",
        "updated_datetime": "",
        "expected_datetime": "",
        "address": "At the gate, Ấp Tân Huề, Xã Tân Thạch, Huyện Châu Thành, Tỉnh Bến Tre",
        "address_id": "28804-01",
        "zipcode": None,
        "lat": 10.25,
        "long": 106.36,
        "media_url": None,
    }
    assert told["requested_datetime"].endswith("+07:00")
    assert told["expected_datetime"] == f"{case.promised_on}T23:59:59+07:00"
    assert "lan" not in json.dumps(told).casefold()


def test_only_moderated_cases_are_told_to_everybody_and_its_own_to_an_application(
    outside: Outside, world: World
) -> None:
    hidden = outside.posted(
        service_code="irrigation",
        description="Leaks",
        media_url="https://example.org/1.jpg",
        **{"attribute[DEPTH]": "1", "attribute[WORDS]": "Ask Mr. An"},
    )
    inner = world.case()
    shown = published(world.case(title="Shown"))
    assert [
        row["service_request_id"] for row in outside.get("requests", start_date="2026-03-01")
    ] == [str(shown.pk)]
    assert outside.client.get(f"{BASE}/requests/{hidden.pk}.json").status_code == 404
    assert outside.client.get(f"{BASE}/requests/{inner.pk}.json").status_code == 404
    (own,) = outside.get(f"requests/{hidden.pk}", api_key=outside.key, extensions="true")
    assert own["media_url"] == "https://example.org/1.jpg"
    assert [row["value"] for row in own["attributes"]] == ["1", "Ask Mr. An"]
    published(hidden)
    (told,) = outside.get(f"requests/{hidden.pk}", extensions="true")
    assert told["media_url"] is None
    assert [row["value"] for row in told["attributes"]] == ["1"]


def test_words_for_the_public_stand_in_the_place_of_what_was_reported(outside: Outside) -> None:
    case = outside.posted(description="My neighbour Mr. An broke the lamp")
    Case.objects.filter(pk=case.pk).update(public_text="The lamp is broken")
    (told,) = outside.get(f"requests/{case.pk}")
    assert told["description"] == "The lamp is broken"


def test_a_case_is_closed_only_when_somebody_has_verified_it(
    outside: Outside, world: World
) -> None:
    case = published(world.rectified_case())
    (told,) = outside.get(f"requests/{case.pk}")
    assert (told["status"], told["status_notes"]) == ("open", None)
    case.refresh_from_db()
    cases.verify_case(case=case, result="confirmed", by=world.officer, at=clock.now())
    (told,) = outside.get(f"requests/{case.pk}")
    assert (told["status"], told["status_notes"]) == ("closed", "Solved")
    assert told["updated_datetime"][:10] == clock.today().isoformat()


def test_public_words_of_the_thread_are_notes_and_inner_ones_are_not(
    outside: Outside, world: World
) -> None:
    case = outside.posted(description="Dark")
    for text, is_public in (("Our electrician comes on Monday.", True), ("Ask Mr. An", False)):
        Entry.objects.create(
            case=case,
            round_number=1,
            deed="replied",
            by=world.head,
            at=clock.now(),
            text=text,
            is_public=is_public,
        )
    (told,) = outside.get(f"requests/{case.pk}", extensions="true")
    assert [note["description"] for note in told["notes"]] == ["Our electrician comes on Monday."]
    assert told["status_notes"] == "Our electrician comes on Monday."
    assert told["extended_attributes"] == {"state": "raised", "outcome": None, "round": 1}
    root = ET.fromstring(
        outside.client.get(f"{BASE}/requests/{case.pk}.xml?extensions=true").content
    )
    assert root.findtext("request/notes/note/description") == "Our electrician comes on Monday."
    assert "Mr. An" not in ET.tostring(root, encoding="unicode")
    (update,) = outside.get("servicerequestupdates")
    assert update["description"] == "Our electrician comes on Monday."


def test_what_a_case_lacks_is_read_by_who_sent_it_alone(outside: Outside, world: World) -> None:
    case = outside.posted(description="Dark")
    cases.return_case(case=case, text="Which lamp is yours?", by=world.head, at=clock.now())

    def read() -> str:
        calls = (f"requests/{case.pk}", "servicerequestupdates")
        return str([outside.get(call, extensions="true") for call in calls])

    assert "Which lamp" not in read()
    outside.client.defaults["HTTP_X_API_KEY"] = outside.key
    assert read().count("Which lamp") == 3


def test_text_that_no_xml_can_hold_is_written_without_it(outside: Outside) -> None:
    case = outside.posted(description="Bell \x07 & <b>lamp</b>")
    root = ET.fromstring(outside.client.get(f"{BASE}/requests/{case.pk}.xml").content)
    assert root.findtext("request/description") == "Bell \ufffd & <b>lamp</b>"


def test_requests_are_filtered_as_the_specification_says(outside: Outside, world: World) -> None:
    dark = outside.posted(description="Dark")
    deep = published(outside.posted(service_code="irrigation", **{"attribute[DEPTH]": "1"}))
    done = published(world.closed_case(title="Old"))  # of March 2026
    today, tomorrow = clock.today(), clock.today() + timedelta(days=1)

    def ids(**query: str) -> set[int]:
        return {int(row["service_request_id"]) for row in outside.get("requests", **query)}

    assert ids() >= {dark.pk, deep.pk}
    assert ids(service_code="light") == {dark.pk}
    assert ids(service_code="light,irrigation", status="open") == {dark.pk, deep.pk}
    march = {"start_date": "2026-03-01T00:00:00Z", "end_date": "2026-03-31T00:00:00"}
    assert ids(**march) == {done.pk}
    assert ids(**march, status="closed", service_code="") == {done.pk}
    assert ids(**march, status="open") == set()
    assert ids(start_date="2026-03-01T00:00:00 07:00") == {done.pk}
    assert ids(service_request_id=f"{dark.pk},{done.pk},none", status="closed") == {
        dark.pk,
        done.pk,
    }
    assert ids(updated_after=f"{today}", updated_before=f"{tomorrow}") == {dark.pk, deep.pk}
    assert ids(end_date=f"{tomorrow}") >= {dark.pk, deep.pk}


def test_pages_hold_every_request_once(outside: Outside) -> None:
    made = {outside.posted(description=f"Lamp {number}").pk for number in range(5)}
    pages = [outside.get("requests", page=str(page), page_size="2") for page in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [2, 2, 1, 0]
    found = [int(row["service_request_id"]) for page in pages for row in page]
    assert (len(found), set(found)) == (5, made)


def test_a_program_that_has_an_answer_is_told_so(outside: Outside) -> None:
    outside.posted()
    first = outside.client.get(f"{BASE}/requests.json")
    again = outside.client.get(f"{BASE}/requests.json", headers={"If-None-Match": first["ETag"]})
    assert (first.status_code, again.status_code) == (200, 304)
    assert first["Cache-Control"] == "public, max-age=60"
    own = outside.client.get(f"{BASE}/requests.json", {"api_key": outside.key})
    assert own["Cache-Control"] == "private, max-age=0"


@pytest.mark.parametrize("with_key", [False, True])
def test_a_list_takes_as_many_queries_for_one_as_for_three(
    outside: Outside, with_key: bool
) -> None:
    query = {"extensions": "true"} | ({"api_key": outside.key} if with_key else {})
    counts = []
    for number in (1, 2):
        for _ in range(number):
            outside.posted()
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert len(outside.get("requests", **query)) == 2 * number - 1
        counts.append(len(asked))
    assert counts[0] == counts[1] <= (6 if with_key else 4)


# --- updates --------------------------------------------------------------------------------------


def test_updates_tell_the_way_of_a_case(outside: Outside, world: World) -> None:
    case = published(world.rectified_case())
    cases.verify_case(case=case, result="confirmed", by=world.officer, at=clock.now())
    Case.objects.filter(pk=case.pk).update(updated_at=clock.now())
    told = outside.get(
        "servicerequestupdates",
        start_date="2026-03-01",
        end_date="2026-03-31",
        service_request_id=str(case.pk),
    )
    assert [row["status"] for row in told] == ["INVESTIGATING", "ACTION_SCHEDULED"]
    (last,) = outside.get("servicerequestupdates")
    assert (last["status"], last["service_request_id"]) == ("FIXED", str(case.pk))
    assert last["description"] is None  # inner words stay inside
    assert outside.get("servicerequestupdates", service_request_id="none") == []


@pytest.mark.parametrize("status", ["FIXED", "closed", "IN_PROGRESS"])
def test_an_update_from_outside_is_a_word_and_never_the_end(outside: Outside, status: str) -> None:
    case = outside.posted()
    said = {
        "service_request_id": str(case.pk),
        "update_id": "u-1",
        "status": status,
        "description": "Works again",
    }
    for _ in range(2):
        answer = outside.post("servicerequestupdates.json", **said)
        assert (answer.status_code, answer.json()) == (201, [{"update_id": "u-1"}])
    case.refresh_from_db()
    assert (case.state, case.is_open) == ("raised", True)
    (entry,) = case.entries.all()
    assert (entry.deed, entry.by, entry.said_by) == ("update", None, "District app")
    assert entry.text.endswith(": Works again")
    assert not entry.is_public


def test_an_application_updates_only_what_it_has_posted(outside: Outside, world: World) -> None:
    case = published(world.case())
    answer = outside.post(
        "servicerequestupdates.json", service_request_id=str(case.pk), update_id="u", status="OPEN"
    )
    assert answer.status_code == 404


def test_the_device_that_sent_a_request_is_kept_nowhere(
    outside: Outside, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        case = outside.posted(device_id="canary-7")
    assert outside.post(f"requests/{case.pk}.json", device_id="canary-7").status_code == 405
    kept = {model: list(model._base_manager.values()) for model in apps.get_models()}
    assert kept[Case]
    assert "canary-7" not in f"{kept} {caplog.text}"


# --- whatever is sent -----------------------------------------------------------------------------

NASTY = (
    "", " ", "\x00", "\u202e", "%", "[]", "{}", "null", "-1", "0", "1e400", "9" * 30, "C-1",
    "9999-12-31T23:59:59-14:00", "2026-02-30", "<b>&", "'; --", "x" * 5000, "\U0001f600", "\x1f",
)  # fmt: skip
ASKED = (
    "service_request_id", "service_code", "start_date", "end_date", "status", "page", "page_size",
    "updated_after", "updated_before", "extensions", "client_key", "jurisdiction_id", "api_key",
)  # fmt: skip
SENT = (
    "service_code", "lat", "long", "address_id", "address_string", "description", "media_url",
    "email", "first_name", "last_name", "phone", "account_id", "device_id", "client_key",
    "attribute[DEPTH]", "attribute[KIND][]", "attribute[]", "attribute[a][b]", "api_key",
)  # fmt: skip


@pytest.mark.parametrize("text", NASTY)
def test_nothing_that_is_sent_breaks_a_call(outside: Outside, text: str) -> None:
    Application.objects.update(per_minute=6000)
    case = outside.posted()
    paths = "requests.json", f"requests/{case.pk}.xml", "servicerequestupdates.json"
    answers = [
        outside.client.get(f"{BASE}/{path}", {field: text}) for field in ASKED for path in paths
    ]
    right = SPOT | {"service_code": "irrigation", "attribute[DEPTH]": "1"}
    answers += [outside.post("requests.xml", **(right | {field: text})) for field in SENT]
    said = {"service_request_id": str(case.pk), "update_id": "u", "status": "OPEN"}
    answers += [
        outside.post("servicerequestupdates.json", **(said | {field: text}))
        for field in (*said, "description", "updated_datetime", "api_key")
    ]
    assert {answer.status_code for answer in answers} <= {200, 201, 400, 403, 404}
    for answer in answers:
        if answer["Content-Type"].startswith("text/xml"):
            ET.fromstring(answer.content)
        else:
            answer.json()
