"""Units that cannot be visited are explained day by day; pins that cannot be kept, by name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from footpath.planning.checking import check
from footpath.planning.visits import Area, Group, Pin, Unit, VisitProblem, plan_visits
from footpath.planning.visits.plan import Finding, Step, Trip
from tests.planning.visits.cases import day

DAYS = tuple(day(n) for n in range(5))
BASE = VisitProblem(
    units=(Unit("u1", "a"), Unit("u2", "b")),
    groups=(Group("g1"), Group("g2")),
    areas=(Area("a", 10), Area("b", 10)),
    days=DAYS,
    gap_days=3,
)


def findings_of(problem: VisitProblem) -> tuple[Finding, ...]:
    plan = plan_visits(problem)
    assert check(plan, problem) == []
    return plan.findings


def test_each_day_is_counted_at_the_first_rule_that_takes_it_away() -> None:
    nowhere = frozenset({DAYS[4]})
    problem = replace(
        BASE,
        units=(
            Unit(
                "u1",
                "a",
                needs=1,
                owners=frozenset({"g1"}),
                closed=frozenset({DAYS[2]}),
                visited=frozenset({day(-2)}),
            ),
            Unit("u2", "b"),
        ),
        groups=(Group("g1", blocked=nowhere), Group("g2", blocked=frozenset({DAYS[1], *nowhere}))),
        pins=(Pin("u2", DAYS[3], "g2"),),
    )
    assert findings_of(problem) == (
        Finding(
            "short", "u1", needs=1, planned=0, most=1,
            steps=(
                Step("no_group", 1), Step("closed", 1), Step("gap", 1), Step("owner", 1),
                Step("pin", 1),
            ),
        ),
    )  # fmt: skip


def test_a_unit_that_gave_way_to_others_says_so() -> None:
    problem = replace(
        BASE, units=(Unit("u1", "a"), Unit("u2", "a")), groups=(Group("g1", 1),), days=DAYS[:1]
    )
    assert findings_of(problem) == (
        Finding("short", "u2", needs=1, planned=0, most=1, steps=(Step("capacity", 1),)),
    )


@pytest.mark.parametrize(
    ("rule", "pins", "changes"),
    [
        ("no_group", [Pin("u1", day(9))], {}),
        ("no_group", [Pin("u1", DAYS[0], "g1")], {"groups": (
            Group("g1", blocked=frozenset(DAYS[:1])), Group("g2"),
        )}),
        ("closed", [Pin("u1", DAYS[0])], {"units": (
            Unit("u1", "a", closed=frozenset(DAYS[:1])), Unit("u2", "b"),
        )}),
        ("owner", [Pin("u1", DAYS[0], "g1")], {"units": (
            Unit("u1", "a", owners=frozenset({"g1", "gone"})), Unit("u2", "b"),
        )}),
        ("gap", [Pin("u1", DAYS[0])], {"units": (
            Unit("u1", "a", visited=frozenset({day(-2)})), Unit("u2", "b"),
        )}),
        ("pin", [Pin("u1", DAYS[0]), Pin("u1", DAYS[2])], {}),
        ("pin", [Pin("u1", DAYS[0], "g1"), Pin("u2", DAYS[0], "g1")], {}),
        ("pin", [Pin("u1", DAYS[0], "g1"), Pin("u1", DAYS[0], "g2")], {}),
    ],
)  # fmt: skip
def test_a_pin_that_a_rule_forbids_is_named_with_the_rule(
    rule: str, pins: list[Pin], changes: dict[str, tuple[object, ...]]
) -> None:
    found = findings_of(replace(BASE, pins=tuple(pins), **changes))
    assert [(each.kind, each.pin, each.rule) for each in found] == [("pin", pins[-1], rule)]


def test_pins_are_kept_and_others_come_along() -> None:
    problem = replace(
        BASE,
        units=(Unit("u1", "a"), Unit("u2", "a", needs=0), Unit("u3", "b", needs=2)),
        pins=(Pin("u2", DAYS[3], "g2"), Pin("u3", DAYS[2])),
    )
    plan = plan_visits(problem)
    assert check(plan, problem) == []
    assert (plan.status, plan.findings) == ("proven", (
        Finding("short", "u3", needs=2, planned=1, most=1, steps=(Step("gap", 4),)),
    ))  # fmt: skip
    assert plan.trips == (
        Trip(DAYS[2], "g1", "b", ("u3",)),
        Trip(DAYS[3], "g2", "a", ("u1", "u2")),
    )


def test_a_day_on_which_nobody_can_be_visited_twice_in_an_area_takes_the_next() -> None:
    problem = replace(
        BASE, units=(Unit("u1", "a"), Unit("u2", "a")), groups=(Group("g1", 1), Group("g2", 1))
    )
    trips = plan_visits(problem).trips
    assert [(trip.area, len(trip.units)) for trip in trips] == [("a", 1), ("a", 1)]
    assert trips[0].day != trips[1].day


def test_nothing_to_do_and_nobody_to_do_it_are_plans_too() -> None:
    assert plan_visits(replace(BASE, units=())).trips == ()
    alone = plan_visits(replace(BASE, groups=()))
    assert (alone.trips, alone.status) == ((), "proven")
    assert [finding.steps for finding in alone.findings] == [(Step("no_group", 5),)] * 2


@pytest.mark.parametrize(
    ("said", "changes"),
    [
        ("units are given twice: u1", {"units": (Unit("u1", "a"), Unit("u1", "b"))}),
        ("days are not in order", {"days": DAYS[::-1]}),
        ("areas of units are not given: c", {"units": (Unit("u1", "c"),)}),
        ("pin of u9 names", {"pins": (Pin("u9", DAYS[0]),)}),
        ("gap is at least one day", {"gap_days": 0}),
        ("fewer than no visits", {"units": (Unit("u1", "a", needs=-1),)}),
        ("fewer than no units", {"groups": (Group("g1", -1),)}),
    ],
)
def test_a_problem_that_contradicts_itself_is_refused_in_a_sentence(
    said: str, changes: dict[str, object]
) -> None:
    with pytest.raises(ValueError, match=said):
        plan_visits(replace(BASE, **changes))
