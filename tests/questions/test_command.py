"""``footpath-corner`` and a real Corner: the command's requests meet the real views."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from footpath.core import clock
from footpath.questions import selectors, services
from footpath.questions.models import Inbox, Nullifier
from footpath.secrecy import encoding, envelopes, receipts, records
from footpath.secrecy.client import deeds, trust
from footpath.secrecy.client.errors import Alarm
from footpath.secrecy.client.store import Slot, State
from footpath.secrecy.client.wire import Reply
from footpath.secrecy.tokens import slip_nullifier
from tests.questions.corner import CODES, EPOCH, TODAY, Corner

MEMBERS, CORNER = "https://footpath.example.vn", "https://corner.example.vn"
NOON = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
RECEIPT = receipts.with_check(7)


def reach(method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> Reply:
    """Carry a request to the views of this very process."""
    parts = urlsplit(url)
    answer = Client().generic(
        method,
        parts.path,
        body or b"",
        content_type=headers.get("Content-Type", "application/octet-stream"),
        secure=True,
        SERVER_NAME="localhost",
    )
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return Reply(answer.status_code, list(answer.headers.items()), content)


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be noon of 22 November 2026."""
    monkeypatch.setattr(clock, "today", lambda: TODAY)


def state_of(corner: Corner) -> State:
    """Return a command that has pinned everything and holds four tokens."""
    state = State(MEMBERS, CORNER, selectors.files().notice()["entries"], [])
    deeds.visit(reach, state)
    drawn = [corner.token() for _slot in range(4)]
    state.slots[EPOCH] = [Slot(one.prepared, one.signature) for one in drawn]
    return state


def keep(_state: State) -> None:
    """Write nothing."""


def ask(state: State, **values: Any) -> deeds.Sent:
    asking = deeds.Asking(**{"text": "May the head sign?"} | values)
    deeds.ask(state, keep, asking, receipt=RECEIPT, now=NOON, at_once=True)
    return deeds.send(reach, state, keep, now=NOON)


def test_a_question_is_taken_mixed_answered_and_found_by_its_receipt(lasting: Corner) -> None:
    state = state_of(lasting)
    assert [one["roster"]["number"] for one in state.rosters] == [1]
    for _posting in range(3):
        assert ask(state) == deeds.Sent(taken=1, refused=0, waiting=0)
    services.mix(on=TODAY)
    postings = records.split_postings(selectors.postings())
    mine = lasting.officers[CODES[0]].identity
    opened = [envelopes.open_question(sealed, mine) for _key, _epoch, sealed in postings]
    assert [one.text for one in opened] == ["May the head sign?"] * 3
    for kind, text, more in (("read", "", {"read": True}), ("answer", "No.", {})):
        said = envelopes.Answer(kind, opened[0].thread, text, CODES[:2], EPOCH)
        sealed = envelopes.seal_answer(said, lasting.roster, opened[0].reply_to)
        signers = CODES[:1] if more else CODES[:2]
        services.take_answer(plain=lasting.approved(sealed, *signers, **more))
    services.mix(on=TODAY + timedelta(days=1))
    found = deeds.read(deeds.visit(reach, state), RECEIPT)
    assert [(one.kind, one.text) for one in found] == [("read", ""), ("answer", "No.")]
    assert deeds.read(deeds.visit(reach, state), receipts.with_check(8)) == []


def test_a_token_is_spent_once_whoever_sends_it(corner: Corner) -> None:
    state = state_of(corner)
    twice = state_of(corner)
    twice.slots = {EPOCH: list(state.slots[EPOCH])}
    assert ask(state).taken == 1
    assert ask(twice) == deeds.Sent(taken=0, refused=1, waiting=1)
    assert (Inbox.objects.count(), Nullifier.objects.count()) == (1, 1)


def test_cover_and_complaints_are_taken_like_questions(corner: Corner) -> None:
    state = state_of(corner)
    assert ask(state, kind="complaint", topic="discipline").taken == 1
    assert deeds.cover(state, keep, now=NOON) == 3
    late = NOON + timedelta(days=3)
    assert deeds.send(reach, state, keep, now=late) == deeds.Sent(3, 0, 0)
    assert len({len(bytes(row.sealed)) for row in Inbox.objects.all()}) == 1


def test_a_slip_asks_once(corner: Corner, settings: Any) -> None:
    state = state_of(corner)
    codes = [receipts.with_check(number) for number in range(settings.CORNER_LEAST)]
    services.keep_slips([slip_nullifier(code) for code in codes], EPOCH)

    def use(code: str) -> deeds.Sent:
        asking = deeds.Asking("Who decides?")
        deeds.ask_by_slip(state, keep, asking, slip=code, receipt=RECEIPT, now=NOON)
        return deeds.send(reach, state, keep, now=NOON)

    assert use(codes[3]) == deeds.Sent(taken=1, refused=0, waiting=0)
    assert use(codes[3]) == deeds.Sent(taken=0, refused=1, waiting=0)
    assert use(receipts.with_check(10**6)) == deeds.Sent(taken=0, refused=1, waiting=0)


def test_a_new_roster_is_followed_and_a_forged_one_is_not(corner: Corner) -> None:
    state = state_of(corner)
    first = trust.present(state.rosters)
    signed = corner.version(*CODES, number=2, previous=first.digest, signers=CODES[1:])
    assert services.take_roster(signed=signed)
    deeds.visit(reach, state)
    assert trust.present(state.rosters).number == 2
    forged = json.loads(json.dumps(signed))
    forged["roster"]["number"] = 3
    state.rosters.append(forged)
    with pytest.raises(Alarm):
        deeds.visit(reach, state)


def test_the_page_and_the_command_make_postings_of_one_size(corner: Corner) -> None:
    state = state_of(corner)
    deeds.ask(state, keep, deeds.Asking("?"), receipt=RECEIPT, now=NOON)
    body = json.loads(state.waiting[0].body)
    sizes = envelopes.question_sizes(corner.roster)
    assert len(encoding.unb64(body["sealed"])) == min(sizes)
    assert body.keys() == json.loads(corner.posting()).keys()
