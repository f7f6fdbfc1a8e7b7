"""What waits for whom, how old the open cases are, and what other pages say about them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from footpath.cases import on_places, selectors, services
from footpath.cases.models import Case
from footpath.core import clock
from footpath.directory.models import Person
from tests.world import NOON, World, later

pytestmark = pytest.mark.django_db

TODAY = NOON.date()


def waiting(person: Person) -> list[str]:
    """Return the titles of what waits for somebody, in order."""
    return [row.title for row in selectors.waiting_for(person, TODAY, 20)]


def test_a_case_waits_for_whose_next_step_it_is(world: World) -> None:
    case = world.case("Gate")
    assert waiting(world.officer) == []
    services.return_case(case=case, text="Which?", by=world.head, at=later(hours=1))
    assert (waiting(world.officer), waiting(world.head)) == (["Gate"], [])
    services.resubmit_case(case=case, text="This.", by=world.officer, at=later(hours=2))
    services.assign_owner(case=case, owner=world.far, by=world.head, at=later(hours=3))
    services.accept_case(case=case, by=world.far, at=later(hours=4))
    assert waiting(world.far) == ["Gate"]
    services.escalate_case(case=case, text="Dear.", by=world.far, at=later(hours=5))
    assert (waiting(world.head), waiting(world.lead)) == (["Gate"], [])
    services.rectify_case(case=case, text="Done.", by=world.far, at=later(hours=6))
    assert (waiting(world.far), waiting(world.officer)) == ([], ["Gate"])
    services.verify_case(case=case, result="confirmed", by=world.officer, at=later(hours=7))
    assert waiting(world.officer) == []


def test_whoever_worked_on_a_case_does_not_wait_to_verify_it(world: World) -> None:
    world.rectified_case(title="Gate")
    assert (waiting(world.head), waiting(world.lead), waiting(world.member)) == ([], ["Gate"], [])


def test_what_waits_costs_one_query_and_comes_by_due_date(world: World) -> None:
    for days in (3, 1, 2):
        case = world.rectified_case(title=f"Due in {days}")
        Case.objects.filter(pk=case.pk).update(due_on=TODAY + timedelta(days=days))
    world.officer.scope  # noqa: B018 - read before the count
    with CaptureQueriesContext(connection) as queries:
        found = waiting(world.officer)
    assert (found, len(queries)) == (["Due in 1", "Due in 2", "Due in 3"], 1)


def test_open_cases_are_counted_by_tier_and_age(world: World) -> None:
    world.case(at=later(days=-2))
    world.case(at=later(days=-20))
    world.case(at=later(days=-40))
    up = world.case(at=later(days=-100))
    services.accept_case(case=up, by=world.head, at=later(days=-99))
    services.escalate_case(case=up, text="Up.", by=world.head, at=later(days=-98))
    world.closed_case()
    world.lead.scope  # noqa: B018 - read before the count
    with CaptureQueriesContext(connection) as queries:
        commune, hamlet = selectors.counts_by_level_and_age(world.lead, world.thach.path, TODAY)
    assert len(queries) == 1
    assert (commune.level, commune.by_age) == (2, {"0-7": 0, "8-30": 0, "31-90": 0, "90+": 1})
    assert (hamlet.level, hamlet.total, hamlet.overdue) == (3, 3, 1)
    assert hamlet.overdue_by_age == {"0-7": 0, "8-30": 0, "31-90": 1, "90+": 0}
    assert selectors.counts_by_level_and_age(world.far, world.thach.path, TODAY) == []


def test_the_page_of_a_place_counts_its_open_cases(world: World) -> None:
    now = clock.now()
    world.case(at=now)
    world.case(at=now - timedelta(days=60))
    (figure,) = on_places.figures(world.head, world.thach)
    assert (figure.value, figure.href, figure.tone) == (2, "/cases/?view=open&place=28804", "late")
    assert figure.note == "1/2\u00a0=\u00a050.00\u00a0% overdue"
    panel = on_places.by_age(world.head, world.thach)
    assert panel is not None
    assert [(bar["value"], bar["overdue"]) for bar in panel.context["bars"]] == [
        (1, 0), (0, 0), (1, 1), (0, 0),
    ]  # fmt: skip
    assert panel.context["bars"][3]["href"] == "/cases/?view=open&place=28804&age=90%2B"
    assert on_places.by_age(world.head, world.son) is None


def test_the_tiles_of_the_places_below_know_their_cases(world: World) -> None:
    world.case(at=clock.now() - timedelta(days=60))
    world.case(at=clock.now())
    facts = on_places.below(world.lead, [world.hue, world.khanh])
    assert list(facts) == [world.hue.pk]
    assert (facts[world.hue.pk].open, facts[world.hue.pk].overdue) == ("2 open", 1)


def test_the_page_of_a_person_lists_what_they_own_as_far_as_one_may_read(world: World) -> None:
    case = world.case("Gate", at=clock.now())
    services.accept_case(case=case, by=world.head, at=clock.now())
    panel = on_places.owned(world.officer, world.head)
    assert panel is not None
    assert [row.title for row in panel.context["rows"]] == ["Gate"]
    assert on_places.owned(world.far, world.head) is None
