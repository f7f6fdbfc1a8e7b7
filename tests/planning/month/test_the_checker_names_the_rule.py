"""Whatever is broken in a plan, the checker names it; on a plan as it was made it is silent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from footpath.planning import schedule
from footpath.planning.checking import check
from footpath.planning.month.check import can_be_held
from footpath.planning.month.plan import Entry, Finding, MonthPlan, StandIn
from footpath.planning.month.problem import (
    Attendee,
    Blocked,
    Hall,
    MonthProblem,
    Pin,
    Pool,
    Rule,
    Waiver,
)
from tests.planning.month.small import meeting, month

MONDAY, TUESDAY, WEDNESDAY = (date(2026, 12, day) for day in (7, 8, 9))
EVENING = frozenset({"evening"})


def whole() -> MonthProblem:
    """Return a month in which every rule has something to say."""
    return month(
        meeting("a", "ann", "bob", hall="hall", parts=EVENING, first=TUESDAY, last=TUESDAY),
        meeting("b", "ann", "carl", chairs="leaders", spot="far", first=MONDAY, last=MONDAY),
        meeting(
            "c", "dan", "eve", hall="hall", weekdays=frozenset({2}), parts=EVENING,
            deputies={"dan": ("fay", "gus"), "eve": ("fay",)}, essential=frozenset({"dan"}),
        ),
        meeting("d", "bob", kind="review", invited=("ann", "eve"), parts=EVENING, first=TUESDAY,
                last=TUESDAY, deputies={"bob": ("gus",)}),
        halls=(Hall("hall", closed=(MONDAY,)),),
        pools=(Pool("leaders", ("lea", "leo")),),
        people=tuple(
            Attendee(name, away=((WEDNESDAY, WEDNESDAY),) if name in {"dan", "eve", "gus"} else ())
            for name in ("ann", "bob", "carl", "dan", "eve", "fay", "gus", "lea", "leo")
        ),
        blocked=(
            Blocked(WEDNESDAY, "fair", spots=frozenset({"far"})),
            Blocked(WEDNESDAY, "reviews rest", kinds=frozenset({"review"})),
        ),
        waivers=(Waiver("d", excused="bob"),),
    )  # fmt: skip


def entry_of(plan: MonthPlan, name: str) -> Entry:
    return next(entry for entry in plan.entries if entry.meeting == name)


def put(name: str, **fields: object) -> Callable[[MonthPlan], MonthPlan]:
    """Return a plan with one entry changed by hand."""

    def broken(plan: MonthPlan) -> MonthPlan:
        return replace(
            plan,
            entries=tuple(
                replace(entry, **fields) if entry.meeting == name else entry  # type: ignore[arg-type]
                for entry in plan.entries
            ),
        )

    return broken


def test_the_month_by_itself_is_as_it_should_be():
    plan = schedule(whole())
    assert check(plan, whole()) == []
    assert entry_of(plan, "c").stand_ins == (StandIn("dan", "fay"),)
    assert entry_of(plan, "c").missing == ("eve",)
    assert entry_of(plan, "d").guests_missing == ("ann",)


@pytest.mark.parametrize(
    ("change", "rule", "code"),
    [
        (put("a", slot="07-evening"), "window", "broken"),
        (put("a", slot="09-evening"), "window", "broken"),
        (put("a", slot="08-morning"), "part", "broken"),
        (put("a", slot="07-evening"), "hall", "broken"),
        (put("b", slot="09-morning"), "closed", "broken"),
        (put("d", slot="09-evening"), "kind", "broken"),
        (put("c", slot="08-evening", stand_ins=(), missing=()), "weekday", "broken"),
        (put("c", slot="08-evening", stand_ins=(), missing=()), "hall", "too_many"),
        (put("c", stand_ins=()), "missing", "not_told"),
        (put("c", stand_ins=(), missing=("dan", "eve")), "away", "essential"),
        (put("c", stand_ins=(StandIn("dan", "gus"),)), "deputy", "away"),
        (put("c", stand_ins=(StandIn("dan", "carl"),)), "deputy", "not_named"),
        (put("c", stand_ins=(StandIn("dan", "fay"), StandIn("eve", "fay")), missing=()),
         "person", "two_places"),
        (put("c", missing=()), "missing", "not_told"),
        (put("a", missing=("ann",)), "missing", "is_there"),
        (put("b", chair=""), "chair", "nobody"),
        (put("b", chair="carl"), "chair", "not_of_pool"),
        (put("a", chair="ann"), "chair", "not_of_pool"),
        (put("b", slot="08-evening"), "person", "two_places"),
        (put("b", slot="07-noon", chair="zoe"), "person", "unknown"),
        (put("a", slot="40-night"), "slot", "unknown"),
        (put("d", guests_missing=()), "guests", "wrong"),
        (put("d", guests_missing=("ann", "eve")), "guests", "wrong"),
        (put("b", slot=""), "finding", "not_told"),
        (lambda plan: replace(plan, findings=()), "finding", "not_told"),
        (lambda plan: replace(plan, findings=(Finding("nowhere", ("x",)), *plan.findings)),
         "finding", "unknown"),
        (lambda plan: replace(plan, entries=plan.entries[1:]), "meeting", "missing"),
        (lambda plan: replace(plan, entries=(plan.entries[0], *plan.entries)), "meeting", "twice"),
        (lambda plan: replace(plan, entries=(*plan.entries, Entry("x", ""))),
         "meeting", "unknown"),
        (lambda plan: replace(plan, cost=plan.cost + 1), "cost", "wrong"),
        (lambda plan: replace(plan, bound=plan.cost + 1), "bound", "above_cost"),
        (lambda plan: replace(plan, status="greedy"), "status", "wrong"),
    ],
)  # fmt: skip
def test_a_broken_plan_is_named_by_its_rule(change, rule, code):
    plan = change(schedule(whole()))
    assert (rule, code) in {(found.rule, found.code) for found in check(plan, whole())}


def test_a_leader_who_is_away_cannot_chair():
    problem = month(
        meeting("m", "ann", chairs="leaders", first=MONDAY, last=MONDAY),
        pools=(Pool("leaders", ("lea", "leo")),),
        people=(Attendee("ann"), Attendee("lea", away=((MONDAY, MONDAY),)), Attendee("leo")),
    )
    plan = schedule(problem)
    assert plan.entries[0].chair == "leo"
    assert {v.code for v in check(put("m", chair="lea")(plan), problem)} == {"away"}
    nobody = replace(problem, pools=(Pool("leaders", ("lea",)),))
    assert ("chair", "broken") in {(v.rule, v.code) for v in check(plan, nobody)}


def test_too_many_in_a_day_and_too_far_to_travel():
    problem = month(
        meeting("a", "ann"), meeting("b", "ann"), meeting("c", "ann", spot="far"),
    )  # fmt: skip
    plan = schedule(problem)
    crowded = plan
    for name, slot in (("a", "07-morning"), ("b", "07-noon"), ("c", "07-evening")):
        crowded = put(name, slot=slot)(crowded)
    assert {(v.rule, v.code) for v in check(crowded, problem)} == {("person", "too_often")}
    rushed = put("c", slot="07-noon")(put("b", slot="08-noon")(crowded))
    assert {(v.rule, v.code) for v in check(rushed, problem)} == {("travel", "too_far")}


def test_pins_waivers_and_the_past_are_looked_at():
    problem = month(meeting("m", "ann"), pins=(Pin("m", "07-noon"),))
    plan = schedule(problem)
    other = put("m", slot="07-morning")(plan)
    assert {v.rule for v in check(other, problem)} == {"pin"}
    away = replace(problem, pins=(Pin("m", "07-noon", away=True),))
    assert {v.rule for v in check(plan, away)} == {"pin"}
    later = replace(problem, today=TUESDAY)
    assert check(plan, later) == []
    assert {v.rule for v in check(plan, replace(later, pins=()))} == {"past"}
    closed = replace(
        problem, pins=(), blocked=(Blocked(MONDAY, "holiday"),),
        waivers=(Waiver("m", slot="07-noon", rules=Rule.CLOSED),),
    )  # fmt: skip
    assert check(plan, closed) == []


def test_whether_meetings_can_be_held_together_is_found_by_trying():
    problem = month(
        meeting("a", "ann", chairs="leaders", parts=EVENING, first=MONDAY, last=MONDAY),
        meeting("b", "bob", chairs="leaders", parts=EVENING, first=MONDAY, last=MONDAY),
        pools=(Pool("leaders", ("lea",)),),
    )
    assert not can_be_held(problem, ["a", "b"])
    assert can_be_held(problem, ["a"])
    two = replace(
        problem, pools=(Pool("leaders", ("lea", "leo")),), people=(*problem.people, Attendee("leo"))
    )
    assert can_be_held(two, ["a", "b"])
