"""What the storage itself would tell: row numbers, the order on the disk, times of files.

A database keeps more than its columns. SQLite numbers rows as they come and PostgreSQL notes which
transaction wrote a row and where it lies; both give back the order in which questions arrived.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterable
from contextlib import suppress
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone


def rewrite(tables: Iterable[str]) -> None:
    """Write the rows of the tables anew in random order; call inside the transaction of a mix.

    On PostgreSQL each row then has the place and the transaction of this rewrite, and nothing of
    its own. SQLite keeps rows by their random keys; ``compact`` does the rest there.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"CREATE TEMPORARY TABLE rewritten ON COMMIT DROP AS TABLE {table}")
            cursor.execute(f"TRUNCATE {table}")
            cursor.execute(
                f"INSERT INTO {table} SELECT * FROM rewritten ORDER BY random()"  # noqa: S608
            )
            cursor.execute("DROP TABLE rewritten")


def compact(on: date) -> None:
    """Leave no byte of what was deleted in the database's files; call outside a transaction.

    On SQLite every page is written anew in the order of the keys, and the log file is emptied. On
    PostgreSQL ``rewrite`` has begun new files already, and its log of changes is let go, where our
    role may do so: ``footpath corner check`` says when it may not.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.fetchall()
    else:
        for statement in ("SELECT pg_switch_wal()", "CHECKPOINT"):
            with suppress(DatabaseError), connection.cursor() as cursor:
                cursor.execute(statement)
    settle_files(on)


def settle_files(on: date) -> None:
    """Set the times of the database's files to the beginning of a day.

    A file says when it was last written: that would be the minute of the latest posting. Files of
    another account are left as they are: what was posted must not fail for that.
    """
    if connection.vendor != "sqlite":
        return
    midnight = timezone.make_aware(datetime.combine(on, time.min)).timestamp()
    name = str(connection.settings_dict["NAME"])
    for path in (name, f"{name}-wal", f"{name}-shm", f"{name}.writer", str(Path(name).parent)):
        try:
            os.utime(path, (midnight, midnight))
        except OSError:
            continue


# --- the day of the last mix, for whoever looks after the server ----------------------------------


def is_noted(on: date) -> bool:
    """Tell whether ``mix.json`` says that everything of the mix of that day is done."""
    return last_mix().get("day") == on.isoformat()


def last_mix() -> dict[str, Any]:
    """Return what ``mix.json`` says: {"day": "2026-11-22", "held": 0}; empty before the first."""
    try:
        return dict(json.loads(_mix_file().read_text(encoding="utf-8")))
    except FileNotFoundError:
        return {}


def note_mix(on: date, *, held: int) -> None:
    """Say in ``mix.json`` that a day is mixed, and for how many days postings were held back."""
    file = _mix_file()
    draft = file.with_name(f".mix.json.{os.getpid()}.{threading.get_ident()}")
    text = json.dumps({"day": on.isoformat(), "held": held}, sort_keys=True)
    draft.write_text(f"{text}\n", encoding="utf-8")
    draft.replace(file)


def _mix_file() -> Path:
    return Path(settings.CORNER_DIR) / "mix.json"
