"""What of each case is counted in the rates; cases that are there are counted by the next job."""

from __future__ import annotations

from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.utils import timezone

COLUMNS = ("id", "raised_at", "area_id", "organization_id", "category_id", "level")


def forwards(apps: Any, _schema: Any) -> None:
    """Note for each case that nothing of it is counted yet, and that it is due to be."""
    case_model = apps.get_model("cases", "Case")
    counted = apps.get_model("cases", "Counted")
    rows = []
    for case in case_model.objects.values(*COLUMNS).iterator(chunk_size=2000):
        rows.append(
            counted(
                case_id=case["id"],
                month=timezone.localdate(case["raised_at"]).replace(day=1),
                area_key=case["area_id"],
                organization_key=case["organization_id"] or 0,
                category_key=case["category_id"],
                level=case["level"],
                next_at=case["raised_at"],
            )
        )
        if len(rows) == 2000:
            counted.objects.bulk_create(rows, batch_size=500)
            rows.clear()
    counted.objects.bulk_create(rows, batch_size=500)


def backwards(_apps: Any, _schema: Any) -> None:
    """Leave the rows to their table, which goes."""


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_first_clocks")]
    operations = [
        migrations.CreateModel(
            name="Counted",
            fields=[
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="counted",
                        serialize=False,
                        to="cases.case",
                    ),
                ),
                ("month", models.DateField()),
                ("area_key", models.BigIntegerField()),
                ("organization_key", models.BigIntegerField(default=0)),
                ("category_key", models.BigIntegerField()),
                ("level", models.PositiveSmallIntegerField()),
                ("bits", models.PositiveIntegerField(default=0)),
                ("next_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(next_at__isnull=False),
                        fields=["next_at"],
                        name="counted_next",
                    )
                ]
            },
        ),
        migrations.RunPython(forwards, backwards),
    ]
