"""What the storage itself would tell: row numbers, the order on the disk, times of files.

A database keeps more than its columns. SQLite numbers rows as they come and PostgreSQL notes which
transaction wrote a row and where it lies; both give back the order in which questions arrived.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import date, datetime, time
from pathlib import Path

from django.db import connection
from django.utils import timezone

PREFIX = "corner_"


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

    On SQLite every page is written anew in the order of the keys, and the log file is emptied.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.fetchall()
        else:
            cursor.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE %s",
                [f"{PREFIX}%"],
            )
            for (table,) in cursor.fetchall():
                cursor.execute(f"VACUUM (FULL, ANALYZE) {table}")
    settle_files(on)


def settle_files(on: date) -> None:
    """Set the times of the database's files to the beginning of a day.

    A file says when it was last written: that would be the minute of the latest posting.
    """
    if connection.vendor != "sqlite":
        return
    midnight = timezone.make_aware(datetime.combine(on, time.min)).timestamp()
    name = str(connection.settings_dict["NAME"])
    for path in (name, f"{name}-wal", f"{name}-shm", f"{name}.writer", str(Path(name).parent)):
        try:
            os.utime(path, (midnight, midnight))
        except FileNotFoundError:
            continue
