"""What an administrator, or a thief of the disks, holds: every table and file, as they lie there.

A table is read with whatever its storage adds to the columns: row numbers, places on the disk,
transactions. Nothing here knows what the columns mean.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

Row = dict[str, Any]


@dataclass
class Table:
    """The rows of a table in the order of the disk, and other orders that its storage knows."""

    rows: list[Row]
    orders: dict[str, list[int]] = field(default_factory=dict)
    """A name to the rows' numbers, the first-come supposedly first."""


Tables = dict[str, Table]


@dataclass
class Evidence:
    """Everything that is held at the end, and the copies of earlier nights."""

    member: Tables
    corner: Tables
    member_nights: list[tuple[datetime, Tables]]
    corner_nights: list[tuple[datetime, Tables]]
    member_logs: str
    corner_logs: str
    raw: dict[str, bytes]
    """The Corner's database files as bytes, by name: pages, free pages, logs of changes."""

    file_times: dict[str, datetime]
    """When a file of the Corner was last written or changed, as the file system says."""

    log_times: list[tuple[int, datetime]] = field(default_factory=list)
    """PostgreSQL: places in the log of changes, and the commit times that stand there."""


def of_sqlite(file: Path, only: str = "") -> Tables:
    """Return the tables of an SQLite database whose names match; its files are not touched."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / file.name
        for name in (file.name, f"{file.name}-wal"):
            if (file.parent / name).exists():
                shutil.copy(file.parent / name, Path(folder) / name)
        database = sqlite3.connect(copy)
        database.row_factory = sqlite3.Row
        try:
            return dict(_sqlite_tables(database, only))
        finally:
            database.close()


def _sqlite_tables(database: sqlite3.Connection, only: str) -> Iterator[tuple[str, Table]]:
    names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    for (name,) in names:
        if not re.match(only, name) or name.startswith("sqlite_"):
            continue
        try:
            found = database.execute(f'SELECT rowid AS "row number", * FROM "{name}"').fetchall()
        except sqlite3.OperationalError:  # it has none
            found = database.execute(f'SELECT * FROM "{name}"').fetchall()
        rows = [dict(row) for row in found]
        table = Table(rows, {"on the disk": list(range(len(rows)))})
        if rows and "row number" in rows[0]:
            numbers = [row["row number"] for row in rows]
            table.orders["by row number"] = sorted(range(len(rows)), key=numbers.__getitem__)
        yield name, table


def of_postgresql(url: str, only: str = "") -> Tables:
    """Return the tables of a PostgreSQL database whose names match, with place and transaction."""
    with psycopg.connect(url) as database:
        names = database.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall()
        return {
            name: _postgresql_table(database, name) for (name,) in names if re.match(only, name)
        }


def _postgresql_table(database: psycopg.Connection[Any], name: str) -> Table:
    query = sql.SQL(
        "SELECT ctid::text AS place, xmin::text::bigint AS transaction, * FROM {} ORDER BY ctid"
    )
    cursor = database.execute(query.format(sql.Identifier(name)))
    columns = [column.name for column in cursor.description or ()]
    rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    transactions = [row.pop("transaction") for row in rows]
    for row in rows:
        row.pop("place")
    orders = {"on the disk": list(range(len(rows)))}
    if len(set(transactions)) > 1:
        orders["by transaction"] = sorted(range(len(rows)), key=transactions.__getitem__)
    return Table(rows, orders)


def files_of_postgresql(url: str, tables: Iterable[str]) -> dict[str, bytes]:
    """Return the files of tables, of what is too long for them, and the log of changes."""
    found: dict[str, bytes] = {}
    with psycopg.connect(url, autocommit=True) as database:
        database.execute("CHECKPOINT")
        for table in tables:
            for what, query in (
                ("rows", "SELECT pg_relation_filepath(%s::regclass)"),
                (
                    "long values",
                    (
                        "SELECT pg_relation_filepath(reltoastrelid) FROM pg_class"
                        " WHERE oid = %s::regclass AND reltoastrelid <> 0"
                    ),
                ),
            ):
                path = database.execute(query, [table]).fetchone()
                if path is not None:
                    found[f"{table}, {what}"] = _read(database, path[0])
        for (name,) in database.execute("SELECT name FROM pg_ls_waldir() ORDER BY name").fetchall():
            found[f"log of changes {name}"] = _read(database, f"pg_wal/{name}")
    return found


def _read(database: psycopg.Connection[Any], path: str) -> bytes:
    read = database.execute("SELECT pg_read_binary_file(%s, 0, 1 << 28, true)", [path]).fetchone()
    return bytes(read[0]) if read and read[0] is not None else b""


def place_in_log(url: str) -> int:
    """Return where the log of changes ends now."""
    with psycopg.connect(url) as database:
        row = database.execute("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn").fetchone()
        assert row is not None
        return int(row[0])


def places_in_log(segment: bytes, wanted: bytes) -> Iterator[int]:
    """Yield the places in the log at which bytes stand; each page of it says its own place."""
    page = 8192
    start = segment.find(wanted)
    while start != -1:
        head = start // page * page
        yield int.from_bytes(segment[head + 8 : head + 16], "little") + start - head
        start = segment.find(wanted, start + 1)
