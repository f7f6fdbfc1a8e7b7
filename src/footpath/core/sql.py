"""Several new rows in one step, for the few deeds that happen most."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from django.db import connection, models, transaction


def next_pk(model: type[models.Model]) -> int | None:
    """Return a fresh primary key where the database has sequences (PostgreSQL), else None."""
    if connection.vendor != "postgresql":
        return None
    column = model._meta.pk.column
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s))", [model._meta.db_table, column]
        )
        (number,) = cursor.fetchone()
    return int(number)


def next_pks(model: type[models.Model], number: int) -> list[int]:
    """Return fresh primary keys for so many new rows of a table.

    On SQLite they hold until the transaction ends, which must be open: it keeps other writers out.
    """
    table, column = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                [table, column, number],
            )
            return [int(pk) for (pk,) in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        row = cursor.fetchone()
    last = int(row[0]) if row is not None else 0
    return list(range(last + 1, last + 1 + number))


def refresh_statistics() -> None:
    """Let the database count anew how its rows lie; call after thousands of rows were written.

    Without it PostgreSQL plans as if the tables were still empty until it counts by itself: a
    question about 11,000 places then took 30 seconds, and 1 with it. SQLite looks at 100,000 rows
    of each index: from fewer it cannot tell the open cases of a city from all that ever were.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA analysis_limit=100000")
        cursor.execute("ANALYZE")


def insert_together(rows: Sequence[models.Model]) -> None:
    """Insert rows of different tables, all or none.

    On PostgreSQL this is one statement, which needs no transaction around it: two round trips
    fewer. Rows whose primary key is None get one from the database and are not told.
    """
    if connection.vendor != "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            for row in rows:
                statement, fields = _insert(type(row), with_key=row.pk is not None)
                cursor.execute(statement, _values(row, fields))
                if row.pk is None:
                    row.pk = cursor.lastrowid
        return
    parts, values = [], []
    for number, row in enumerate(rows):
        statement, fields = _insert(type(row), with_key=row.pk is not None)
        parts.append(f"i{number} AS ({statement} RETURNING 1)")
        values += _values(row, fields)
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {', '.join(parts)} SELECT 1", values)


def insert_many(
    model: type[models.Model],
    names: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    same: Mapping[str, Any] | None = None,
) -> None:
    """Insert thousands of rows of one table by the shortest way of each engine.

    ``names`` are the columns' fields, by attribute ("area_id"); ``same`` holds what every row has
    alike; all others take their defaults. No signal is sent and no key comes back. COPY on
    PostgreSQL, one prepared statement on SQLite.
    """
    alike = dict(same or {})
    fields = {field.attname: field for field in model._meta.concrete_fields}
    rest = [field for name, field in fields.items() if name not in names and not field.primary_key]
    fixed = tuple(
        _plain(field, alike[field.attname] if field.attname in alike else field.get_default())
        for field in rest
    )
    quote = connection.ops.quote_name
    columns = [quote(str(fields[name].column)) for name in names]
    columns += [quote(str(field.column)) for field in rest]
    table, listed = quote(model._meta.db_table), ", ".join(columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            copying = cursor.copy(f"COPY {table} ({listed}) FROM STDIN")
            with connection.wrap_database_errors, copying as copy:
                for row in rows:
                    copy.write_row((*row, *fixed))
            return
        marks = ", ".join(["%s"] * len(columns))
        days = [at for at, name in enumerate(names) if isinstance(fields[name], models.DateField)]
        prepared = []
        for row in rows:
            values = [*row, *fixed]
            for at in days:
                if values[at] is not None:
                    values[at] = _as_text(values[at])
            prepared.append(values)
        cursor.executemany(f"INSERT INTO {table} ({listed}) VALUES ({marks})", prepared)  # noqa: S608


def _plain(field: models.Field[Any, Any], value: Any) -> Any:
    value = field.get_db_prep_save(value, connection)
    return str(value) if isinstance(value, str) else value


def _as_text(value: date) -> str:
    """Return a day or a moment as Django writes it for SQLite: a moment in UTC, without a zone."""
    if isinstance(value, datetime):
        return str(value.astimezone(UTC).replace(tzinfo=None))
    return value.isoformat()


@lru_cache(maxsize=64)
def _insert(
    model: type[models.Model], *, with_key: bool
) -> tuple[str, tuple[models.Field[Any, Any], ...]]:
    fields = tuple(
        field for field in model._meta.concrete_fields if with_key or not field.primary_key
    )
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    table = quote(model._meta.db_table)
    return f"INSERT INTO {table} ({columns}) VALUES ({marks})", fields  # noqa: S608


def _values(row: models.Model, fields: tuple[models.Field[Any, Any], ...]) -> list[Any]:
    return [field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in fields]
