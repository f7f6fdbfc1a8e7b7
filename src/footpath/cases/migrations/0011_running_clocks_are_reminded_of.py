"""Clocks that run already climb the ladder from now on; what was missed is not made up for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import migrations
from django.db.models import F
from django.utils import timezone

LOOK_AHEAD = timedelta(days=45)


def forwards(apps: Any, _schema: Any) -> None:
    """Let the worker look at each running clock when its due date is near."""
    now = timezone.now()
    running = apps.get_model("cases", "Clock").objects.filter(stopped_at=None, next_rung_at=None)
    running.filter(due_at__gt=now + LOOK_AHEAD).update(next_rung_at=F("due_at") - LOOK_AHEAD)
    running.filter(due_at__lte=now + LOOK_AHEAD).update(next_rung_at=now)


def backwards(_apps: Any, _schema: Any) -> None:
    """Leave the clocks as they are."""


class Migration(migrations.Migration):
    dependencies = [("cases", "0010_due_dates_counted_anew")]
    operations = [migrations.RunPython(forwards, backwards)]
