"""A member's browser draws the month's tokens by itself and hands them to the Corner.

The Corner runs beside as a process of its own. What goes wrong on the way is tried too: an answer
that is lost, a server that signs with a key of its own, a key notice that was changed.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from footpath.accounts.models import TokenIssue
from footpath.core.cornerfiles import CornerFiles
from footpath.secrecy import blind, notice
from footpath.secrecy.encoding import unb64
from tests.accounts.drawing import opened, pem, public, this_month
from tests.desks import window
from tests.ports import free_port
from tests.world import World

if TYPE_CHECKING:
    from django.conf import LazySettings
    from playwright.sync_api import Browser, BrowserContext, Page, Route
    from pytest_django.live_server_helper import LiveServer

pytestmark = pytest.mark.django_db(transaction=True)

SLOTS = "footpath:corner:slots"
PENDING = "footpath-corner-pending"
AXE = Path(__file__).resolve().parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
RUN_AXE = """async () => {
  const found = await axe.run(document, {preload: false, resultTypes: ["violations"]});
  return found.violations.map((one) =>
    `${one.id}: ${one.nodes.map((node) => node.target.join(" ")).join(" | ")}`);
}"""
TOO_WIDE = "() => document.documentElement.scrollWidth > innerWidth"


@pytest.fixture(scope="module")
def corner_url(live_server: LiveServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a Corner that runs beside for the tests of this file."""
    folder = tmp_path_factory.mktemp("corner")
    port = free_port()
    url = f"http://localhost:{port}"
    environment = {
        **{name: value for name, value in os.environ.items() if name != "FOOTPATH_DATABASE_URL"},
        "FOOTPATH_DATA_DIR": str(folder),
        "FOOTPATH_CORNER_DIR": str(folder),
        "FOOTPATH_CORNER_URL": url,
        "FOOTPATH_BASE_URL": live_server.url,
        "FOOTPATH_CORNER_MIX_AT": "never",
    }
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    command = [sys.executable, "-m", "footpath", "corner"]
    subprocess.run([*command, "migrate"], env=environment, check=True, capture_output=True)
    server = subprocess.Popen(
        [*command, "serve", "--port", str(port)],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(600):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.1)
        yield url
    finally:
        server.terminate()
        server.wait()


class Desk:
    """A browser in which the officer is signed in: what it says and where it goes is noted."""

    def __init__(self, context: BrowserContext, corner_url: str) -> None:
        self.context, self.corner_url = context, corner_url
        self.faults: list[str] = []
        self.asked: list[str] = []
        self.page: Page = context.new_page()
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        context.on("request", lambda request: self.asked.append(request.url))

    def _heard(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.faults.append(message.text)

    def open(self, path: str = "/corner/") -> None:
        """Open a page of the member side."""
        self.page.goto(path)

    def kept(self, name: str) -> Any:
        """Return what the member side keeps in this browser under a name."""
        return json.loads(
            self.page.evaluate("(name) => localStorage.getItem(name)", name) or "null"
        )

    def slots(self) -> dict[str, list[dict[str, str]]]:
        """Return what the Corner keeps in this browser."""
        vault = self.context.new_page()
        vault.goto(f"{self.corner_url}/ways/")
        text = vault.evaluate("(name) => localStorage.getItem(name)", SLOTS)
        vault.close()
        return json.loads(text or "{}")

    def looks(self) -> list[str]:
        """Return what is wrong with the page in front, on a big screen and on a small one."""
        found: list[str] = []
        for width in (1280, 360):
            self.page.set_viewport_size({"width": width, "height": 800})
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
            found += [f"{width}: {one}" for one in self.page.evaluate(RUN_AXE)]
            found += [f"{width}: too wide"] if self.page.evaluate(TOO_WIDE) else []
        return found

    def until_handed_over(self) -> None:
        """Wait until nothing of the tokens is left on the member side."""
        self.page.locator('[data-corner-state="drawn"]').wait_for(state="visible")
        self.page.wait_for_function("(name) => !localStorage.getItem(name)", arg=PENDING)


@pytest.fixture
def folder(settings: LazySettings, tmp_path: Path, corner_url: str) -> Path:
    """Return the Corner's folder of the member side, which lets its frame in."""
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": {**directives, "frame-src": [corner_url]}}
    settings.CORNER_URL = corner_url
    settings.CORNER_DIR = tmp_path / "members"
    return settings.CORNER_DIR


@pytest.fixture
def desk(
    folder: Path, world: World, browser: Browser, live_server: LiveServer, corner_url: str
) -> Iterator[Desk]:
    """Return the officer's browser."""
    context = window(browser, live_server.url, world.officer)
    yield Desk(context, corner_url)
    context.close()


def test_at_the_first_page_four_tokens_are_drawn_and_lie_in_the_corner_alone(
    folder: Path, desk: Desk, world: World, live_server: LiveServer
) -> None:
    opened(folder)
    desk.open()
    assert desk.looks() == []
    desk.until_handed_over()
    assert desk.looks() == []
    held = desk.slots()
    assert list(held) == [this_month()]
    assert len(held[this_month()]) == 4
    for slot in held[this_month()]:
        blind.verify(unb64(slot["token"]), unb64(slot["signature"]), public())
    kept = TokenIssue.objects.get()
    assert (kept.account_id, kept.epoch) == (world.officer.user_id, this_month())
    desk.open("/")
    desk.page.wait_for_load_state("networkidle")
    assert sum(url.endswith("/corner/tokens/") for url in desk.asked) == 1
    assert desk.kept("footpath-corner-notice") == {
        "count": 1,
        "hash": json.loads((folder / "notice.json").read_text())["entries"][0]["hash"],
    }
    assert desk.faults == []
    origins = {"/".join(url.split("/")[:3]) for url in desk.asked if not url.startswith("data:")}
    assert origins == {live_server.url, desk.corner_url}


def test_when_the_answer_is_lost_the_same_request_is_sent_again(folder: Path, desk: Desk) -> None:
    opened(folder)
    bodies: list[str | None] = []

    def lose(route: Route) -> None:
        bodies.append(route.request.post_data)
        if len(bodies) == 1:
            assert route.fetch().status == 200
            route.abort()
        else:
            route.continue_()

    desk.page.route("**/corner/tokens/", lose)
    # Listened for before the page opens: the request may fail before all of the page is there.
    with desk.page.expect_event("requestfailed", lambda request: "/corner/tokens/" in request.url):
        desk.open()
    assert TokenIssue.objects.count() == 1
    assert desk.kept(PENDING)
    assert desk.slots() == {}
    desk.open()
    desk.until_handed_over()
    assert len(bodies) == 2
    assert bodies[0] == bodies[1]
    assert len(desk.slots()[this_month()]) == 4


def test_a_server_that_signs_with_a_key_of_its_own_is_told_of_aloud(
    folder: Path, desk: Desk
) -> None:
    files = CornerFiles(folder)
    # The larger key signs whatever was hidden for the smaller one.
    promised, used = sorted((0, 1), key=lambda number: public(number).n)
    files.add_to_notice(notice.key_entry(this_month(), public(promised).spki))
    files.keep_key(this_month(), pem(used))
    desk.open()
    alarm = desk.page.get_by_role("alert")
    alarm.wait_for()
    assert "not the published ones" in alarm.inner_text()
    assert "tagging attack" in alarm.inner_text()
    assert desk.slots() == {}
    assert desk.kept(PENDING) is None
    desk.open("/corner/notice/")
    desk.page.get_by_role("alert").wait_for()
    assert desk.looks() == []
    assert sum(url.endswith("/corner/tokens/") for url in desk.asked) == 1


def test_a_notice_that_is_not_the_pinned_one_is_told_of_and_nothing_is_drawn(
    folder: Path, desk: Desk
) -> None:
    desk.open()  # there are no keys yet
    pin = json.dumps({"count": 1, "hash": "0" * 64})
    desk.page.evaluate("(pin) => localStorage.setItem('footpath-corner-notice', pin)", pin)
    opened(folder)
    desk.open()
    alarm = desk.page.get_by_role("alert")
    alarm.wait_for()
    assert "has been changed" in alarm.inner_text()
    assert TokenIssue.objects.count() == 0
    assert desk.slots() == {}
    desk.open("/corner/notice/")
    desk.page.get_by_role("alert").wait_for()
    compared = desk.page.get_by_role("button", name="I have compared them with the paper")
    compared.wait_for()
    assert desk.looks() == []
    compared.click()
    desk.page.get_by_role("alert").wait_for(state="detached")
    desk.open()
    desk.until_handed_over()
    assert len(desk.slots()[this_month()]) == 4


def test_whoever_draws_with_the_command_keeps_the_browser_from_drawing(
    folder: Path, desk: Desk
) -> None:
    desk.open()  # before there are keys: the box can be set ahead
    opened(folder)
    desk.page.evaluate("localStorage.setItem('footpath-corner-elsewhere', '1')")
    desk.open()
    box = desk.page.get_by_label("This browser draws nothing")
    assert box.is_checked()
    desk.page.wait_for_load_state("networkidle")
    assert TokenIssue.objects.count() == 0
    box.uncheck()
    desk.open()
    desk.until_handed_over()
    assert TokenIssue.objects.count() == 1
