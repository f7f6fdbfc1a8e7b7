"""Several people publish at the same moment: exactly one wins, and nothing moves twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection

from footpath.core.errors import StaleState
from footpath.directory.models import Person
from footpath.meetings.models import Hall, Meeting, MonthPlan
from footpath.meetings.services import HallTaken, convene_meeting, months
from footpath.meetings.services.months import Refused
from tests.meetings.months.april import April, moment
from tests.world import NOON, later

if TYPE_CHECKING:
    from tests.world import World

WRITERS = 4

pytestmark = pytest.mark.django_db(transaction=True)


def together(april: April, deeds: list[Callable[[Person], bool]]) -> list[str]:
    """Let everybody do a deed at once and return how it ended for each."""
    gate = threading.Barrier(len(deeds))
    results: list[str] = []

    def write(deed: Callable[[Person], bool]) -> None:
        try:
            by = Person.objects.get(pk=april.world.office.pk)
            by.scope  # noqa: B018 - read before the start
            gate.wait(timeout=60)
            results.append("won" if deed(by) else "already")
        except (HallTaken, Refused, StaleState):
            results.append("late")
        except BaseException as error:
            results.append(f"broken: {error!r}")
            raise
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=[deed]) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return sorted(results)


def moved_to(april: April, day: int) -> MonthPlan:
    """Return an approved plan that moves the first meeting to a day of April."""
    office = april.world.office
    plan = april.planned()
    months.pin_meeting(
        plan=plan,
        meeting=april.meetings[0],
        starts_at=moment(date(2026, 4, day)),
        by=office,
        at=NOON,
    )
    following = april.make(months.plan_again(plan=plan, by=office, at=NOON))
    months.approve_month(plan=following, by=office, at=NOON)
    return following


def test_a_plan_published_by_several_at_once_moves_its_meetings_once(world: World) -> None:
    april = April(world)
    plan = moved_to(april, 7)

    def publish(by: Person) -> bool:
        return months.publish_month(
            plan=MonthPlan.objects.get(pk=plan.pk), by=by, at=later(minutes=1)
        )

    assert together(april, [publish] * WRITERS) == ["already"] * (WRITERS - 1) + ["won"]
    assert Meeting.objects.get(pk=april.meetings[0].pk).sequence == 1


def test_of_two_plans_published_at_once_the_second_is_out_of_date(world: World) -> None:
    april = April(world)
    plans = [moved_to(april, 7), moved_to(april, 8)]

    def publisher(plan: MonthPlan) -> Callable[[Person], bool]:
        def publish(by: Person) -> bool:
            return months.publish_month(
                plan=MonthPlan.objects.get(pk=plan.pk), by=by, at=later(minutes=1)
            )

        return publish

    assert together(april, [publisher(plan) for plan in plans]) == ["late", "won"]
    assert Meeting.objects.get(pk=april.meetings[0].pk).sequence == 1
    assert MonthPlan.objects.filter(state="published").count() == 1


def test_the_last_room_of_a_hall_goes_to_the_month_or_to_a_new_meeting(world: World) -> None:
    april = April(world)
    hall = Hall.objects.create(area=world.hue, name="Culture house")
    Meeting.objects.filter(pk=april.meetings[0].pk).update(hall=hall)
    plan = moved_to(april, 7)
    evening = moment(date(2026, 4, 7))

    def publish(by: Person) -> bool:
        return months.publish_month(
            plan=MonthPlan.objects.get(pk=plan.pk), by=by, at=later(minutes=1)
        )

    def convene(by: Person) -> bool:
        convene_meeting(
            kind=world.cell_meeting,
            area=world.son,
            starts_at=evening,
            ends_at=evening + timedelta(hours=1),
            hall=hall,
            by=by,
            at=later(minutes=1),
        )
        return True

    assert together(april, [publish, convene]) == ["late", "won"]
    assert Meeting.objects.filter(hall=hall, starts_at=evening).count() == 1
