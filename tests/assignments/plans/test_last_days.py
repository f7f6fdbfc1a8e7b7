"""Whom a plan keeps goes on, also where a last day was set before."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from footpath.assignments import services
from footpath.assignments.models import Assignment, Limit
from footpath.assignments.services import deciding, plans
from footpath.cases import services as cases
from footpath.core.errors import RuleBroken
from tests.assignments.plans.district import FIRST_OF_APRIL, District
from tests.world import assign, fresh, later

pytestmark = pytest.mark.django_db

EVE = FIRST_OF_APRIL - timedelta(days=1)


def lead_on(district: District, hamlet: int, day: date) -> str:
    """Return who leads a hamlet on a day."""
    row = (
        Assignment.objects.in_force(day)
        .filter(area=district.hamlets[hamlet], role="lead")
        .select_related("person")
        .first()
    )
    return row.person.name if row else ""


@pytest.mark.parametrize("last_day", [EVE, FIRST_OF_APRIL + timedelta(days=10)])
def test_whom_a_plan_keeps_goes_on_after_their_last_day(district: District, last_day: date) -> None:
    Assignment.objects.filter(area=district.hamlets[0]).update(until=last_day)
    plan = district.planned()
    assert district.led(plan)["Phú Chánh"] == "Officer A"
    letters = deciding.approve_plan(plan=plan, by=district.world.office, at=later(hours=1))
    new = Assignment.objects.filter(area=district.hamlets[0]).latest("start")
    assert (new.person, new.start, new.until) == (
        district.officers[0],
        last_day + timedelta(days=1),
        None,
    )
    assert new in [letter.assignment for letter in letters]
    assert lead_on(district, 0, last_day + timedelta(days=1)) == "Officer A"


def test_whoever_goes_on_hands_nothing_over(district: District) -> None:
    case = district.world.case(area=district.hamlets[0], by=district.officers[0])
    cases.accept_case(case=case, by=fresh(district.officers[0]), at=later(hours=1))
    Assignment.objects.filter(area=district.hamlets[0]).update(until=EVE)
    plan = district.planned()
    deciding.approve_plan(plan=plan, by=district.world.office, at=later(hours=2))
    assert services.carry_out_due(on=FIRST_OF_APRIL, at=later(days=22)) == 0
    case.refresh_from_db()
    assert case.owner == district.officers[0]


def test_nobody_approves_that_they_go_on_themselves(district: District) -> None:
    assign(district.world.office, district.hamlets[4], until=EVE)
    district.world.office = fresh(district.world.office)
    Limit.objects.update(bound=False, places=3)
    plan = district.planned()
    assert district.led(plan)["Phú Thành"] == district.world.office.name
    with pytest.raises(RuleBroken, match="Somebody else approves it"):
        deciding.approve_plan(plan=plan, by=district.world.office, at=later(hours=1))


def test_who_comes_after_a_last_day_still_comes(district: District) -> None:
    Assignment.objects.filter(area=district.hamlets[0]).update(until=FIRST_OF_APRIL)
    assign(district.officers[4], district.hamlets[0], start=FIRST_OF_APRIL + timedelta(days=1))
    plan = district.planned()
    deciding.approve_plan(plan=plan, by=district.world.office, at=later(hours=1))
    assert lead_on(district, 0, FIRST_OF_APRIL + timedelta(days=1)) == "Officer E"


def test_an_older_plan_is_not_approved_over_a_newer_one(district: District) -> None:
    assign(district.officers[4], district.hamlets[4])
    older = district.planned()
    plans.pin_officer(
        plan=older,
        area=district.hamlets[0],
        person=district.officers[5],
        by=district.world.office,
        at=later(hours=1),
    )
    newer = district.make(plans.plan_again(plan=older, by=district.world.office, at=later(hours=1)))
    deciding.approve_plan(plan=newer, by=district.world.office, at=later(hours=2))
    with pytest.raises(RuleBroken, match=r"Officer F will be in charge of .*Phú Chánh"):
        deciding.approve_plan(plan=older, by=district.world.office, at=later(hours=3))
