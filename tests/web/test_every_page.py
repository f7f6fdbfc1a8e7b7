"""Every page, as a browser sees it: readable, narrow, light, and without JavaScript.

The pages are those of the table of permissions that open for the district office or for an
administrator. Django's own administration site is left out: its pages are not ours to draw.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from html import unescape
from itertools import compress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.test.testcases import LiveServerThread

from footpath.cases.models import Case
from footpath.core import jinja
from footpath.web.context import THEME_COOKIE
from tests.desks import window
from tests.principles.matrix import GET
from tests.principles.test_permission_matrix import ADDRESSES, ROLES, Things, status
from tests.world import World

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page
    from pytest_django.fixtures import SettingsWrapper

pytestmark = pytest.mark.django_db(transaction=True)

AXE = Path(__file__).resolve().parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
FIRST_LOAD, LATER_LOAD = 150_000, 20_000
LOOKS = [("light", "en"), ("dark", "vi")]
READERS = ("office", "officer", "administrator")
MORE = (
    "/places/?open=83",
    "/places/?q=tan",
    "/search/?q=tan",
    "/cases/?view=closed",
    "/cases/?q=sluice&owner=none",
    "/cases/raise/?place=28804-01",
    "/meetings/?place=28804&month=2026-03",
    "/meetings/calendar/?place=28804&month=2026-03&view=list",
    "/meetings/calendar/?day=2026-03-13&view=week",
    "/meetings/engagements/?place=28804&month=2026-03",
    "/in-charge/assign/?place=28804-01-1",
    "/in-charge/?place=28804&missing=1",
    "/figures/?place=28804-01",
    "/library/?q=gate",
    "/library/?view=work",
    "/library/?kind=regulation&holds=no",
    "/library/regulations/named/?number=99",
)
"""Pages that say more when they are asked something."""
ERRORS = ("/nowhere/", "/places/import/0/")

RUN_AXE = """async () => {
  const found = await axe.run(document, {preload: false, resultTypes: ["violations"]});
  return found.violations.map((one) =>
    `${one.id}: ${one.nodes.map((node) => node.target.join(" ")).join(" | ")}`);
}"""
TOO_WIDE = """() => {
  const wide = document.documentElement.scrollWidth;
  if (wide <= innerWidth) return "";
  const out = [...document.querySelectorAll("body *")].filter((one) =>
    one.getBoundingClientRect().right > innerWidth + 1);
  return `${wide} px: ` + out.slice(-3).map((one) => one.outerHTML.slice(0, 120)).join(" | ");
}"""
UNFOLD = """() => document.querySelectorAll("details:not(.fp-menu):not(.fp-clock):not(.fp-dialog)")
  .forEach((one) => { one.open = true; })"""


@cache
def collected() -> str:
    """Return the folder with the style sheet, script and icons as a server gives them out."""
    call_command("collectstatic", interactive=False, verbosity=0)
    return str(django_settings.STATIC_ROOT)


@pytest.fixture
def server(transactional_db: None, settings: SettingsWrapper) -> Iterator[str]:
    """Return the address of a server that gives out files as in earnest: compressed, and kept."""
    settings.STATIC_ROOT = settings.DATA_DIR / "collected"
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }
    settings.WHITENOISE_AUTOREFRESH = settings.WHITENOISE_USE_FINDERS = False
    collected()
    jinja.static.cache_clear()
    thread = LiveServerThread("127.0.0.1", static_handler=lambda pages: pages)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    assert thread.error is None
    yield f"http://127.0.0.1:{thread.port}"
    thread.terminate()
    jinja.static.cache_clear()


@pytest.fixture
def things(world: World) -> Things:
    """Return one thing of each kind, for the addresses."""
    return Things(world)


def asked(things: Things, role: str) -> list[str]:
    """Return the addresses that answer the role with a page, a file or data."""
    open_to = [
        things.address(name, wanted)
        for name, wanted in ADDRESSES
        if GET[name][ROLES.index(role)] == 200 and not name.startswith("api:")
    ]
    return [*open_to, *MORE]


def opened(things: Things, role: str) -> dict[str, str]:
    """Return what each page says that opens for the role, by its address."""
    client, found = things.client(role), {}
    for address in asked(things, role):
        answer = client.get(address)
        if answer.streaming:
            answer.close()
        elif answer.status_code == 200 and answer.content.lstrip().startswith(b"<!doctype html>"):
            found[address] = answer.content.decode()
    return found


_are_pages: dict[str, list[bool]] = {}
"""Which of the addresses asked answer a role with a page: the same for any things."""


def pages_of(things: Things, role: str) -> list[str]:
    """Return the address of each page that opens for the role."""
    addresses = asked(things, role)
    if role not in _are_pages:
        pages = opened(things, role)
        _are_pages[role] = [address in pages for address in addresses]
    return list(compress(addresses, _are_pages[role]))


def pages_first_seen_by(things: Things, role: str) -> list[str]:
    """Return the pages that open for a reader and for none before: one look at each is enough."""
    before = READERS[: READERS.index(role)]
    seen = {address for reader in before for address in pages_of(things, reader)}
    return [address for address in pages_of(things, role) if address not in seen]


def links_on(page: str) -> set[str]:
    """Return the addresses of ours that a page links to."""
    found = {unescape(link).partition("#")[0] for link in re.findall(r' href="(/[^"]*)"', page)}
    return {link for link in found if not link.startswith("/static/")}


@pytest.mark.parametrize("role", ["member", "officer", "head", "office", "administrator"])
def test_no_link_leads_nowhere(things: Things, role: str) -> None:
    client = things.client(role)
    nowhere: dict[str, str] = {}
    followed: set[str] = set()
    alike: Counter[tuple[str, ...]] = Counter()
    pages = {"/": client.get("/").content.decode()} | opened(things, role)
    for page, text in pages.items():
        for link in sorted(links_on(text) - followed):
            followed.add(link)
            path, _, query = link.partition("?")
            asks = (path, *sorted(dict(parse_qsl(query, keep_blank_values=True))))
            alike[asks] += 1  # one list filtered in many ways: three of a kind are enough
            if link not in pages and alike[asks] <= 3 and status(client.get(link)) >= 400:
                nowhere[link] = page
    assert len(followed) > 30
    assert nowhere == {}


def seen_by(
    browser: Browser, server: str, things: Things, role: str, **options: Any
) -> BrowserContext:
    """Return a window of somebody with the role, or of a stranger."""
    who = getattr(things.world, role) if role else None
    return window(browser, server, who, **options)


def look(context: BrowserContext, server: str, scheme: str, language: str) -> None:
    """Choose the colour scheme and the language of a window."""
    context.add_cookies(
        [
            {"name": THEME_COOKIE, "value": scheme, "url": server},
            {"name": django_settings.LANGUAGE_COOKIE_NAME, "value": language, "url": server},
        ]
    )


def inspect(page: Page, address: str, scheme: str) -> Iterator[str]:
    """Yield what is wrong with a page: too wide on a desk or a phone, or not for every reader.

    The look for readers takes long: it is taken on a desk in light, and on a phone in the dark.
    """
    for width, height in ((1280, 860), (360, 800)):
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate(UNFOLD)
        wide = page.evaluate(TOO_WIDE)
        if wide:
            yield f"{address} at {width} px is too wide: {wide}"
        if (width > 700) == (scheme == "dark"):
            continue
        for fault in page.evaluate(RUN_AXE):
            yield f"{address} at {width} px: {fault}"


@pytest.mark.parametrize("looks", LOOKS, ids="-".join)
@pytest.mark.parametrize("role", ["", *READERS])
def test_every_page_is_accessible_fits_a_phone_and_breaks_no_policy(
    browser: Browser, server: str, things: Things, role: str, looks: tuple[str, str]
) -> None:
    scheme, language = looks
    context = seen_by(browser, server, things, role)
    look(context, server, scheme, language)
    page = context.new_page()
    faults: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        asked = message.location["url"].removeprefix(server)
        if message.type in ("error", "warning") and asked not in ERRORS:
            faults.append(f"{page.url} says: {message.text}")

    page.on("console", heard)
    page.on("pageerror", lambda error: faults.append(f"{page.url} breaks: {error}"))
    axe = AXE.read_text()
    strangers = ["/account/sign-in/", "/help/", *ERRORS]
    for address in pages_first_seen_by(things, role) if role else strangers:
        page.goto(address)
        assert page.locator("html").get_attribute("data-bs-theme") == scheme
        assert page.locator("html").get_attribute("lang") == language
        page.evaluate(axe)
        faults += inspect(page, address, scheme)
    context.close()
    assert faults == []


@pytest.mark.parametrize("role", READERS)
def test_every_page_opens_without_javascript(
    browser: Browser, server: str, things: Things, role: str
) -> None:
    context = seen_by(browser, server, things, role, java_script_enabled=False)
    page = context.new_page()
    for address in pages_first_seen_by(things, role):
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, address
        assert page.locator("main h1").first.is_visible(), address
    context.close()


def test_the_work_is_done_without_javascript(browser: Browser, server: str, things: Things) -> None:
    context = seen_by(browser, server, things, "officer", java_script_enabled=False)
    page = context.new_page()
    page.goto("/record/")
    page.locator("main").get_by_role("link", name="Case").click()
    page.get_by_label("What is wrong, in one line").fill("Lamp at the bridge is dark")
    page.get_by_role("button", name="Raise the case").click()
    page.get_by_role("heading", name="Is it one of these?").wait_for()
    page.get_by_role("button", name="It is another: raise it").click()
    page.get_by_role("heading", name="Lamp at the bridge is dark", level=1).wait_for()
    raised = Case.objects.get(title="Lamp at the bridge is dark")
    assert page.url.endswith(raised.get_absolute_url())

    page.get_by_role("link", name="Accept").click()
    page.get_by_role("button", name=f"Accept {raised.number}").click()
    page.get_by_text(f"{raised.number} is accepted.").wait_for()
    raised.refresh_from_db()
    assert (raised.state, raised.owner) == ("accepted", things.world.officer)

    page.goto("/cases/")
    page.get_by_role("searchbox", name="Number or word").fill("lamp")
    page.get_by_role("searchbox", name="Number or word").press("Enter")
    page.locator("tbody tr").nth(1).wait_for(state="detached")
    page.locator("summary", has_text="Owner").first.click()
    page.get_by_role("link", name="Me", exact=True).click()
    page.get_by_role("link", name="Owner: me").wait_for()
    assert page.locator("tbody tr").count() == 1
    page.get_by_role("checkbox", name=f"Choose {raised.number}").check()
    page.get_by_role("button", name="Add a note").click()
    page.get_by_label("What you say to it").fill("Seen.")
    page.get_by_role("button", name="1 case").click()
    page.get_by_text("Done in 1 of 1 cases.").wait_for()
    assert raised.entries.filter(deed="note").count() == 1

    page.goto("/places/")
    for above in ("Tỉnh Bến Tre", "Huyện Châu Thành", "Xã Tân Thạch"):
        page.get_by_role("link", name=f"Open {above}").click()
    page.get_by_role("link", name="Ấp Tân Huề", exact=True).click()
    page.get_by_role("heading", name="Ấp Tân Huề", level=1).wait_for()

    page.get_by_role("link", name="Search").first.click()
    page.get_by_role("searchbox").fill("tan hue")
    page.get_by_role("searchbox").press("Enter")
    page.locator("#places").get_by_role("link", name="Ấp Tân Huề", exact=True).click()
    page.get_by_role("heading", name="Ấp Tân Huề", level=1).wait_for()

    page.goto("/")
    page.locator("summary", has_text="English").click()
    page.get_by_role("button", name="Tiếng Việt").click()
    page.locator("html[lang=vi]").wait_for()
    context.close()


def weigh(context: BrowserContext, addresses: list[str]) -> list[tuple[int, int]]:
    """Return how many bytes travel for each page at the first visit, and after another page.

    The browser keeps nothing, so that it fetches all that a page needs. After another page it has
    the files that every page shares: they bear a digest in their names and are kept for good.
    """
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
    shared: set[str] = set()
    sizes: list[tuple[str, int]] = []

    def answered(event: dict[str, Any]) -> None:
        kept = {name.lower(): value for name, value in event["response"]["headers"].items()}
        if "immutable" in kept.get("cache-control", ""):
            shared.add(event["requestId"])

    wire.on("Network.responseReceived", answered)
    wire.on(
        "Network.loadingFinished",
        lambda event: sizes.append((event["requestId"], event["encodedDataLength"])),
    )
    found = []
    for address in addresses:
        sizes.clear()
        page.goto(address)
        page.wait_for_function("() => !document.querySelector('.htmx-request')")
        first = sum(size for _request, size in sizes)
        found.append((int(first), int(sum(size for one, size in sizes if one not in shared))))
    return found


def test_no_page_is_heavy(browser: Browser, server: str, things: Things) -> None:
    for number in range(50):
        things.world.case(title=f"Ditch {number} between the fields of two hamlets is full")
    addresses = pages_of(things, "administrator")
    context = seen_by(browser, server, things, "administrator")
    weights = weigh(context, addresses)
    context.close()
    heavy = []
    for address, (first, later) in zip(addresses, weights, strict=True):
        assert first - later > 10_000, f"{address} was not weighed"
        if first > FIRST_LOAD:
            heavy.append(f"{address} weighs {first} bytes at first")
        if later > LATER_LOAD:
            heavy.append(f"{address} weighs {later} bytes after another page")
    assert heavy == []
