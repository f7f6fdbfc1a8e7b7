"""A professional coffee by the hands of those in the room: three phones, a host, a big screen.

One phone loses the network, types two difficulties, is put away and opened again, and comes back:
nothing is lost, nothing comes twice. One difficulty is answered on the spot and found as guidance,
one becomes a case with an owner and a day (S0.1, S0.3).
"""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from footpath.accounts.verification import chain_is_sound
from footpath.cases.models import Case
from footpath.core import clock
from footpath.directory.models import Person
from footpath.meetings.models import Meeting
from tests.desks import window
from tests.world import World, kinds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = pytest.mark.django_db(transaction=True)

AXE = Path(__file__).resolve().parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
RUN_AXE = """async () => {
  const found = await axe.run(document, {preload: false, resultTypes: ["violations"]});
  return found.violations.map((one) =>
    `${one.id}: ${one.nodes.map((node) => node.target.join(" ")).join(" | ")}`);
}"""
HIDDEN = """() => [document.documentElement, document.body].some((one) =>
  one.scrollHeight > innerHeight || one.scrollWidth > innerWidth)"""
PHONE = {"viewport": {"width": 360, "height": 780}, "has_touch": True}
STRAIGHT = "Who signs when the hamlet head is away?"
LOANS = "Loan forms differ between two banks"
PUMP = "No spare pump for spring tides"
LAMPS = "Who pays the street lamps?"


class Room:
    """A session that begins now: windows of those who are in it, closed at its end."""

    def __init__(self, world: World, browser: Browser, base: str) -> None:
        self.world, self.browser, self.base = world, browser, base
        start = clock.now() - timedelta(minutes=5)
        self.meeting = Meeting.objects.create(
            kind=kinds()["coffee"],
            area=world.district,
            starts_at=start,
            ends_at=start + timedelta(hours=2),
            convened_by=world.office,
            **{f"a{level}": pk for level, pk in enumerate(world.district.ancestor_ids)},
        )
        for who in (world.officer, world.second, world.far):
            self.meeting.duties.create(person=who, assignment=who.assignments.get())
        self.windows: list[BrowserContext] = []

    def page(self, who: Person, path: str = "", **device: object) -> Page:
        """Open the session in a window of somebody's own."""
        context = window(self.browser, self.base, who, **device)
        self.windows.append(context)
        page = context.new_page()
        page.goto(f"/meetings/{self.meeting.pk}/coffee/{path}")
        return page

    def texts(self) -> list[str]:
        """Return what the server has been told, sorted."""
        return sorted(self.meeting.items.values_list("text", flat=True))


@pytest.fixture
def room(world: World, browser: Browser, live_server: LiveServer) -> Iterator[Room]:
    """Return a room whose windows are closed at the end."""
    made = Room(world, browser, live_server.url)
    yield made
    for context in made.windows:
        context.close()


def raise_one(page: Page, text: str) -> None:
    """Type a difficulty and press the button."""
    page.get_by_label("Your difficulty, in one line").fill(text)
    page.get_by_role("button", name="Raise", exact=True).click()


def kept_on(page: Page) -> list[str]:
    """Return what the phone says it keeps."""
    return page.locator("[data-outbox-list] [data-text]").all_inner_texts()


def counted(screen: Page, word: str, number: int) -> None:
    """Wait until the screen counts so many."""
    column = screen.locator(".fp-big-counts > div").filter(has_text=re.compile(rf"\b{word}"))
    column.locator("dd", has_text=re.compile(rf"^{number}$")).wait_for()


def test_three_phones_one_without_network_and_a_big_screen(room: Room) -> None:
    world = room.world
    host = room.page(world.office)
    host.get_by_role("button", name="Open the session").click()
    host.get_by_text("The session is open.").wait_for()
    screen = room.page(world.office, "screen/")
    phones = [room.page(who, **PHONE) for who in (world.officer, world.second, world.far)]
    raise_one(phones[0], STRAIGHT)
    raise_one(phones[1], LOANS)
    counted(screen, "raised", 2)
    without_network(room, phones[2])
    counted(screen, "raised", 4)
    assert room.texts() == sorted([STRAIGHT, LOANS, PUMP, LAMPS])
    answered_and_followed_up(room, host)
    for word, number in (("answered", 1), ("follow", 1), ("waiting", 2), ("raised", 4)):
        counted(screen, word, number)
    nothing_to_scroll_or_to_mend(screen, phones[0], host)
    guidance_is_found(phones[2])
    _lines, fault = chain_is_sound(f"meetings.meeting:{room.meeting.pk}")
    assert fault is None


def without_network(room: Room, phone: Page) -> None:
    """Type two difficulties without network, put the phone away, and come back."""
    context, before = phone.context, room.meeting.items.count()
    context.set_offline(True)
    raise_one(phone, PUMP)
    raise_one(phone, LAMPS)
    phone.get_by_text("It is sent as soon as there is a network.").first.wait_for()
    assert kept_on(phone) == [PUMP, LAMPS]
    phone.wait_for_timeout(3000)
    assert (room.meeting.items.count(), kept_on(phone)) == (before, [PUMP, LAMPS])
    address = phone.url
    phone.close()
    context.set_offline(False)
    again = context.new_page()
    again.goto(address)
    again.locator("[data-outbox-list]").wait_for(state="hidden")
    again.locator("#waiting").get_by_text(PUMP).wait_for()
    again.reload()
    again.wait_for_timeout(500)
    assert kept_on(again) == []


def answered_and_followed_up(room: Room, host: Page) -> None:
    """Put what was raised first on the table and answer it; follow the next one up."""
    host.locator("#waiting").get_by_role("button", name=STRAIGHT).click()
    host.locator("#table").get_by_text(STRAIGHT).wait_for()
    host.get_by_role("link", name="Answered here").last.click()
    host.get_by_label("The answer").fill("The deputy signs; Regulation 1524.")
    host.get_by_role("button", name="Keep the answer").click()
    host.get_by_role("button", name="Undo").wait_for()
    host.locator("#table").get_by_text(LOANS).wait_for()
    host.get_by_role("link", name="Follow up: owner and date").click()
    assert host.get_by_label("Who sees to it").input_value() == room.world.second.code
    host.get_by_label("Until").fill((clock.today() + timedelta(days=6)).isoformat())
    host.get_by_role("button", name="Raise the case").click()
    host.locator("#followed").get_by_text(LOANS).wait_for()
    case = Case.objects.get(title=LOANS)
    assert (case.source, case.owner, case.due_on, case.area) == (
        "coffee",
        room.world.second,
        clock.today() + timedelta(days=6),
        room.world.khanh,
    )


def nothing_to_scroll_or_to_mend(screen: Page, phone: Page, host: Page) -> None:
    """The screen never scrolls; screen, phone and host's page are in order for everybody."""
    axe = AXE.read_text()
    for width, height in ((1280, 720), (1920, 1080)):
        screen.set_viewport_size({"width": width, "height": height})
        assert screen.evaluate(HIDDEN) is False, f"{width} x {height} scrolls"
    for page in (screen, phone, host):
        page.evaluate(axe)
        assert page.evaluate(RUN_AXE) == []


def guidance_is_found(closed: Page) -> None:
    """Whoever meets the same difficulty finds the answer while typing, and by searching."""
    page = next(one for one in closed.context.pages if not one.is_closed())
    field = page.get_by_label("Your difficulty, in one line")
    field.press_sequentially("who signs if the head is away")
    page.locator("#similar").get_by_text("The deputy signs; Regulation 1524.").wait_for()
    page.goto("/meetings/guidance/")
    page.get_by_role("searchbox").fill("hamlet HEAD regulation")
    page.get_by_role("searchbox").press("Enter")
    page.locator("main").get_by_text("The deputy signs; Regulation 1524.").wait_for()


def test_a_phone_sends_nothing_of_somebody_else(room: Room) -> None:
    """What one person has typed waits for that person, whoever signs in on the same phone."""
    Meeting.objects.filter(pk=room.meeting.pk).update(opened_at=clock.now())
    phone = room.page(room.world.officer, **PHONE)
    phone.context.set_offline(True)
    raise_one(phone, PUMP)
    phone.get_by_text("It is sent as soon as there is a network.").wait_for()
    mine = phone.context.cookies()
    other = window(room.browser, room.base, room.world.second)
    phone.context.add_cookies(other.cookies())
    other.close()
    phone.context.set_offline(False)
    phone.evaluate("() => window.dispatchEvent(new Event('online'))")
    phone.get_by_text("Sign in again to send it.").wait_for()
    phone.reload()
    phone.wait_for_timeout(1000)
    assert (room.texts(), kept_on(phone)) == ([], [])
    phone.context.add_cookies(mine)
    phone.reload()
    phone.locator("#waiting").get_by_text(PUMP).wait_for()
    assert [item.added_by for item in room.meeting.items.all()] == [room.world.officer]


def test_what_the_server_refuses_stays_with_its_sentence(room: Room) -> None:
    """A difficulty that comes too late is shown with the reason and can be written again."""
    long_ago = clock.now() - timedelta(hours=3)
    Meeting.objects.filter(pk=room.meeting.pk).update(opened_at=long_ago, closed_at=long_ago)
    phone = room.page(room.world.officer, **PHONE)
    raise_one(phone, PUMP)
    phone.get_by_text("The session is over. Raise this as a case.").wait_for()
    phone.reload()
    phone.get_by_text("The session is over. Raise this as a case.").wait_for()
    phone.get_by_role("button", name="Write it again").click()
    assert phone.get_by_label("Your difficulty, in one line").input_value() == PUMP
    assert (kept_on(phone), room.texts()) == ([], [])


def test_without_javascript_the_same_is_a_plain_form(room: Room) -> None:
    """No script: the form is sent as forms are, and the screen loads itself anew."""
    Meeting.objects.filter(pk=room.meeting.pk).update(opened_at=clock.now())
    phone = room.page(room.world.officer, java_script_enabled=False, **PHONE)
    raise_one(phone, PUMP)
    phone.get_by_text("Your difficulty is on the list.").wait_for()
    host = room.page(room.world.office, java_script_enabled=False)
    host.locator("#waiting").get_by_role("button", name=PUMP).click()
    host.locator("#table").get_by_text(PUMP).wait_for()
    host.get_by_role("button", name="Later in this session").click()
    host.get_by_text(f"Later in this session: {PUMP}").wait_for()
    assert room.meeting.items.get().put_off == 1
