"""Postings: what is taken, and that a refusal says nothing of its reason."""

from __future__ import annotations

import json
import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from footpath.core import clock
from footpath.questions import services
from footpath.questions.models import Inbox, Nullifier
from footpath.secrecy import age, encoding, receipts, tokens
from footpath.secrecy.tokens import Token
from tests.questions.corner import EPOCH, TODAY, Corner

if TYPE_CHECKING:
    from pytest_django.live_server_helper import LiveServer


def kept() -> tuple[int, int]:
    """Return how many tokens are spent and how many postings lie in the inbox."""
    return Nullifier.objects.count(), Inbox.objects.count()


def post(client: Client, body: bytes, **more: Any) -> Any:
    options = {"content_type": "application/json"} | more
    return client.post("/postings/", data=body, **options)


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: TODAY)


# --- what is taken --------------------------------------------------------------------------------


def test_a_question_with_a_token_is_taken_once(client: Client, corner: Corner) -> None:
    body = corner.posting()
    first, second = post(client, body), post(client, body)
    assert (first.status_code, json.loads(first.content)) == (202, {"taken": True})
    assert (second.status_code, json.loads(second.content)) == (403, {"taken": False})
    assert kept() == (1, 1)


def test_only_the_digest_of_a_token_and_the_sealed_bytes_are_kept(corner: Corner) -> None:
    token, sealed = corner.token(), corner.sealed()
    services.take_posting(body=corner.posting(token, sealed=sealed), on=TODAY)
    assert list(Nullifier.objects.values_list("digest", "epoch")) == [
        (token.nullifier.hex(), EPOCH)
    ]
    assert [bytes(row.sealed) for row in Inbox.objects.all()] == [sealed]


def test_a_token_is_of_use_until_the_end_of_the_next_month(corner: Corner) -> None:
    days = [(3, False), (4, True), (30, True)]
    assert [
        services.take_posting(body=corner.posting(), on=date(2026, 11, day)) for day, _ in days
    ] == [taken for _, taken in days]
    assert services.take_posting(body=corner.posting(), on=date(2026, 12, 31))
    assert not services.take_posting(body=corner.posting(), on=date(2027, 1, 1))


def test_a_question_sealed_for_the_version_before_is_taken(corner: Corner) -> None:
    from footpath.secrecy import officers

    before, sealed = corner.roster, corner.sealed()
    corner.officers["guidance-4"] = officers.new("guidance-4")
    second = corner.version(*corner.officers, number=2, previous=before.digest)
    assert services.take_roster(signed=second)
    assert services.take_posting(body=corner.posting(sealed=sealed), on=TODAY)
    assert services.take_posting(body=corner.posting(), on=TODAY)


# --- what is refused ------------------------------------------------------------------------------


def refusals(corner: Corner) -> dict[str, tuple[bytes, dict[str, Any]]]:
    """Return bodies that are refused, each for a reason of its own."""
    spent = corner.posting()
    assert services.take_posting(body=spent, on=TODAY)
    corner.publish("2026-08", 1)
    corner.publish("2026-12", 2)
    corner.drawn({EPOCH: 500, "2026-08": 500, "2026-12": 500})
    forged = Token(secrets.token_bytes(64), secrets.token_bytes(384))
    good = json.loads(corner.posting())
    code = receipts.new()
    return {
        "spent before": (spent, {}),
        "an epoch without a key": (corner.posting(epoch="2026-10"), {}),
        "an epoch that is over": (corner.posting(corner.token(1), epoch="2026-08"), {}),
        "an epoch to come": (corner.posting(corner.token(2), epoch="2026-12"), {}),
        "a token of another epoch": (corner.posting(corner.token(1)), {}),
        "forged": (corner.posting(forged), {}),
        "a token of another length": (corner.posting(Token(b"short", forged.signature)), {}),
        "a signature of another length": (corner.posting(Token(forged.prepared, b"short")), {}),
        "no epoch": (json.dumps(good | {"epoch": "soon"}).encode(), {}),
        "no base64": (json.dumps(good | {"token": "+/=="}).encode(), {}),
        "a name too many": (json.dumps(good | {"name": "Lan"}).encode(), {}),
        "a name too few": (json.dumps({"epoch": EPOCH}).encode(), {}),
        "not sealed": (corner.posting(sealed=b"May the head of a unit sign it?" * 160), {}),
        "sealed for one person": (
            corner.posting(sealed=age.seal(bytes(4096), [age.nobody()])),
            {},
        ),
        "no JSON": (b"{", {}),
        "a list": (b"[]", {}),
        "nested too deeply": (b"[" * 60_000, {}),
        "empty": (b"", {}),
        "no text": (b"\xff" * 5_000, {}),
        "too long": (b" " * 65_536 + spent, {}),
        "a form": (b"sealed=1", {"content_type": "application/x-www-form-urlencoded"}),
        "plain text": (corner.posting(), {"content_type": "text/plain"}),
        "an unknown slip": (
            json.dumps({"slip": code, "sealed": good["sealed"]}).encode(),
            {},
        ),
        "no slip": (json.dumps({"slip": 24, "sealed": good["sealed"]}).encode(), {}),
    }


def test_every_refusal_is_the_same_to_the_byte(client: Client, corner: Corner) -> None:
    bodies = refusals(corner)
    before = kept()
    said = {}
    for reason, (body, options) in bodies.items():
        response = post(client, body, **options)
        said[reason] = (response.status_code, response.content, sorted(response.items()))
    assert list(said) == list(bodies)
    assert len(set(map(repr, said.values()))) == 1, said
    assert said["forged"][:2] == (403, b'{"taken":false}')
    assert kept() == before


def test_every_refusal_asks_the_database_the_same(corner: Corner) -> None:
    bodies = refusals(corner)
    corner.drawn({EPOCH: 19})
    asked = {}
    for reason, body in [
        *((reason, body) for reason, (body, options) in bodies.items() if not options),
        ("too few members", corner.posting()),
    ]:
        with CaptureQueriesContext(connection) as queries:
            assert not services.take_posting(body=body, on=TODAY)
        asked[reason] = [query["sql"].split()[0] for query in queries]
    assert len({tuple(statements) for statements in asked.values()}) == 1, asked
    assert len(asked["forged"]) > 4


def test_below_the_least_number_of_members_the_refusal_is_the_same(
    client: Client, corner: Corner
) -> None:
    forged = Token(secrets.token_bytes(64), secrets.token_bytes(384))
    other = post(client, corner.posting(forged))
    corner.drawn({EPOCH: 19})
    few = post(client, corner.posting())
    corner.drawn({})
    none = post(client, corner.posting())
    corner.drawn({EPOCH: 20})
    enough = post(client, corner.posting())
    assert {(one.status_code, one.content, repr(one.items())) for one in (few, none)} == {
        (403, other.content, repr(other.items()))
    }
    assert enough.status_code == 202


def test_a_refusal_and_a_word_of_thanks_are_equally_long(client: Client, corner: Corner) -> None:
    taken = post(client, corner.posting())
    refused = post(client, b"")
    assert len(taken.content) == len(refused.content)
    assert dict(taken.items()) == dict(refused.items())


def test_nothing_is_taken_without_a_notice_or_with_an_altered_one(corner: Corner) -> None:
    body = corner.posting()
    path = corner.files.folder / "notice.json"
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole.replace(EPOCH, "2026-12"), encoding="utf-8")
    assert not services.take_posting(body=body, on=TODAY)
    path.unlink()
    assert not services.take_posting(body=body, on=TODAY)
    path.write_text(whole, encoding="utf-8")
    assert services.take_posting(body=body, on=TODAY)


def test_what_is_refused_never_reaches_the_database(corner: Corner, monkeypatch: Any) -> None:
    from footpath.questions.services import postings

    written: list[bytes] = []
    monkeypatch.setattr(postings, "_put_in", written.append)
    sealed = corner.sealed()
    forged = Token(secrets.token_bytes(64), secrets.token_bytes(384))
    assert not services.take_posting(body=corner.posting(forged, sealed=sealed), on=TODAY)
    assert [len(one) for one in written] == [len(sealed)]
    assert written != [sealed]


def test_a_posting_sets_no_cookie_and_tells_no_cache(client: Client, corner: Corner) -> None:
    client.cookies["footpath_session"] = "abc"
    response = post(client, corner.posting())
    assert (response.cookies, response["Cache-Control"]) == ({}, "no-store")
    assert response["Referrer-Policy"] == "no-referrer"


# --- slips ----------------------------------------------------------------------------------------


def slip_posting(corner: Corner, code: str) -> bytes:
    return json.dumps({"slip": code, "sealed": encoding.b64(corner.sealed())}).encode()


def test_a_slip_is_taken_once_and_as_people_type_it(corner: Corner) -> None:
    codes = [receipts.new() for _ in range(20)]
    services.keep_slips([tokens.slip_nullifier(code) for code in codes], EPOCH)
    typed = receipts.shown(codes[0]).lower()
    assert services.take_posting(body=slip_posting(corner, typed), on=TODAY)
    assert not services.take_posting(body=slip_posting(corner, codes[0]), on=TODAY)
    assert kept() == (1, 1)


def test_slips_are_taken_from_the_first_day_of_their_month_among_enough_others(
    corner: Corner,
) -> None:
    codes = [receipts.new() for _ in range(20)]
    services.keep_slips([tokens.slip_nullifier(code) for code in codes[:19]], EPOCH)
    assert not services.take_posting(body=slip_posting(corner, codes[0]), on=TODAY)
    services.keep_slips([tokens.slip_nullifier(codes[19])], EPOCH)
    assert not services.take_posting(body=slip_posting(corner, codes[0]), on=date(2026, 10, 31))
    assert services.take_posting(body=slip_posting(corner, codes[0]), on=date(2026, 11, 1))
    assert services.take_posting(body=slip_posting(corner, codes[1]), on=date(2026, 12, 31))
    assert not services.take_posting(body=slip_posting(corner, codes[2]), on=date(2027, 1, 1))


# --- many at once ---------------------------------------------------------------------------------


def test_of_fifty_that_spend_one_token_at_once_exactly_one_is_taken(lasting: Corner) -> None:
    token = lasting.token()
    bodies = [lasting.posting(token) for _ in range(50)]

    def spend(body: bytes) -> bool:
        try:
            return services.take_posting(body=body, on=TODAY)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=50) as pool:
        taken = list(pool.map(spend, bodies))
    assert sorted(taken) == [False] * 49 + [True]
    assert kept() == (1, 1)
    assert bytes(Inbox.objects.get().sealed) == encoding.unb64(
        json.loads(bodies[taken.index(True)])["sealed"]
    )


def test_over_the_network_too_exactly_one_of_fifty_is_taken(
    lasting: Corner, live_server: LiveServer
) -> None:
    token = lasting.token()
    bodies = [lasting.posting(token) for _ in range(50)]

    def spend(body: bytes) -> tuple[int, bytes]:
        request = Request(f"{live_server.url}/postings/", data=body)
        request.add_header("Content-Type", "application/json")
        try:
            with urlopen(request, timeout=60) as response:
                return response.status, response.read()
        except HTTPError as refused:
            with refused:
                return refused.code, refused.read()

    # The server of the tests lets ten wait to be heard.
    with ThreadPoolExecutor(max_workers=10) as pool:
        said = list(pool.map(spend, bodies))
    assert sorted(said) == [(202, b'{"taken":true} ')] + [(403, b'{"taken":false}')] * 49
    assert kept() == (1, 1)
