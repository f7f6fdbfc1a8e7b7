"""The Corner in a process: its real pages and its real mix, with Django's client.

With ``FOOTPATH_WEAKENED`` it is the build that one would write without thinking of it: a question
carries the moment at which it came, nothing is mixed, and the server keeps an exact log.
"""

from __future__ import annotations

import os
from datetime import date
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

from footpath.core import clock  # noqa: E402
from footpath.questions import services  # noqa: E402

WEAKENED = bool(os.environ.get("FOOTPATH_WEAKENED"))
browser = Client()


def migrate() -> None:
    """Make the tables."""
    call_command("migrate", verbosity=0)


def weaken() -> None:
    """Give questions a moment, as tables usually have one."""
    with connection.cursor() as cursor:
        for table in ("corner_inbox", "corner_question"):
            cursor.execute(f"ALTER TABLE {table} ADD COLUMN created_at varchar(40)")


def settle(roster: dict[str, Any]) -> bool:
    """Take the first roster, as the administrator hands it in."""
    return services.take_roster(signed=roster, by_administrator=True)


def post(path: str, body: dict[str, Any], address: str) -> int:
    """Post something from an address and return the status."""
    if WEAKENED:
        with (Path(settings.CORNER_DIR) / "access.log").open("a", encoding="utf-8") as log:
            log.write(f"{CLOCK.moment.isoformat()} - POST {path}\n")
    answer = browser.post(
        path, body, content_type="application/json", REMOTE_ADDR=address, HTTP_ORIGIN="null"
    )
    if WEAKENED and answer.status_code == 202:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE corner_inbox SET created_at = %s WHERE created_at IS NULL",
                [CLOCK.moment.isoformat()],
            )
    return int(answer.status_code)


def fetch(path: str, address: str) -> str:
    """Return what an address gives, in hexadecimal."""
    answer = browser.get(path, REMOTE_ADDR=address)
    assert answer.status_code == 200, answer.content
    return bytes(answer.content).hex()


def look(path: str, address: str) -> int:
    """Fetch what an address gives, as a browser does beside a page, and return how long it is."""
    return len(browser.get(path, REMOTE_ADDR=address).content)


def mix() -> int:
    """Do what is done each morning; return how many questions left the inbox."""
    if WEAKENED:
        return _move()
    mixed = services.mix(on=clock.today())
    return mixed.questions if mixed else 0


def retain(on: str) -> int:
    """Delete what has been kept for long enough on a day."""
    return services.retain(on=date.fromisoformat(on))


def _move() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO corner_question (key, epoch, sealed, answered_in, created_at)"
            " SELECT key, %s, sealed, '', created_at FROM corner_inbox",
            [f"{clock.today():%Y-%m}"],
        )
        moved = int(cursor.rowcount)
        cursor.execute("DELETE FROM corner_inbox")
        cursor.execute(
            "INSERT INTO corner_answer (key, epoch, sealed, read)"
            " SELECT key, %s, sealed, read FROM corner_waiting",
            [f"{clock.today():%Y-%m}"],
        )
        cursor.execute("DELETE FROM corner_waiting")
    return moved


def sign_of_life() -> None:
    """Do what the server does once a minute, whether anybody came or not."""
    services.settle_files(clock.today())


def close() -> None:
    """Let go of the database."""
    connection.close()


def main() -> None:
    """Serve the district."""
    settings.STORAGES["staticfiles"] = {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
    }
    settings.ALLOWED_HOSTS = ["testserver"]
    process.spare_the_disk(settings.DATABASES["default"])
    told = (migrate, weaken, settle, post, fetch, look, mix, retain, sign_of_life, close)
    serve({one.__name__: one for one in told}, CLOCK)


if __name__ == "__main__":
    main()
