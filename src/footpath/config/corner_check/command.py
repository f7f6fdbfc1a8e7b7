"""The command: gathers what there is to look at, prints each fault on a line of its own."""

from __future__ import annotations

import importlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from footpath.config.corner_check import pledges, project, proxy, storage
from footpath.config.corner_check.fault import Fault

CORNER = "footpath.config.corner"
NGINX = "/etc/nginx/nginx.conf"
NONE = "none"
SQLITE = "footpath.core.sqlite"


@click.command()
@click.option(
    "--proxy",
    "proxy_file",
    default=None,
    metavar="FILE",
    help=f'The configuration of nginx (default: FOOTPATH_CORNER_PROXY, {NGINX}), or "none".',
)
@click.option(
    "--backups",
    multiple=True,
    metavar="FOLDER",
    help='Where backups lie (default: FOOTPATH_BACKUP_DIR), or "none"; may be given again.',
)
def check(proxy_file: str | None, backups: tuple[str, ...]) -> None:
    """Look for whatever would break the Corner's promise; exits 1 when there is anything.

    Run it as root on the machine that serves, before the first question and after every change.
    """
    from footpath.config.commands import set_up

    set_up()
    found = 0
    for fault in faults(
        proxy_file or os.environ.get("FOOTPATH_CORNER_PROXY") or NGINX,
        list(backups) or os.environ.get("FOOTPATH_BACKUP_DIR", "").replace(",", " ").split(),
    ):
        found += 1
        print(f"WRONG  {fault}", flush=True)
    if found:
        print(f"The Question Corner cannot keep its promise: {found} wrong.")
        sys.exit(1)
    print("The Question Corner: nothing wrong was found.")


def faults(proxy_file: str, backups: list[str]) -> Iterator[Fault]:
    """Yield every fault of this deployment; Django is set up for the member side."""
    from django.conf import settings as member
    from django.db import connection
    from django.db.utils import ConnectionHandler

    from footpath.core import clock
    from footpath.core.cornerfiles import CornerFiles

    corner = importlib.import_module(CORNER)
    folder = Path(corner.CORNER_DIR)
    files = CornerFiles(folder)

    yield from project.of_settings(member, corner)
    yield from project.of_log_lines(CORNER, os.environ)
    yield from project.of_addresses(corner.BASE_URL, corner.CORNER_URL)
    yield from project.of_processes(os.environ, Path("/proc"))
    yield from _of_proxy(proxy_file, corner)
    yield from storage.of_folder(folder)
    yield from _of_backups(backups, folder)
    yield from pledges.of_notice(files, clock.today())
    yield from pledges.of_mix(files, clock.today())

    databases = corner.DATABASES["default"]
    yield from storage.of_databases(member.DATABASES["default"], databases)
    if databases["ENGINE"] == SQLITE and not Path(databases["NAME"]).exists():
        yield Fault(
            "The Corner has no database yet.", "Run `footpath corner migrate`, then check again."
        )
        return
    other: Any = ConnectionHandler({"default": dict(databases)})["default"]
    try:
        if other.vendor == "postgresql":
            yield from storage.of_postgres(connection, other)
        yield from storage.of_secrets("member side", connection)
        yield from storage.of_secrets("Corner", other)
        yield from pledges.of_roster(_notice(files), _rosters(other))
    finally:
        other.close()


def _of_proxy(proxy_file: str, corner: Any) -> Iterator[Fault]:
    if proxy_file != NONE:
        yield from proxy.faults(Path(proxy_file), corner.CORNER_URL, corner.BASE_URL)


def _of_backups(named: list[str], folder: Path) -> Iterator[Fault]:
    if not named:
        yield Fault(
            "Nobody has said where backups lie, so none was looked at.",
            'Set FOOTPATH_BACKUP_DIR to their folders, or to "none" where none are made.',
        )
    elif named != [NONE]:
        yield from storage.of_backups([Path(name).resolve() for name in named], folder)


def _notice(files: Any) -> dict[str, Any]:
    try:
        notice: dict[str, Any] = files.notice()
    except (OSError, json.JSONDecodeError):
        return {}  # of_notice has said so
    return notice


def _rosters(connection: Any) -> list[Any]:
    with connection.cursor() as cursor:
        if "corner_roster" not in connection.introspection.table_names(cursor):
            return []
        cursor.execute("SELECT signed FROM corner_roster ORDER BY number")
        return [json.loads(signed) for (signed,) in cursor.fetchall()]
