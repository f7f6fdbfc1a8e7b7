"""Tables without a hidden number: no order of arrival can be read from them."""

from __future__ import annotations

import pytest
from django.db import connection, models
from django.db.migrations.operations import CreateModel
from django.db.migrations.state import ProjectState

from footpath.core.migrations_sqlite import WithoutRowid

pytestmark = pytest.mark.django_db(transaction=True)


def made(*, rows: bool = False) -> None:
    """Make the table of a small model, then lay it down without a hidden number."""
    create = CreateModel(
        "Plain",
        fields=[("key", models.CharField(max_length=9, primary_key=True))],
        options={"indexes": [models.Index(fields=["key"], name="plain_key_again")]},
    )
    operation = WithoutRowid("Plain")
    before, after = ProjectState(), ProjectState()
    create.state_forwards("core", after)
    with connection.schema_editor() as editor:
        create.database_forwards("core", editor, before, after)
    try:
        if rows:
            with connection.cursor() as cursor:
                cursor.execute("INSERT INTO core_plain VALUES ('a')")
        with connection.schema_editor() as editor:
            operation.database_forwards("core", editor, after, after)
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT type, sql FROM sqlite_master WHERE tbl_name = 'core_plain'"
                    " AND sql IS NOT NULL ORDER BY type"
                )
                (_index, index), (_table, table) = cursor.fetchall()
            assert table.endswith("WITHOUT ROWID")
            assert "plain_key_again" in index
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE core_plain")


def test_a_new_table_is_laid_down_by_its_key_alone_with_its_indexes() -> None:
    made()


def test_a_table_with_rows_is_not_touched() -> None:
    if connection.vendor != "sqlite":
        return
    with pytest.raises(ValueError, match="core_plain has rows"):
        made(rows=True)


def test_it_is_written_in_a_migration_as_it_is_called() -> None:
    assert WithoutRowid("A", "B").deconstruct() == ("WithoutRowid", ["A", "B"], {})
    assert "A, B" in WithoutRowid("A", "B").describe()
