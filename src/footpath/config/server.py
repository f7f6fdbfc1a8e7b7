"""Serving over WSGI with granian; static files are gathered once for each version."""

from __future__ import annotations

import os
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from granian import Granian
from granian.constants import Interfaces

from footpath import __version__
from footpath.config import worker


def gather_static_files() -> None:
    """Copy and compress the static files into the data folder, unless this very build is there."""
    if settings.DEBUG:
        return
    stamp = Path(settings.STATIC_ROOT) / ".version"
    build = "|".join(
        f"{file.name}:{file.stat().st_mtime_ns}"
        for folder in settings.STATICFILES_DIRS
        for file in sorted(Path(folder).rglob("*"))
        if file.is_file()
    )
    wanted = f"{__version__}\n{build}"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp.write_text(wanted, encoding="utf-8")


def serve(*, host: str, port: int, workers: int | None) -> None:
    """Serve the pages and the API until stopped."""
    gather_static_files()
    print(f"Footpath is at http://{host}:{port}  (Ctrl-C ends it)", flush=True)
    with worker.beside():
        run(target="footpath.config.wsgi:application", host=host, port=port, workers=workers)


def run(*, target: str, host: str, port: int, workers: int | None) -> None:
    """Run granian on a WSGI application until stopped.

    On SQLite one process with a few threads is best (writers queue anyway); on PostgreSQL two
    processes. Figures: docs/decisions/0003-one-writer-on-sqlite.md.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "footpath.config.settings")
    count = workers or (1 if connection.vendor == "sqlite" else 2)
    connection.close()
    Granian(
        target=target,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=count,
        blocking_threads=4,
        log_access=False,
    ).serve()
