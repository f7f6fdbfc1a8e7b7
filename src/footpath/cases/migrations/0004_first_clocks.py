"""What stands in the ledger already keeps its due date: as a promise, and as a running clock."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.db import migrations
from django.db.models import F
from django.utils import timezone

from footpath.core import tree

KINDS = {"raised": "accept", "accepted": "rectify", "guided": "rectify", "rectified": "verify"}


def forwards(apps: Any, _schema: Any) -> None:
    """Give each open case its promise and the clock that it waits for."""
    case_model = apps.get_model("cases", "Case")
    clock_model = apps.get_model("cases", "Clock")
    case_model.objects.filter(promised_on=None).update(promised_on=F("due_on"))
    clocks = []
    waiting = case_model.objects.filter(is_open=True, state__in=KINDS)
    for row in waiting.values().iterator(chunk_size=2000):
        end = datetime.combine(row["due_on"] + timedelta(days=1), time.min)
        clocks.append(
            clock_model(
                case_id=row["id"],
                kind=KINDS[row["state"]],
                round_number=row["round_number"],
                path=tree.path_of_row(row),
                started_at=row["updated_at"],
                due_at=timezone.make_aware(end),
                due_on=row["due_on"],
            )
        )
    clock_model.objects.bulk_create(clocks, batch_size=500)
    for state, kind in KINDS.items():
        case_model.objects.filter(is_open=True, state=state).update(due_kind=kind)


def backwards(_apps: Any, _schema: Any) -> None:
    """Leave the clocks to the migration that made their table."""


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_the_ledger_in_full")]
    operations = [migrations.RunPython(forwards, backwards)]
