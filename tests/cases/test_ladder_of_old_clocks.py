"""Clocks that ran before there was a ladder are reminded of from the upgrade on."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps

from footpath.cases.models import Clock
from footpath.core import clock
from tests.world import World

pytestmark = pytest.mark.django_db


def test_clocks_without_a_plan_get_one_and_stopped_ones_do_not(world: World) -> None:
    near, far = world.case("Near"), world.case("Far")
    world.closed_case(title="Done")
    now = clock.now()
    Clock.objects.update(next_rung_at=None)
    Clock.objects.filter(case=near).update(due_at=now + timedelta(days=3))
    Clock.objects.filter(case=far).update(due_at=now + timedelta(days=100))
    migration = import_module("footpath.cases.migrations.0011_running_clocks_are_reminded_of")
    migration.forwards(apps, None)
    migration.backwards(apps, None)
    planned = {row.case_id: row.next_rung_at for row in Clock.objects.exclude(next_rung_at=None)}
    assert set(planned) == {near.pk, far.pk}
    assert now <= planned[near.pk] <= clock.now() + timedelta(seconds=1)
    assert planned[far.pk] == now + timedelta(days=55)
