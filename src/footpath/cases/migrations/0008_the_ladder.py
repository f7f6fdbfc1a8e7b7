"""The usual ladder of reminders, the numbers of written notices, and who signed and did them."""

from __future__ import annotations

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

LADDER = (
    (-3, "digest", False),
    (0, "digest", False),
    (1, "chat", False),
    (3, "telephone", False),
    (7, "notice", False),
    (12, "on_site", True),
)


def forwards(apps: Any, _schema: Any) -> None:
    """Write the usual ladder, for all legs, where there is none."""
    steps = apps.get_model("cases", "LadderStep")
    if not steps.objects.exists():
        steps.objects.bulk_create(
            [
                steps(offset=offset, channel=channel, is_weekly=is_weekly)
                for offset, channel, is_weekly in LADDER
            ]
        )


def backwards(_apps: Any, _schema: Any) -> None:
    """Leave the steps to the migration that made their table."""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0007_applications_and_public_cases"),
        ("directory", "0004_office_hours"),
    ]
    operations = [
        migrations.CreateModel(
            name="NoticeYear",
            fields=[
                ("year", models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ("last", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.AddField("reminder", "done_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "reminder",
            "signed_by",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="directory.person",
            ),
        ),
        migrations.RunPython(forwards, backwards),
    ]
