"""Asking and reading, as members do it: in a browser, against the real server of the Corner."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings as django_settings

from footpath.core import clock
from footpath.questions import selectors, services
from footpath.questions.models import Inbox, Nullifier, Roster
from footpath.secrecy import age, blind, encoding, envelopes, notice, officers, receipts, tokens
from footpath.secrecy.envelopes import Answer, Question
from footpath.secrecy.epochs import Epoch
from footpath.secrecy.tokens import Token
from tests.questions.corner import CODES, EPOCH, TODAY, Corner
from tests.questions.devices import (
    LIMITS,
    OUTBOX,
    SLOTS,
    STRANDED,
    Device,
    page_elsewhere,
    served,
    waiting_for,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Route
    from pytest_django.fixtures import SettingsWrapper

FRONTEND = Path(__file__).resolve().parents[2] / "frontend"
BUILT = Path(__file__).resolve().parents[2] / "src" / "footpath" / "web" / "static" / "footpath"
AXE = FRONTEND / "node_modules" / "axe-core" / "axe.min.js"
PAGES = ("/", "/kiosk/", "/answers/", "/protection/", "/ways/", "/device/")
LOOKS = [("light", "en"), ("dark", "vi")]

RUN_AXE = """async () => {
  const found = await axe.run(document, {preload: false, resultTypes: ["violations"]});
  return found.violations.map((one) =>
    `${one.id}: ${one.nodes.map((node) => node.target.join(" ")).join(" | ")}`);
}"""
TOO_WIDE = """() => document.documentElement.scrollWidth > innerWidth
  ? [...document.querySelectorAll("body *")].filter((one) =>
      one.getBoundingClientRect().right > innerWidth + 1).slice(-3).map((one) =>
      one.outerHTML.slice(0, 120)).join(" | ") || "too wide" : "" """

PLAIN = "May somebody sign for a relative?"


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: TODAY)


@pytest.fixture
def server(lasting: Corner) -> Iterator[str]:
    """Return the address of a server with three officers and a month that can be spent."""
    with served() as base:
        yield base


@pytest.fixture
def device(browser: Browser, server: str, lasting: Corner) -> Iterator[Device]:
    """Return a browser that holds the four tokens of the month; it must not complain."""
    with Device(browser, server) as found:
        found.page.on("dialog", lambda dialog: dialog.accept())
        found.receive(lasting)
        yield found
        elsewhere = [one.url for one in found.requests if not one.url.startswith(server)]
    assert elsewhere == []
    assert found.faults == []


def arrived(corner: Corner, code: str = CODES[0]) -> list[Question]:
    """Return what lies in the inbox, as an officer's keys open it."""
    identity = corner.officers[code].identity
    return [
        envelopes.open_question(bytes(sealed), identity)
        for sealed in Inbox.objects.values_list("sealed", flat=True)
    ]


def answered(corner: Corner, question: Question, text: str, *, read: bool = False) -> None:
    """Send an answer, or a sign of reading, to who asked; it leaves with the next mix."""
    by = CODES[:1] if read else CODES[:2]
    said = Answer("read" if read else "answer", question.thread, text, by, Epoch(EPOCH))
    sealed = envelopes.seal_answer(said, corner.roster, question.reply_to)
    more: dict[str, Any] = {"read": True} if read else {}
    services.take_answer(plain=corner.approved(sealed, *by, **more))


def unspent(corner: Corner, device: Device) -> int:
    """Return how many slots of the month hold a token."""
    key = selectors.epoch_key(EPOCH)
    assert key is not None
    found = 0
    for slot in device.kept(SLOTS)[EPOCH]:
        token = Token(encoding.unb64(slot["token"]), encoding.unb64(slot["signature"]))
        with suppress(blind.BadSignature):
            token.check(key)
            found += 1
    return found


# --- the limits -----------------------------------------------------------------------------------


def test_the_limits_are_read_before_the_first_question_can_be_written(
    browser: Browser, server: str
) -> None:
    with Device(browser, server) as device:
        page = device.open("/")
        page.get_by_role("heading", name="First: what is not protected").wait_for()
        assert page.locator("[data-view=limits] .fp-row").count() == 5
        assert not page.get_by_label("Your question").is_visible()
        page.get_by_role("button", name="I have read this: go on").click()
        page.get_by_label("Your question").wait_for()
        assert device.kept(LIMITS) == 1
        device.open("/")
        assert page.get_by_label("Your question").is_visible()
        # A device that many people use asks each of them.
        device.open("/kiosk/")
        assert not page.get_by_label("Your question").is_visible()
        assert device.faults == []


def test_the_pages_never_say_anonymous_and_lead_to_no_page_of_members(
    client: Any, corner: Corner
) -> None:
    for address in PAGES:
        text = client.get(address).content.decode()
        assert "anonym" not in text.lower(), address
        assert django_settings.BASE_URL not in text, address
        assert "csrf" not in text.lower(), address
    assert "unlinkable" in client.get("/").content.decode()


def test_a_page_sets_no_cookie_is_kept_nowhere_and_allows_little(
    client: Any, corner: Corner
) -> None:
    for address in (*PAGES, "/vault/"):
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert answer.cookies == {}, address
        assert answer["Cache-Control"] == "no-store", address
        assert answer["Referrer-Policy"] == "no-referrer", address
        policy = answer["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "connect-src 'self'" in policy
        assert "require-trusted-types-for 'script'" in policy
        assert "unsafe-inline" not in policy
        framed = django_settings.BASE_URL if address == "/vault/" else "'none'"
        assert f"frame-ancestors {framed}" in policy, address
        assert ("X-Frame-Options" in answer) == (address != "/vault/")


# --- asking ---------------------------------------------------------------------------------------


def test_a_question_is_sealed_sent_and_opened_by_every_officer(
    device: Device, lasting: Corner
) -> None:
    receipt = device.ask(PLAIN, topic="Land")
    assert device.page.get_by_role("heading", name="Your question has left.").is_visible()
    assert receipts.read(receipt) == receipt
    keys = receipts.keys(receipt)
    for code in CODES:
        [question] = arrived(lasting, code)
        assert question == Question(
            kind="ask",
            thread=keys.thread,
            topic="land",
            language="en",
            consent=False,
            text=PLAIN,
            reply_to=age.recipient_of(keys.identity),
        )
    # One token less, and no slot that tells which.
    assert len(device.kept(SLOTS)[EPOCH]) == 4
    assert unspent(lasting, device) == 3
    [sent] = device.posted()
    assert sorted(sent) == ["epoch", "sealed", "signature", "token"]


def test_the_receipt_is_shown_once_and_is_nowhere_afterwards(
    device: Device, lasting: Corner
) -> None:
    device.open("/")
    device.write(PLAIN)
    receipt = device.seal()
    assert len(receipt) == 24
    page = device.page
    assert page.get_by_role("button", name="Done").is_disabled()
    page.get_by_label("type the last 4 signs").fill("0000" if receipt[-4:] != "0000" else "1111")
    page.get_by_text("These are not the last 4 signs of this receipt.").wait_for()
    assert page.get_by_role("button", name="Done").is_disabled()
    assert Inbox.objects.count() == 0
    device.copied(receipt[:-4] + receipt[-4:].lower())
    assert Inbox.objects.count() == 1

    held = device.everything()
    sent = json.dumps([[one.url, one.post_data] for one in device.requests])
    for part in (receipt, receipt[:4] + " " + receipt[4:8], PLAIN):
        assert part not in held
        assert part not in sent


def test_leaving_before_the_receipt_is_copied_sends_nothing(
    device: Device, lasting: Corner
) -> None:
    device.open("/")
    device.write(PLAIN)
    receipt = device.seal()
    device.open("/ways/")
    device.page.go_back()
    device.ready()
    assert receipt[:4] not in device.page.inner_text("body")
    assert device.page.get_by_label("Your question").input_value() == ""
    assert device.kept(OUTBOX) in (None, [])
    assert Inbox.objects.count() == 0
    assert unspent(lasting, device) == 4


def test_by_default_a_question_waits_sealed_for_a_time_drawn_at_random(
    device: Device, lasting: Corner
) -> None:
    device.ask(PLAIN, when="later")
    assert device.page.get_by_role("heading", name="It is sealed and waits").is_visible()
    [waits] = device.kept(OUTBOX)
    now = device.page.evaluate("Date.now()")
    assert 0 <= waits["due"] - now <= 72 * 3600 * 1000
    assert PLAIN not in device.everything()
    assert Inbox.objects.count() == 0

    device.later(hours=73)
    device.open("/answers/")
    waiting_for(Inbox.objects.count, device.page)
    assert [question.text for question in arrived(lasting)] == [PLAIN]
    assert device.kept(OUTBOX) == []


def test_the_time_to_wait_is_spread_over_three_days(device: Device) -> None:
    device.open("/device/")
    device.page.get_by_label("Spend what is left over").check()
    device.open("/answers/")
    waiting_for(lambda: len(device.kept(OUTBOX) or []) == 4, device.page)
    due = sorted(one["due"] for one in device.kept(OUTBOX))
    assert len(set(due)) == 4
    assert len({one["sealed"][-40:] for one in device.kept(OUTBOX)}) == 4


@pytest.mark.parametrize("text", ["?", "谁" * 900], ids=["1 sign", "900 signs"])
def test_short_and_long_questions_have_one_stored_size(
    device: Device, lasting: Corner, text: str
) -> None:
    device.ask(text)
    [sealed] = Inbox.objects.values_list("sealed", flat=True)
    assert len(bytes(sealed)) == min(envelopes.question_sizes(lasting.roster))
    assert [question.text for question in arrived(lasting)] == [text]


def test_a_question_that_is_too_long_is_refused_in_words(device: Device) -> None:
    page = device.open("/")
    page.get_by_role("button", name="Seal and show my receipt").click()
    page.get_by_text("Write the question first.").wait_for()
    device.write("x" * 4001)
    page.get_by_text("Longer than 900 signs").wait_for()
    page.get_by_role("button", name="Seal and show my receipt").click()
    page.get_by_text("A question may have 4,000 signs at most.").wait_for()
    assert not page.locator("[data-view=receipt]").is_visible()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("In Tân Thạch it was done in February.", ["Tân Thạch", "February"]),
        ("Chủ tịch ở Tân Thạch ký vào tháng 2.", ["Tân Thạch", "Chủ tịch", "tháng 2"]),
        ("十二月新石镇的主任签了字。", ["新石镇", "主任", "十二月"]),
        ("Он, председатель, подписал это в феврале.", ["председатель", "феврале"]),
        ("He signed it on 3/4/2024 for 12,000.", ["3/4/2024", "12,000"]),
    ],
    ids=["en", "vi", "zh", "ru", "numbers"],
)
def test_words_that_may_give_the_writer_away_are_marked(
    device: Device, text: str, found: list[str]
) -> None:
    page = device.open("/")
    device.write(text, when="later")
    box = page.locator("[data-warning]")
    box.wait_for()
    assert sorted(page.locator("[data-marks] mark").all_inner_texts()) == sorted(found)
    page.get_by_role("button", name="Seal and show my receipt").click()
    assert not page.locator("[data-view=receipt]").is_visible()
    page.get_by_role("button", name="Change the text").click()
    selected = page.evaluate(
        "() => { const t = document.querySelector('#text');"
        " return t.value.slice(t.selectionStart, t.selectionEnd) }"
    )
    assert selected in found
    page.get_by_role("button", name="Leave it").click()
    box.wait_for(state="hidden")
    device.seal()


def test_ordinary_words_are_not_marked(device: Device) -> None:
    page = device.open("/")
    device.write("I think I may not sign. Is it allowed? Nobody told me; I'd like to know.")
    page.wait_for_timeout(500)
    assert page.locator("[data-marks] mark").count() == 0
    assert not page.locator("[data-warning]").is_visible()


def test_everything_can_be_done_by_keyboard(device: Device, lasting: Corner) -> None:
    page = device.open("/")
    keyboard = page.keyboard

    def reach(selector: str) -> None:
        for _step in range(40):
            keyboard.press("Tab")
            if page.evaluate("(s) => document.activeElement.matches(s)", selector):
                return
        raise AssertionError(f"no way to {selector}")

    reach("[name=topic]")
    keyboard.press("ArrowRight")
    reach("#text")
    keyboard.type(PLAIN)
    reach("[name=when]")
    keyboard.press("ArrowDown")
    reach("[name=consent]")
    keyboard.press("Space")
    reach("#seal")
    keyboard.press("Enter")
    page.get_by_role("heading", name="Your receipt").wait_for()
    receipt = "".join(page.locator("[data-group]").all_inner_texts())
    reach("#last")
    keyboard.type(receipt[-4:])
    reach("#done")
    keyboard.press("Enter")
    page.get_by_role("heading", name="Your question has left.").wait_for()
    [question] = arrived(lasting)
    assert (question.topic, question.consent) == ("land", True)


# --- when it cannot be asked ----------------------------------------------------------------------


def test_a_browser_without_tokens_is_told_what_to_do(browser: Browser, server: str) -> None:
    with Device(browser, server) as device:
        device.open("/ways/")
        device.keep(LIMITS, 1)
        page = device.open("/")
        page.locator("#no-tokens", has_text="This browser has nothing to ask with").wait_for()
        device.write(PLAIN)
        page.get_by_role("button", name="Seal and show my receipt").click()
        page.wait_for_timeout(300)
        assert not page.locator("[data-view=receipt]").is_visible()
        assert device.faults == []


def test_while_few_have_drawn_nothing_can_be_sealed(device: Device, lasting: Corner) -> None:
    lasting.drawn({EPOCH: 19})
    page = device.open("/")
    page.get_by_text("Too few members have received their questions of the month.").wait_for()
    assert page.get_by_role("button", name="Seal and show my receipt").is_disabled()


def test_a_token_that_is_refused_is_told_in_the_end(device: Device, lasting: Corner) -> None:
    device.ask(PLAIN, when="later")
    [waits] = device.kept(OUTBOX)
    token = Token(encoding.unb64(waits["token"]), encoding.unb64(waits["signature"]))
    Nullifier.objects.create(digest=token.nullifier.hex(), epoch=EPOCH)
    for turn in range(4):
        device.later(hours=73 + 10 * turn)
        device.open("/answers/")
    device.page.get_by_text("A sealed envelope of this device was not taken.").wait_for()
    assert device.kept(OUTBOX) == []
    [given] = device.kept(STRANDED)
    assert (given["kind"], given["sealed"]) == ("missed", waits["sealed"])
    # The same envelope leaves with another token.
    device.page.get_by_role("button", name="Send it again").first.click()
    device.page.locator("#missed").wait_for(state="hidden")
    assert (device.kept(STRANDED), unspent(lasting, device)) == ([], 2)
    device.later(hours=73 + 10 * 4 + 73)
    device.open("/answers/")
    assert [question.text for question in arrived(lasting)] == [PLAIN]
    # The browser's own line about each refusal is no fault of the page.
    device.faults = [fault for fault in device.faults if "403" not in fault]


@pytest.mark.parametrize("arrives", [True, False])
def test_what_got_no_answer_and_is_then_refused_has_perhaps_left(
    device: Device, lasting: Corner, arrives: bool
) -> None:
    page = device.page

    def lost(route: Route) -> None:
        if arrives:
            route.fetch()
        route.abort()

    page.route("**/postings/", lost, times=1)
    device.ask(PLAIN)
    page.get_by_role("heading", name="nothing confirms yet that it left").wait_for()
    [waits] = device.kept(OUTBOX)
    token = Token(encoding.unb64(waits["token"]), encoding.unb64(waits["signature"]))
    Nullifier.objects.get_or_create(digest=token.nullifier.hex(), defaults={"epoch": EPOCH})
    for turn in range(4):
        device.later(hours=10 * turn)
        device.open("/")
    page.get_by_text("of this device has perhaps left").wait_for()
    assert [question.text for question in arrived(lasting)] == [PLAIN] * arrives
    assert device.kept(OUTBOX) == []
    [given] = device.kept(STRANDED)
    assert (given["kind"], given["sealed"]) == ("perhaps", waits["sealed"])
    # It stays until its owner says what is to become of it.
    device.open("/device/")
    box = page.locator("#perhaps")
    assert box.is_visible()
    if arrives:
        box.get_by_role("button", name="Let it go").click()
    else:
        held = device.kept(SLOTS)
        device.keep(SLOTS, {})
        box.get_by_role("button", name="Send it again").click()
        box.get_by_text("This browser has nothing to ask with at the moment.").wait_for()
        device.keep(SLOTS, held)
        box.get_by_role("button", name="Send it again").click()
    box.wait_for(state="hidden")
    assert device.kept(STRANDED) == []
    assert len(device.kept(OUTBOX)) == (0 if arrives else 1)
    known = ("403", "ERR_FAILED")
    device.faults = [one for one in device.faults if not any(word in one for word in known)]


def test_what_nobody_had_time_to_look_at_is_tried_as_long_as_its_month_lasts(
    device: Device, lasting: Corner
) -> None:
    page = device.page
    page.route("**/postings/", lambda route: route.fulfill(status=429), times=6)
    device.ask(PLAIN)
    page.get_by_role("heading", name="nothing confirms yet that it left").wait_for()
    for turn in range(1, 6):
        device.later(hours=10 * turn)
        device.open("/")
    [waits] = device.kept(OUTBOX)
    assert (waits["tries"], waits.get("unsure"), arrived(lasting)) == (0, None, [])
    device.later(hours=60)
    device.open("/")
    assert [question.text for question in arrived(lasting)] == [PLAIN]
    assert (device.kept(OUTBOX), device.kept(STRANDED)) == ([], None)
    device.faults = [fault for fault in device.faults if "429" not in fault]


def test_an_envelope_that_was_taken_at_the_second_try_has_left(
    device: Device, lasting: Corner
) -> None:
    device.page.route("**/postings/", lambda route: route.abort(), times=1)
    device.ask(PLAIN)
    device.open("/")
    assert [question.text for question in arrived(lasting)] == [PLAIN]
    assert (device.kept(OUTBOX), device.kept(STRANDED)) == ([], None)
    assert not device.page.locator("#perhaps").is_visible()
    device.faults = [fault for fault in device.faults if "ERR_FAILED" not in fault]


@pytest.mark.parametrize("change", ["unsigned", "signed by newcomers", "another first one"])
def test_an_unsigned_change_of_the_roster_is_refused_with_an_alarm(
    device: Device, lasting: Corner, change: str
) -> None:
    device.open("/")  # pins what it sees
    before = lasting.roster
    lasting.officers |= {"thief-1": officers.new("thief-1"), "thief-2": officers.new("thief-2")}
    codes = (*CODES, "thief-1", "thief-2")
    first = change == "another first one"
    number, previous = (1, "") if first else (2, before.digest)
    signed = lasting.version(
        *codes, number=number, previous=previous, signers=("thief-1", "thief-2")
    )
    if change == "unsigned":
        signed["signatures"] = []
    if first:
        signed = lasting.version(*codes, number=1, signers=("thief-1", "thief-2"))
    Roster.objects.update_or_create(number=number, defaults={"signed": json.dumps(signed)})

    page = device.open("/")
    page.get_by_text("Stop: the list of guidance officers was changed").wait_for()
    assert page.get_by_role("button", name="Seal and show my receipt").is_disabled()
    assert Inbox.objects.count() == 0


def test_a_changed_key_notice_is_refused_with_an_alarm(device: Device, lasting: Corner) -> None:
    seen = notice.short(lasting.files.notice()["entries"][-1]["hash"])
    device.open("/")
    (lasting.files.folder / "notice.json").unlink()
    lasting.publish(EPOCH, 1)
    page = device.open("/")
    page.get_by_text("Stop: the key notice was changed.").wait_for()
    assert page.get_by_role("button", name="Seal and show my receipt").is_disabled()
    # What to compare with the paper is what was seen before.
    device.open("/protection/")
    assert page.locator("#fingerprints dd").all_inner_texts() == [seen]


# --- answers --------------------------------------------------------------------------------------


def test_an_answer_is_found_by_its_receipt_and_asked_on(device: Device, lasting: Corner) -> None:
    receipt = device.ask(PLAIN)
    device.look(receipt)
    page = device.page
    page.get_by_text("Nothing for this receipt yet.").wait_for()

    [question] = arrived(lasting)
    answered(lasting, question, "", read=True)
    services.mix(on=TODAY)
    device.look(receipt.lower().replace("0", "o").replace("1", "l"))
    page.get_by_role("heading", name="Your question was read").wait_for()

    answered(lasting, question, "No.\nAsk the next tier.")
    services.mix(on=date(2026, 11, 30))
    device.look(" ".join(receipt))
    page.get_by_role("heading", name="Your answer").wait_for()
    entries = page.locator("#thread li").all_inner_texts()
    assert len(entries) == 2
    assert entries[0].startswith("It was read")
    assert "No.\nAsk the next tier." in entries[1]
    assert "November 2026" in entries[1]
    assert "Agreed by" in entries[1]

    page.get_by_label("What you want to say").fill("And if nobody there answers?")
    page.get_by_label("Now", exact=False).check()
    page.get_by_role("button", name="Seal and send").click()
    page.get_by_role("heading", name="It has left.").wait_for()
    [follow_up] = [one for one in arrived(lasting) if one.kind == "follow-up"]
    assert (follow_up.thread, follow_up.reply_to) == (question.thread, question.reply_to)
    assert unspent(lasting, device) == 2
    assert receipt not in device.everything()


def test_a_complaint_is_opened_by_the_supervisor_and_has_the_size_of_any_other(
    device: Device, lasting: Corner
) -> None:
    receipt = device.ask(PLAIN)
    device.look(receipt)
    page = device.page
    page.get_by_label("The supervisor too: a complaint").check()
    page.get_by_label("What you want to say").fill("Nobody has answered me.")
    page.get_by_label("Now", exact=False).check()
    page.get_by_role("button", name="Seal and send").click()
    page.get_by_role("heading", name="It has left.").wait_for()
    sealed = [bytes(one) for one in Inbox.objects.values_list("sealed", flat=True)]
    assert len(sealed) == 2
    assert len({len(one) for one in sealed}) == 1
    opened = []
    for one in sealed:
        try:
            opened.append(envelopes.open_question(one, lasting.supervisor.identity))
        except age.CannotOpen:
            continue
    assert [(one.kind, one.thread) for one in opened] == [
        ("complaint", receipts.keys(receipt).thread)
    ]


def test_an_answer_that_only_one_officer_signed_is_not_shown(
    device: Device, lasting: Corner
) -> None:
    receipt = device.ask(PLAIN)
    [question] = arrived(lasting)
    said = Answer("answer", question.thread, "Trust me.", CODES[:1], Epoch(EPOCH))
    sealed = envelopes.seal_answer(said, lasting.roster, question.reply_to)
    services.take_answer(plain=lasting.approved(sealed, CODES[0], read=True))
    services.mix(on=TODAY)
    device.look(receipt)
    device.page.get_by_text("Nothing for this receipt yet.").wait_for()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("ABCD", "some are missing"),
        ("0" * 25, "these are more"),
        ("U" * 24, "is no sign of a receipt"),
        ("0" * 24, "A sign is wrong"),
    ],
)
def test_a_receipt_typed_wrongly_is_told_apart_from_nothing_found(
    device: Device, typed: str, said: str
) -> None:
    page = device.open("/answers/")
    page.get_by_label("The 24 signs of your receipt").fill(typed)
    page.get_by_role("button", name="Look for my answer").click()
    page.get_by_text(said).wait_for()
    assert not page.locator("[data-view=thread]").is_visible()


def test_the_list_is_fetched_before_a_receipt_is_typed_and_not_after(
    device: Device, lasting: Corner
) -> None:
    receipt = device.ask(PLAIN)
    device.requests.clear()
    page = device.open("/answers/")
    before = len(device.requests)
    assert any(one.url.endswith("/bulletin/") for one in device.requests)
    page.get_by_label("The 24 signs of your receipt").fill(receipt)
    page.get_by_role("button", name="Look for my answer").click()
    page.locator("[data-view=thread]").wait_for()
    assert len(device.requests) == before


# --- cover, slips, the vault ----------------------------------------------------------------------


def test_cover_postings_spend_what_is_left_over_in_the_same_size(
    device: Device, lasting: Corner
) -> None:
    device.ask(PLAIN)
    page = device.open("/device/")
    page.get_by_label("Spend what is left over").check()
    page.get_by_text("Cover postings are on.").wait_for()
    device.open("/answers/")
    waiting_for(lambda: len(device.kept(OUTBOX)) == 3, page)
    assert unspent(lasting, device) == 0
    device.later(hours=73)
    device.open("/answers/")
    waiting_for(lambda: Inbox.objects.count() == 4, page)
    sealed = [bytes(one) for one in Inbox.objects.values_list("sealed", flat=True)]
    assert len({len(one) for one in sealed}) == 1
    assert sorted(one.kind for one in arrived(lasting)) == ["ask", "cover", "cover", "cover"]


def test_without_being_asked_for_no_cover_leaves(device: Device, lasting: Corner) -> None:
    device.open("/answers/")
    device.page.wait_for_timeout(300)
    assert device.kept(OUTBOX) is None
    assert unspent(lasting, device) == 4


def test_a_paper_slip_asks_from_a_device_that_keeps_nothing(
    browser: Browser, server: str, lasting: Corner
) -> None:
    slips = [receipts.new() for _slip in range(20)]
    services.keep_slips([tokens.slip_nullifier(one) for one in slips], EPOCH)
    with Device(browser, server) as device:
        page = device.open("/kiosk/")
        page.get_by_role("button", name="I have read this: go on").click()
        page.get_by_label("The 24 signs of your slip").fill(slips[0][:-1])
        page.get_by_label("Your question").fill(PLAIN)
        page.get_by_role("button", name="Seal and show my receipt").click()
        page.get_by_text("A slip has 24 signs: some are missing.").wait_for()
        page.get_by_label("The 24 signs of your slip").fill(slips[0].lower())
        device.copied(device.seal())
        page.get_by_role("heading", name="Your question has left.").wait_for()
        assert [question.text for question in arrived(lasting)] == [PLAIN]
        assert device.kept(SLOTS) is None
        assert device.kept(OUTBOX) is None
        assert device.kept(LIMITS) is None

        # The same slip a second time.
        page.get_by_role("button", name="Ask another question").click()
        page.get_by_role("button", name="I have read this: go on").click()
        page.get_by_label("The 24 signs of your slip").fill(slips[0])
        page.get_by_label("Your question").fill(PLAIN)
        device.copied(device.seal())
        page.get_by_role("heading", name="The slip was not taken.").wait_for()
        assert Inbox.objects.count() == 1

        # A slip whose first try got no answer: nobody knows what became of it.
        def lost(route: Route) -> None:
            route.fetch()
            route.abort()

        page.route("**/postings/", lost, times=1)
        page.route("**/postings/", lambda route: route.fulfill(status=429), times=1)
        page.get_by_role("button", name="Ask another question").click()
        page.get_by_role("button", name="I have read this: go on").click()
        page.get_by_label("The 24 signs of your slip").fill(slips[1])
        page.get_by_label("Your question").fill(PLAIN)
        page.get_by_label("type the last 4 signs").fill(device.seal()[-4:])
        page.get_by_role("button", name="Done").click()
        page.get_by_text("Nothing was sent; press again in a minute.").wait_for()
        page.get_by_role("button", name="Done").click()
        page.get_by_text("Nobody knows whether your question left").wait_for()
        page.get_by_role("button", name="Done").click()
        page.get_by_role("heading", name="Your question has perhaps left.").wait_for()
        assert Inbox.objects.count() == 2
        known = ("403", "429", "ERR_FAILED")
        assert [one for one in device.faults if not any(word in one for word in known)] == []


def test_the_vault_takes_tokens_from_the_member_side_alone(
    browser: Browser, server: str, lasting: Corner, settings: SettingsWrapper
) -> None:
    slots = [
        {"token": encoding.b64(one.prepared), "signature": encoding.b64(one.signature)}
        for one in (lasting.token() for _slot in range(4))
    ]
    message = json.dumps({"kind": "slots", "epoch": EPOCH, "slots": slots})
    handing = f"""<!doctype html><iframe src="{server}/vault/"></iframe><script>
      window.heard = [];
      addEventListener("message", (event) => {{
        heard.push([event.origin, event.data]);
        if (event.data.kind === "ready")
          for (let time = 0; time < 2; time += 1)
            event.source.postMessage({message}, "{server}");
      }});</script>"""
    with page_elsewhere(handing) as member, page_elsewhere(handing) as stranger:
        settings.BASE_URL = member
        with Device(browser, server) as device:
            device.page.goto(member)
            waiting_for(lambda: device.page.evaluate("heard.length") == 3, device.page)
            said = device.page.evaluate("heard")
            kept = [server, {"kind": "kept", "epoch": EPOCH}]
            assert said == [[server, {"kind": "ready"}], kept, kept]
            device.open("/ways/")
            assert device.kept(SLOTS) == {EPOCH: slots}
        with Device(browser, server) as device:
            device.page.goto(stranger)
            device.page.wait_for_timeout(500)
            assert device.page.evaluate("heard") == []
            device.open("/ways/")
            assert device.kept(SLOTS) is None


def test_a_device_is_wiped_on_request(device: Device) -> None:
    device.ask(PLAIN, when="later")
    page = device.open("/device/")
    page.get_by_role("button", name="Wipe this device").click()
    page.get_by_text("This device keeps nothing").wait_for()
    assert page.evaluate("localStorage.length") == 0


def test_the_fingerprints_are_those_of_the_notice(device: Device, lasting: Corner) -> None:
    page = device.open("/protection/")
    page.locator("#fingerprints dd").first.wait_for()
    entries = lasting.files.notice()["entries"]
    shown = page.locator("#fingerprints dd").all_inner_texts()
    key = next(one for one in entries if one["kind"] == "key")
    roster = next(one for one in entries if one["kind"] == "roster")
    assert shown == [
        notice.short(entries[-1]["hash"]),
        notice.short(roster["digest"]),
        notice.short(key["kid"]),
    ]


# --- for every reader -----------------------------------------------------------------------------


@pytest.mark.parametrize(("scheme", "language"), LOOKS, ids=["light-en", "dark-vi"])
def test_every_page_is_accessible_and_fits_a_phone(
    browser: Browser, server: str, lasting: Corner, scheme: str, language: str
) -> None:
    wrong: list[str] = []
    with Device(browser, server, color_scheme=scheme) as device:
        device.page.on("dialog", lambda dialog: dialog.accept())
        page = device.page
        axe = AXE.read_text()

        def inspect(name: str) -> None:
            assert page.locator("html").get_attribute("lang") == language
            page.evaluate(axe)
            for width, height in ((1280, 860), (360, 800)):
                page.set_viewport_size({"width": width, "height": height})
                page.wait_for_timeout(50)
                too_wide = page.evaluate(TOO_WIDE)
                if too_wide:
                    wrong.append(f"{name} at {width}: {too_wide}")
                # The look for readers takes long: on a desk in light, on a phone in the dark.
                if (width > 700) == (scheme == "dark"):
                    continue
                wrong.extend(f"{name} at {width}: {fault}" for fault in page.evaluate(RUN_AXE))

        device.open(f"/?lang={language}")
        inspect("limits")
        device.receive(lasting)
        for address in PAGES:
            device.open(address)
            inspect(address)
        device.open("/")
        page.locator("#text").fill("In Tân Thạch in February: x")
        page.locator("[data-warning]").wait_for()
        inspect("warning")
        page.locator("[data-leave]").click()
        page.locator("#seal").click()
        page.locator("[data-view=receipt]").wait_for()
        receipt = "".join(page.locator("[data-group]").all_inner_texts())
        page.locator("#last").fill("0000")
        inspect("receipt")
        page.locator("#last").fill(receipt[-4:])
        page.locator("#done").click()
        page.locator("[data-view=sent]").wait_for()
        inspect("sent")
        device.open("/answers/")
        page.locator("#typed").fill(receipt)
        page.locator("#look").click()
        page.locator("[data-view=thread]").wait_for()
        inspect("thread")
        assert device.faults == []
    assert wrong == []


def test_without_javascript_the_page_says_what_to_do(browser: Browser, server: str) -> None:
    with Device(browser, server, java_script_enabled=False) as device:
        for address in ("/", "/answers/", "/kiosk/"):
            device.page.goto(address)
            note = device.page.locator("noscript .fp-note")
            assert note.is_visible(), address
            assert "JavaScript is off in this browser" in note.inner_text()
            assert "a paper slip from a meeting" in note.inner_text()
        device.page.get_by_role("link", name="Other ways to ask").first.click()
        assert device.page.get_by_role("heading", name="A paper slip").is_visible()
        device.page.goto("/protection/")
        assert device.page.locator("main .fp-row").count() == 14


def test_all_scripts_of_the_ask_page_are_light(browser: Browser, server: str) -> None:
    with Device(browser, server) as device:
        device.open("/")
        scripts = [one.url for one in device.requests if one.resource_type == "script"]
    assert [url.rpartition("/")[2] for url in scripts] == ["corner-ask.js"]
    assert len(gzip.compress((BUILT / "corner-ask.js").read_bytes(), 9)) <= 100_000
