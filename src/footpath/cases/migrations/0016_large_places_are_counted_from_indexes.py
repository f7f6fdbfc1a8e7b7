"""The board and the public figures of large places are read from indexes, without the cases.

The board of a city walked over all its open cases to find that hardly one is returned; the figures
read each case that was raised or closed within a year. Small places have so few cases that their
indexes by due date and by raising serve for this, too.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations, models

UPPER_LEVELS = range(3)


def measured(_apps: Any, schema: Any) -> None:
    """Let SQLite count how the rows lie in the new indexes, if it has counted the others.

    It takes an index of which it knows nothing for the best one beside those that it knows.
    """
    if schema.connection.vendor != "sqlite" or schema.collect_sql:
        return
    with schema.connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat1'")
        if cursor.fetchone():
            cursor.execute("PRAGMA analysis_limit=100000")
            cursor.execute("ANALYZE cases_case")
            cursor.execute("ANALYZE cases_reporter")


class Migration(migrations.Migration):
    dependencies = [("cases", "0014_closed_cases_wait_for_no_answer")]
    operations = [
        *(
            migrations.AddIndex(
                model_name="case",
                index=models.Index(
                    fields=[f"a{level}", "state", "due_on", "id", "category"],
                    condition=models.Q(is_open=True),
                    name=f"case_open_state_a{level}",
                ),
            )
            for level in UPPER_LEVELS
        ),
        *(
            migrations.AddIndex(
                model_name="case",
                index=models.Index(
                    fields=[f"a{level}", "-closed_at", "outcome", "category"],
                    condition=models.Q(is_open=False),
                    name=f"case_closed_a{level}",
                ),
            )
            for level in UPPER_LEVELS
        ),
        migrations.AddIndex(
            model_name="reporter",
            index=models.Index(
                fields=["answered_at"],
                condition=models.Q(answered_at__isnull=False),
                name="reporter_answered",
            ),
        ),
        migrations.RunPython(measured, migrations.RunPython.noop),
    ]
