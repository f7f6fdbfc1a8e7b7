"""Empty places are explained by the smallest set of places and officers, with ways out."""

import sys
import time
from dataclasses import replace

import pytest

from footpath.planning import assign
from footpath.planning.assignment import findings
from footpath.planning.assignment.problem import Policy, Rule, Waiver
from footpath.planning.checking import check
from footpath.planning.examples import infeasible
from tests.planning.assignment.small import drawn, officer, place, problem

FINDING_MS = 50 if sys.gettrace() is None else 200  # CPU time; counting lines is slow
KINDS = ("short", "nobody", "short", "pin", "cluster", "load")


@pytest.mark.parametrize("seed", range(1, 31))
def test_thirty_districts_that_lack_something_are_explained(seed, monkeypatch):
    took = []

    def timed(draft, deputies, find=findings.find):
        for _ in range(3):
            began = time.process_time()
            found = find(draft, deputies)
            took.append(time.process_time() - began)
        return found

    monkeypatch.setattr(findings, "find", timed)
    problem = infeasible(seed)
    plan = assign(problem)
    assert (plan.status, check(plan, problem)) == ("proven", [])
    assert KINDS[(seed - 1) % 6] in {finding.kind for finding in plan.findings}
    assert min(took) * 1000 <= FINDING_MS


def test_six_hamlets_that_three_officers_reach_are_one_finding():
    plan = assign(infeasible(1))
    first = plan.findings[0]
    assert (first.kind, len(first.places), len(first.officers)) == ("short", 6, 3)
    assert first.places_left == 4
    assert len(first.funnels) == 2
    for funnel in first.funnels:
        steps = sum(step.officers for step in funnel.steps)
        assert funnel.officers == steps + len(funnel.left) == 150
        assert funnel.left == first.officers
    assert {offer.kind for offer in first.offers} >= {"capacity"}
    assert [offer.price for offer in first.offers] == sorted(o.price for o in first.offers)


def waived(asked, offer):
    """Return the problem with one offer taken up."""
    if offer.kind == "capacity":
        waiver = Waiver(offer.officer, places_more=1)
    elif offer.kind == "load":
        waiver = Waiver(offer.officer, load_more=offer.above)
    elif offer.kind == "rule":
        waiver = Waiver(offer.officer, offer.place, offer.rules)
    elif offer.kind == "unpin":
        return replace(asked, pins=tuple(pin for pin in asked.pins if pin.place != offer.place))
    else:
        policy = replace(asked.policy, spread=asked.policy.spread + 1)
        return replace(asked, policy=policy)
    return replace(asked, waivers=(*asked.waivers, waiver))


def empty(plan):
    return sum(not line.lead for line in plan.lines)


@pytest.mark.parametrize("seed", range(50))
def test_every_offer_of_a_small_district_covers_one_place_more(seed):
    asked = drawn(seed, deputies=False)
    plan = assign(asked)
    for finding in plan.findings:
        if finding.kind in {"short", "nobody", "load", "spread"}:
            for offer in finding.offers:
                better = assign(waived(asked, offer))
                assert empty(better) <= empty(plan) - offer.covers, (finding, offer)


def test_a_weight_above_every_limit_is_a_set_of_its_own():
    light, strong = officer("ann", load_limit=4, capacity=2), officer("bea", load_limit=5)
    asked = problem([place("far", weight=9), place("near", weight=2)], [light, strong])
    plan = assign(asked)
    (finding,) = plan.findings
    assert (finding.kind, finding.places, finding.officers) == ("load", ("far",), ("ann", "bea"))
    assert {offer.kind for offer in finding.offers} == {"load"}
    assert check(plan, asked) == []


def test_weights_that_do_not_fit_together_name_all_that_matter():
    three = [officer(name, capacity=2, load_limit=10) for name in ("ann", "bea", "cay")]
    four = [place(f"p{n}", weight=6) for n in range(4)]
    light = place("light", weight=1, needs=frozenset({"songs"}))
    singer = officer("dan", skills=frozenset({"songs"}), serves=frozenset({"south"}))
    asked = problem([*four, replace(light, parent="south")], [*three, singer])
    plan = assign(asked)
    (finding,) = plan.findings
    assert (finding.kind, finding.places) == ("load", ("p0", "p1", "p2", "p3"))
    assert check(plan, asked) == []


def test_too_many_of_one_department_are_named_with_it():
    asked = problem(
        [place("far"), place("near")], [officer("ann", capacity=2)], policy=Policy(spread=1)
    )
    plan = assign(asked)
    (finding,) = plan.findings
    assert (finding.kind, finding.name, finding.places) == ("spread", "roads", ("far", "near"))
    assert {offer.kind for offer in finding.offers} == {"spread"}
    assert check(plan, asked) == []


def test_a_lifted_rule_is_offered_where_somebody_else_has_room():
    ann = officer("ann", relatives=frozenset({"far"}), capacity=2)
    bea = officer("bea", home="far")
    asked = problem([place("far"), place("near")], [ann, bea])
    (finding,) = assign(asked).findings
    assert (finding.kind, finding.places) == ("nobody", ("far",))
    assert [(o.kind, o.officer, o.rules) for o in finding.offers] == [
        ("rule", "bea", Rule.HOME),
        ("rule", "ann", Rule.RELATIVES),
    ]
