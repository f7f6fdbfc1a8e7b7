"""The member side in a process: the real sign-in, sessions, pages and issuing.

With ``FOOTPATH_WEAKENED`` its proxy keeps an exact access log, as many do by themselves.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import django

from tests.questions.linkage import process
from tests.questions.linkage.process import Clock, serve

CLOCK = Clock()
CLOCK.put_in_place()
django.setup()

from django.conf import settings  # noqa: E402 - Django has to be there first
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from footpath.accounts import audit, services  # noqa: E402
from footpath.accounts.models import User  # noqa: E402
from tests import world  # noqa: E402

APPS = ("accounts", "core", "directory", "assignments", "notifications")
PASSWORD = world.PASSWORD
browsers: dict[int, Client] = {}
names: dict[int, str] = {}


def migrate() -> None:
    """Make the tables that a member's pages read."""
    for app in APPS:
        call_command("migrate", app, verbosity=0)
    call_command("createcachetable", verbosity=0)


def settle(officers: int) -> dict[str, int]:
    """Enter the officers, and make this month's key and the next; returns officer: account."""
    accounts = {}
    for number in range(officers):
        user = world.person(f"Officer {number}").user
        accounts[str(number)], names[number] = user.pk, user.username
        browsers[number] = Client(REMOTE_ADDR=address(number), HTTP_USER_AGENT=f"Phone {number}")
    services.publish_keys(by=audit.System(), at=CLOCK.moment, ahead=1)
    return accounts


def address(officer: int) -> str:
    """Return the address that an officer's telephone has all month."""
    return f"10.20.{officer // 200}.{officer % 200 + 10}"


def visit(officer: int, signs_in: bool) -> bool:
    """Open a page, signing in where that is needed; tell whether this month's tokens are drawn."""
    browser = browsers[officer]
    if not signs_in:
        # Whoever is signed in is sent on from here: the shortest page that asks for the session.
        noted(officer, "GET /account/sign-in/")
        signs_in = browser.get("/account/sign-in/").status_code == 200
    if signs_in:
        noted(officer, "POST /account/sign-in/")
        answer = browser.post("/account/sign-in/", {"login": names[officer], "password": PASSWORD})
        assert answer.status_code == 302, answer.content
    return bool(browser.session.get("corner"))


def draw(officer: int, epoch: str, blinded: list[str]) -> dict[str, Any]:
    """Have blinded tokens signed."""
    noted(officer, "POST /corner/tokens/")
    answer = browsers[officer].post(
        "/corner/tokens/", {"epoch": epoch, "blinded": blinded}, content_type="application/json"
    )
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def nightly() -> None:
    """Do what the timetable has due at night."""
    services.keep_corner(at=CLOCK.moment)


def noted(officer: int, line: str) -> None:
    """Write a line of an access log, where this build has one."""
    if os.environ.get("FOOTPATH_WEAKENED"):
        with (Path(settings.DATA_DIR) / "access.log").open("a", encoding="utf-8") as log:
            log.write(f"{CLOCK.moment.isoformat()} {address(officer)} {line}\n")


def close() -> None:
    """Let go of the database."""
    connection.close()


def main() -> None:
    """Serve the district."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES["staticfiles"] = {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
    }
    settings.ALLOWED_HOSTS = ["testserver"]
    # Attempts to sign in are counted elsewhere, and the disk is not waited for: that takes time.
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    process.spare_the_disk(settings.DATABASES["default"])
    functions = {one.__name__: one for one in (migrate, settle, visit, draw, nightly, close)}
    assert User.objects.model is User
    serve(functions, CLOCK)


if __name__ == "__main__":
    main()
