"""The Corner's tables, read from the database itself: nothing in them can say who or when."""

from __future__ import annotations

import pytest
from django.db import connection

from footpath.questions.services.mixing import TABLES

pytestmark = pytest.mark.django_db

PLAIN = {
    "sqlite": {"varchar", "blob", "integer", "text", "bool"},
    "postgresql": {"character varying", "bytea", "integer", "text", "boolean"},
}
SUSPECT = ("date", "time", "_at", "addr", "agent", "user", "account", "person", "session", "serial")
NOT_OURS = {"django_migrations"}
"""Says when the program was installed and brought up to date, and nothing of anybody."""


def ask(query: str, *values: object) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())


def columns() -> list[tuple[str, str, str]]:
    """Return table, column and type of everything in the database."""
    if connection.vendor == "postgresql":
        return [
            (str(table), str(column), str(kind))
            for table, column, kind in ask(
                "SELECT table_name, column_name, data_type FROM information_schema.columns"
                " WHERE table_schema = 'public' ORDER BY 1, 2"
            )
        ]
    found = []
    for (table,) in ask("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"):
        for _number, column, kind, *_more in ask(f"PRAGMA table_info({table})"):
            found.append((str(table), str(column), str(kind).lower().partition("(")[0]))
    return found


def test_there_are_the_corners_tables_and_no_others() -> None:
    there = {table for table, _column, _kind in columns()}
    assert there - NOT_OURS - {"sqlite_sequence"} == set(TABLES)


def test_no_column_is_a_date_a_time_an_address_or_a_person() -> None:
    bad = [
        f"{table}.{column} {kind}"
        for table, column, kind in columns()
        if table in TABLES
        and (
            kind not in PLAIN[connection.vendor] or any(word in column.lower() for word in SUSPECT)
        )
    ]
    assert bad == []


def test_no_table_points_to_another() -> None:
    if connection.vendor == "postgresql":
        keys = ask("SELECT conrelid::regclass::text FROM pg_constraint WHERE contype = 'f'")
    else:
        keys = [key for table in TABLES for key in ask(f"PRAGMA foreign_key_list({table})")]
    assert keys == []


def test_no_number_grows_with_the_rows() -> None:
    """On SQLite no hidden row number, on PostgreSQL no sequence and no default that counts."""
    if connection.vendor == "postgresql":
        assert (
            ask(
                "SELECT table_name, column_name FROM information_schema.columns"
                " WHERE table_name LIKE 'corner_%%'"
                " AND (column_default LIKE 'nextval%%' OR is_identity = 'YES')"
            )
            == []
        )
        assert (
            ask(
                "SELECT c.relname FROM pg_class c JOIN pg_depend d ON d.objid = c.oid"
                " JOIN pg_class t ON t.oid = d.refobjid"
                " WHERE c.relkind = 'S' AND t.relname LIKE 'corner_%%'"
            )
            == []
        )
        return
    made = dict(ask("SELECT name, sql FROM sqlite_master WHERE type = 'table'"))
    assert [
        table
        for table in TABLES
        if not str(made[table]).rstrip().upper().endswith("WITHOUT ROWID")
        or "AUTOINCREMENT" in str(made[table]).upper()
    ] == []


def test_nothing_else_keeps_watch() -> None:
    """No trigger, no view, no rule could write down what a table does not."""
    if connection.vendor == "postgresql":
        assert ask("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal") == []
        return
    assert ask("SELECT name FROM sqlite_master WHERE type IN ('trigger', 'view')") == []
