"""Approving puts a plan in force whole or not at all; rejecting needs a reason."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from footpath.accounts.models import TrailLine
from footpath.assignments import services
from footpath.assignments.models import Assignment, BasisDocument, DutyList, Letter, Limit, Plan
from footpath.assignments.services import StillOpen, deciding, plans
from footpath.cases import services as cases
from footpath.core.errors import InvalidValue, NotAllowed, RuleBroken, StaleState
from tests.assignments.plans.district import FIRST_OF_APRIL, District
from tests.world import NOON, assign, fresh, later

pytestmark = pytest.mark.django_db


def deeds_of(plan: Plan) -> list[str]:
    """Return what the trail says of a plan."""
    rows = TrailLine.objects.filter(subject=f"assignments.plan:{plan.pk}").order_by("pk")
    return [row.deed for row in rows]


def test_an_approved_plan_is_in_force_on_its_day(district: District) -> None:
    basis = BasisDocument.objects.create(number="7-QD", issued_on=date(2026, 3, 1))
    duties = DutyList.objects.create(area=district.commune, title="4 grasps", start=NOON.date())
    duties.items.create(position=1, text="Grasp the households.")
    plan = district.planned(basis=basis, by=district.world.administrator)
    letters = deciding.approve_plan(plan=plan, by=district.world.office, at=later(hours=1))
    new = Assignment.objects.get(area=district.hamlets[4])
    assert (new.start, new.basis) == (FIRST_OF_APRIL, basis)
    kept = Assignment.objects.get(area=district.hamlets[0])
    assert (kept.person, kept.until) == (district.officers[0], None)
    assert [letter.assignment for letter in letters] == [new]
    assert letters[0].facts["number"] == "1/2026"
    assert letters[0].facts["duties"][0]["title"] == "4 grasps"
    assert letters[0].facts["signed_by"] == district.world.office.name
    assert (plan.started_by, plan.decided_by) == (
        district.world.administrator,
        district.world.office,
    )
    assert deeds_of(plan) == ["plan.started", "plan.proposed", "plan.approved"]


def test_open_cases_go_to_whoever_comes(district: District) -> None:
    case = district.world.case(area=district.hamlets[0], by=district.officers[0])
    cases.accept_case(case=case, by=fresh(district.officers[0]), at=later(hours=1))
    first = district.planned()
    plans.pin_officer(
        plan=first,
        area=district.hamlets[0],
        person=district.officers[5],
        by=district.world.office,
        at=NOON,
    )
    second = district.make(plans.plan_again(plan=first, by=district.world.office, at=NOON))
    assert district.led(second)["Phú Chánh"] == "Officer F"
    deciding.approve_plan(plan=second, by=district.world.office, at=later(hours=2))
    ended = Assignment.objects.get(area=district.hamlets[0], person=district.officers[0])
    assert ended.until == FIRST_OF_APRIL - timedelta(days=1)
    assert ended.handover.successor == district.officers[5]


def test_a_place_with_open_cases_is_not_left_to_nobody(district: District) -> None:
    case = district.world.case(area=district.hamlets[0], by=district.officers[0])
    cases.accept_case(case=case, by=fresh(district.officers[0]), at=later(hours=1))
    district.only(1, 2, 3)
    plan = district.planned()
    assert district.led(plan)["Phú Chánh"]
    district.world.administrator = fresh(district.world.administrator)
    for number in (1, 2, 3):
        services.set_limit(
            person=district.officers[number],
            places=1,
            bound=False,
            by=district.world.administrator,
            at=NOON,
        )
    plan = district.planned()
    assert district.led(plan)["Phú Chánh"] == ""
    with pytest.raises(StillOpen):
        deciding.approve_plan(plan=plan, by=district.world.office, at=later(hours=2))
    plan.refresh_from_db()
    assert plan.state == Plan.State.PROPOSED


def test_a_plan_made_before_somebody_else_came_is_refused(district: District) -> None:
    plan = district.planned()
    assign(district.officers[5], district.hamlets[4], start=NOON.date())
    with pytest.raises(deciding.ChangedSince) as refused:
        deciding.approve_plan(plan=plan, by=district.world.office, at=later(hours=1))
    assert refused.value.changes == (
        "Ấp Phú Thành, lead: nobody when the plan was made, now Officer F.",
    )
    plan.refresh_from_db()
    assert (plan.state, plan.decided_by) == (Plan.State.PROPOSED, None)
    assert Letter.objects.count() == 0


def test_what_was_declared_since_stands_against_a_plan(district: District) -> None:
    plan = district.planned()
    line = plan.lines.select_related("lead").get(area=district.hamlets[4])
    services.declare_conflict(
        person=line.lead,
        area=district.hamlets[4],
        kind="relatives",
        on=NOON.date(),
        by=district.world.administrator,
        at=NOON,
    )
    with pytest.raises(deciding.ChangedSince) as refused:
        deciding.approve_plan(plan=plan, by=district.world.office, at=later(hours=1))
    assert refused.value.changes == (f"Ấp Phú Thành: {line.lead.name} has relatives there.",)


def test_whoever_has_left_since_is_not_put_in_charge(district: District) -> None:
    plan = district.planned()
    line = plan.lines.select_related("lead").get(area=district.hamlets[4])
    line.lead.memberships.update(until=date(2026, 3, 20))
    with pytest.raises(deciding.ChangedSince) as refused:
        deciding.approve_plan(plan=plan, by=district.world.office, at=later(hours=1))
    assert refused.value.changes == (
        f"Ấp Phú Thành: {line.lead.name} is no longer in office here.",
    )


def test_a_plan_is_decided_once(district: District) -> None:
    plan = district.planned()
    deciding.approve_plan(plan=plan, by=district.world.office, at=later(hours=1))
    with pytest.raises(StaleState):
        deciding.approve_plan(plan=plan, by=district.world.office, at=later(hours=2))
    with pytest.raises(StaleState):
        deciding.reject_plan(plan=plan, reason="No.", by=district.world.office, at=later(hours=2))


def test_a_plan_whose_day_has_passed_is_not_approved(district: District) -> None:
    plan = district.planned()
    with pytest.raises(RuleBroken, match="has passed"):
        deciding.approve_plan(plan=plan, by=district.world.office, at=later(days=60))


def test_the_head_of_the_place_approves_and_nobody_lower(district: District) -> None:
    plan = district.planned()
    for person in (district.world.head, district.world.administrator, district.officers[0]):
        with pytest.raises(NotAllowed):
            deciding.approve_plan(plan=plan, by=person, at=later(hours=1))
    deciding.approve_plan(plan=plan, by=district.head, at=later(hours=1))


def test_nobody_approves_a_change_of_their_own_places(district: District) -> None:
    Limit.objects.all().delete()
    first = district.planned()
    plans.pin_officer(
        plan=first,
        area=district.hamlets[0],
        person=district.world.office,
        by=district.head,
        at=NOON,
    )
    second = district.make(plans.plan_again(plan=first, by=district.head, at=NOON))
    assert district.led(second)["Phú Chánh"] == district.world.office.name
    with pytest.raises(RuleBroken, match="Somebody else approves it"):
        deciding.approve_plan(plan=second, by=district.world.office, at=later(hours=1))
    deciding.approve_plan(plan=second, by=district.head, at=later(hours=1))


def test_a_plan_is_rejected_with_a_reason(district: District) -> None:
    plan = district.planned()
    with pytest.raises(InvalidValue):
        deciding.reject_plan(plan=plan, reason=" ", by=district.world.office, at=NOON)
    deciding.reject_plan(plan=plan, reason="Too many move.", by=district.world.office, at=NOON)
    assert (plan.state, plan.decision_note) == (Plan.State.REJECTED, "Too many move.")
    assert deeds_of(plan)[-1] == "plan.rejected"


def test_numbers_of_letters_run_on(district: District) -> None:
    for hamlet in district.hamlets[:2]:
        hamlet.assignments.all().delete()
    plan = district.planned()
    letters = deciding.approve_plan(plan=plan, by=district.world.office, at=NOON)
    assert [letter.number for letter in letters] == [1, 2, 3]
    assert {letter.series for letter in letters} == {district.world.district_office.code}
