"""Fifty people put somebody in charge of one place at the same moment."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from django.db import connection

from footpath.assignments import services
from footpath.assignments.models import Assignment
from footpath.core.errors import RuleBroken
from footpath.directory.models import Area, Person
from tests.world import NOON, World, person

WRITERS = 50


@pytest.mark.django_db(transaction=True)
def test_of_fifty_writers_at_once_exactly_one_wins(world: World) -> None:
    people = [person(f"Officer {number}", signs_in=False) for number in range(WRITERS)]
    gate = threading.Barrier(WRITERS)
    results: list[str] = []

    def write(who: Person) -> None:
        try:
            place = Area.objects.get(pk=world.group.pk)
            by = Person.objects.get(pk=world.head.pk)
            by.scope  # noqa: B018 - read before the start
            gate.wait(timeout=60)
            services.put_in_charge(person=who, area=place, start=date(2026, 4, 1), by=by, at=NOON)
        except RuleBroken as refused:
            results.append(str(refused))
        except BaseException as error:
            results.append(f"broken: {error!r}")
            raise
        else:
            results.append("won")
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(who,)) for who in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    lead = Assignment.objects.get(area=world.group, role="lead")
    told = (
        f"{lead.person.name} is in charge of Tổ 1 (Lead) and no last day is set. "
        "End that assignment first."
    )
    assert sorted(results) == sorted(["won", *[told] * (WRITERS - 1)])
