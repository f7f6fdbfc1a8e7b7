"""Several people start or approve the same plan at the same moment: exactly one wins."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.db import connection

from footpath.assignments.models import Assignment, Letter, Plan
from footpath.assignments.services import deciding, plans
from footpath.core.errors import StaleState
from footpath.directory.models import Person
from tests.assignments.plans.district import FIRST_OF_APRIL, District
from tests.world import NOON

if TYPE_CHECKING:
    from tests.world import World

WRITERS = 8

pytestmark = pytest.mark.django_db(transaction=True)


def together(district: District, deed: Callable[[Person], object]) -> list[str]:
    """Let everybody do the deed at once and return how it ended for each."""
    gate = threading.Barrier(WRITERS)
    results: list[str] = []

    def write() -> None:
        try:
            by = Person.objects.get(pk=district.world.office.pk)
            by.scope  # noqa: B018 - read before the start
            gate.wait(timeout=60)
            deed(by)
        except StaleState:
            results.append("late")
        except BaseException as error:
            results.append(f"broken: {error!r}")
            raise
        else:
            results.append("won")
        finally:
            connection.close()

    threads = [threading.Thread(target=write) for _writer in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return sorted(results)


def test_one_plan_is_made_at_a_time(world: World) -> None:
    district = District(world)

    def start(by: Person) -> Plan:
        return plans.start_plan(
            area=district.commune, tier=district.tier, starts_on=FIRST_OF_APRIL, by=by, at=NOON
        )

    assert together(district, start) == ["late"] * (WRITERS - 1) + ["won"]
    assert Plan.objects.count() == 1


def test_a_plan_is_approved_once(world: World) -> None:
    district = District(world)
    plan = district.planned()

    def approve(by: Person) -> list[Letter]:
        return deciding.approve_plan(plan=Plan.objects.get(pk=plan.pk), by=by, at=NOON)

    assert together(district, approve) == ["late"] * (WRITERS - 1) + ["won"]
    assert Letter.objects.count() == 1
    assert Assignment.objects.filter(area=district.hamlets[4], role="lead").count() == 1
