"""What stands in the way: a set that is to blame, none of it too many, and what would help."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from footpath.planning import schedule
from footpath.planning.checking import check
from footpath.planning.examples import infeasible_month
from footpath.planning.month.check import blocks, can_be_held
from footpath.planning.month.findings import allowed
from footpath.planning.month.plan import Barred, Step
from footpath.planning.month.problem import (
    Attendee,
    Blocked,
    Hall,
    MonthProblem,
    Pin,
    Pool,
    Rule,
    Slot,
)
from tests.planning.month.small import PARTS, drawn, meeting, month, slots

MONDAY, TUESDAY, WEDNESDAY = (date(2026, 12, day) for day in (7, 8, 9))
EVENING = frozenset({"evening"})
KINDS = {0: "crowded", 1: "nowhere", 2: "crowded", 3: "pin", 4: "nowhere", 5: "nowhere"}


@pytest.mark.parametrize("seed", range(1, 31))
def test_each_of_thirty_months_is_explained_by_a_smallest_set(seed):
    problem = infeasible_month(seed)
    plan = schedule(problem)
    assert check(plan, problem) == []
    lost = [entry.meeting for entry in plan.entries if not entry.slot]
    found = [f for f in plan.findings if f.kind != "missing" and {*f.meetings} & {*lost}]
    assert [finding.kind for finding in found] == [KINDS[(seed - 1) % 6]]
    assert blocks(problem, found[0])
    assert found[0].offers
    for offer in found[0].offers:
        assert can_be_held(allowed(problem, offer), found[0].meetings)


@pytest.mark.parametrize("backend", ["highs", "none"])
@pytest.mark.parametrize("seed", range(40))
def test_every_meeting_without_a_slot_is_explained(seed, backend):
    problem = drawn(seed)
    plan = schedule(problem, backend=backend)
    lost = {entry.meeting for entry in plan.entries if not entry.slot}
    told = [f for f in plan.findings if {*f.meetings} & lost]
    assert {name for finding in told for name in finding.meetings} >= lost
    for finding in told:
        if finding.kind != "unknown":
            assert blocks(problem, finding)
            for offer in finding.offers:
                assert can_be_held(allowed(problem, offer), finding.meetings)
        else:
            assert backend == "none"


def explained(problem: MonthProblem):
    plan = schedule(problem)
    assert check(plan, problem) == []
    (finding,) = plan.findings
    return finding


def test_the_funnel_tells_the_first_rule_of_every_slot():
    problem = month(
        meeting("m", "ann", hall="hall", chairs="leaders", essential=frozenset({"ann"}),
                parts=EVENING, weekdays=frozenset({0, 1, 2, 3, 4}), first=TUESDAY),
        slots=slots(7, ["noon", "evening"]),
        people=(Attendee("ann", away=((date(2026, 12, 10),) * 2,)),
                Attendee("lea", away=((date(2026, 12, 11),) * 2,))),
        pools=(Pool("leaders", ("lea",)),),
        halls=(Hall("hall", closed=(WEDNESDAY,)),),
        blocked=(Blocked(TUESDAY, "holiday"), Blocked(date(2026, 12, 13), "Sunday")),
    )  # fmt: skip
    finding = explained(problem)
    (funnel,) = finding.funnels
    assert (finding.kind, finding.people, funnel.slots, funnel.left) == (
        "nowhere",
        ("ann",),
        14,
        (),
    )
    assert funnel.steps == (
        Step(Rule.WINDOW, 2),
        Step(Rule.CLOSED, 4),
        Step(Rule.WEEKDAY, 2),
        Step(Rule.PART, 3),
        Step(Rule.HALL, 1),
        Step(Rule.AWAY, 1),
        Step(Rule.CHAIR, 1),
    )
    told = {barred.slot: barred for barred in funnel.barred}
    assert told["08-evening"] == Barred("08-evening", Rule.CLOSED, "holiday")
    assert told["09-evening"] == Barred("09-evening", Rule.HALL, "hall")
    assert told["10-evening"] == Barred("10-evening", Rule.AWAY, "ann")
    assert told["11-evening"] == Barred("11-evening", Rule.CHAIR, "leaders")


def test_a_day_rule_of_a_kind_is_told_with_its_reason():
    closed = tuple(
        Blocked(day, "only departments", kinds=frozenset({"cell"}))
        for day in (MONDAY, TUESDAY, WEDNESDAY)
    )
    finding = explained(month(meeting("m", "ann"), blocked=closed))
    assert finding.funnels[0].steps == (Step(Rule.KIND, 9),)
    assert finding.funnels[0].barred[0].what == "only departments"
    assert (finding.offers[0].kind, finding.offers[0].rules) == ("slot", Rule.KIND)


def test_three_meetings_of_one_person_in_two_evenings():
    meetings = [meeting(name, "ann", parts=EVENING, last=TUESDAY) for name in "abc"]
    finding = explained(month(*meetings, meeting("other", "ann", "bob")))
    assert (finding.kind, finding.meetings, finding.people) == (
        "crowded",
        ("a", "b", "c"),
        ("ann",),
    )
    assert finding.slots == ("07-evening", "08-evening")


def test_days_of_a_person_are_counted_too():
    meetings = [meeting(name, "ann", last=MONDAY) for name in "abc"]
    finding = explained(month(*meetings))
    assert (finding.kind, len(finding.slots)) == ("crowded", 3)


def test_a_hall_may_be_waived_for_a_slot_in_which_it_is_full():
    meetings = [meeting(name, name, hall="hall") for name in "ab"]
    problem = month(*meetings, halls=(Hall("hall"),), slots=slots(1, ["evening"]))
    finding = explained(problem)
    assert finding.halls == ("hall",)
    assert [(o.kind, o.meeting, o.rules) for o in finding.offers] == [
        ("slot", "a", Rule.HALL),
        ("slot", "b", Rule.HALL),
    ]
    after = allowed(problem, finding.offers[0])
    plan = schedule(after)
    assert check(plan, after) == []
    assert all(entry.slot for entry in plan.entries)


def test_a_pin_against_a_day_rule_is_respected_and_told():
    problem = month(
        meeting("m", "ann", parts=EVENING),
        blocked=(Blocked(MONDAY, "holiday"),),
        pins=(Pin("m", "07-noon"),),
    )
    finding = explained(problem)
    assert (finding.kind, finding.slots, finding.rules) == (
        "pin", ("07-noon",), Rule.CLOSED | Rule.PART,
    )  # fmt: skip


def test_two_pins_of_one_meeting_contradict_each_other():
    problem = month(meeting("m", "ann"), pins=(Pin("m", "07-noon"), Pin("m", "08-noon")))
    finding = explained(problem)
    assert finding.kind == "pin"
    assert [(o.kind, o.slot) for o in finding.offers] == [
        ("unpin", "07-noon"), ("unpin", "08-noon"),
    ]  # fmt: skip


def test_chairs_that_two_pools_share_are_found_out():
    pools = (Pool("one", ("lea",)), Pool("two", ("lea",)))
    at = {"parts": EVENING, "last": MONDAY}
    finding = explained(
        month(
            meeting("a", "ann", chairs="one", **at), meeting("b", "bob", chairs="two", **at),
            pools=pools,
        )
    )  # fmt: skip
    assert (finding.kind, finding.meetings) == ("crowded", ("a", "b"))


def ring(size: int) -> MonthProblem:
    """Return meetings in a ring, each sharing somebody with the next, in two evenings."""
    meetings = [meeting(f"m{n}", f"p{n}", f"p{(n + 1) % size}") for n in range(size)]
    return month(*meetings, meeting("other", "zoe"), slots=slots(2, ["evening"]))


@pytest.mark.parametrize("size", [3, 5, 7])
def test_a_ring_of_meetings_is_to_blame_although_no_two_are(size):
    finding = explained(ring(size))
    assert (finding.kind, len(finding.meetings)) == ("crowded", size)
    assert len(finding.people) == size
    assert blocks(ring(size), finding)


def test_what_was_not_looked_at_closely_is_not_claimed(monkeypatch):
    monkeypatch.setattr("footpath.planning.month.room.TRIES", 0)
    plan = schedule(ring(5), backend="none")
    assert check(plan, ring(5)) == []
    assert [finding.kind for finding in plan.findings] == ["unknown"]


def test_without_a_solver_what_is_not_proven_is_not_claimed():
    """Twelve meetings in six slots of two days: too many ways to try them all."""
    when = tuple(
        Slot(f"{day:02}-{part}", date(2026, 12, day), part, *PARTS[part])
        for day in (7, 8)
        for part in PARTS
    )
    meetings = [
        meeting(f"m{n}", f"p{n}", f"p{(n + 1) % 11}", f"q{n % 4}", hall="hall") for n in range(11)
    ]
    problem = month(*meetings, slots=when, halls=(Hall("hall", 2),))
    plan = schedule(problem, backend="none")
    assert check(plan, problem) == []
    assert {f.kind for f in plan.findings} <= {"unknown", "crowded"}
    proven = schedule(problem)
    assert all(blocks(problem, f) for f in proven.findings if len(f.meetings) < 8)


def test_a_name_that_is_not_in_the_problem_is_refused():
    good = month(meeting("m", "ann", hall="hall"), halls=(Hall("hall"),))
    for bad, what in (
        (replace(good, people=()), "meeting 'm' names the person 'ann'"),
        (replace(good, halls=()), "meeting 'm' names the hall 'hall'"),
        (replace(good, spots=()), "meeting 'm' names the spot 'near'"),
        (replace(good, pools=(Pool("p", ("zoe",)),)), "pool 'p' names the person 'zoe'"),
        (replace(good, pins=(Pin("x", "07-noon"),)), "a pin names the meeting 'x'"),
        (replace(good, people=(*good.people, Attendee("ann"))), "person 'ann' is there twice"),
    ):
        with pytest.raises(ValueError, match=what):
            schedule(bad)
    with pytest.raises(ValueError, match="'abacus' is not installed"):
        schedule(good, backend="abacus")


def test_nothing_to_plan_is_planned():
    for problem in (month(), month(slots=())):
        plan = schedule(problem)
        assert (plan.entries, plan.status, plan.cost) == ((), "proven", 0)
        assert check(plan, problem) == []
    nowhere = month(meeting("m", "ann"), slots=())
    assert [finding.kind for finding in schedule(nowhere).findings] == ["nowhere"]
