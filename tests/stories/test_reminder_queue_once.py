"""Two workers climb the ladder at once, one is killed in the middle: each rung stands once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.conf import settings

from footpath.cases.models import Clock, Reminder
from footpath.cases.services import ladder
from footpath.notifications.models import Notice
from tests.workers import database_url
from tests.world import NOON, World, later

pytestmark = pytest.mark.django_db(transaction=True)

CASES = 60
CLIMB = """
import django
django.setup()
from datetime import datetime
from footpath.cases.services import climbing
climbing.CHUNK = 5
print(climbing.climb(datetime.fromisoformat({at!r})), flush=True)
"""


def climber() -> subprocess.Popen[str]:
    """Start a process that climbs what was due a day after NOON, in small steps."""
    values = {
        "DJANGO_SETTINGS_MODULE": "footpath.config.settings",
        "FOOTPATH_DATABASE_URL": database_url(),
        "FOOTPATH_DATA_DIR": str(settings.DATA_DIR),
    }
    return subprocess.Popen(
        [sys.executable, "-c", CLIMB.format(at=later(days=1).isoformat())],
        env={**os.environ, **values},
        stdout=subprocess.PIPE,
        text=True,
    )


def test_the_reminder_queue_drains_exactly_once(world: World) -> None:
    import_module("footpath.cases.migrations.0008_the_ladder").forwards(apps, None)
    for number in range(CASES):
        clock = Clock.objects.get(case=world.case(f"Case {number}"))
        clock.due_at, clock.due_on = later(days=6), (NOON + timedelta(days=6)).date()
        clock.save()
        ladder.replan(clock, at=NOON)
    killed = climber()
    until = time.monotonic() + 60
    while not Reminder.objects.exists() and time.monotonic() < until:
        time.sleep(0.005)
    os.kill(killed.pid, signal.SIGKILL)
    killed.communicate()
    assert Reminder.objects.exists()
    both = [climber(), climber()]
    said = [int(one.communicate(timeout=120)[0]) for one in both]
    assert [one.returncode for one in both] == [0, 0]
    assert Reminder.objects.count() == CASES
    assert sum(said) <= CASES
    assert set(Reminder.objects.values_list("step", "state")) == {("-3", "sent")}
    assert Notice.objects.filter(kind="case.due_soon").count() == CASES
    assert not Clock.objects.filter(next_rung_at__lte=later(days=1)).exists()
