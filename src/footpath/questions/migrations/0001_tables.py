"""The tables; on SQLite without the hidden row number, which would tell the order of arrival."""

from django.db import migrations, models

import footpath.questions.models
from footpath.core.migrations_sqlite import WithoutRowid


def keep_out_of_the_log(_apps, schema_editor):
    """Let PostgreSQL write what waits for a mix into no log of changes, which has exact times.

    After a crash of the database server it is empty: whoever asked sees no sign of reading within
    a week, and asks again. That is the price, and docs/explanation/question-corner.md says it.
    """
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE corner_inbox SET UNLOGGED")
        schema_editor.execute("ALTER TABLE corner_waiting SET UNLOGGED")


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Answer",
            fields=[
                ("key", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("epoch", models.CharField(max_length=7)),
                ("sealed", models.BinaryField()),
                ("read", models.BooleanField(default=False)),
            ],
            options={
                "db_table": "corner_answer",
            },
        ),
        migrations.CreateModel(
            name="Blob",
            fields=[
                ("key", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("sealed", models.BinaryField()),
                ("officer", models.CharField(max_length=64)),
                ("epoch", models.CharField(blank=True, default="", max_length=7)),
            ],
            options={
                "db_table": "corner_blob",
            },
        ),
        migrations.CreateModel(
            name="Count",
            fields=[
                ("key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("epoch", models.CharField(max_length=7)),
                ("name", models.CharField(max_length=40)),
                ("value", models.IntegerField(default=0)),
            ],
            options={
                "db_table": "corner_count",
            },
        ),
        migrations.CreateModel(
            name="Inbox",
            fields=[
                (
                    "key",
                    models.CharField(
                        default=footpath.questions.models.random_key,
                        max_length=32,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("sealed", models.BinaryField()),
            ],
            options={
                "db_table": "corner_inbox",
            },
        ),
        migrations.CreateModel(
            name="Nullifier",
            fields=[
                ("digest", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("epoch", models.CharField(max_length=7)),
            ],
            options={
                "db_table": "corner_nullifier",
            },
        ),
        migrations.CreateModel(
            name="OfficerCount",
            fields=[
                ("key", models.CharField(max_length=80, primary_key=True, serialize=False)),
                ("epoch", models.CharField(max_length=7)),
                ("officer", models.CharField(max_length=64)),
                ("text", models.TextField()),
            ],
            options={
                "db_table": "corner_officer_count",
            },
        ),
        migrations.CreateModel(
            name="Question",
            fields=[
                (
                    "key",
                    models.CharField(
                        default=footpath.questions.models.random_key,
                        max_length=32,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("epoch", models.CharField(max_length=7)),
                ("sealed", models.BinaryField()),
                ("answered_in", models.CharField(blank=True, default="", max_length=7)),
            ],
            options={
                "db_table": "corner_question",
            },
        ),
        migrations.CreateModel(
            name="Roster",
            fields=[
                ("number", models.IntegerField(primary_key=True, serialize=False)),
                ("signed", models.TextField()),
            ],
            options={
                "db_table": "corner_roster",
            },
        ),
        migrations.CreateModel(
            name="Slip",
            fields=[
                ("digest", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("epoch", models.CharField(max_length=7)),
            ],
            options={
                "db_table": "corner_slip",
            },
        ),
        migrations.CreateModel(
            name="Waiting",
            fields=[
                ("key", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("sealed", models.BinaryField()),
                ("read", models.BooleanField(default=False)),
            ],
            options={
                "db_table": "corner_waiting",
            },
        ),
        migrations.CreateModel(
            name="Wrapped",
            fields=[
                ("code", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("text", models.TextField()),
                ("sign", models.CharField(max_length=64)),
            ],
            options={
                "db_table": "corner_wrapped",
            },
        ),
        WithoutRowid(
            "Answer",
            "Blob",
            "Count",
            "Inbox",
            "Nullifier",
            "OfficerCount",
            "Question",
            "Roster",
            "Slip",
            "Waiting",
            "Wrapped",
        ),
        migrations.RunPython(keep_out_of_the_log, migrations.RunPython.noop),
    ]
