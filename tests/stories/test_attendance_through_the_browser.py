"""Thirty names in three taps, leave in two, check-in in one: counted in a browser, on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import cache

from footpath.core import clock
from footpath.directory.models import Person
from footpath.meetings import services
from footpath.meetings.models import Duty, Leave, Meeting
from footpath.meetings.rules import checkin
from tests.desks import window
from tests.world import World, assign

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = pytest.mark.django_db(transaction=True)

PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 780}, "has_touch": True}


class Taps:
    """Somebody on their home page; every tap from there on is counted."""

    def __init__(self, page: Page) -> None:
        self.page, self.number = page, 0
        page.goto("/")

    def tap(self, name: str) -> Taps:
        """Tap the link or button of this name."""
        main = self.page.locator("main")
        link = main.get_by_role("link", name=name)
        link.or_(main.get_by_role("button", name=name)).first.click()
        self.number += 1
        return self

    def says(self, words: str) -> None:
        """Wait until the page says something."""
        self.page.locator("main").get_by_text(words).first.wait_for()


@pytest.fixture
def windows(browser: Browser, live_server: LiveServer) -> Iterator[Any]:
    """Return a function that opens somebody's phone."""
    cache.clear()
    opened: list[BrowserContext] = []

    def phone_of(who: Person, **options: Any) -> Page:
        opened.append(window(browser, live_server.url, who, **{**PHONE, **options}))
        return opened[-1].new_page()

    yield phone_of
    for context in opened:
        context.close()


def running(world: World, names: int) -> Meeting:
    """Convene a meeting of the commune that begins now and calls so many people by name."""
    now = clock.now()
    meeting = services.convene_meeting(
        kind=world.cell_meeting,
        area=world.thach,
        starts_at=now,
        ends_at=now + timedelta(hours=1),
        by=world.head,
        at=now,
        extraordinary_reason="Storm",
    )
    people = Person.objects.bulk_create(
        Person(name=f"Nguyễn Văn Đức {number:02}", code=f"S{number}")
        for number in range(names - meeting.duties.count())
    )
    Duty.objects.bulk_create(Duty(meeting=meeting, person=one) for one in people)
    return meeting


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_thirty_names_with_nobody_absent_are_saved_in_three_taps(
    world: World, windows: Any, scripts: bool
) -> None:
    meeting = running(world, 30)
    home = Taps(windows(world.head, java_script_enabled=scripts))
    home.tap("Cell meeting").tap("Everybody came except …").tap("Confirm")
    home.says("The attendance is kept: 30 of 30 came.")
    assert home.number == 3
    meeting.refresh_from_db()
    assert meeting.state == "held"
    assert set(meeting.duties.values_list("attendance", flat=True)) == {"present"}


def test_a_name_is_found_marked_and_counted_before_it_is_confirmed(
    world: World, windows: Any
) -> None:
    meeting = running(world, 30)
    page: Page = windows(world.head)
    page.goto(f"/meetings/{meeting.pk}/attendance/")
    page.get_by_label("Find a name in the list").fill("duc 07")
    line = page.locator(".fp-sheet-line").filter(has_text="Nguyễn Văn Đức 07")
    assert page.locator(".fp-sheet-line:not([hidden])").count() == 1
    assert not line.get_by_label("Reason").is_visible()
    line.get_by_label("Excused").check()
    line.get_by_label("Reason").fill("Training")
    confirm = page.get_by_role("button", name="Confirm")
    box = confirm.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 780  # it stands on the screen, however long the list is
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    confirm.click()
    page.get_by_text("The attendance is kept: 29 of 30 came.").wait_for()
    duty = meeting.duties.get(person__name="Nguyễn Văn Đức 07")
    assert (duty.attendance, duty.reason) == ("excused", "Training")
    assert meeting.duties.filter(attendance="present").count() == 29


def test_leave_is_asked_for_in_two_taps_with_the_deputy_filled_in(
    world: World, windows: Any
) -> None:
    assign(world.second, world.hue, "deputy")
    start = clock.now() + timedelta(days=2)
    services.convene_meeting(
        kind=world.cell_meeting,
        area=world.hue,
        starts_at=start,
        ends_at=start + timedelta(hours=1),
        by=world.head,
        at=clock.now(),
        extraordinary_reason="Storm",
    )
    asking = Taps(windows(world.officer)).tap("Ask for leave")
    asking.page.get_by_label("Why you cannot come").fill("Fever")
    asking.tap("Send")
    asking.says("Leave is asked for.")
    assert asking.number == 2
    assert Leave.objects.get().deputy == world.second

    answering = Taps(windows(world.second)).tap("asks you to come instead").tap("I come instead")
    answering.says("You come instead of")
    assert answering.number == 2
    deciding = Taps(windows(world.head)).tap("waits for your decision").tap("Lê Thị Mai")
    deciding.tap("Grant, Tô Thị Hiền comes instead")
    deciding.says("is granted; Tô Thị Hiền comes instead.")
    assert deciding.number == 3
    duty = Duty.objects.get(person=world.officer)
    assert (duty.attendance, duty.substitute) == ("substitute", world.second)


def test_check_in_is_one_tap_with_the_code_typed(world: World, windows: Any) -> None:
    meeting = running(world, 1)
    services.add_duty(meeting=meeting, person=world.officer, by=world.head, at=clock.now())
    services.open_room(meeting=meeting, by=world.head, at=clock.now())
    room: Page = windows(world.head)
    room.goto(f"/meetings/{meeting.pk}/room-code/")
    code = room.locator(".fp-room-code").inner_text().replace(" ", "").replace("\n", "")
    assert len(code) == checkin.DIGITS
    assert room.locator(".fp-room-qr svg").is_visible()
    arriving = Taps(windows(world.officer))
    arriving.page.get_by_label("Code shown in the room").fill(code)
    arriving.tap("Check in")
    arriving.says("You are checked in.")
    assert arriving.number == 1
    assert Duty.objects.get(person=world.officer).attendance == "present"
