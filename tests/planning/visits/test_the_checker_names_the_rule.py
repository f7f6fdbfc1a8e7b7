"""A valid plan is broken in each rule; the checker names the rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from footpath.planning.checking import check
from footpath.planning.visits import Area, Group, Pin, Unit, VisitPlan, VisitProblem, plan_visits
from footpath.planning.visits.plan import Finding, Trip
from tests.planning.visits.cases import day

DAYS = tuple(day(n) for n in (0, 1, 2, 3, 4, 7, 8))
PROBLEM = VisitProblem(
    units=(
        Unit("north-1", "north", needs=2, owners=frozenset({"red"}), closed=frozenset({day(3)})),
        Unit("north-2", "north", visited=frozenset({day(-1)})),
        Unit("south-1", "south"),
        Unit("south-2", "south", needs=2, closed=frozenset(DAYS)),
    ),
    groups=(
        Group("blue", 2, frozenset({day(2)})),
        Group("red", 2),
    ),
    areas=(Area("north", 20), Area("south", 50)),
    days=DAYS,
    gap_days=5,
    pins=(
        Pin("south-1", day(4), "red"),
        Pin("north-1", day(4), "red"),  # its own work: refused
        Pin("north-1", day(0)),
    ),
)


@pytest.fixture(scope="module")
def plan() -> VisitPlan:
    return plan_visits(PROBLEM)


def with_trip(plan: VisitPlan, number: int, **changes: object) -> VisitPlan:
    trips = list(plan.trips)
    trips[number] = replace(trips[number], **changes)
    return replace(plan, trips=tuple(trips))


def with_more(plan: VisitPlan, trip: Trip) -> VisitPlan:
    trips = sorted([*plan.trips, trip], key=lambda each: (each.day, each.area, each.group))
    return replace(plan, trips=tuple(trips))


def without(plan: VisitPlan, kind: str) -> VisitPlan:
    return replace(plan, findings=tuple(f for f in plan.findings if f.kind != kind))


def told(plan: VisitPlan, **changes: object) -> VisitPlan:
    findings = [replace(f, **changes) if f.kind == "short" else f for f in plan.findings]
    return replace(plan, findings=tuple(findings))


def test_the_plan_as_it_comes_is_found_valid(plan: VisitPlan) -> None:
    assert check(plan, PROBLEM) == []
    assert plan.trips == (
        Trip(day(0), "blue", "north", ("north-1",)),
        Trip(day(4), "red", "south", ("south-1",)),
        Trip(day(7), "blue", "north", ("north-1", "north-2")),
    )
    assert plan.status == "proven"


BREAKS: dict[str, Callable[[VisitPlan], VisitPlan]] = {
    "unknown day": lambda p: with_trip(p, 0, day=day(-3)),
    "unknown group": lambda p: with_trip(p, 0, group="green"),
    "unknown area": lambda p: with_trip(p, 0, area="west"),
    "unknown unit": lambda p: with_trip(p, 0, units=("north-9",)),
    "blocked group_away": lambda p: with_more(p, Trip(day(2), "blue", "south", ("south-1",))),
    "empty no_units": lambda p: with_more(p, Trip(day(1), "blue", "south", ())),
    "capacity too_many": lambda p: with_trip(p, 2, units=("north-1", "north-2", "south-1")),
    "area elsewhere": lambda p: with_trip(p, 2, units=("north-1", "south-1")),
    "owner own_work": lambda p: with_trip(p, 0, group="red"),
    "closed takes_no_visits": lambda p: with_trip(p, 0, day=day(3)),
    "group two_areas": lambda p: with_more(p, Trip(day(4), "red", "north", ("north-2",))),
    "cluster two_groups": lambda p: with_more(p, Trip(day(4), "blue", "south", ("south-1",))),
    "order not_sorted": lambda p: replace(p, trips=p.trips[::-1]),
    "gap too_near": lambda p: with_trip(p, 2, day=day(4)),
    "needs too_many": lambda p: with_trip(p, 0, units=("north-1", "north-2")),
    "needs missing": lambda p: without(p, "short"),
    "finding does_not_add_up": lambda p: told(p, planned=1),
    "finding twice": lambda p: replace(p, findings=p.findings * 2),
    "finding no_such_pin": lambda p: replace(
        p, findings=(*p.findings, Finding("pin", "north-2", pin=Pin("north-2", day(1)), rule="gap"))
    ),
    "pin dropped": lambda p: without(p, "pin"),
    "cost does_not_add_up": lambda p: replace(p, cost=p.cost + 1),
    "cost bound": lambda p: replace(p, bound=p.bound + 1),
    "cost missing_too_cheap": lambda p: replace(p, missing_cost=5),
}


@pytest.mark.parametrize("broken", list(BREAKS))
def test_a_broken_plan_is_refused_by_the_name_of_the_rule(plan: VisitPlan, broken: str) -> None:
    found = {f"{each.rule} {each.code}" for each in check(BREAKS[broken](plan), PROBLEM)}
    assert broken in found


def test_a_visit_too_near_to_an_earlier_one_is_refused(plan: VisitPlan) -> None:
    early = with_trip(plan, 0, units=("north-1", "north-2"))
    early = with_trip(early, 2, units=("north-1",))
    assert [(v.rule, v.ids) for v in check(early, PROBLEM)] == [
        ("gap", ("north-2", day(0).isoformat()))
    ]


@pytest.mark.parametrize("rule", ["no_group", "closed", "gap", "pin"])
def test_a_false_reason_for_a_dropped_pin_is_refused(plan: VisitPlan, rule: str) -> None:
    lies = [replace(f, rule=rule) if f.kind == "pin" else f for f in plan.findings]
    problem = replace(PROBLEM, pins=PROBLEM.pins[1:2])
    found = [(v.rule, v.code) for v in check(replace(plan, findings=tuple(lies)), problem)]
    assert found == [("pin", "dropped")]
