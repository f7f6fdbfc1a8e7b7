"""People at their own browser: each has a window of their own in the one Chromium of the tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.test import Client

from tests.world import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

    from footpath.directory.models import Person

DEVICE = {"viewport": {"width": 1280, "height": 860}, "locale": "en-GB"}
PATIENCE_MS = 60_000


def sign_in(page: Page, who: Person) -> None:
    """Sign in as somebody through the page."""
    assert who.user is not None
    page.goto("/")
    page.get_by_label("User name").fill(who.user.username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="My day", level=1).wait_for()


def window(browser: Browser, base: str, who: Person | None, **options: Any) -> BrowserContext:
    """Return a window in which somebody is signed in already; nobody when ``who`` is None."""
    context = browser.new_context(**{"base_url": base, **DEVICE, **options})
    context.set_default_timeout(PATIENCE_MS)
    if who is not None:
        client = Client()
        client.force_login(who.user)
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": base}])
    return context
