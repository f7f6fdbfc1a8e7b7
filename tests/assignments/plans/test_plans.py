"""Starting, stopping and noting: what a plan is made with."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from footpath.assignments import planning, selectors, services
from footpath.assignments.models import Conflict, CoverageRule, Limit, Plan
from footpath.assignments.services import making, plans, policies
from footpath.core.errors import InvalidValue, NotAllowed, NotThere, RuleBroken, StaleState
from footpath.planning import Budget, files
from footpath.planning.assignment.plan import AssignmentPlan
from footpath.planning.assignment.problem import Rule
from tests.assignments.plans.district import FIRST_OF_APRIL, District
from tests.world import NOON, area, assign, later, member

pytestmark = pytest.mark.django_db


def problem(district: District, **values: object) -> object:
    terms = planning.terms_of(planning.policy_for(district.commune, district.tier), None)
    return planning.problem_for(
        district.commune,
        district.tier,
        starts_on=FIRST_OF_APRIL,
        eve=date(2026, 3, 31),
        terms=terms,
    )


def test_the_problem_is_read_in_as_many_queries_for_five_places_as_for_eight(
    district: District,
) -> None:
    problem(district)
    with CaptureQueriesContext(connection) as few:
        problem(district)
    for number in range(6, 9):
        hamlet = area(f"Ấp {number}", district.commune)
        assign(member(f"Officer {number}", district.department), hamlet)
    with CaptureQueriesContext(connection) as many:
        found = problem(district)
    assert len(found.places) == 8
    assert len(many) == len(few) <= 14


def test_officers_who_lead_elsewhere_have_less_room_here(district: District) -> None:
    found = problem(district)
    far = next(row for row in found.officers if row.id == str(district.world.far.pk))
    assert far.capacity == 2


def test_whoever_checks_the_others_is_bound_to_the_desk(district: District) -> None:
    Limit.objects.all().delete()
    found = problem(district)
    bound = {row.id for row in found.officers if row.bound}
    assert bound == {str(district.world.auditor.pk), str(district.world.administrator.pk)}


def test_a_declared_conflict_and_a_home_keep_somebody_away(district: District) -> None:
    services.declare_conflict(
        person=district.officers[0],
        area=district.hamlets[0],
        kind=Conflict.Kind.RELATIVES,
        on=date(2026, 1, 12),
        by=district.world.administrator,
        at=NOON,
    )
    plan = district.planned()
    assert district.led(plan)["Phú Chánh"] != "Officer A"
    said = selectors.why_not(plan, person=district.officers[0], area=district.hamlets[0])
    assert said == ["Officer A has relatives there. Declared on 12 January 2026."]
    row = next(
        row for row in selectors.proposal_of(plan).changes if row.line.area == district.hamlets[0]
    )
    assert "Officer A has relatives there. Declared on 12 January 2026." in row.why


def test_a_term_limit_moves_somebody_and_says_since_when(district: District) -> None:
    policies.change_policy(
        area=district.world.district,
        tier=district.tier,
        wishes=policies.Wishes(term_limit_years=5),
        by=district.world.office,
        at=NOON,
    )
    plan = district.planned()
    assert district.led(plan)["Phú Chánh"] != "Officer A"
    said = selectors.why_not(plan, person=district.officers[0], area=district.hamlets[0])
    assert said == [
        (
            "Officer A has led the place as long as the policy allows. "
            "Since 1 January 2020, the limit is 5 years."
        )
    ]


def test_deputies_are_planned_where_the_rule_asks_for_them(district: District) -> None:
    policies.change_policy(
        area=district.commune,
        tier=district.tier,
        wishes=policies.Wishes(needs_deputy=True),
        by=district.world.office,
        at=NOON,
    )
    assert CoverageRule.objects.get().needs_deputy
    plan = district.planned()
    assert all(line.deputy_id for line in plan.lines.all())
    assert all(line.deputy_id != line.lead_id for line in plan.lines.all())


def test_what_stands_in_the_way_is_said_and_a_place_more_is_a_way_out(district: District) -> None:
    district.only(0, 1)
    policies.change_policy(
        area=district.commune,
        tier=district.tier,
        wishes=policies.Wishes(places_each=2),
        by=district.world.office,
        at=NOON,
    )
    plan = district.planned()
    finding = selectors.proposal_of(plan).findings[0]
    assert finding.title == "one place short"
    assert finding.sentence == (
        "5 hamlets can only be served by these 2 officers, who have 4 places left."
    )
    assert finding.ways[0].text == "Give Officer A one place more"
    waiver = plans.waiver_of(
        plan=plan,
        person=district.officers[0],
        places_more=1,
        reason=finding.title,
        by=district.world.office,
    )
    again = district.make(
        plans.plan_again(plan=plan, waivers=[waiver], by=district.world.office, at=NOON)
    )
    assert (again.figures["covered"], again.previous) == (5, plan)


def test_a_finding_may_be_left_open_until_a_day(district: District) -> None:
    district.only(0)
    plan = district.planned()
    finding = plan.findings.get()
    with pytest.raises(InvalidValue):
        plans.leave_open(finding=finding, until=NOON.date(), by=district.world.office, at=NOON)
    plans.leave_open(finding=finding, until=date(2026, 5, 31), by=district.world.office, at=NOON)
    finding.refresh_from_db()
    assert (finding.open_until, finding.open_by) == (date(2026, 5, 31), district.world.office)


def test_of_two_who_start_at_once_the_second_sees_the_first(district: District) -> None:
    first = district.start()
    with pytest.raises(plans.PlanAtWork) as refused:
        district.start(by=district.head)
    assert refused.value.plan == first
    assert district.make(first).state == Plan.State.PROPOSED
    assert district.start().state == Plan.State.WAITING


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("starts_on", {"starts_on": date(2026, 3, 9)}),
        ("tier", {"tier": "commune"}),
        ("tier", {"area": "hue", "tier": "hamlet"}),
    ],
)
def test_a_plan_that_cannot_be_is_not_started(
    district: District, field: str, values: dict[str, object]
) -> None:
    places = {"hue": district.world.hue}
    known = {"commune": district.commune.tier, "hamlet": district.tier}
    asked = dict(values)
    if "tier" in asked:
        asked["tier"] = known[str(asked["tier"])]
    if "area" in asked:
        asked["area"] = places[str(asked["area"])]
    with pytest.raises(InvalidValue) as refused:
        district.start(**asked)
    assert refused.value.field == field


def test_only_those_who_plan_for_the_place_start(district: District) -> None:
    for person in (district.world.head, district.officers[0], district.world.auditor):
        with pytest.raises(NotAllowed):
            district.start(by=person)


def test_a_plan_of_another_place_is_not_there(district: District) -> None:
    plan = district.planned()
    for person in (district.world.head, district.officers[0]):
        with pytest.raises(NotThere):
            selectors.get_plan_for(person, pk=plan.pk)
        assert list(selectors.plans_for(person)) == []
    assert selectors.get_plan_for(district.world.auditor, pk=plan.pk) == plan


def test_a_waiting_plan_is_cancelled_and_never_made(district: District) -> None:
    plan = district.start()
    plans.stop_plan(plan=plan, by=district.world.office, at=NOON)
    assert district.make(plan).state == Plan.State.CANCELLED


def test_a_running_plan_is_asked_to_stop_and_keeps_the_best_so_far(
    district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = district.start()
    real = making.engine.assign
    told: list[bool | None] = []

    def assigned(asked: object, **options: object) -> AssignmentPlan:
        plans.stop_plan(plan=plan, by=district.world.office, at=NOON)
        told.append(options["on_progress"](10.0, 1.0, 0.01))
        return real(asked, backend="none", budget=Budget(work=1))

    monkeypatch.setattr(making.engine, "assign", assigned)
    assert district.make(plan).state == Plan.State.PROPOSED
    assert told == [False]
    assert plan.status in ("greedy", "gap", "proven")


def test_a_plan_that_breaks_a_rule_is_not_kept(
    district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "check", lambda _plan, _problem: ["broken"])
    plan = district.planned()
    assert (plan.state, plan.lines.count()) == (Plan.State.FAILED, 0)
    assert "did not pass the check" in plan.error


def test_an_engine_that_breaks_leaves_a_sentence(
    district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: object, **_options: object) -> None:
        raise OSError("no memory")

    monkeypatch.setattr(making.engine, "assign", broken)
    plan = district.planned()
    assert (plan.state, plan.error) == (
        Plan.State.FAILED,
        "The plan could not be made. Plan again.",
    )


def test_a_plan_left_by_a_killed_worker_is_found(district: District) -> None:
    plan = district.start()
    Plan.objects.filter(pk=plan.pk).update(state=Plan.State.RUNNING, heard_at=NOON)
    plan.refresh_from_db()
    assert not plans.is_cut_off(plan, at=later(minutes=4))
    with pytest.raises(StaleState):
        plans.start_again(plan=plan, by=district.world.office, at=later(minutes=4))
    assert plans.is_cut_off(plan, at=later(minutes=6))
    plans.start_again(plan=plan, by=district.world.office, at=later(minutes=6))
    assert district.make(plan).state == Plan.State.PROPOSED


def test_a_new_start_marks_what_was_cut_off_as_failed(district: District) -> None:
    old = district.start()
    Plan.objects.filter(pk=old.pk).update(state=Plan.State.RUNNING, heard_at=NOON)
    fresh_one = district.start(at=later(minutes=10))
    old.refresh_from_db()
    assert (old.state, fresh_one.state) == (Plan.State.FAILED, Plan.State.WAITING)
    assert old.error == "The work was cut off, for example by a restart. Plan again."


def test_the_same_input_gives_the_same_plan(district: District) -> None:
    one, two = district.planned(), district.planned()
    assert (one.problem_digest, one.digest) == (two.problem_digest, two.digest)
    kept = Plan.objects.get(pk=one.pk)
    assert files.digest(planning.unpacked(bytes(kept.problem))) == one.problem_digest
    reasons = planning.unpacked_reasons(bytes(kept.reasons))
    assert reasons.rules.shape == (len(reasons.officers), 5)


def test_pins_are_kept_taken_off_and_replaced(district: District) -> None:
    plan = district.planned()
    by, hamlet = district.world.office, district.hamlets[0]
    one, other = district.officers[0], district.officers[5]
    plans.pin_officer(plan=plan, area=hamlet, person=one, by=by, at=NOON)
    plans.pin_officer(plan=plan, area=hamlet, person=other, by=by, at=NOON)
    assert [pin.person for pin in plan.pins.all()] == [other]
    plans.pin_officer(plan=plan, area=hamlet, person=other, away=True, by=by, at=NOON)
    assert [(pin.person, pin.away) for pin in plan.pins.all()] == [(other, True)]
    following = district.make(plans.plan_again(plan=plan, by=by, at=NOON))
    pin = following.pins.get()
    assert not pin.noted
    plans.take_pin_off(pin=pin, by=by, at=NOON)
    pin.refresh_from_db()
    assert pin.off
    last = district.make(plans.plan_again(plan=following, by=by, at=NOON))
    assert last.pins.count() == 0


def test_a_pin_against_a_rule_is_a_finding_that_names_it(district: District) -> None:
    services.declare_conflict(
        person=district.officers[5],
        area=district.hamlets[0],
        kind=Conflict.Kind.RELATIVES,
        on=date(2026, 1, 12),
        by=district.world.administrator,
        at=NOON,
    )
    first = district.planned()
    plans.pin_officer(
        plan=first,
        area=district.hamlets[0],
        person=district.officers[5],
        by=district.world.office,
        at=NOON,
    )
    plan = district.make(plans.plan_again(plan=first, by=district.world.office, at=NOON))
    sentences = [row.sentence for row in selectors.proposal_of(plan).findings]
    assert any(
        "The pin of Officer F to Phú Chánh stands against a rule" in row for row in sentences
    )


def test_nothing_is_noted_on_a_decided_plan(district: District) -> None:
    plan = district.planned()
    Plan.objects.filter(pk=plan.pk).update(state=Plan.State.REJECTED)
    with pytest.raises(RuleBroken):
        plans.pin_officer(
            plan=plan,
            area=district.hamlets[0],
            person=district.officers[5],
            by=district.world.office,
            at=NOON,
        )


def test_a_rule_is_waived_only_with_a_reason(district: District) -> None:
    plan = district.planned()
    with pytest.raises(InvalidValue):
        plans.waiver_of(
            plan=plan,
            person=district.officers[0],
            area=district.hamlets[0],
            rules=int(Rule.HOME),
            reason=" ",
            by=district.world.office,
        )
