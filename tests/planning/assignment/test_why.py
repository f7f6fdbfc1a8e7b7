"""Every line of a plan says why, as a code with its values."""

from dataclasses import replace
from datetime import date

import pytest

from footpath.planning import assign
from footpath.planning.assignment.problem import Held, Pin, Policy, Weights
from footpath.planning.checking import check
from tests.planning.assignment.small import officer, place, problem

ANN, BEA = officer("ann", "roads"), officer("bea", "health")
TWICE = Policy(weights=Weights(near=0))


def whys(asked, name="near", role="lead"):
    plan = assign(asked)
    assert check(plan, asked) == []
    (line,) = (line for line in plan.lines if line.place == name)
    told = line.why if role == "lead" else line.deputy_why
    return [(why.code, *(value for _, value in why.values)) for why in told]


def test_who_stays_who_is_new_and_who_left():
    near = [place("near")]
    assert whys(problem(near, [ANN], current={"near": Held("ann")})) == [("kept",)]
    assert whys(problem(near, [ANN])) == [("was_empty",)]
    assert whys(problem(near, [ANN], current={"near": Held("zoe")})) == [("left", "zoe")]
    assert whys(problem(near, [replace(ANN, bound=True)])) == [("nobody_left",)]
    pinned = problem(near, [ANN], current={"near": Held("ann")}, pins=(Pin("near", "ann"),))
    assert whys(pinned) == [("pinned",)]
    new = problem(near, [ANN], pins=(Pin("near", "ann"),))
    assert whys(new) == [("pinned",), ("was_empty",)]


def test_whoever_may_no_longer_is_excluded_by_the_rule_and_the_deputy_takes_over():
    asked = problem(
        [place("near")],
        [replace(ANN, since={"near": date(2020, 1, 1)}), BEA, officer("cay")],
        current={"near": Held("ann", "cay")},
        policy=Policy(term_limit_years=5),
    )
    assert whys(asked) == [("excluded", "TERM", "ann"), ("deputy_takes_over",)]
    assert whys(asked, role="deputy") == [("deputy_takes_over", "cay")]


def test_whoever_held_too_much_gives_some_away():
    places = [place("far"), place("near")]
    held = {"far": Held("ann"), "near": Held("ann")}
    many = problem(places, [ANN, BEA], current=held, pins=(Pin("far", "ann"),))
    assert whys(many) == [("over_capacity", "ann", 2, 1)]
    strong = replace(ANN, capacity=2, load_limit=1)
    heavy = problem(places, [strong, BEA], current=held, pins=(Pin("far", "ann"),))
    assert whys(heavy) == [("over_load", "ann", 2, 1)]
    spread = problem(
        places,
        [replace(ANN, capacity=2), BEA],
        current=held,
        pins=(Pin("far", "ann"),),
        policy=Policy(spread=1),
    )
    assert whys(spread) == [("spread", "ann", "roads", "north", 1)]


def test_leading_rank_comes_to_the_cluster():
    asked = problem(
        [place("near", cluster="east")],
        [ANN, replace(BEA, leads_clusters=True)],
        current={"near": Held("ann")},
    )
    assert whys(asked) == [("cluster", "east")]


def test_whoever_is_the_only_one_for_a_place_gives_way():
    asked = problem(
        [place("far", needs=frozenset({"songs"})), place("near")],
        [replace(ANN, skills=frozenset({"songs"})), BEA],
        current={"near": Held("ann")},
    )
    assert whys(asked) == [("gives_way", "ann", "far")]


def test_better_for_the_place_or_for_the_load_or_for_the_whole():
    here, there = (10.0, 105.0), (10.5, 105.0)
    near = problem(
        [place("near", at=here)],
        [replace(ANN, at=there), replace(BEA, at=here)],
        current={"near": Held("ann")},
        policy=Policy(weights=Weights(keep=0)),
    )
    assert whys(near) == [("nearer", 55.6)]
    places = [place("far", at=here), place("near", at=here)]
    held = {"far": Held("ann"), "near": Held("ann")}
    ann, bea = replace(ANN, capacity=2, at=here), replace(BEA, at=here)
    fair = Policy(weights=Weights(keep=1, fair=3))
    asked = problem(places, [ann, bea], current=held, policy=fair, pins=(Pin("far", "ann"),))
    assert whys(asked) == [("fairer", 2, 1)]
    swap = problem(
        [place("far", at=here), place("near", at=here, wishes=frozenset({"songs"}))],
        [
            replace(ANN, at=here),
            replace(BEA, at=there, skills=frozenset({"songs"})),
        ],
        current={"far": Held("bea"), "near": Held("ann")},
        policy=Policy(weights=Weights(keep=0, near=0, wish=3)),
    )
    assert whys(swap) == [("farther", 55.6)]
    close = replace(swap, officers=(swap.officers[0], replace(swap.officers[1], at=here)))
    assert whys(close) == [("elsewhere", 1, 1)]


def test_deputies_have_their_reasons_too():
    near = [place("near", wants_deputy=True)]
    three = [ANN, BEA, officer("cay", "land")]
    pins = (Pin("near", "ann"),)

    def said(**changes):
        return whys(replace(problem(near, three, pins=pins), **changes), role="deputy")

    assert said() == [("was_empty",)]
    assert said(current={"near": Held("ann", "bea")}) == [("kept",)]
    assert said(current={"near": Held("ann", "zoe")}) == [("left", "zoe")]
    assert said(officers=(ANN,)) == [("nobody_left",)]
    bound = (ANN, replace(BEA, bound=True), three[2])
    current = {"near": Held("ann", "bea")}
    assert said(current=current, officers=bound) == [("excluded", "BOUND", "bea")]
    same = (ANN, replace(BEA, department="roads"), three[2])
    assert said(current=current, officers=same) == [("same_department", "bea", "roads")]
    by_pin = (*pins, Pin("near", "cay", "deputy"))
    assert said(current=current, pins=by_pin) == [("pinned",)]
    here, there = (10.0, 105.0), (10.5, 105.0)
    nearer = (ANN, replace(BEA, at=there), replace(three[2], at=here))
    wide = said(
        places=(place("near", wants_deputy=True, at=here),),
        officers=nearer,
        current=current,
        policy=Policy(weights=Weights(keep=0)),
    )
    assert wide == [("nearer", 55.6)]


def test_a_deputy_of_too_many_places_gives_some_away():
    places = [place("far", wants_deputy=True), place("near", wants_deputy=True)]
    zoe, cay = officer("zoe", "schools", capacity=2), officer("cay", "land")
    held = {"far": Held("zoe", "ann"), "near": Held("zoe", "ann")}
    pins = (Pin("far", "ann", "deputy"), Pin("far", "zoe"), Pin("near", "zoe"))
    asked = problem(places, [ANN, cay, zoe], current=held, pins=pins)
    assert whys(asked, role="deputy") == [("over_capacity", "ann", 2, 1)]
    here = (10.0, 105.0)
    free = problem(
        [place("near", wants_deputy=True, at=here, wishes=frozenset({"songs"}))],
        [ANN, replace(cay, skills=frozenset({"songs"})), zoe],
        current={"near": Held("zoe", "ann")},
        policy=Policy(weights=Weights(keep=0, wish=3)),
        pins=(Pin("near", "zoe"),),
    )
    assert whys(free, role="deputy") == [("elsewhere",)]


@pytest.mark.parametrize("backend", ["highs", "none"])
def test_what_must_stay_empty_is_the_place_that_is_empty_already(backend):
    far = replace(place("far"), at=(10.2, 106.0))
    near = replace(place("near"), at=(10.0, 106.0))
    cleo = replace(ANN, at=(10.0, 106.0), capacity=1)
    asked = problem([far, near], [cleo], current={"far": Held("ann")})
    plan = assign(asked, backend=backend)
    assert [(line.place, line.lead) for line in plan.lines] == [("far", "ann"), ("near", "")]
