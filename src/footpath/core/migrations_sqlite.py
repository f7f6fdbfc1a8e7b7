"""What Django's migrations cannot say of SQLite's tables."""

from __future__ import annotations

from typing import Any

from django.db.migrations.operations.base import Operation


class WithoutRowid(Operation):
    """Lay tables down by their keys alone, so that no hidden number tells the order of arrival.

    For tables that the same migration has just created: they are made anew. PostgreSQL has no such
    tables; there whoever fears the order rewrites the rows. A later change of such a table by
    Django makes it an ordinary one again: this operation must follow it.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, *models: str) -> None:
        self.models = models

    def deconstruct(self) -> tuple[str, list[str], dict[str, Any]]:
        """Return how this operation is written."""
        return type(self).__name__, list(self.models), {}

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Change nothing that Django knows of."""

    def database_forwards(self, app_label: str, schema_editor: Any, _old: Any, new: Any) -> None:
        """Make the empty tables anew, with their indexes."""
        if schema_editor.connection.vendor != "sqlite" or schema_editor.collect_sql:
            return  # what is only shown has made no table yet
        for name in self.models:
            table = new.apps.get_model(app_label, name)._meta.db_table
            with schema_editor.connection.cursor() as cursor:
                cursor.execute(
                    "SELECT type, sql FROM sqlite_master WHERE tbl_name = %s AND sql IS NOT NULL"
                    " ORDER BY type DESC",
                    [table],
                )
                (_table, made), *indexes = cursor.fetchall()
                quoted = schema_editor.quote_name(table)
                cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {quoted})")  # noqa: S608 - our table
                if cursor.fetchone()[0]:
                    raise ValueError(f"{table} has rows: it cannot be made anew")
                cursor.execute(f"DROP TABLE {quoted}")
                cursor.execute(f"{made} WITHOUT ROWID")
                for _index, sql in indexes:
                    cursor.execute(sql)

    def database_backwards(self, app_label: str, schema_editor: Any, _old: Any, new: Any) -> None:
        """Do nothing: the table goes with the migration that made it."""

    def describe(self) -> str:
        """Return what this operation does, for whoever migrates."""
        return f"Lay down {', '.join(self.models)} without a hidden order on SQLite"
