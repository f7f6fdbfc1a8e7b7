"""A real server of the Corner, and browsers of members that hold tokens."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

from django.test.testcases import LiveServerThread

from footpath.secrecy import encoding
from tests.questions.corner import EPOCH, TODAY, Corner

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

NOON = datetime(TODAY.year, TODAY.month, TODAY.day, 5, tzinfo=UTC)
"""Noon in Việt Nam, the time zone of the tests."""

SLOTS = "footpath:corner:slots"
OUTBOX = "footpath:corner:outbox"
STRANDED = "footpath:corner:stranded"
LIMITS = "footpath:corner:limits"

PATIENCE_MS = 60_000


@contextmanager
def served() -> Iterator[str]:
    """Yield the address of a server of the Corner in this process."""
    thread = LiveServerThread("127.0.0.1", static_handler=lambda pages: pages)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    if thread.error is not None:
        raise thread.error
    try:
        yield f"http://127.0.0.1:{thread.port}"
    finally:
        thread.terminate()


@contextmanager
def page_elsewhere(text: str) -> Iterator[str]:
    """Yield the origin of another server, every page of which is this text."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = text.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_words: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


class Device:
    """A browser of somebody: what it says to itself and what it sends is written down."""

    def __init__(self, browser: Browser, base: str, **options: Any) -> None:
        looks = {"viewport": {"width": 1280, "height": 860}, "locale": "en-GB"}
        self.base = base
        self.context: BrowserContext = browser.new_context(
            **{"base_url": base, "timezone_id": "Asia/Ho_Chi_Minh", **looks, **options}
        )
        self.context.clock.set_fixed_time(NOON)
        self.context.set_default_timeout(PATIENCE_MS)
        self.faults: list[str] = []
        self.requests: list[Request] = []
        self.page: Page = self.context.new_page()
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.faults.append(f"breaks: {error}"))
        self.context.on("request", self._asked)

    def _asked(self, request: Request) -> None:
        self.requests.append(request)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.faults.append(f"{self.page.url} says: {message.text}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.context.close()

    # --- what it keeps ----------------------------------------------------------------------------

    def kept(self, key: str) -> Any:
        """Return what lies under a key of its storage, read as JSON; None for nothing."""
        text = self.page.evaluate("(key) => localStorage.getItem(key)", key)
        return None if text is None else json.loads(text)

    def everything(self) -> str:
        """Return all that its storages and its pages hold, as one text."""
        text: str = self.page.evaluate(
            """() => {
              const fields = [...document.querySelectorAll("input, textarea")];
              return JSON.stringify([localStorage, sessionStorage, location.href, document.title,
                document.body.innerText, fields.map((one) => one.value), window.name]);
            }"""
        )
        return text

    def keep(self, key: str, value: object) -> None:
        """Put something into its storage."""
        self.page.evaluate(
            "([key, value]) => localStorage.setItem(key, value)", [key, json.dumps(value)]
        )

    def receive(self, corner: Corner, *, epoch: str = EPOCH, number: int = 0) -> None:
        """Give it the four tokens of a month, as the member side does through the vault."""
        tokens = [corner.token(number) for _slot in range(4)]
        self.page.goto("/ways/")
        held = self.kept(SLOTS) or {}
        held[epoch] = [
            {
                "token": encoding.b64(token.prepared),
                "signature": encoding.b64(token.signature),
            }
            for token in tokens
        ]
        self.keep(SLOTS, held)
        self.page.evaluate("(key) => localStorage.setItem(key, '1')", LIMITS)

    def later(self, **span: float) -> None:
        """Let time pass for it."""
        self.context.clock.set_fixed_time(NOON + timedelta(**span))

    # --- what its owner does ----------------------------------------------------------------------

    def open(self, address: str = "/") -> Page:
        """Open a page and wait until its script has looked around."""
        self.page.goto(address)
        return self.ready()

    def ready(self) -> Page:
        """Wait until the script of the page, if it has one, has looked around."""
        self.page.wait_for_function(
            """() => "ready" in document.body.dataset ||
              !document.querySelector("script[type=module]")"""
        )
        return self.page

    def write(self, text: str, *, when: str = "now", topic: str = "Duty and rules") -> None:
        """Fill in the form on the Ask page."""
        self.page.get_by_role("radio", name=topic).check()
        self.page.get_by_label("Your question").fill(text)
        if when == "now":
            self.page.get_by_label("Now", exact=False).check()

    def seal(self) -> str:
        """Seal it and return the receipt that is shown."""
        self.page.get_by_role("button", name="Seal and show my receipt").click()
        self.page.get_by_role("heading", name="Your receipt").wait_for()
        groups = self.page.locator("[data-group]").all_inner_texts()
        return "".join(groups)

    def copied(self, receipt: str) -> None:
        """Type the last four signs, and let it go."""
        self.page.get_by_label("type the last 4 signs").fill(receipt[-4:])
        self.page.get_by_role("button", name="Done").click()
        self.page.locator("[data-view=sent]").wait_for()

    def ask(self, text: str, **how: str) -> str:
        """Ask a question from the first page to the last, and return the receipt."""
        self.open("/")
        self.write(text, **how)
        receipt = self.seal()
        self.copied(receipt)
        return receipt

    def look(self, typed: str) -> None:
        """Type a receipt under Answers, and wait for what is found."""
        self.open("/answers/")
        self.page.get_by_label("The 24 signs of your receipt").fill(typed)
        self.page.get_by_role("button", name="Look for my answer").click()
        self.page.locator("[data-view=thread]").wait_for()

    def posted(self) -> list[dict[str, Any]]:
        """Return what it has posted, in order."""
        found = [request for request in self.requests if request.method == "POST"]
        return [request.post_data_json for request in found]


def waiting_for(found: Callable[[], Any], page: Page) -> Any:
    """Return what is found as soon as something is; it may take the browser a moment."""
    for _moment in range(1200):  # a minute: the machine may be busy
        answer = found()
        if answer:
            return answer
        page.wait_for_timeout(50)
    raise AssertionError("it did not come")
