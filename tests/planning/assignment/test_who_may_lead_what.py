"""Rules, pins and waivers: who may lead which place, and what is kept of why not."""

from dataclasses import replace
from datetime import date

import pytest

from footpath.planning import assign
from footpath.planning.assignment import ProblemError
from footpath.planning.assignment.problem import Held, Pin, Policy, Rule, Waiver, Weights
from footpath.planning.checking import check
from tests.planning.assignment.small import officer, place, problem

ANN, BEA = officer("ann", "roads", capacity=2), officer("bea", "health", capacity=2)


def led(plan):
    return {line.place: line.lead for line in plan.lines}


def test_a_reason_is_kept_for_every_pair_that_is_left_out():
    asked = problem(
        [place("far"), place("near", needs=frozenset({"songs"}))],
        [
            replace(ANN, home="far", skills=frozenset({"songs"})),
            replace(BEA, relatives=frozenset({"far", "elsewhere"})),
        ],
    )
    reasons = assign(asked).reasons
    assert (reasons.officers, reasons.places) == (("ann", "bea"), ("far", "near"))
    assert reasons.rules.dtype == "uint16"
    assert reasons.rules.tolist() == [[Rule.HOME, 0], [Rule.RELATIVES, Rule.SKILL]]


def test_a_pin_decides_against_preference():
    asked = problem([place("near")], [ANN, BEA], current={"near": Held("ann")})
    assert led(assign(asked)) == {"near": "ann"}
    pinned = replace(asked, pins=(Pin("near", "bea"),))
    plan = assign(pinned)
    assert led(plan) == {"near": "bea"}
    assert [why.code for why in plan.lines[0].why] == ["pinned"]
    away = replace(asked, pins=(Pin("near", "ann", away=True),))
    plan = assign(away)
    assert led(plan) == {"near": "bea"}
    assert plan.lines[0].why[0].values == (("rule", "PIN"), ("officer", "ann"))


def test_a_pin_against_a_rule_is_named_and_the_place_planned_without_it():
    asked = problem([place("near")], [replace(ANN, home="near"), BEA], pins=(Pin("near", "ann"),))
    plan = assign(asked)
    (finding,) = plan.findings
    assert led(plan) == {"near": "bea"}
    assert (finding.kind, finding.name, finding.rules) == ("pin", "ann", Rule.HOME)
    (offer,) = finding.offers
    assert (offer.kind, offer.officer, offer.place, offer.rules) == (
        "rule",
        "ann",
        "near",
        Rule.HOME,
    )
    allowed = replace(asked, waivers=(Waiver("ann", "near", Rule.HOME),))
    assert led(assign(allowed)) == {"near": "ann"}


@pytest.mark.parametrize(
    ("pins", "changes", "offer"),
    [
        ((Pin("far", "ann"), Pin("near", "ann")), {"capacity": 1}, "capacity"),
        ((Pin("far", "ann"), Pin("near", "ann")), {"load_limit": 1}, "load"),
        ((Pin("far", "ann"), Pin("near", "ann")), {}, "spread"),
        ((Pin("near", "ann"), Pin("near", "bea")), {}, "unpin"),
        ((Pin("near", "bea"), Pin("near", "bea", away=True)), {}, "unpin"),
        ((Pin("near", "bea"), Pin("near", "bea", "deputy")), {}, "unpin"),
        ((Pin("near", "ann", "deputy"), Pin("near", "bea", "deputy")), {}, "unpin"),
    ],
)
def test_pins_that_cannot_all_hold_are_named_with_a_way_out(pins, changes, offer):
    asked = problem(
        [place("far"), place("near")],
        [replace(ANN, **changes), BEA],
        policy=Policy(spread=1 if offer == "spread" else None),
        pins=pins,
    )
    plan = assign(asked)
    assert check(plan, asked) == []
    (finding,) = [finding for finding in plan.findings if finding.kind == "pin"]
    assert (finding.places, [o.kind for o in finding.offers]) == (("near",), [offer])


def test_a_pinned_deputy_keeps_lead_and_department_away():
    asked = problem(
        [place("near")],
        [ANN, BEA, officer("cay", "health")],
        current={"near": Held("bea")},
        pins=(Pin("near", "cay", "deputy"),),
    )
    plan = assign(asked)
    (line,) = plan.lines
    assert (line.lead, line.deputy) == ("ann", "cay")
    assert [why.code for why in line.deputy_why] == ["pinned", "was_empty"]
    assert check(plan, asked) == []


def test_a_waiver_gives_an_officer_one_place_and_more_weight():
    asked = problem([place("far"), place("near")], [replace(ANN, capacity=1, load_limit=1)])
    assert sorted(led(assign(asked)).values()) == ["", "ann"]
    more = replace(asked, waivers=(Waiver("ann", places_more=1, load_more=1),))
    plan = assign(more)
    assert led(plan) == {"far": "ann", "near": "ann"}
    assert (plan.loads[0].capacity, plan.loads[0].load_limit) == (2, 2)
    assert check(plan, more) == []


def test_today_s_deputy_stays_where_none_is_wanted_unless_a_rule_says_no():
    asked = problem([place("near")], [ANN, BEA], current={"near": Held("ann", "bea")})
    (line,) = assign(asked).lines
    assert (line.deputy, line.deputy_change) == ("bea", "kept")
    bound = replace(asked, officers=(ANN, replace(BEA, bound=True)))
    (line,) = assign(bound).lines
    assert (line.deputy, line.deputy_change) == ("", "ended")
    assert [why.code for why in line.deputy_why] == ["excluded"]


def test_the_heavier_wish_decides():
    near = replace(ANN, at=(10.0, 105.0))
    far = replace(BEA, at=(10.3, 105.0))
    asked = problem([place("here", at=(10.0, 105.0))], [near, far], current={"here": Held("bea")})
    assert led(assign(asked)) == {"here": "bea"}
    policy = Policy(weights=Weights(keep=0, near=3))
    moved = assign(replace(asked, policy=policy))
    assert led(moved) == {"here": "ann"}
    assert moved.lines[0].why[0].code == "nearer"
    assert moved.lines[0].km == 0.0


@pytest.mark.parametrize(
    ("field", "identifier", "changes"),
    [
        ("places", "near", {"places": (place("near"), place("near"))}),
        ("places", "", {"places": (place(""),)}),
        ("places", "near", {"places": (place("near", weight=0),)}),
        ("places", "near", {"places": (place("near", at=(91.0, 0.0)),)}),
        ("officers", "ann", {"officers": (ANN, ANN)}),
        ("officers", "ann", {"officers": (replace(ANN, capacity=-1),)}),
        ("officers", "ann", {"officers": (replace(ANN, load_limit=-1),)}),
        ("officers", "ann", {"officers": (replace(ANN, at=(0.0, 181.0)),)}),
        (
            "officers",
            "ann",
            {"officers": (replace(ANN, away=((date(2026, 2, 2), date(2026, 2, 1)),)),)},
        ),
        ("policy", "keep", {"policy": Policy(weights=Weights(keep=4))}),
        ("policy", "spread", {"policy": Policy(spread=-1)}),
        ("policy", "term_limit_years", {"policy": Policy(term_limit_years=0)}),
        ("current", "moon", {"current": {"moon": Held("ann")}}),
        ("pins", "moon", {"pins": (Pin("moon", "ann"),)}),
        ("pins", "moon", {"pins": (Pin("near", "moon"),)}),
        ("pins", "near", {"pins": (Pin("near", "ann", "king"),)}),
        ("waivers", "moon", {"waivers": (Waiver("moon"),)}),
        ("waivers", "moon", {"waivers": (Waiver("ann", "moon"),)}),
        ("waivers", "ann", {"waivers": (Waiver("ann", rules=Rule.HOME),)}),
        ("waivers", "ann", {"waivers": (Waiver("ann", places_more=-1),)}),
        ("waivers", "ann", {"waivers": (Waiver("ann", load_more=-1),)}),
    ],
)
def test_a_problem_that_cannot_be_meant_is_refused_by_field_and_id(field, identifier, changes):
    asked = replace(problem([place("near")], [ANN]), **changes)
    with pytest.raises(ProblemError) as refused:
        assign(asked)
    assert (refused.value.field, refused.value.id) == (field, identifier)
    assert str(refused.value).startswith(f"{field}: {identifier!r} ")


def test_nothing_to_plan_is_a_plan_too():
    for asked in (problem([], []), problem([], [ANN]), problem([place("near")], [])):
        plan = assign(asked)
        assert (plan.status, check(plan, asked)) == ("proven", [])


def test_an_unknown_back_end_is_refused_and_a_missing_one_done_without(monkeypatch):
    asked = problem([place("near")], [ANN])
    with pytest.raises(ValueError, match="backend must be one of highs, cpsat, none"):
        assign(asked, backend="abacus")
    monkeypatch.setattr("footpath.planning.solvers.available", lambda: ("none",))
    plan = assign(asked)
    assert (plan.backend, plan.status, led(plan)) == ("none", "greedy", {"near": "ann"})
