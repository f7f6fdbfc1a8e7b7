"""No address breaks on what is typed into it: nonsense is refused, never an error of ours."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.principles.matrix import GET, POST
from tests.principles.test_permission_matrix import ADDRESSES, ROLES, Things, status
from tests.world import World

pytestmark = pytest.mark.django_db

HUGE = "9" * 25
AS_A_FORM = "application/x-www-form-urlencoded"
WITH_FILES = frozenset(
    {
        "cases:case",
        "cases:deed",
        "cases:raise",
        "directory:imports",
        "knowledge:regulation-change",
        "knowledge:regulation-new",
        "meetings:study",
    }
)
"""Forms that may carry a file: they are sent in parts, which takes longer to read."""

FIELDS = (
    "after", "age", "actor", "agency", "area", "attendance", "basis", "basis_date", "basis_number",
    "case", "category", "closed", "code", "client_key", "date", "day", "deed", "duplicate_of",
    "duty", "ends_at", "expected", "figure", "file", "format", "from", "go", "handover_note",
    "headcount", "issued_on", "kind", "language", "last_day", "latitude", "level", "limit", "login",
    "longitude", "minutes", "missing", "month", "name", "new", "next", "number", "of", "on", "open",
    "order", "organization", "outcome", "own", "owner", "parent", "password", "person", "place",
    "post", "q", "query", "raised", "reason", "reopened", "result", "role", "session", "size",
    "source", "start", "starts_at", "state", "subject", "substitute", "text", "tier", "title",
    "understood", "until", "user_name", "username", "valid_from", "view", "where", "who", "within",
    "answered_on", "approver", "consent", "description", "holds", "issuer", "origin", "question",
    "regulations", "replacement", "sentence", "topic", "units", "version",
)  # fmt: skip
"""Every name that some page, form or call reads."""


def position(*values: Any) -> str:
    """Return a position in a list as a page writes it, with values it never holds."""
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


NASTY = {
    "nothing": "",
    "a sign that is none": "\x00",
    "a number too large": HUGE,
    "a negative number": "-1",
    "a digit of another script": "٣",
    "a superscript": "²",
    "a month too many": "2026-13",
    "the first day": "0001-01-01",
    "the last day": "9999-12-31",
    "the last moment": "9999-12-31T23:59:59-12:00",
    "a long number": "9" * 5000,
    "a script": "\"'><script>alert(1)</script>{{ 7*7 }}",
    "signs of a pattern": "%_\\*'\":&|!()<->",
    "half of a pair": "\ud800",
    "a position with a large key": position("2026-03-01", 2**70),
    "a position long ago": position("0001-01-01T00:00:00+14:00", 1),
    "no position": position([], {}),
}


ALIKE = frozenset({
    "nothing", "a digit of another script", "a superscript", "a month too many", "a script",
    "signs of a pattern", "no position",
})  # fmt: skip
"""Refused or taken before any database is asked: sent on SQLite alone."""

TOO_LARGE = frozenset({"a number too large", "the last day", "a position with a large key"})
"""What SQLite cannot hold; all else that a database may refuse is sent on PostgreSQL alone."""

SENT = {
    name: text
    for name, text in NASTY.items()
    if (name in ALIKE | TOO_LARGE if connection.vendor == "sqlite" else name not in ALIKE)
}
"""What is sent on the engine of this run: each value on the engine that is the stricter one."""


NARROWING = frozenset({"area", "closed", "open", "organization", "parent", "place", "within"})
"""Fields that end in 404 when they name no place: then the others are also sent without them."""


@pytest.fixture
def things(world: World) -> Things:
    return Things(world)


def as_sent(text: str) -> str:
    """Return text as an address can hold it: half of a pair of signs goes as a question mark."""
    return text.encode(errors="replace").decode()


def failures(
    client: Client,
    method: str,
    address: str,
    values: Any,
    *,
    answers: list[int] | None = None,
    **more: Any,
) -> list[str]:
    """Return what went wrong inside, when something did; the status goes to ``answers``."""
    client.raise_request_exception = False
    answer = getattr(client, method)(address, values, **more)
    if answers is not None:
        answers.append(status(answer))
    return [f"{address} {sorted(values)[:3]}: {answer.exc_info}"] if status(answer) >= 500 else []


def submitted(client: Client, name: str, address: str, values: dict[str, str]) -> list[str]:
    """Return what went wrong inside when a form was sent as a browser sends it."""
    client.raise_request_exception = False
    if name in WITH_FILES:
        answer = client.post(address, values)
    else:
        answer = client.post(address, urlencode(values), content_type=AS_A_FORM)
    return [f"{name} on {address}: {answer.exc_info}"] if status(answer) >= 500 else []


@pytest.mark.parametrize("text", SENT.values(), ids=list(SENT))
def test_no_page_breaks_on_what_stands_in_its_address(things: Things, text: str) -> None:
    client, text = things.client("administrator"), as_sent(text)
    found: list[str] = []
    for name, wanted in ADDRESSES:
        if GET[name][-1] == 405:
            continue
        address = things.address(name, wanted)
        answers: list[int] = []
        found += failures(client, "get", address, dict.fromkeys(FIELDS, text), answers=answers)
        if answers == [404]:
            others = [field for field in FIELDS if field not in NARROWING]
            found += failures(client, "get", address, dict.fromkeys(others, text))
        if name.startswith("api:"):
            for field in ("after", "area", "limit", "on", "owner", "person", "q", "tier"):
                found += failures(client, "get", address, {field: text})
    assert found == []


@pytest.mark.parametrize("text", SENT.values(), ids=list(SENT))
def test_no_form_breaks_on_what_is_sent(things: Things, text: str) -> None:
    text = as_sent(text)
    wanted, found = dict(ADDRESSES), []
    clients = {role: things.client(role) for role in ("administrator", "head")}
    for name in POST:
        if name.startswith(("api:", "account_")) or "sign-" in name:
            continue
        if name.startswith("accounts:"):  # some of these sign out
            clients = {role: things.client(role) for role in clients}
        for role, client in clients.items():
            if POST[name][ROLES.index(role)] in (403, 404) and name != "meetings:meeting":
                continue
            values = dict.fromkeys(FIELDS, text) | {f"mark_{things.duty.pk}": "substitute"}
            for more in DEEDS.get(name, ({},)):
                address = things.address(name, wanted[name])
                found += submitted(client, name, address, values | more)
    assert found == []
    assert all(client.get("/").status_code == 200 for client in clients.values())


DEEDS: dict[str, list[dict[str, str]]] = {
    "cases:bulk": [
        {"deed": deed, "case": "1", "go": "1"} for deed in ("accept", "assign", "escalate", "note")
    ],
    "meetings:meeting": [
        {"deed": deed}
        for deed in ("cancel", "hold", "invite", "item", "mark", "minutes", "move", "uninvite", "")
    ],
    "directory:close-area": [{}, {"until": "0001-01-01"}],
    "directory:move-post": [{}, {"organization": "O1", "on": "0001-01-01"}],
}


def bodies(things: Things, nasty: Any) -> dict[str, list[dict[str, Any]]]:
    """Return for each call bodies that are right but for one value."""
    day, moment = "2026-03-10", "2026-03-10T19:00:00+07:00"
    right: dict[str, dict[str, Any]] = {
        "api:add_item": {"text": "x"},
        "api:convene": {
            "kind": "cell", "area": "28804-01", "starts_at": moment, "ends_at": moment,
            "where": "", "agenda": "", "title": "",
        },
        "api:do_deed": {"text": "x", "owner": 1, "agency": "x", "duplicate_of": 1},
        "api:end_assignment": {"last_day": day, "handover_note": ""},
        "api:hold": {"headcount": 1, "exceptions": []},
        "api:mark_attendance": {
            "person": 1, "attendance": "excused", "reason": "x", "substitute": 1,
        },
        "api:put_in_charge": {
            "person": 1, "area": "28804-01", "organization": None, "start": day, "until": day,
            "basis_number": "1", "basis_date": day,
        },
        "api:raise_case": {
            "title": "x", "text": "x", "area": "28804-01", "category": "irrigation",
        },
        "api:write_minutes": {"minutes": "x"},
    }  # fmt: skip
    right["api:mark_attendance"]["person"] = things.world.officer.pk
    right["api:put_in_charge"]["person"] = things.world.officer.pk
    return {
        name: [body | {field: nasty} for field in body] + [{"text": [nasty]}]
        for name, body in right.items()
    }


@pytest.mark.parametrize(
    "nasty",
    [*SENT.values(), 2**70, -(2**70), 2**31, -1, 1e400, [], {}, True],
    ids=[*SENT, "large", "small", "rather large", "negative", "infinite", "list", "map", "yes"],
)
def test_no_call_breaks_on_what_is_sent(things: Things, nasty: Any) -> None:
    wanted, found, client = dict(ADDRESSES), [], things.client("head")
    for name, sent in bodies(things, nasty).items():
        given = things.arguments(name) | {"pk": _subject(things, name)}
        for deed in ("assign", "note", "mark_duplicate") if name == "api:do_deed" else ("",):
            given["deed"] = deed
            address = reverse(name, kwargs={key: given[key] for key in wanted[name]})
            for body in sent:
                text = json.dumps(body)
                found += failures(client, "post", address, text, content_type="application/json")
    assert found == []


def _subject(things: Things, name: str) -> int:
    if name == "api:end_assignment":
        return things.assignment.pk
    return things.case.pk if name in ("api:do_deed", "api:raise_case") else things.meeting.pk


@pytest.mark.parametrize("key", [2**31, 2**63 - 1, 2**63, 10**30])
@pytest.mark.parametrize("role", ["administrator", "head"])
def test_no_key_is_too_large(things: Things, role: str, key: int) -> None:
    client, found = things.client(role), []
    client.raise_request_exception = False
    for name, wanted in ADDRESSES:
        given = things.arguments(name)
        keys = {"pk", "case_id", "number"} & wanted
        if keys:
            given = {word: key if word in keys else given[word] for word in wanted}
            for method in ("get", "post"):
                answer = getattr(client, method)(reverse(name, kwargs=given))
                found += [(name, method, repr(answer.exc_info))] if status(answer) >= 500 else []
    assert found == []


@pytest.mark.parametrize("code", ["\x00", "x" * 3000, "\u202e", "%", "..", "'"])
def test_no_code_in_an_address_breaks_a_page(things: Things, code: str) -> None:
    client, found = things.client("administrator"), []
    client.raise_request_exception = False
    for name, wanted in ADDRESSES:
        if "code" in wanted or "kind" in wanted:
            given = things.arguments(name) | dict.fromkeys({"code", "kind"} & wanted, code)
            address = reverse(name, kwargs={word: given[word] for word in wanted})
            answer = client.get(address)
            found += [(name, repr(answer.exc_info))] if status(answer) >= 500 else []
    assert found == []
