"""Beginning, drawing, asking and reading without a browser."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from footpath.secrecy import age, blind, encoding, envelopes, notice, receipts
from footpath.secrecy.client import deeds
from footpath.secrecy.client.errors import Alarm, Refused
from footpath.secrecy.client.store import State
from footpath.secrecy.client.wire import Reply
from tests.secrecy.client.servers import (
    CORNER,
    EPOCH,
    MEMBERS,
    NOON,
    PASSWORD,
    Servers,
    key,
    people,
)

RECEIPT = receipts.with_check(1)


def keep(_state: State) -> None:
    """Write nothing: these tests look at the state itself."""


def ask(state: State, text: str = "May I?", **values: object) -> None:
    asking = deeds.Asking(text=text, **values)  # type: ignore[arg-type]
    deeds.ask(state, keep, asking, receipt=RECEIPT, now=NOON)


def send_all(servers: Servers, state: State) -> deeds.Sent:
    return deeds.send(servers, state, keep, now=NOON + timedelta(days=3))


# --- what is believed -----------------------------------------------------------------------------


def test_a_fingerprint_from_paper_vouches_for_all_entries_up_to_it(servers: Servers) -> None:
    paper = notice.short(servers.entries[0]["hash"])
    servers.publish(notice.key_entry("2026-12", blind.spki(key(1))))
    typed = paper.lower().replace(" ", "-").replace("0", "o")
    state, sure = deeds.begin(servers, MEMBERS, CORNER, typed)
    assert (sure, state.entries) == (1, servers.entries)


@pytest.mark.parametrize("typed", ["", "00000 00000 00000 00000"])
def test_without_the_fingerprint_on_paper_nothing_is_pinned(servers: Servers, typed: str) -> None:
    with pytest.raises(Alarm, match="fingerprint is not on the key notice"):
        deeds.begin(servers, MEMBERS, CORNER, typed)


@pytest.mark.parametrize(
    "address", ["http://corner.example.vn", "ftp://x", "https://a/b", "https://u@a", "corner"]
)
def test_only_an_address_with_https_is_trusted(servers: Servers, address: str) -> None:
    with pytest.raises(Refused, match="no address to trust"):
        deeds.begin(servers, MEMBERS, address, servers.fingerprint)


def test_the_notice_may_only_grow(servers: Servers, pinned: State) -> None:
    servers.publish(notice.key_entry("2026-12", blind.spki(key(1))))
    deeds.visit(servers, pinned)
    assert pinned.entries == servers.entries
    servers.entries = servers.entries[:1]
    before = list(pinned.entries)
    with pytest.raises(Alarm, match="not the one that was pinned"):
        deeds.visit(servers, pinned)
    assert pinned.entries == before


def test_a_notice_with_another_key_is_an_alarm(servers: Servers, pinned: State) -> None:
    with pytest.raises(Alarm, match="not the one that was pinned"):
        deeds.visit(Servers(pem=key(1)), pinned)


def test_the_two_servers_must_show_the_same_notice(servers: Servers, pinned: State) -> None:
    deeds.compare(servers, pinned)
    with pytest.raises(Alarm, match="not the one that was pinned"):
        deeds.compare(Servers(pem=key(1)), pinned)
    servers.entries = servers.entries[:1]
    with pytest.raises(Refused, match="do not show the same key notice"):
        deeds.compare(servers, pinned)


def test_a_roster_that_two_officers_signed_is_taken(servers: Servers, pinned: State) -> None:
    servers.take_roster(people()[:3], people()[1:3])
    deeds.visit(servers, pinned)
    assert [one["roster"]["number"] for one in pinned.rosters] == [1, 2]


def test_a_roster_that_one_officer_signed_is_an_alarm(servers: Servers, pinned: State) -> None:
    servers.take_roster(people()[:3], people()[:1])
    with pytest.raises(Alarm, match="without two of them signing"):
        deeds.visit(servers, pinned)


def test_a_roster_that_the_notice_does_not_name_is_an_alarm(
    servers: Servers, pinned: State
) -> None:
    servers.take_roster(people()[:3], people()[:2])
    servers.entries.pop()
    with pytest.raises(Alarm, match="without two of them signing"):
        deeds.visit(servers, pinned)


def test_the_first_roster_cannot_be_exchanged(servers: Servers, pinned: State) -> None:
    other = Servers()
    other.rosters[0]["signatures"].reverse()
    servers.rosters = other.rosters
    with pytest.raises(Alarm, match="without two of them signing"):
        deeds.visit(servers, pinned)


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/notice.json", b"[]"),
        ("/desk/roster/", b"[]"),
        ("/desk/roster/", b'{"rosters": [{"roster": {}, "signatures": []}]}'),
        ("/corner/notice.json", b"[]"),
    ],
)
def test_what_a_server_makes_up_is_refused(servers: Servers, path: str, answer: bytes) -> None:
    def reach(method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> Reply:
        found = servers(method, url, body, headers)
        return Reply(200, (), answer) if url.endswith(f"vn{path}") else found

    with pytest.raises(Refused):
        deeds.begin(reach, MEMBERS, CORNER, servers.fingerprint)


def test_a_broken_notice_is_never_pinned(servers: Servers) -> None:
    servers.entries[0] = servers.entries[0] | {"epoch": "2027-01"}
    with pytest.raises(Alarm, match="not the one that was pinned"):
        deeds.begin(servers, MEMBERS, CORNER, servers.fingerprint)


def test_before_there_are_officers_nobody_is_asked(servers: Servers) -> None:
    servers.rosters, servers.entries = [], servers.entries[:1]
    state = deeds.begin(servers, MEMBERS, CORNER, servers.fingerprint)[0]
    with pytest.raises(Refused, match="no guidance officers yet"):
        ask(state)


# --- drawing --------------------------------------------------------------------------------------


def test_four_tokens_are_drawn_as_a_browser_draws_them(servers: Servers, drawn: State) -> None:
    public = blind.PublicKey.read(blind.spki(servers.pem))
    slots = drawn.slots[EPOCH]
    assert len({slot.token for slot in slots}) == 4
    for slot in slots:
        blind.verify(slot.token, slot.signature, public)
    assert drawn.drawing is None
    paths = [url.removeprefix(MEMBERS) for _method, url, _headers in servers.requests[-4:]]
    assert paths == ["/account/sign-in/", "/account/sign-in/", "/corner/tokens/",
                     "/account/sign-out/"]  # fmt: skip


def test_when_the_answer_is_lost_the_same_request_is_sent_again(
    servers: Servers, pinned: State
) -> None:
    servers.lost = 1
    with pytest.raises(Refused):
        deeds.draw(servers, pinned, keep, username="an", password=PASSWORD, now=NOON)
    assert pinned.slots == {}
    deeds.draw(servers, pinned, keep, username="an", password=PASSWORD, now=NOON)
    assert len(pinned.slots[EPOCH]) == 4


def test_a_month_that_a_browser_has_drawn_gives_nothing(servers: Servers, pinned: State) -> None:
    servers.drawn[EPOCH] = ["a browser's"]
    with pytest.raises(Refused, match="a browser of this account"):
        deeds.draw(servers, pinned, keep, username="an", password=PASSWORD, now=NOON)


@pytest.mark.parametrize("answer", [b"[]", b'{"signatures": ["AAAA"]}', b"{}"])
def test_an_answer_that_is_no_four_signatures_is_an_alarm(
    servers: Servers, pinned: State, answer: bytes
) -> None:
    def reach(method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> Reply:
        found = servers(method, url, body, headers)
        return Reply(200, (), answer) if url.endswith("/corner/tokens/") else found

    with pytest.raises(Alarm, match="another key than the published one"):
        deeds.draw(reach, pinned, keep, username="an", password=PASSWORD, now=NOON)


def test_a_session_that_cannot_be_ended_spoils_nothing(servers: Servers, pinned: State) -> None:
    def reach(method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> Reply:
        if url.endswith("/sign-out/"):
            raise Refused("no answer")
        return servers(method, url, body, headers)

    deeds.draw(reach, pinned, keep, username="an", password=PASSWORD, now=NOON)
    assert len(pinned.slots[EPOCH]) == 4


def test_too_many_attempts_are_told_apart_from_a_wrong_password(
    servers: Servers, pinned: State
) -> None:
    def reach(method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> Reply:
        found = servers(method, url, body, headers)
        return Reply(429, (), b"") if method == "POST" else found

    with pytest.raises(Refused, match="Too many attempts"):
        deeds.draw(reach, pinned, keep, username="an", password=PASSWORD, now=NOON)


def test_a_month_is_drawn_once(servers: Servers, drawn: State) -> None:
    with pytest.raises(Refused, match="are here already"):
        deeds.draw(servers, drawn, keep, username="an", password=PASSWORD, now=NOON)


def test_a_wrong_password_draws_nothing(servers: Servers, pinned: State) -> None:
    with pytest.raises(Refused, match="user name or the password is wrong"):
        deeds.draw(servers, pinned, keep, username="an", password="wrong", now=NOON)
    assert servers.drawn == {}


def test_a_key_for_this_member_alone_is_an_alarm_that_names_tagging() -> None:
    smaller, larger = sorted((key(0), key(1)), key=lambda pem: blind.Signer(pem).key.n)
    servers = Servers(pem=smaller, signs_with=larger)
    state = deeds.begin(servers, MEMBERS, CORNER, servers.fingerprint)[0]
    with pytest.raises(Alarm, match="tagging"):
        deeds.draw(servers, state, keep, username="an", password=PASSWORD, now=NOON)
    assert state.slots == {}


def test_a_month_without_a_published_key_is_not_drawn(servers: Servers, pinned: State) -> None:
    later = datetime(2027, 1, 5, tzinfo=UTC)
    with pytest.raises(Refused, match="no key for 2027-01"):
        deeds.draw(servers, pinned, keep, username="an", password=PASSWORD, now=later)


def test_slots_of_months_that_are_over_are_thrown_away(drawn: State) -> None:
    deeds.forget(drawn, datetime(2026, 12, 31, tzinfo=UTC))
    assert list(drawn.slots) == [EPOCH]
    deeds.forget(drawn, datetime(2027, 1, 1, tzinfo=UTC))
    assert drawn.slots == {}


# --- asking ---------------------------------------------------------------------------------------


def test_a_question_reaches_the_officers_and_its_answer_the_receipt(
    servers: Servers, drawn: State
) -> None:
    ask(drawn, "Được ký không?", topic="staff", language="vi", consent=True)
    assert send_all(servers, drawn) == deeds.Sent(taken=1, refused=0, waiting=0)
    (question,) = servers.questions()
    keys = receipts.keys(RECEIPT)
    assert question == envelopes.Question(
        kind="ask",
        thread=keys.thread,
        topic="staff",
        language="vi",
        consent=True,
        text="Được ký không?",
        reply_to=age.recipient_of(keys.identity),
    )
    servers.answer(question, "Không.")
    servers.answers.append(envelopes.seal_filler(servers.roster, EPOCH))
    found = deeds.read(deeds.visit(servers, drawn), RECEIPT)
    assert [(one.kind, one.text) for one in found] == [("read", ""), ("answer", "Không.")]
    assert deeds.read(deeds.visit(servers, drawn), receipts.with_check(2)) == []


def test_an_answer_that_two_officers_have_not_approved_is_not_shown(
    servers: Servers, drawn: State
) -> None:
    ask(drawn)
    send_all(servers, drawn)
    servers.answer(servers.questions()[0], "No.")
    servers.answers, servers.signs = servers.signs, servers.answers
    assert deeds.read(deeds.visit(servers, drawn), RECEIPT) == []


def test_a_bulletin_that_is_cut_off_is_refused(servers: Servers, drawn: State) -> None:
    with pytest.raises(Refused, match="not understood"):
        deeds.read(b"\0\0\1", RECEIPT)


def test_a_spent_slot_looks_like_the_others(drawn: State) -> None:
    before = list(drawn.slots[EPOCH])
    ask(drawn)
    after = drawn.slots[EPOCH]
    assert [len(slot.token) + len(slot.signature) for slot in after] == [448] * 4
    assert sum(one is not other for one, other in zip(before, after, strict=True)) == 1
    assert deeds.spendable(drawn, NOON) == (EPOCH, 1)


def test_four_questions_a_month_and_no_more(drawn: State) -> None:
    for _question in range(4):
        ask(drawn)
    with pytest.raises(Refused, match="no token to be spent"):
        ask(drawn)
    tokens = {json.loads(one.body)["token"] for one in drawn.waiting}
    assert len(tokens) == 4


def test_tokens_are_not_spent_before_the_fourth_nor_after_the_next_month(drawn: State) -> None:
    spendable = {
        day: deeds.spendable(drawn, datetime(2026, *day, tzinfo=UTC)) is not None
        for day in [(11, 3), (11, 4), (12, 31)]
    }
    assert spendable == {(11, 3): False, (11, 4): True, (12, 31): True}
    assert deeds.spendable(drawn, datetime(2027, 1, 1, tzinfo=UTC)) is None


def test_a_question_leaves_within_three_days_at_no_set_moment(
    servers: Servers, drawn: State
) -> None:
    for _question in range(4):
        ask(drawn)
    delays = [one.after - NOON.timestamp() for one in drawn.waiting]
    assert all(0 <= delay < 72 * 3600 for delay in delays)
    assert len(set(delays)) > 1
    assert deeds.send(servers, drawn, keep, now=NOON - timedelta(seconds=1)).waiting == 4
    assert servers.postings == []


def test_a_question_leaves_before_its_token_is_worth_nothing(drawn: State) -> None:
    evening = datetime(2026, 12, 31, 20, tzinfo=UTC)
    deeds.ask(drawn, keep, deeds.Asking("May I?"), receipt=RECEIPT, now=evening)
    assert drawn.waiting[0].after < datetime(2026, 12, 31, 23, tzinfo=UTC).timestamp()


def test_postings_of_every_kind_have_one_size(servers: Servers, drawn: State) -> None:
    ask(drawn, "?")
    ask(drawn, "Ở" * 900, kind="complaint", topic="discipline", language="zh-hans")
    deeds.cover(drawn, keep, now=NOON)
    assert len({len(one.body) for one in drawn.waiting}) == 1
    send_all(servers, drawn)
    kinds = sorted(one.kind for one in servers.questions())
    assert kinds == ["ask", "complaint", "cover", "cover"]
    assert deeds.spendable(drawn, NOON) is None


def test_a_complaint_is_opened_by_the_supervisor_and_a_question_is_not(
    servers: Servers, drawn: State
) -> None:
    ask(drawn, kind="complaint")
    ask(drawn)
    send_all(servers, drawn)
    opened = []
    for posting in servers.postings:
        try:
            envelopes.open_question(encoding.unb64(posting["sealed"]), people()[3].identity)
            opened.append(True)
        except age.CannotOpen:
            opened.append(False)
    assert opened == [True, False]


def test_what_the_corner_refuses_is_tried_again_until_its_month_is_over(
    servers: Servers, drawn: State
) -> None:
    servers.takes = False
    ask(drawn)
    assert send_all(servers, drawn) == deeds.Sent(taken=0, refused=1, waiting=1)
    late = datetime(2027, 1, 1, tzinfo=UTC)
    assert deeds.send(servers, drawn, keep, now=late) == deeds.Sent(0, 1, 0)


def test_a_slip_asks_without_a_token_and_at_once(servers: Servers, pinned: State) -> None:
    slip = receipts.with_check(77)
    asking = deeds.Asking("Who decides?")
    deeds.ask_by_slip(pinned, keep, asking, slip=slip, receipt=RECEIPT, now=NOON)
    assert deeds.send(servers, pinned, keep, now=NOON).taken == 1
    assert servers.postings[0].keys() == {"slip", "sealed"}
    assert servers.questions()[0].text == "Who decides?"


def test_a_slip_that_nobody_had_time_to_look_at_waits(servers: Servers, pinned: State) -> None:
    asking = deeds.Asking("Who decides?")
    slip = receipts.with_check(77)
    deeds.ask_by_slip(pinned, keep, asking, slip=slip, receipt=RECEIPT, now=NOON)
    servers.busy = True
    assert deeds.send(servers, pinned, keep, now=NOON) == deeds.Sent(0, 1, 1)
    servers.busy = False
    assert deeds.send(servers, pinned, keep, now=NOON) == deeds.Sent(1, 0, 0)


@pytest.mark.parametrize(
    ("text", "why"), [("  \n", "no text"), ("a" * 4001, "at most 4000"), ("\x07", "too long, or")]
)
def test_what_cannot_be_sent_spends_nothing(drawn: State, text: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        ask(drawn, text)
    assert drawn.waiting == []
    assert deeds.spendable(drawn, NOON) == (EPOCH, 0)


def test_sending_goes_to_the_corner_alone_and_carries_nothing_of_the_member(
    servers: Servers, drawn: State
) -> None:
    ask(drawn)
    servers.requests.clear()
    deeds.visit(servers, drawn)
    send_all(servers, drawn)
    assert [url.removeprefix(CORNER) for _method, url, _headers in servers.requests] == [
        "/notice.json",
        "/desk/roster/",
        "/bulletin/",
        "/postings/",
    ]
    assert servers.requests[-1][2] == {"Content-Type": "application/json"}
