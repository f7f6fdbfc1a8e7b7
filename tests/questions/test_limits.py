"""How many postings may be refused in a second: those of everybody together."""

from __future__ import annotations

import secrets
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from footpath.core import clock
from footpath.questions import limits, services
from footpath.questions.models import Inbox
from footpath.secrecy import blind
from footpath.secrecy.tokens import Token
from tests.questions.corner import TODAY, Corner


@pytest.fixture
def moment() -> list[float]:
    """Return the time of the limit, in seconds; a test lets it pass."""
    return [1000.0]


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch, moment: list[float]) -> limits.Checks:
    """Let three refusals a second be enough, and six at once."""
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    made = limits.Checks(a_second=3, seconds=2, now=lambda: moment[-1])
    monkeypatch.setattr(limits, "POSTINGS", made)
    return made


def post(client: Client, body: bytes) -> tuple[int, bytes, Any]:
    response = client.post("/postings/", data=body, content_type="application/json")
    return response.status_code, response.content, sorted(response.items())


def forged(corner: Corner) -> bytes:
    return corner.posting(Token(secrets.token_bytes(64), secrets.token_bytes(384)))


def test_it_grows_with_the_time_up_to_its_most(few: limits.Checks, moment: list[float]) -> None:
    assert [few.begin() for _ in range(8)] == [True] * 6 + [False] * 2
    moment.append(1000.4)
    assert [few.begin() for _ in range(2)] == [True, False]
    moment.append(5000.0)
    assert [few.begin() for _ in range(7)] == [True] * 6 + [False]
    few.give_back()
    assert [few.begin() for _ in range(2)] == [True, False]
    moment.append(9000.0)
    few.begin()
    for _ in range(5):
        few.give_back()
    assert [few.begin() for _ in range(7)] == [True] * 6 + [False]


def test_of_many_at_once_no_more_are_let_through() -> None:
    made = limits.Checks(a_second=5, seconds=4, now=lambda: 0.0)
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(lambda _: made.begin(), range(200))) == 20


def test_beyond_the_limit_nothing_is_checked_and_the_refusal_is_the_same(
    client: Client,
    corner: Corner,
    few: limits.Checks,
    moment: list[float],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    usual = {repr(post(client, forged(corner))) for _ in range(6)}
    good, other = corner.posting(), forged(corner)
    with monkeypatch.context() as watched, CaptureQueriesContext(connection) as queries:
        watched.setattr(blind, "verify", lambda *_: pytest.fail("a signature was checked"))
        beyond = {repr(post(client, body)) for body in (other, good, b"{")}
    assert (beyond, len(queries)) == (usual, 0)
    assert len(usual) == 1
    # A moment later the same posting is taken: its token was not spent.
    moment.append(moment[-1] + 1)
    assert post(client, good)[0] == 202
    assert Inbox.objects.count() == 1


def test_what_is_taken_counts_against_nobody(
    client: Client, corner: Corner, few: limits.Checks
) -> None:
    assert [post(client, corner.posting())[0] for _ in range(20)] == [202] * 20
    assert post(client, forged(corner))[0] == 403


def test_officers_are_not_limited_by_what_strangers_post(
    client: Client, corner: Corner, few: limits.Checks
) -> None:
    for _ in range(8):
        post(client, forged(corner))
    plain = corner.approved(corner.answer(), "guidance-1", "guidance-2")
    answered = client.post("/desk/answers/", data=plain, content_type="application/json")
    assert answered.status_code == 202
    assert not services.take_posting(body=forged(corner), on=TODAY)
