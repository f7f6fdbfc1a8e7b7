"""The guidance officers' desk by the hands of its officers, each in a browser of their own."""

from __future__ import annotations

import json
import secrets
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from footpath.core import clock
from footpath.questions import selectors, services
from footpath.questions.models import Blob, OfficerCount, Question, Wrapped
from footpath.secrecy import age, encoding, envelopes, officers
from footpath.secrecy.epochs import Epoch
from tests.questions.corner import CODES, EPOCH, TODAY, Corner
from tests.questions.desks import PASSPHRASE, Asker, Officer, keep_wrapped, on_paper
from tests.questions.devices import served

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Route

AXE = Path(__file__).resolve().parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
RUN_AXE = """async () => {
  const found = await axe.run(document, {preload: false, resultTypes: ["violations"]});
  return found.violations.map((one) =>
    `${one.id}: ${one.nodes.map((node) => node.target.join(" ")).join(" | ")}`);
}"""
TOO_WIDE = """() => document.documentElement.scrollWidth <= innerWidth ? "" :
  [...document.querySelectorAll("body *")].filter((one) =>
    one.getBoundingClientRect().right > innerWidth + 1).slice(-3).map((one) =>
    one.outerHTML.slice(0, 120)).join(" | ") || "too wide" """
TOO_SMALL = """() => [...document.querySelectorAll("main :is(a, button, summary, input)")]
  .filter((one) => one.offsetParent && one.type !== "checkbox" && !one.matches(".fp-row-link") &&
    one.getBoundingClientRect().height < 43.5)
  .map((one) => one.outerHTML.slice(0, 120))
  .concat([...document.querySelectorAll("main *")].filter((one) => one.offsetParent &&
    [...one.childNodes].some((part) => part.nodeType === 3 && part.data.trim()) &&
    !one.closest(".visually-hidden") && parseFloat(getComputedStyle(one).fontSize) < 16)
  .map((one) => one.outerHTML.slice(0, 120)))"""
UNFOLD = """() => document.querySelectorAll("details.fp-more")
  .forEach((one) => { one.open = true; })"""
QUESTION = "May the head of a unit sign an inspection of his own brother-in-law's firm?"
ANSWER = "No. Regulation 1524 says in article 7 that he has to ask the next tier."
OTHER = "Who keeps the seal while the head of the hamlet is away?"


@pytest.fixture
def day(monkeypatch: pytest.MonkeyPatch) -> list[date]:
    """Return the day on which the Corner is; a test may let it pass."""
    days = [TODAY]
    monkeypatch.setattr(clock, "today", lambda: days[-1])
    return days


@pytest.fixture
def sit(lasting: Corner, browser: Browser, day: list[date]) -> Iterator[Callable[..., Officer]]:
    """Return how an officer sits down at a browser; all of them are closed at the end."""
    seats: list[Officer] = []
    for bundle in (*lasting.officers.values(), lasting.supervisor):
        keep_wrapped(bundle)

    with served() as base:

        def seat(code: str, **options: object) -> Officer:
            seats.append(Officer(browser, base, code, **options))
            return seats[-1]

        yield seat
        for one in seats:
            one.context.close()
    assert [fault for one in seats for fault in one.faults] == []
    asked = {request.url for one in seats for request in one.requests}
    assert [address for address in asked if not address.startswith(f"{base}/")] == []


def mixed(corner: Corner, *asked: tuple[Asker, str], day: list[date], covers: int = 2) -> None:
    """Let questions in among covers, and mix."""
    for asker, text in asked:
        asker.ask(corner, text, on=day[-1])
    for _cover in range(covers):
        sealed = envelopes.seal_question(envelopes.cover(), corner.roster)
        assert services.take_posting(body=corner.posting(sealed=sealed), on=day[-1])
    assert services.mix(on=day[-1]) is not None


def next_day(day: list[date], days: int = 1) -> None:
    """Let days pass, and mix at the end of them."""
    day.append(day[-1] + timedelta(days=days))
    services.mix(on=day[-1])


def test_an_answer_leaves_when_another_officer_has_approved_it(
    lasting: Corner, sit: Callable[..., Officer], day: list[date]
) -> None:
    asker = Asker.new()
    mixed(lasting, (asker, QUESTION), day=day)
    first, second, third = (sit(code) for code in CODES)

    first.open_desk()
    first.said("their question was read: 1")
    assert first.threads() == [QUESTION]  # the covers are dropped
    first.take_up(QUESTION)
    first.ask_approval(ANSWER, "guidance-2")
    assert not first.part("approve").is_visible()
    first.page.get_by_text("guidance-1 wrote it, so somebody else has to.").wait_for()

    third.open_desk()
    third.show("To approve")
    assert third.threads() == []
    third.show("To answer")
    third.take_up(QUESTION)
    third.page.get_by_text("Only guidance-2 can approve this answer.").wait_for()
    assert not third.part("approve").is_visible()

    second.open_desk()
    second.show("To approve")
    second.take_up(QUESTION)
    assert second.page.locator("[data-slot=opened]").inner_text() == ANSWER
    second.approve()

    assert asker.read(selectors.bulletin().data) == []
    next_day(day)
    assert asker.read(selectors.bulletin().data) == [("answer", ANSWER), ("read", "")]
    third.fetch()
    third.go("Inbox")
    third.show("Answered")
    assert third.threads() == [QUESTION]
    assert sorted(Question.objects.values_list("answered_in", flat=True)) == ["", "", "2026-11"]
    said = json.loads(OfficerCount.objects.get(officer="guidance-3", epoch=EPOCH).text)
    assert said["counters"]["2026-11"] == {"real": 1, "answered": 1, "overdue": 0}


def test_a_draft_that_is_sent_twice_is_one_draft(
    lasting: Corner, sit: Callable[..., Officer], day: list[date]
) -> None:
    asker = Asker.new()
    mixed(lasting, (asker, QUESTION), day=day)
    first = sit("guidance-1")
    first.open_desk()
    first.take_up(QUESTION)
    page = first.page

    def lost(route: Route) -> None:
        route.fetch()  # it arrives, and its answer does not come back
        route.abort()

    page.route("**/desk/blobs/", lost, times=1)
    page.get_by_label("The answer", exact=True).fill(ANSWER)
    page.get_by_role("button", name="Keep as a draft").click()
    first.said("The Corner cannot be reached.")
    first.ask_approval(ANSWER, "guidance-2")
    first.faults = [fault for fault in first.faults if "ERR_FAILED" not in fault]
    assert Blob.objects.count() == 3  # the day of reading, and the draft twice
    second = sit("guidance-2")
    second.open_desk()
    second.show("To approve")
    second.take_up(QUESTION)
    second.approve()
    second.go("Inbox")
    second.show("Answered")
    assert second.threads() == [QUESTION]
    assert services.mix(on=day[-1] + timedelta(days=1)).answers == 2  # type: ignore[union-attr]


def test_the_same_officer_twice_is_refused_by_browser_and_server(
    lasting: Corner, sit: Callable[..., Officer], day: list[date]
) -> None:
    mixed(lasting, (Asker.new(), QUESTION), day=day)
    first = sit(CODES[0])
    first.open_desk()
    first.take_up(QUESTION)
    assert (
        CODES[0]
        not in first.page.get_by_label("Who approves it").locator("option").all_inner_texts()
    )
    first.ask_approval(ANSWER, "guidance-2")
    # The form of the second officer, forced to show itself, does not help.
    for part in ("part", "form"):
        first.page.locator(f"[data-{part}=approve]").evaluate("(one) => { one.hidden = false; }")
    first.page.get_by_role("button", name="Approve and send").click()
    first.page.get_by_text("That did not work. Nothing was sent.").wait_for()
    assert services.mix(on=day[-1] + timedelta(days=1)).answers == 1  # type: ignore[union-attr]


@pytest.mark.parametrize("other", ["words", "asker"])
def test_a_draft_that_was_sealed_with_other_words_or_for_somebody_else_is_not_approved(
    lasting: Corner, sit: Callable[..., Officer], day: list[date], other: str
) -> None:
    asker, seed = Asker.new(), secrets.token_bytes(age.SEED)
    mixed(lasting, (asker, QUESTION), day=day)
    sealed = envelopes.seal_answer(
        envelopes.Answer(
            "answer",
            asker.thread,
            "Pay him." if other == "words" else ANSWER,
            CODES[:2],
            Epoch(EPOCH),
        ),
        lasting.roster,
        age.nobody() if other == "asker" else age.recipient_of(asker.identity),
        seed,
    )
    signed = envelopes.approved(sealed, CODES[:2])
    lay_down(
        lasting,
        "guidance-1",
        {
            "kind": "draft",
            "thread": asker.thread,
            "id": "0" * 32,
            "before": "",
            "text": ANSWER,
            "second": "guidance-2",
            "epoch": EPOCH,
            "seed": encoding.b64(seed),
            "signature": lasting.sign("guidance-1", "answer", signed),
            "keys": [],
        },
    )
    second = sit("guidance-2")
    second.open_desk()
    second.show("To approve")
    second.take_up(QUESTION)
    second.page.get_by_text("What its writer signed is not this answer").wait_for()
    assert second.page.locator("[data-slot=opened]").inner_text() == ANSWER
    assert not second.page.get_by_role("button", name="Approve and send").is_visible()
    second.page.get_by_text("Send it back instead").click()
    second.page.get_by_label("What has to change").fill("Seal what the draft says.")
    second.page.get_by_role("button", name="Send it back", exact=True).click()
    second.said("Sent back to guidance-1.")
    assert second.page.get_by_label("The answer", exact=True).input_value() == ANSWER


def lay_down(corner: Corner, code: str, body: dict[str, object], *, forged: bool = False) -> None:
    """Lay a blob of an officer on the server, past the browser; forged: without the inner mark."""
    told = {"v": 1, **body, "by": code, "at": "2026-11-20T02:00:00.000Z", "roster": 1}
    mark = corner.sign(code if not forged else "guidance-3", "blob", encoding.canonical(told))
    sealed = envelopes.seal_blob({**told, "mark": mark}, corner.roster)
    services.take_blob(
        plain={
            "officer": code,
            "sealed": encoding.b64(sealed),
            "signature": corner.sign(code, "blob", sealed),
        }
    )


def test_what_a_lying_server_writes_in_an_officers_name_is_dropped(
    lasting: Corner, sit: Callable[..., Officer], day: list[date]
) -> None:
    asker = Asker.new()
    mixed(lasting, (asker, QUESTION), day=day)
    note = {"kind": "note", "thread": asker.thread, "day": "2026-11-20"}
    lay_down(lasting, "guidance-1", {**note, "text": "Ask the finance office first."})
    lay_down(lasting, "guidance-1", {**note, "text": "Never mind."}, forged=True)
    officer = sit("guidance-2")
    officer.open_desk()
    officer.take_up(QUESTION)
    entries = officer.page.locator("[data-entries]").inner_text()
    assert "Ask the finance office first." in entries
    assert "Never mind." not in entries


def test_who_left_opens_nothing_that_is_sealed_afterwards(
    lasting: Corner, sit: Callable[..., Officer], day: list[date]
) -> None:
    asker = Asker.new()
    mixed(lasting, (asker, QUESTION), day=day)
    first, second = sit("guidance-1"), sit("guidance-2")
    first.open_desk()
    first.take_up(QUESTION)
    first.page.get_by_label("Note for colleagues").fill("The firm is called Sông Xanh.")
    first.page.get_by_role("button", name="Keep the note").click()
    first.said("The note is kept, sealed.")
    new = officers.new("guidance-4")
    keep_wrapped(new)

    first.go("Officers")
    first.add(json.dumps(vars(new.public("Thu"))))
    first.page.get_by_role("button", name="Remove guidance-3").click()
    half = first.sign_next()
    second.open_desk()
    second.go("Officers")
    assert [line.split(",")[0] for line in second.look_at(half)] == [
        "New: Thu",
        "Leaves: guidance-3",
    ]
    second.sign_it()
    second.said("Version 2 is in force.")
    second.said("Sealed again for roster 2: 3.")  # the question, the day of reading, the note
    assert set(Wrapped.objects.values_list("code", flat=True)) == {
        *("guidance-1", "guidance-2", "guidance-4", "supervisor-1")
    }

    later = sit("guidance-4")
    later.open_desk()
    later.take_up(QUESTION)
    later.page.get_by_text("The firm is called Sông Xanh.").wait_for()
    left, opens = lasting.officers["guidance-3"].identity, new.identity
    sealed = [bytes(one) for one in Blob.objects.values_list("sealed", flat=True)]
    assert sealed
    assert [can_open(one, left) for one in sealed] == [False] * len(sealed)
    assert [can_open(one, opens) for one in sealed] == [True] * len(sealed)
    sit("guidance-3").sign_in()
    gone = sit("guidance-3")
    gone.sign_in()
    gone.page.get_by_text("The code or the passphrase is another.").wait_for()


def can_open(sealed: bytes, identity: str) -> bool:
    """Return whether an identity opens something sealed."""
    try:
        age.open_(sealed, identity)
    except age.CannotOpen:
        return False
    return True


def test_an_officer_who_joined_late_is_given_what_came_before_at_a_colleagues_next_visit(
    lasting: Corner, sit: Callable[..., Officer], day: list[date]
) -> None:
    mixed(lasting, (Asker.new(), QUESTION), day=day)
    new = officers.new("guidance-4")
    keep_wrapped(new)
    lasting.officers["guidance-4"] = new
    late = sit("guidance-4")
    late.sign_in()
    late.said("These keys are not on the roster in force.")
    assert not late.page.locator("[data-go=inbox]").is_visible()
    version = lasting.version(
        *CODES, "guidance-4", number=2, previous=lasting.roster.digest, signers=CODES[:2]
    )
    assert services.take_roster(signed=version)
    late.open_desk()
    late.said("Your colleagues have been asked to seal it again.")
    assert late.threads() == []
    assert not OfficerCount.objects.filter(officer="guidance-4").exists()
    first = sit("guidance-1")
    first.open_desk()
    first.said("Sealed again for roster 2")
    late.fetch()
    assert late.threads() == [QUESTION]


def test_the_first_roster_is_made_by_those_who_are_on_it(
    db: None, transactional_db: None, corner_dir: object, browser: Browser, day: list[date]
) -> None:
    corner = object.__new__(Corner)
    corner.files = selectors.files()
    corner.publish(EPOCH, 0)
    corner.drawn({EPOCH: 500})
    with served() as base:
        seats = [Officer(browser, base, code) for code in ("an", "binh", "chi", "dung")]
        sheets = [seats[0].make_keys("An", readable)]
        sheets += [seat.make_keys(seat.code.capitalize()) for seat in seats[1:]]
        first, second = seats[:2]
        for seat in (first, second):
            seat.sign_in()
            seat.page.get_by_text("There is no roster yet.").wait_for()
        for sheet in sheets[:3]:
            first.add(sheet["public"])
        first.add(sheets[3]["public"], "Take as the supervisor")
        first.page.get_by_role("button", name="Make a new recovery key").click()
        recovery = first.part("recovery-sheet").locator("[data-slot=age]").inner_text()
        first.page.get_by_role("button", name="It is printed: wipe it").click()
        half = first.sign_next()
        changes = [line.split(",")[0] for line in second.look_at(half)]
        assert changes == [
            *("New: An", "New: Binh", "New: Chi"),
            "Supervisor: Dung",
            "New recovery key",
        ]
        readable(second, "signing")
        second.sign_it()
        second.page.get_by_text("the administrator takes the first version").wait_for()
        with second.page.expect_download() as saved:
            second.part("signed").get_by_role("button", name="Save as a file").click()
        assert saved.value.suggested_filename == "footpath-roster-1.json"
        whole = saved.value.path().read_text()
        assert services.take_roster(signed=json.loads(whole), by_administrator=True)
        asker = Asker.new()
        mixed(corner, (asker, QUESTION), day=day)
        third = seats[2]
        third.open_desk()
        assert third.threads() == [QUESTION]
        assert can_open(bytes(Blob.objects.get().sealed), recovery.replace(" ", ""))
        kept = [seat.everything() for seat in seats]
        assert [PASSPHRASE in one or "AGE-SECRET-KEY" in one for one in kept] == [
            False,
            False,
            False,
            False,
        ]
        assert [fault for seat in seats for fault in seat.faults] == []
        for seat in seats:
            seat.context.close()


def test_a_recovery_sheet_makes_a_new_passphrase(
    lasting: Corner, sit: Callable[..., Officer], day: list[date]
) -> None:
    mixed(lasting, (Asker.new(), QUESTION), day=day)
    bundle = lasting.officers["guidance-1"]
    officer = sit("guidance-1")
    page = officer.open("/desk/recover/")
    page.get_by_label("Code", exact=True).fill("guidance-1")
    page.get_by_label("Key that opens").fill(bundle.identity.lower())
    page.get_by_label("Key that signs").fill(on_paper(bundle.seed)[:-1] + "?")
    page.get_by_label("New passphrase").fill("another sixteen signs")
    page.get_by_label("The passphrase again").fill("another sixteen signs")
    page.get_by_role("button", name="Set the new passphrase").click()
    page.get_by_text("That is not what a recovery sheet says.").wait_for()
    page.get_by_label("Key that signs").fill(" ".join(on_paper(bundle.seed)).lower())
    page.get_by_role("button", name="Set the new passphrase").click()
    page.get_by_role("heading", name="The new passphrase holds").wait_for()
    officer.sign_in()
    page.get_by_text("The code or the passphrase is another.").wait_for()
    officer.open_desk("another sixteen signs")
    assert officer.threads() == [QUESTION]
    wrapped = selectors.wrapped()["guidance-1"]
    assert officers.unwrapped(wrapped, "another sixteen signs") == bundle


def test_the_recovery_key_reads_everything_and_signs_nothing(
    lasting: Corner, sit: Callable[..., Officer], day: list[date]
) -> None:
    mixed(lasting, (Asker.new(), QUESTION), day=day)
    anybody = sit("nobody")
    page = anybody.open("/desk/")
    page.get_by_text("Open it with a sheet of paper").click()
    page.get_by_label("Key that opens").fill(lasting.recovery)
    page.get_by_role("button", name="Open with the sheet").click()
    page.get_by_text("Open with the recovery key: for reading only.").wait_for()
    anybody.take_up(QUESTION)
    assert not anybody.part("answer").is_visible()
    assert not anybody.part("deeds").is_visible()
    assert anybody.posted() == []


def test_the_supervisor_sees_complaints_alone(
    lasting: Corner, sit: Callable[..., Officer], day: list[date]
) -> None:
    complaint = "I have waited for twelve working days."
    asker = Asker.new()
    asker.ask(lasting, complaint, kind="complaint")
    mixed(lasting, (Asker.new(), QUESTION), day=day)
    supervisor, officer = sit("supervisor-1"), sit("guidance-1")
    supervisor.open_desk()
    assert supervisor.threads() == [complaint]
    supervisor.take_up(complaint)
    assert not supervisor.part("answer").is_visible()
    assert supervisor.posted() == []
    officer.open_desk()
    assert sorted(officer.threads()) == sorted([complaint, QUESTION])


def test_more_than_ten_working_days_after_the_first_reading_a_question_is_overdue(
    lasting: Corner, sit: Callable[..., Officer], day: list[date]
) -> None:
    mixed(lasting, (Asker.new(), QUESTION), day=day)
    sit("guidance-1").open_desk()
    day.append(date(2026, 12, 8))  # eleven working days on: Tuesday 24 November is a holiday
    officer = sit("guidance-2")
    officer.open_desk()
    officer.page.get_by_text("Working days over: 1").wait_for()
    assert officer.page.locator("#threads tr.fp-late").count() == 1
    said = json.loads(OfficerCount.objects.get(officer="guidance-2", epoch=EPOCH).text)
    assert said["counters"][EPOCH] == {"real": 1, "answered": 0, "overdue": 1}
    officer.go("Figures")
    row = officer.page.locator("#figures tbody tr").filter(has_text="November 2026")
    assert row.locator("td").all_inner_texts() == ["November 2026", "1", "0/1 = 0.00%", "1"]
    officer.page.goto("/desk/")  # and whoever comes next is reminded before opening anything
    officer.page.get_by_text("1 question has waited for more than 10 working days.").wait_for()


def test_the_desk_forgets_its_keys_after_fifteen_minutes_and_when_it_is_left(
    lasting: Corner, sit: Callable[..., Officer], day: list[date]
) -> None:
    mixed(lasting, (Asker.new(), QUESTION), day=day)
    officer = sit("guidance-1")
    officer.open_desk()
    officer.take_up(QUESTION)
    kept = officer.page.evaluate("JSON.stringify([localStorage, sessionStorage, history.state])")
    assert ("inspection" in kept, "SECRET" in kept, "guidance-1" in kept) == (False, False, False)
    assert officer.page.evaluate("caches.keys().then((keys) => keys.length)") == 0
    officer.later(minutes=14)
    officer.page.wait_for_timeout(5500)
    assert officer.page.locator("[data-view=thread]").is_visible()
    officer.later(minutes=16)
    officer.page.get_by_text("The desk closed itself after 15 minutes without use.").wait_for()
    assert QUESTION not in officer.page.content()
    officer.open_desk()
    officer.page.goto("/answers/")
    officer.page.go_back()
    officer.page.get_by_role("heading", name="Desk of the guidance officers").wait_for()
    assert QUESTION not in officer.page.content()
    assert QUESTION not in officer.everything()


def test_a_roster_that_nobody_signed_opens_nothing(
    lasting: Corner, sit: Callable[..., Officer], day: list[date]
) -> None:
    mixed(lasting, (Asker.new(), QUESTION), day=day)
    officer = sit("guidance-1")
    officer.open_desk()
    mole = officers.new("mole")
    plain = lasting.roster.plain()
    plain |= {"number": 2, "previous": lasting.roster.digest}
    plain["officers"] = [*plain["officers"], vars(mole.public("Mole"))]
    forged = {"roster": plain, "signatures": lasting.version()["signatures"]}
    answer = {"rosters": [*selectors.signed_rosters(), forged]}
    officer.context.route("**/roster/", lambda route: route.fulfill(json=answer))
    officer.page.get_by_role("button", name="Fetch again").click()
    officer.page.get_by_text(
        "The roster was changed without the signatures of two officers."
    ).wait_for()
    assert not officer.page.locator("[data-view=inbox]").is_visible()
    officer.sign_in()
    officer.page.get_by_text("The roster was changed without the signatures").wait_for()
    assert not officer.page.locator("[data-view=inbox]").is_visible()


def test_what_two_officers_take_to_the_library_names_months_and_no_days(
    lasting: Corner, sit: Callable[..., Officer], day: list[date]
) -> None:
    asker = Asker.new()
    question = "On 12 March 2026 and on 3/4/2026 (ngày 5 tháng 6), 2026年3月12日 or 7 мая?"
    asker.ask(lasting, question, consent=True)
    mixed(lasting, (Asker.new(), QUESTION), day=day)
    first, second = sit("guidance-1"), sit("guidance-2")
    first.open_desk()
    first.take_up("On 12 March 2026")
    assert not first.page.get_by_role("button", name="Prepare for the library").is_visible()
    first.ask_approval(ANSWER, "guidance-2")
    second.open_desk()
    second.show("To approve")
    second.take_up("On 12 March 2026")
    second.approve()
    second.page.get_by_role("button", name="Prepare for the library").click()
    page = second.page
    page.get_by_text("It can be published from Sun 29 November.").wait_for()
    rewritten = page.get_by_label("Question, rewritten").input_value()
    assert rewritten == "On March 2026 and on 4/2026 (tháng 6), 2026年3月 or мая?"
    assert page.get_by_label("Answer, rewritten").input_value() == ANSWER
    readable(second, "publish")
    page.get_by_role("button", name="Copy the question").click()
    page.get_by_text("Tick all three first.").wait_for()


def test_a_thread_is_put_in_charge_kept_as_a_draft_closed_and_opened_again_by_a_follow_up(
    lasting: Corner, sit: Callable[..., Officer], day: list[date]
) -> None:
    asker = Asker.new()
    mixed(lasting, (asker, QUESTION), (Asker.new(), OTHER), day=day)
    officer = sit("guidance-1")
    officer.open_desk()
    officer.take_up(QUESTION)
    page = officer.page
    page.get_by_label("The answer", exact=True).fill("Half a thought")
    page.get_by_label("Who is in charge").select_option(label="guidance-2")
    page.get_by_role("button", name="Put in charge").click()
    officer.said("In charge: guidance-2.")
    assert page.get_by_label("The answer", exact=True).input_value() == "Half a thought"
    page.get_by_role("button", name="Keep as a draft").click()
    officer.said("The draft is kept, sealed.")
    colleague = sit("guidance-2")
    colleague.open_desk()
    colleague.take_up(QUESTION)
    assert colleague.page.get_by_label("The answer", exact=True).input_value() == "Half a thought"
    colleague.close("Asked twice.")
    colleague.go("Inbox")
    colleague.show("To approve")
    assert colleague.threads() == []
    officer.fetch()
    officer.go("Inbox")
    assert officer.threads() == [OTHER]
    officer.show("Closed")
    assert officer.threads() == [QUESTION]
    # One officer's word begins no deletion: a second one closes it too.
    assert set(Question.objects.values_list("answered_in", flat=True)) == {""}
    officer.show("To approve")
    officer.take_up(QUESTION)
    officer.page.get_by_text("When a second one closes it too").wait_for()
    officer.close("Yes, twice.")
    assert not officer.part("closing").is_visible()
    officer.go("Inbox")
    assert sorted(Question.objects.values_list("answered_in", flat=True)) == ["", "", "", EPOCH]
    next_day(day)
    asker.ask(lasting, "And who signs instead?", on=day[-1], kind="follow-up")
    day.append(day[-1] + timedelta(days=1))
    mixed(lasting, day=day)
    officer.fetch()
    officer.show("To answer")
    assert sorted(officer.threads()) == sorted(["And who signs instead?", OTHER])


@pytest.mark.parametrize(("scheme", "language"), [("light", "en"), ("dark", "vi")])
def test_every_view_of_the_desk_can_be_read_by_everybody(
    lasting: Corner,
    sit: Callable[..., Officer],
    day: list[date],
    scheme: str,
    language: str,
) -> None:
    asker = Asker.new()
    asker.ask(lasting, OTHER, kind="complaint", topic="money")
    mixed(lasting, (asker, QUESTION), day=day, covers=1)
    first, second = (sit(code, color_scheme=scheme) for code in CODES[:2])
    for address in ("/desk/set-up/", "/desk/recover/", "/desk/"):
        first.open(f"{address}?lang={language}")
        readable(first, address)
    second.open(f"/desk/?lang={language}")
    for officer in (first, second):
        officer.unlock()
    readable(first, "inbox")
    first.page.locator("#threads .desk-open").first.click()
    first.part("answer").wait_for()
    readable(first, "thread")
    first.page.locator("#answer").fill(ANSWER)
    first.page.locator("#second").select_option("guidance-2")
    first.page.locator("[data-form=answer] .btn-primary").click()
    first.part("waits").wait_for()
    readable(first, "waits")
    second.page.locator("[data-deed=fetch]").click()
    second.page.locator("[data-deed=fetch]:not([aria-busy])").wait_for()
    second.page.locator("[data-filter=approve]").click()
    second.page.locator("#threads .desk-open").click()
    second.part("approve").wait_for()
    readable(second, "approve")
    for tab in ("figures", "officers"):
        second.page.locator(f"[data-go={tab}]").click()
        second.page.locator(f"[data-view={tab}]").wait_for()
        if tab == "officers":
            second.page.locator("[data-deed=recovery-key]").click()
            second.part("recovery-sheet").wait_for()
        readable(second, tab)


def test_what_the_server_no_longer_keeps_the_officers_forget_and_old_covers_are_done(
    lasting: Corner, sit: Callable[..., Officer], day: list[date]
) -> None:
    asker = Asker.new()
    mixed(lasting, (asker, QUESTION), day=day)
    first = sit("guidance-1")
    first.open_desk()
    first.take_up(QUESTION)
    first.page.get_by_label("Note for colleagues").fill("The firm is called Sông Xanh.")
    first.page.get_by_role("button", name="Keep the note").click()
    first.said("The note is kept, sealed.")
    first.page.get_by_role("button", name="Close the desk").click()
    assert Blob.objects.count() == 2  # the note, and the day of reading
    identity = lasting.officers["guidance-1"].identity
    real = [
        one.pk
        for one in Question.objects.all()
        if envelopes.open_question(bytes(one.sealed), identity).text
    ]
    Question.objects.filter(pk__in=real).delete()
    day.append(date(2027, 1, 4))
    first.open_desk()
    assert Blob.objects.count() == 1  # that the covers are done with, as one officer sees it
    assert list(Question.objects.values_list("answered_in", flat=True)) == ["", ""]
    first.fetch()
    assert Blob.objects.count() == 1
    second = sit("guidance-2")
    second.open_desk()
    assert list(Question.objects.values_list("answered_in", flat=True)) == ["2027-01", "2027-01"]
    assert Blob.objects.count() == 2
    for officer in (first, second):
        officer.fetch()
    assert Blob.objects.count() == 2


def readable(officer: Officer, view: str) -> None:
    """Let axe look at a view on a wide screen and on a phone, where nothing may be cut off."""
    page = officer.page
    page.evaluate(AXE.read_text())
    page.evaluate(UNFOLD)
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 860})
        assert page.evaluate(RUN_AXE) == [], view
        assert page.evaluate(TOO_WIDE) == "", view
    assert page.evaluate(TOO_SMALL) == [], view
