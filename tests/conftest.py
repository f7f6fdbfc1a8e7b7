"""What every test stands on: its database, its folder, its browser.

The suite is one, the database is chosen by the environment: SQLite in a temporary file, or the
PostgreSQL server that ``FOOTPATH_TEST_DATABASE_URL`` names (``python -m tests.postgres``).

The Question Corner is a project of its own: ``tests/questions`` runs by itself, under the Corner's
settings, when it is asked for or ``FOOTPATH_TEST_PROJECT`` is "corner".
"""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer
    from pytest_django.plugin import DjangoDbBlocker

    from tests.world import World

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


PROJECT = "FOOTPATH_TEST_PROJECT"
if PROJECT not in os.environ and any(word.startswith("tests/questions") for word in sys.argv[1:]):
    os.environ[PROJECT] = "corner"  # for the workers too
CORNER = os.environ.get(PROJECT) == "corner"
collect_ignore = [] if CORNER else ["questions"]


def _choose_surroundings() -> None:
    """Point Footpath at a temporary folder and a test database before its settings are read."""
    folder = Path(tempfile.mkdtemp(prefix="footpath-test-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for name in [name for name in os.environ if name.startswith("FOOTPATH_")]:
        if name not in {"FOOTPATH_TEST_DATABASE_URL", "FOOTPATH_CHROMIUM", PROJECT}:
            del os.environ[name]
    os.environ["FOOTPATH_DATA_DIR"] = str(folder)
    os.environ["FOOTPATH_SECRET_KEY"] = "tests only: nothing here is secret"
    os.environ["DJANGO_SETTINGS_MODULE"] = (
        "footpath.config.corner" if CORNER else "footpath.config.settings"
    )
    if os.environ.get("FOOTPATH_TEST_DATABASE_URL"):
        url = "FOOTPATH_CORNER_DATABASE_URL" if CORNER else "FOOTPATH_DATABASE_URL"
        os.environ[url] = os.environ["FOOTPATH_TEST_DATABASE_URL"]


_choose_surroundings()


def pytest_configure(config: pytest.Config) -> None:
    """Adjust what would only make tests slow or dependent on built files."""
    from django.conf import settings
    from hypothesis import HealthCheck
    from hypothesis import settings as drawing

    # How long a drawn example takes says how busy the machine is.
    drawing.register_profile(
        "any machine",
        parent=drawing.default,
        deadline=None,
        suppress_health_check=[*drawing.default.suppress_health_check, HealthCheck.too_slow],
    )
    drawing.load_profile("any machine")

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES["staticfiles"] = {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
    }
    settings.WHITENOISE_AUTOREFRESH = settings.WHITENOISE_USE_FINDERS = True
    database = settings.DATABASES["default"]
    if "sqlite" in database["ENGINE"]:
        # A file, as in earnest: a database in memory knows no writers that wait for each other.
        folder = settings.CORNER_DIR if CORNER else settings.DATA_DIR
        database.setdefault("TEST", {})["NAME"] = str(folder / "test.sqlite3")
        # As PostgreSQL in tests: what is killed is a process, never the machine.
        options = database["OPTIONS"]
        options["init_command"] = options["init_command"].replace("=FULL", "=OFF")
    else:
        database.setdefault("TEST", {})["NAME"] = f"test_footpath_{os.getpid()}"


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Let each worker choose its surroundings itself.

    With this variable of ours it would read the settings before, and use our folder.
    """
    if getattr(session.config.option, "numprocesses", None):
        os.environ.pop("DJANGO_SETTINGS_MODULE", None)


TAKE_LONG = frozenset({"test_linkage", "test_crash"})
"""Tests that take long and touch no database of the run: they would be its last."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long, so that no worker waits for another at the end."""
    items.sort(key=lambda item: item.path.stem not in TAKE_LONG)


def pytest_report_header() -> str:
    """Name the database in the first lines of the run."""
    from django.db import connection

    return f"database: {connection.vendor}"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Keep a fresh copy of the test database before anything is written to it."""
    if CORNER:
        yield
        return
    from tests import fresh

    with ExitStack() as stack:
        with django_db_blocker.unblock():
            stack.enter_context(fresh.kept())
        yield


FOLLOW_TODAY = frozenset(
    {
        "test_attendance_sheet",
        "test_attendance_through_the_browser",
        "test_case_through_the_browser",
        "test_checking_in",
        "test_leave",
        "test_minutes_pages",
        "test_on_pages",
        "test_pages",
        "test_series_pages",
    }
)
"""Tests that convene meetings on days that follow today: none of those may be a holiday."""


@pytest.fixture(autouse=True)
def _any_day(request: pytest.FixtureRequest) -> None:
    """Let meetings stand on any day, where tests follow today."""
    if request.path.stem in FOLLOW_TODAY and "world" in request.fixturenames:
        from tests.world import every_day_works

        every_day_works(request.getfixturevalue("world"))


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Return the path of a Chromium or Chrome on this machine."""
    named = os.environ.get("FOOTPATH_CHROMIUM")
    found = named or next(filter(None, map(shutil.which, BROWSERS)), None)
    if not found:
        pytest.fail(
            "Browser tests need Chromium: install it (scripts/chromium.sh does so as root on "
            "Debian and Ubuntu) or set FOOTPATH_CHROMIUM to the path of a Chromium or Chrome.",
            pytrace=False,
        )
    return found


@pytest.fixture(scope="session")
def browser(chromium_path: str) -> Iterator[Browser]:
    """Return a Chromium without a window, one for all tests of a process."""
    from playwright.sync_api import sync_playwright

    # Playwright drives the browser from an event loop in this thread; Django would refuse to
    # open the database beside it although nothing here is asynchronous.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=chromium_path,
            args=["--no-sandbox"] if os.geteuid() == 0 else [],
        )
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    """Return a fresh page, signed out, whose addresses begin at the test server."""
    context = browser.new_context(base_url=live_server.url, locale="en-GB")
    yield context.new_page()
    context.close()


@pytest.fixture(autouse=True)
def _nobody_known() -> Iterator[None]:
    """Forget who was signed in: each test has people of its own."""
    if CORNER:  # where nobody is ever known
        yield
        return
    from footpath.accounts import selectors

    selectors.forget_everybody()
    yield
    selectors.forget_everybody()


@pytest.fixture
def world(db: None) -> World:
    """Return a small district with one person for each role."""
    from tests.world import World

    return World()
