# ruff: noqa: S608, S611 - the SQL holds names of our tables; what people type is a parameter
"""Full text on a stored ``search`` column: FTS5 on SQLite, tsvector with GIN on PostgreSQL.

A model that wants to be found has a text column ``search`` filled with
``textsearch.document(...)``, a queryset that calls ``matching`` and a migration with
``index_operation``. Both engines then answer the same question in the same way. A later migration
that rebuilds such a table on SQLite drops its triggers: end it with ``index_operation`` again.
"""

from __future__ import annotations

import json
from typing import Any, TypeVar

from django.db import connections, migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models.expressions import RawSQL

from footpath.core import textsearch

M = TypeVar("M", bound=models.Model)

RARE = 5000
"""A search with at most so many rows in the whole table is answered by their keys."""

SURELY_COMMON = 0.02
"""PostgreSQL is believed when it takes words for those of more than this part of the table."""


def matching(rows: models.QuerySet[M], typed: str) -> models.QuerySet[M]:
    """Return the rows whose ``search`` column holds every word typed; all when none is typed."""
    terms = textsearch.query_terms(typed)
    if not terms:
        return rows.none() if typed.strip() else rows
    table = rows.model._meta.db_table
    if connections[rows.db].vendor == "postgresql":
        return _on_postgresql(rows, table, terms)
    return _on_sqlite(rows, table, terms)


def _on_sqlite(
    rows: models.QuerySet[M], table: str, terms: list[tuple[str, bool]]
) -> models.QuerySet[M]:
    """Ask the index for rare words; of common ones check row by row, as on PostgreSQL.

    The column holds the words with a blank between them, so that a word is a blank and the word.
    """
    query = " AND ".join(f'"{word}"*' if prefix else f'"{word}"' for word, prefix in terms)
    holds = f'SELECT rowid FROM "{table}_fts" WHERE "{table}_fts" MATCH %s'
    with connections[rows.db].cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({holds} LIMIT {RARE + 1})", [query])
        (number,) = cursor.fetchone()
    if number <= RARE:
        return rows.filter(pk__in=RawSQL(holds, (query,)))
    for word, prefix in terms:
        text, sought = f"' ' || \"{table}\".\"search\" || ' '", f" {word}" + ("" if prefix else " ")
        found = RawSQL(f"instr({text}, %s) > 0", (sought,), output_field=models.BooleanField())
        rows = rows.filter(found)
    return rows


def _on_postgresql(
    rows: models.QuerySet[M], table: str, terms: list[tuple[str, bool]]
) -> models.QuerySet[M]:
    """Ask the index first: PostgreSQL guesses badly how many rows hold a word.

    Rows with rare words are then read by their keys, and sorted; a list of common words is read in
    its order and checked row by row, for its first page is soon full. Its statistics do know the
    most common words of all: those are not looked up, for their entries alone take long to read.
    """
    query = " & ".join(f"'{word}':*" if prefix else f"'{word}'" for word, prefix in terms)
    holds = f"to_tsvector('simple', \"{table}\".\"search\") @@ to_tsquery('simple', %s)"
    everywhere = RawSQL(holds, (query,), output_field=models.BooleanField())
    with connections[rows.db].cursor() as cursor:
        if _surely_common(cursor, table, holds, query):
            return rows.filter(everywhere)
        cursor.execute(
            f'WITH found AS MATERIALIZED (SELECT "id" FROM "{table}" WHERE {holds}) '
            f'SELECT "id" FROM found LIMIT {RARE + 1}',
            [query],
        )
        found = [pk for (pk,) in cursor.fetchall()]
    condition = (
        everywhere
        if len(found) > RARE
        else RawSQL(f'"{table}"."id" = ANY(%s)', (found,), output_field=models.BooleanField())
    )
    return rows.filter(condition)


def _surely_common(cursor: Any, table: str, holds: str, query: str) -> bool:
    """Return whether the statistics know the words as very common ones of a large table."""
    cursor.execute("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [f'"{table}"'])
    (whole,) = cursor.fetchone()
    if whole * SURELY_COMMON <= RARE:
        return False
    cursor.execute(f'EXPLAIN (FORMAT JSON) SELECT "id" FROM "{table}" WHERE {holds}', [query])
    (plan,) = cursor.fetchone()
    plan = json.loads(plan) if isinstance(plan, str) else plan
    return bool(plan[0]["Plan"]["Plan Rows"] > whole * SURELY_COMMON)


def index_operation(app: str, model: str) -> migrations.RunPython:
    """Return the migration step that indexes the ``search`` column of a model on either engine.

    May be repeated: what stands already stays, and rows that are there are indexed, too.
    """

    def forwards(apps: Any, schema: BaseDatabaseSchemaEditor) -> None:
        table = apps.get_model(app, model)._meta.db_table
        statements = (
            _postgresql(table) if schema.connection.vendor == "postgresql" else _sqlite(table)
        )
        for statement in statements:
            schema.execute(statement)

    def backwards(apps: Any, schema: BaseDatabaseSchemaEditor) -> None:
        table = apps.get_model(app, model)._meta.db_table
        if schema.connection.vendor == "postgresql":
            schema.execute(f'DROP INDEX IF EXISTS "{table}_search_gin"')
            return
        for name in ("insert", "delete", "update"):
            schema.execute(f'DROP TRIGGER IF EXISTS "{table}_fts_{name}"')
        schema.execute(f'DROP TABLE IF EXISTS "{table}_fts"')

    return migrations.RunPython(forwards, backwards)


def _postgresql(table: str) -> list[str]:
    vector = "to_tsvector('simple', search)"
    index = f'CREATE INDEX IF NOT EXISTS "{table}_search_gin" ON "{table}"'
    return [f"{index} USING gin ({vector}) WITH (fastupdate=off)"]


def _sqlite(table: str) -> list[str]:
    fts = f"{table}_fts"
    tokenize = "unicode61 remove_diacritics 0"
    old = f"INSERT INTO {fts}({fts}, rowid, search) VALUES('delete', old.id, old.search);"
    new = f"INSERT INTO {fts}(rowid, search) VALUES (new.id, new.search);"
    trigger = f"CREATE TRIGGER IF NOT EXISTS {fts}"
    columns = f"search, content='{table}', content_rowid='id', tokenize='{tokenize}'"
    return [
        f"CREATE VIRTUAL TABLE IF NOT EXISTS {fts} USING fts5({columns})",
        f"{trigger}_insert AFTER INSERT ON {table} BEGIN {new} END",
        f"{trigger}_delete AFTER DELETE ON {table} BEGIN {old} END",
        f"{trigger}_update AFTER UPDATE OF search ON {table} BEGIN {old} {new} END",
        f"INSERT INTO {fts}({fts}) VALUES('rebuild')",
    ]
