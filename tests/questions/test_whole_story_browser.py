"""One question from the drawing of its token to its answer, and on: every step by hand.

The member side and the Corner are two processes, as in earnest; they share a folder with the keys
and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from footpath.core import clock
from footpath.questions import selectors, services
from footpath.questions.models import Inbox, Nullifier
from footpath.secrecy import records
from tests.ports import free_port
from tests.questions.corner import CODES, EPOCH, TODAY, Corner, private_key
from tests.questions.desks import Officer, keep_wrapped
from tests.questions.devices import NOON, SLOTS, Device, served, waiting_for
from tests.questions.member_side import MemberSide, member_side

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from pytest_django.fixtures import SettingsWrapper

QUESTION = "May somebody sign the inspection of a relative?"
ANSWER = "No. Ask the next tier, and say why."
FURTHER = "And who signs while the next tier is away?"


@pytest.fixture
def days(monkeypatch: pytest.MonkeyPatch) -> list[date]:
    """Return the days that have passed in the Corner; the last one is today."""
    passed = [TODAY]
    monkeypatch.setattr(clock, "today", lambda: passed[-1])
    return passed


@pytest.fixture
def members(
    lasting: Corner, corner_dir: Path, settings: SettingsWrapper, days: list[date]
) -> Iterator[MemberSide]:
    """Return the member side beside a Corner that nobody has drawn for."""
    settings.CORNER_LEAST = settings.CORNER_MIX_LEAST = 1
    lasting.drawn({})
    # The member side has the private key of the month that the notice names already.
    keys = corner_dir / "keys"
    keys.mkdir(mode=0o700)
    (keys / f"{EPOCH}.pem").write_bytes(private_key(0))
    (keys / f"{EPOCH}.pem").chmod(0o600)
    port = free_port()
    settings.BASE_URL = f"http://127.0.0.1:{port}"
    with (
        served() as corner_url,
        member_side(port=port, corner_url=corner_url, folder=corner_dir.parent, at=NOON) as found,
    ):
        yield found


@pytest.fixture
def asker(browser: Browser, members: MemberSide) -> Iterator[Device]:
    """Return the browser of a member."""
    with Device(browser, members.corner_url) as found:
        yield found


@pytest.fixture
def desks(browser: Browser, lasting: Corner, members: MemberSide) -> Iterator[list[Officer]]:
    """Return two officers at their browsers."""
    for bundle in lasting.officers.values():
        keep_wrapped(bundle)
    with (
        Officer(browser, members.corner_url, CODES[0]) as first,
        Officer(browser, members.corner_url, CODES[1]) as second,
    ):
        yield [first, second]


def next_day(days: list[date]) -> None:
    """Let a day pass, and mix."""
    days.append(days[-1] + timedelta(days=1))
    assert services.mix(on=days[-1]) is not None


def sign_in(device: Device, members: MemberSide, user: str) -> None:
    """Sign in on the member side."""
    page = device.page
    page.goto(members.base)
    page.get_by_label("User name").fill(user)
    page.get_by_label("Password").fill(members.password)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="My day", level=1).wait_for()


def draw(asker: Device, members: MemberSide) -> None:
    """Sign in on the member side: the browser draws unasked, and hands over to the Corner."""
    page = asker.page
    sign_in(asker, members, members.member)
    waiting_for(lambda: selectors.drawn(EPOCH) == 1, page)
    page.wait_for_function("() => !localStorage.getItem('footpath-corner-pending')")
    asker.open("/")
    assert [len(slots) for slots in asker.kept(SLOTS).values()] == [4]
    assert Nullifier.objects.count() == 0


def ask(asker: Device) -> str:
    """Read the limits and ask; it is sent without the cookie of the member side."""
    asker.page.get_by_role("button", name="I have read this: go on").click()
    asker.write(QUESTION)
    asker.page.get_by_label("The answer may be published").check()
    receipt = asker.seal()
    asker.copied(receipt)
    [posted] = [one for one in asker.requests if one.url.endswith("/postings/")]
    assert "cookie" not in posted.all_headers()
    assert Inbox.objects.count() == Nullifier.objects.count() == 1
    return receipt


def answer(first: Officer, second: Officer) -> None:
    """One officer drafts, another approves."""
    first.open_desk()
    assert first.threads() == [QUESTION]
    first.take_up(QUESTION)
    first.ask_approval(ANSWER, "guidance-2")
    second.open_desk()
    second.show("To approve")
    second.take_up(QUESTION)
    second.approve()


def ask_on(asker: Device, receipt: str) -> None:
    """Read the answer by its receipt, and ask on in the same thread."""
    asker.look(receipt)
    page = asker.page
    page.get_by_role("heading", name="Your answer").wait_for()
    assert ANSWER in page.locator("#thread").inner_text()
    page.get_by_label("What you want to say").fill(FURTHER)
    page.get_by_label("Now", exact=False).check()
    page.get_by_role("button", name="Seal and send").click()
    page.get_by_role("heading", name="It has left.").wait_for()


def publish(browser: Browser, members: MemberSide, officer: Officer) -> None:
    """Rewrite it for the library: one drafts, another approves and publishes when its day comes."""
    officer.page.get_by_role("button", name="Prepare for the library").click()
    question = officer.page.get_by_label("Question, rewritten").input_value()
    text = officer.page.get_by_label("Answer, rewritten").input_value()
    members.pass_days(2)
    with Device(browser, members.base) as office, Device(browser, members.base) as head:
        sign_in(office, members, members.office)
        page = office.page
        page.goto(f"{members.base}/library/answers/new/")
        page.locator("#id_question").fill(question)
        page.locator("#id_text").fill(text)
        page.locator("#id_topic").select_option(index=1)
        page.locator("#id_answered_on").fill("2026-11-24")
        page.locator("#id_consent").check()
        page.get_by_role("button", name="Keep the draft").click()
        page.get_by_text("The draft is kept.").wait_for()
        item = page.url

        sign_in(head, members, members.head)
        page = head.page
        page.goto(item)
        page.get_by_role("link", name="Approve", exact=True).click()
        page.locator("main form .btn-primary").click()
        page.wait_for_url(item)
        assert page.get_by_text("It may appear from").is_visible()
        members.pass_days(13)  # to the Monday on which it may appear
        page.goto(item)
        page.get_by_role("link", name="Publish", exact=True).click()
        page.locator("main form .btn-primary").click()
        page.wait_for_url(item)
        assert [*office.faults, *head.faults] == []


def found_in_the_library(asker: Device, members: MemberSide) -> None:
    """Find the published answer as a member who has the same question."""
    page = asker.page
    page.goto(f"{members.base}/library/?q=relative")
    if page.get_by_label("User name").count():
        sign_in(asker, members, members.member)
        page.goto(f"{members.base}/library/?q=relative")
    page.locator("main").get_by_role("link", name=QUESTION).first.click()
    assert ANSWER in page.locator("main").inner_text()
    assert "unlinkable in our records" in page.locator("main").inner_text()


def test_draw_ask_mix_answer_read_ask_on_and_publish(
    browser: Browser, members: MemberSide, asker: Device, desks: list[Officer], days: list[date]
) -> None:
    first, second = desks
    draw(asker, members)
    receipt = ask(asker)
    next_day(days)
    answer(first, second)
    next_day(days)
    assert len(records.split(selectors.bulletin().data)) % 8 == 0
    ask_on(asker, receipt)
    publish(browser, members, second)
    found_in_the_library(asker, members)
    next_day(days)
    first.fetch()
    first.go("Inbox")
    first.show("To answer")
    first.take_up(FURTHER)
    thread = first.page.locator("[data-view=thread]").inner_text()
    assert QUESTION in thread
    assert ANSWER in thread

    ours = (members.base, members.corner_url)
    everybody = [asker, *desks]
    assert [fault for one in everybody for fault in one.faults] == []
    assert [
        request.url
        for one in everybody
        for request in one.requests
        if not request.url.startswith(ours)
    ] == []
