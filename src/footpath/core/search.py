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
from django.db.models import F, Value
from django.db.models.expressions import RawSQL
from django.db.models.lookups import In

from footpath.core import textsearch

M = TypeVar("M", bound=models.Model)
Term = tuple[str, bool]  # a word, and whether it is only the beginning of one

RARE = 5000
"""A search with at most so many rows in the whole table is answered by their keys."""

MANY = 20_000
"""On SQLite so many rows at most are found by the index; of more, the first page is soon full."""

SURELY_COMMON = 0.02
"""PostgreSQL is believed when it takes words for those of more than this part of the table."""

FEW_WORDS = 40
"""On SQLite a beginning of at most so many words is spelled out, to be joined with others."""

LAST = "\U0010ffff"
"""Sorts after every sign that a word may go on with."""


def matching(rows: models.QuerySet[M], typed: str) -> models.QuerySet[M]:
    """Return the rows whose ``search`` column holds every word typed; all when none is typed."""
    terms = textsearch.query_terms(typed)
    if not terms:
        return rows.none() if typed.strip() else rows
    table = rows.model._meta.db_table
    if connections[rows.db].vendor == "postgresql":
        return _on_postgresql(rows, table, terms)
    return _on_sqlite(rows, table, terms)


def _on_sqlite(rows: models.QuerySet[M], table: str, terms: list[Term]) -> models.QuerySet[M]:
    """Ask the index for words that few rows hold; check the others row by row, as on PostgreSQL.

    One such word is enough for all. How often a word stands in the index is read no further than
    ``MANY``, so that a search for a common word costs the same however many rows there are.
    """
    with connections[rows.db].cursor() as cursor:
        numbers = _occurrences(cursor, table, terms)
        sought = [term for term, number in zip(terms, numbers, strict=True) if number <= MANY]
        query, number = " AND ".join(map(_asked, sought)), min(numbers)
        if not sought and len(terms) > 1:
            query, number = _together(cursor, table, terms)
            sought = terms if number <= MANY else []
    if sought:
        holds = RawSQL(f'SELECT rowid FROM "{table}_fts" WHERE "{table}_fts" MATCH %s', (query,))
        key = F("pk") if number <= RARE else _Unsought(F("pk"))
        rows = rows.filter(In(key, holds))
    for word, prefix in terms:
        if (word, prefix) not in sought:
            rows = rows.filter(_HoldsText(F("search"), Value(f" {word}" + ("" if prefix else " "))))
    return rows


class _Unsought(models.Func):
    """A key that SQLite is not to look for: it reads the list in its order, and of that the index
    alone, until enough keys were found in a set.
    """

    template = "+%(expressions)s"


class _HoldsText(models.Func):
    """Whether a column on SQLite, words with a blank between them, holds a text."""

    output_field = models.BooleanField()
    template = "instr(' ' || %(expressions)s) > 0"
    arg_joiner = " || ' ', "


class _HoldsWords(models.Func):
    """Whether a column on PostgreSQL holds the words of a query; as its index is written."""

    output_field = models.BooleanField()
    template = "to_tsvector('simple', %(expressions)s)"
    arg_joiner = ") @@ to_tsquery('simple', "


class _IsAny(models.Func):
    """Whether a column on PostgreSQL is one of a list."""

    output_field = models.BooleanField()
    template = "%(expressions)s)"
    arg_joiner = " = ANY("


def _occurrences(cursor: Any, table: str, terms: list[Term]) -> list[int]:
    """Return how often each term stands in the index, but never more than ``MANY`` + 1.

    FTS5 itself collects all rows of a beginning of a word before it gives the first; its list of
    words (fts5vocab) is read in order, and left where we have seen enough.
    """
    words = _words_of(cursor, table)
    numbers, values = [], []
    for word, prefix in terms:
        numbers.append(
            f"(SELECT count(*) FROM (SELECT 1 FROM {words} WHERE term >= %s AND term <= %s"
            f" LIMIT {MANY + 1}))"
        )
        values += [word, word + LAST if prefix else word]
    cursor.execute(f"SELECT {', '.join(numbers)}", values)
    return [int(number) for number in cursor.fetchone()]


def _together(cursor: Any, table: str, terms: list[Term]) -> tuple[str, int]:
    """Return what finds the rows that hold all of some words, and how many: ``MANY`` + 1 at most.

    Whole words are joined as they are read, so a beginning is spelled out where few words have it.
    """
    words = _words_of(cursor, table)
    parts = []
    for word, prefix in terms:
        spelled = _spelled_out(cursor, words, word) if prefix else []
        plain = " OR ".join(f'"{each}"' for each in spelled)
        parts.append(f"({plain})" if spelled else _asked((word, prefix)))
    query = " AND ".join(parts)
    holds = f'SELECT rowid FROM "{table}_fts" WHERE "{table}_fts" MATCH %s LIMIT {MANY + 1}'
    cursor.execute(f"SELECT count(*) FROM ({holds})", [query])
    (number,) = cursor.fetchone()
    return query, int(number)


def _spelled_out(cursor: Any, words: str, beginning: str) -> list[str]:
    """Return the words of the index that begin so; none when there are more than ``FEW_WORDS``."""
    cursor.execute(
        f"WITH RECURSIVE found(word) AS ("
        f"SELECT (SELECT term FROM {words} WHERE term >= %s LIMIT 1) UNION ALL "
        f"SELECT (SELECT term FROM {words} WHERE term >= word || char(1) LIMIT 1) FROM found "
        f"WHERE word <= %s) SELECT word FROM found WHERE word <= %s LIMIT {FEW_WORDS + 1}",
        [beginning, beginning + LAST, beginning + LAST],
    )
    found = [word for (word,) in cursor.fetchall()]
    return found if len(found) <= FEW_WORDS else []


def _words_of(cursor: Any, table: str) -> str:
    """Return the name of the table that lists the words of an index, one row an occurrence.

    It holds nothing of its own, belongs to this connection and is made when it is first needed.
    """
    name = f'temp."{table}_fts_words"'
    cursor.db.connection.execute(
        f"CREATE VIRTUAL TABLE IF NOT EXISTS {name} "
        f"USING fts5vocab('main', '{table}_fts', 'instance')"
    )
    return name


def _asked(term: Term) -> str:
    word, prefix = term
    return f'"{word}"*' if prefix else f'"{word}"'


def _on_postgresql(rows: models.QuerySet[M], table: str, terms: list[Term]) -> models.QuerySet[M]:
    """Ask the index first: PostgreSQL guesses badly how many rows hold a word.

    Rows with rare words are then read by their keys, and sorted; a list of common words is read in
    its order and checked row by row, for its first page is soon full. Its statistics do know the
    most common words of all: those are not looked up, for their entries alone take long to read.
    """
    query = " & ".join(f"'{word}':*" if prefix else f"'{word}'" for word, prefix in terms)
    holds = f"to_tsvector('simple', \"{table}\".\"search\") @@ to_tsquery('simple', %s)"
    everywhere = _HoldsWords(F("search"), Value(query))
    with connections[rows.db].cursor() as cursor:
        if _surely_common(cursor, table, holds, query):
            return rows.filter(everywhere)
        cursor.execute(
            f'WITH found AS MATERIALIZED (SELECT "id" FROM "{table}" WHERE {holds}) '
            f'SELECT "id" FROM found LIMIT {RARE + 1}',
            [query],
        )
        found = [pk for (pk,) in cursor.fetchall()]
    if len(found) > RARE:
        return rows.filter(everywhere)
    return rows.filter(_IsAny(F("pk"), Value(found, output_field=models.Field())))


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
