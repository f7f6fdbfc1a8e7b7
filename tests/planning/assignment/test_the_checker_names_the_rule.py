"""Break a plan in each rule: the checker says which one it is."""

from dataclasses import replace
from datetime import date
from types import MappingProxyType

import numpy as np
import pytest

from footpath.planning import assign
from footpath.planning.assignment.plan import AssignmentPlan, Finding, Offer, digest_of
from footpath.planning.assignment.problem import Held, Pin, Policy, Rule, Waiver
from footpath.planning.checking import Violation, check
from tests.planning.assignment.small import officer, place, problem

ANN = officer("ann", "roads", capacity=2, load_limit=5, leads_clusters=True)
BEA = officer("bea", "health", capacity=1)
CAY = officer("cay", "land", capacity=1)
FAR, NEAR = place("far", weight=2), place("near", weight=2, wants_deputy=True)


def base(**changes):
    return replace(problem([FAR, NEAR], [ANN, BEA, CAY]), **changes)


def with_lead(plan, name, lead="", deputy=""):
    """Return the plan with others in charge of a place, everything counted again but the rules."""
    lines = tuple(
        replace(line, lead=lead, deputy=deputy) if line.place == name else line
        for line in plan.lines
    )
    return replace(plan, lines=lines)


def rules_of(plan, asked):
    return {violation.rule for violation in check(plan, asked)}


def test_a_plan_of_the_planner_holds():
    assert check(assign(base()), base()) == []


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        (Rule.TIER, {"tier": "commune"}),
        (Rule.BOUND, {"bound": True}),
        (Rule.DEPARTMENT, {"department": "office"}),
        (Rule.HOME, {"home": "near"}),
        (Rule.RELATIVES, {"relatives": frozenset({"near"})}),
        (Rule.TERM, {"since": {"near": date(2021, 12, 1)}}),
        (Rule.SKILL, {"skills": frozenset()}),
        (Rule.AWAY, {"away": ((date(2026, 12, 1), date(2026, 12, 1)),)}),
        (Rule.REACH, {"serves": frozenset({"south"})}),
    ],
)
def test_a_lead_against_a_rule_is_named_with_it(rule, changes):
    policy = Policy(
        officers_of=MappingProxyType({"hamlet": frozenset({"district"})}),
        departments_left_out=frozenset({"office"}),
        term_limit_years=5,
    )
    near = replace(NEAR, needs=frozenset({"songs"}))
    singer = replace(BEA, skills=frozenset({"songs"}))
    wrong = replace(singer, id="wrong", **changes)
    asked = problem([near], [singer, wrong], policy=policy)
    plan = with_lead(assign(asked), "near", "wrong")
    named = Violation(rule.name.lower(), "lead", ("wrong", "near"))
    assert named in check(plan, asked)
    if rule is Rule.TERM:
        deputy = with_lead(plan, "near", "bea", "wrong")
        assert Violation("term", "deputy", ("wrong", "near")) not in check(deputy, asked)
    waived = replace(asked, waivers=(Waiver("wrong", "near", rule),))
    assert named not in check(plan, waived)


@pytest.mark.parametrize(
    ("since", "start", "served"),
    [
        (date(2024, 3, 2), date(2025, 3, 1), False),
        (date(2024, 3, 1), date(2025, 3, 1), True),
        (date(2024, 2, 29), date(2025, 2, 28), False),
        (date(2024, 2, 29), date(2025, 3, 1), True),
        (date(2027, 2, 28), date(2028, 2, 29), True),
        (date(2027, 3, 1), date(2028, 2, 29), False),
    ],
)
def test_a_term_ends_on_the_day_itself(since, start, served):
    asked = base(
        policy=Policy(term_limit_years=1),
        start=start,
        officers=(replace(ANN, since={"near": since}), BEA, CAY),
    )
    plan = assign(asked)
    assert check(plan, asked) == []
    broken = check(with_lead(plan, "near", "ann"), asked)
    assert (Violation("term", "lead", ("ann", "near")) in broken) is served


def test_too_many_places_too_much_weight_and_too_many_of_a_department():
    plan = assign(base())
    both = with_lead(with_lead(plan, "far", "bea"), "near", "bea", "ann")
    assert Violation("capacity", "too_many", ("bea",)) in check(both, base())
    heavy = base(officers=(replace(ANN, load_limit=3), BEA, CAY))
    both = with_lead(with_lead(plan, "far", "ann"), "near", "ann", "bea")
    assert Violation("load", "too_heavy", ("ann",)) in check(both, heavy)
    spread = base(policy=Policy(spread=1))
    assert Violation("spread", "too_many", ("roads", "north")) in check(both, spread)


def test_a_deputy_is_somebody_else_from_another_department_and_not_everywhere():
    plan = assign(base())
    alone = with_lead(plan, "near", "ann", "ann")
    same = Violation("department_of_deputy", "same", ("ann", "near"))
    assert same in check(alone, base())
    two = base(places=(replace(FAR, wants_deputy=True), NEAR))
    twice = with_lead(with_lead(plan, "far", "ann", "bea"), "near", "ann", "bea")
    assert Violation("capacity", "too_many_as_deputy", ("bea",)) in check(twice, two)


def test_lines_are_one_for_each_place_and_name_who_exists():
    plan, asked = assign(base()), base()
    far, near = plan.lines
    assert check(replace(plan, lines=(near, far)), asked) == [Violation("line", "out_of_order")]
    assert check(replace(plan, lines=(far,)), asked) == [Violation("line", "missing", ("near",))]
    assert check(replace(plan, lines=(far, far, near)), asked) == [
        Violation("line", "twice", ("far",))
    ]
    other = replace(near, place="moon")
    assert check(replace(plan, lines=(far, near, other)), asked) == [
        Violation("line", "unknown_place", ("moon",))
    ]
    assert check(with_lead(plan, "near", "moon"), asked) == [
        Violation("line", "unknown_officer", ("moon", "near"))
    ]


def test_pins_hold_or_are_named():
    asked = base(pins=(Pin("near", "bea"),))
    assert check(assign(asked), asked) == []
    broken = with_lead(assign(asked), "near", "ann", "cay")
    assert Violation("pin", "not_respected", ("bea", "near")) in check(broken, asked)
    away = base(pins=(Pin("near", "ann", away=True),))
    assert Violation("pin", "not_away", ("ann", "near")) in check(broken, away)


def test_a_pin_may_only_be_refused_where_something_stands_against_it():
    asked = base(pins=(Pin("near", "bea"),))
    excuse = Finding("pin", ("near",), ("bea",), 1, (), (), name="bea")
    plan = replace(assign(asked), findings=(excuse,))
    key = ("near", "bea", "lead")
    assert Violation("finding", "pin_could_be_respected", key) in check(plan, asked)
    deputies = replace(asked, pins=(Pin("near", "bea", "deputy"),))
    plan = replace(assign(deputies), findings=(replace(excuse, role="deputy"),))
    key = ("near", "bea", "deputy")
    assert Violation("finding", "pin_could_be_respected", key) in check(plan, deputies)
    unknown = replace(excuse, name="cay")
    plan = replace(assign(asked), findings=(unknown,))
    key = ("near", "cay", "lead")
    assert Violation("finding", "unknown_pin", key) in check(plan, asked)


def test_changes_loads_and_reasons_are_told_as_they_are():
    asked = base(current={"near": Held("ann", "bea")})
    plan = assign(asked)
    far, near = plan.lines
    told = replace(plan, lines=(replace(far, change="kept"), replace(near, deputy_change="new")))
    assert check(told, asked)[:2] == [
        Violation("change", "deputy", ("near",)),
        Violation("change", "lead", ("far",)),
    ]
    loads = (replace(plan.loads[0], weight=99), *plan.loads[1:])
    assert check(replace(plan, loads=loads), asked)[-1] == Violation("loads", "wrong", ("ann",))
    rules = plan.reasons.rules.copy()
    rules[0, 0] |= int(Rule.HOME)
    wrong = replace(plan, reasons=replace(plan.reasons, rules=rules))
    assert Violation("reasons", "wrong", ("ann", "far")) in check(wrong, asked)
    fewer = replace(plan.reasons, officers=("ann", "bea"))
    assert check(replace(plan, reasons=fewer), asked) == [
        Violation("digest", "wrong"),
        Violation("reasons", "incomplete"),
    ]


def test_costs_bounds_and_the_digest_are_counted_again():
    asked = base()
    plan = assign(asked)
    dearer = replace(plan, cost=plan.cost + 1)
    assert [v.code for v in check(replace(dearer, digest=digest_of(dearer)), asked)] == [
        "not_proven",
        "wrong",
    ]
    above = replace(plan, bound=plan.cost + 1)
    assert check(above, asked) == [
        Violation("cost", "below_bound"),
        Violation("cost", "not_proven"),
    ]
    deputies = replace(plan, deputy_cost=plan.deputy_cost + 1)
    assert check(replace(deputies, digest=digest_of(deputies)), asked) == [
        Violation("cost", "wrong_of_deputies")
    ]
    assert check(replace(plan, digest=""), asked) == [Violation("digest", "wrong")]


# --- findings -------------------------------------------------------------------------------------

TWO = problem([place("far"), place("near")], [BEA])


def finding_codes(plan: AssignmentPlan, asked, *findings: Finding) -> set[str]:
    return {
        violation.code
        for violation in check(replace(plan, findings=findings), asked)
        if violation.rule == "finding"
    }


def test_an_empty_place_has_a_finding_that_is_true_and_small():
    plan = assign(TWO)
    (short,) = plan.findings
    assert check(plan, TWO) == []
    assert (short.kind, short.places, short.officers) == ("short", ("far", "near"), ("bea",))
    assert finding_codes(plan, TWO) == {"unexplained"}
    assert finding_codes(plan, TWO, replace(short, officers=())) == {"wrong_officers"}
    assert finding_codes(plan, TWO, replace(short, places_left=2)) == {"wrong_places_left"}
    assert "wrong_officers" in finding_codes(plan, TWO, replace(short, places=("moon",)))
    assert finding_codes(plan, TWO, replace(short, kind="open")) == {"not_blocking"}


def test_a_set_that_can_be_served_does_not_block():
    asked = replace(TWO, officers=(BEA, CAY))
    plan = assign(asked)
    claim = Finding("short", ("far", "near"), ("bea", "cay"), 2, (), ())
    assert finding_codes(plan, asked, claim) == {"not_blocking"}
    weight = replace(claim, kind="load")
    assert finding_codes(plan, asked, weight) == {"not_blocking"}


def test_a_set_with_a_place_too_many_is_not_minimal():
    third = place("third", needs=frozenset({"songs"}))
    singer = replace(CAY, skills=frozenset({"songs"}))
    places = [place("far", needs=frozenset()), place("near"), third]
    dumb = replace(BEA, capacity=1)
    asked = problem(
        [replace(p, parent="south") if p.id != "third" else p for p in places],
        [dumb, replace(singer, serves=frozenset({"north"}))],
    )
    plan = assign(asked)
    claim = Finding("short", ("far", "near", "third"), ("bea", "cay"), 2, (), ())
    assert finding_codes(plan, asked, claim) == {"not_minimal"}
    heavy = replace(asked, officers=(replace(dumb, load_limit=1), asked.officers[1]))
    plan = assign(heavy)
    assert finding_codes(plan, heavy, replace(claim, kind="load")) == {"not_minimal"}


def test_a_question_of_weights_that_takes_too_long_is_left_open(monkeypatch):
    monkeypatch.setattr("footpath.planning.assignment.check.findings.TRIES", 0)
    heavy = replace(TWO, officers=(replace(BEA, capacity=2, load_limit=1),))
    plan = assign(heavy)
    assert [finding.kind for finding in plan.findings] == ["load"]
    assert check(plan, heavy) == []


def test_clusters_and_deputies_are_asked_too():
    asked = problem(
        [place("near", cluster="east", wants_deputy=True)], [BEA, replace(CAY, department="health")]
    )
    plan = assign(asked)
    cluster, deputy = plan.findings
    assert check(plan, asked) == []
    assert finding_codes(plan, asked) == {"cluster_unexplained", "deputy_unexplained"}
    assert finding_codes(plan, asked, cluster, replace(deputy, places=("moon",))) == {
        "wrong_places",
        "deputy_unexplained",
    }
    named = replace(deputy, officers=("bea",))
    assert finding_codes(plan, asked, cluster, named) == {"wrong_officers"}
    left = replace(deputy, places_left=5)
    assert finding_codes(plan, asked, cluster, left) == {"wrong_places_left"}
    elsewhere = replace(cluster, name="west", places=())
    assert finding_codes(plan, asked, elsewhere, deputy) == {"not_blocking", "cluster_unexplained"}
    officers = replace(cluster, officers=("bea",))
    assert finding_codes(plan, asked, officers, deputy) == {"wrong_officers"}


def test_something_that_is_no_plan_has_no_checker():
    with pytest.raises(TypeError, match="no checker for Offer"):
        check(Offer("unpin", "", "", Rule(0), 1, 1), base())
    with pytest.raises(TypeError, match="no checker for ndarray"):
        check(np.zeros(1), base())
