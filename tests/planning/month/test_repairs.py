"""After leave, a closed hall or a move by hand: as little changes as can be, and all is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from footpath.planning import repair, schedule
from footpath.planning.checking import check
from footpath.planning.month import Absent, DayClosed, HallClosed, Moved
from footpath.planning.month.events import Event
from footpath.planning.month.plan import Change, MonthPlan, Repair, StandIn
from footpath.planning.month.problem import Attendee, Habit, Hall, MonthProblem, Pool
from footpath.planning.solvers import available
from tests.planning.month.small import drawn, least_cost, meeting, month

MONDAY, TUESDAY, WEDNESDAY = (date(2026, 12, day) for day in (7, 8, 9))
SOLVERS = [backend for backend in available() if backend != "none"]


def drawn_events(problem: MonthProblem, seed: int) -> list[Event]:
    random = Random(f"events {seed}")
    days = sorted({slot.day for slot in problem.slots})
    first, last = sorted((random.choice(days), random.choice(days)))
    events: list[Event] = [Absent(random.choice(problem.people).id, first, last)]
    if random.random() < 0.2:
        events.append(HallClosed("hall", random.choice(days)))
    if random.random() < 0.15:
        events.append(DayClosed(random.choice(days), "flood", frozenset({"near"})))
    if random.random() < 0.2:
        slot = random.choice(problem.slots).id
        events.append(Moved(random.choice(problem.meetings).id, slot))
    return events


def applied(plan: MonthPlan, found: Repair) -> dict[str, tuple[str, str, dict[str, str], set[str]]]:
    """Return the plan with the changes made by hand: slot, chair, stand-ins, missing."""
    lines = {
        e.meeting: (
            e.slot, e.chair, {p.attendee: p.deputy for p in e.stand_ins}, {*e.missing}
        )
        for e in plan.entries
    }  # fmt: skip
    for change in found.changes:
        slot, chair, stand_ins, missing = lines[change.meeting]
        match change.kind:
            case "moved" | "placed":
                slot = change.after
            case "dropped":
                slot, chair, stand_ins, missing = "", "", {}, set()
            case "chair":
                chair = change.after
            case "steps_in":
                stand_ins = stand_ins | {change.person: change.after}
                missing = missing - {change.person}
            case "missing":
                stand_ins = {k: v for k, v in stand_ins.items() if k != change.person}
                missing = missing | {change.person}
            case "comes":
                stand_ins = {k: v for k, v in stand_ins.items() if k != change.person}
                missing = missing - {change.person}
        lines[change.meeting] = slot, chair, stand_ins, missing
    return lines


@pytest.mark.parametrize("seed", range(70))
def test_no_repair_of_a_tiny_month_changes_less_than_the_proven_one(seed):
    problem = drawn(seed)
    plan = schedule(problem)
    found = repair(problem, plan, drawn_events(problem, seed))
    assert check(found.plan, found.problem) == []
    assert (found.status, found.bound) == ("proven", found.cost)
    assert found.cost == least_cost(found.problem, plan)


@pytest.mark.parametrize("seed", range(15))
@pytest.mark.parametrize("backend", [*SOLVERS[1:], "none"])
def test_every_back_end_repairs_within_its_word(seed, backend):
    problem = drawn(seed)
    plan = schedule(problem)
    found = repair(problem, plan, drawn_events(problem, seed), backend=backend)
    best = repair(problem, plan, drawn_events(problem, seed))
    assert check(found.plan, found.problem) == []
    assert found.bound <= best.cost <= found.cost
    if backend != "none":
        assert found.cost == best.cost


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.integers(0, 1 << 30), st.integers(7, 10))
def test_nothing_past_moves_and_every_change_is_told(seed, day):
    problem = drawn(seed)
    plan = schedule(problem)
    today = date(2026, 12, day)
    slots = {slot.id: slot for slot in problem.slots}
    held = {e.meeting for e in plan.entries if e.slot and slots[e.slot].day < today}
    events = [
        event
        for event in drawn_events(problem, seed)
        if not (isinstance(event, Moved) and event.meeting in held)
    ]
    found = repair(problem, plan, events, today=today)
    assert check(found.plan, found.problem) == []
    after = {entry.meeting: entry for entry in found.plan.entries}
    for entry in plan.entries:
        if entry.slot and slots[entry.slot].day < today:
            assert after[entry.meeting] == entry
        elif after[entry.meeting].slot:
            pinned = {p.slot for p in found.problem.pins if p.meeting == entry.meeting}
            now = after[entry.meeting].slot
            assert slots[now].day >= today or now in pinned
    by_hand = applied(plan, found)
    assert by_hand == {
        e.meeting: (e.slot, e.chair, {p.attendee: p.deputy for p in e.stand_ins}, {*e.missing})
        for e in found.plan.entries
    }


@pytest.mark.parametrize("seed", range(20))
def test_without_an_event_nothing_changes(seed):
    problem = drawn(seed)
    plan = schedule(problem)
    found = repair(problem, plan, [])
    assert found.changes == ()
    assert [(e.slot, e.chair) for e in found.plan.entries] == [
        (e.slot, e.chair) for e in plan.entries
    ]


def test_a_deputy_steps_in_before_a_meeting_moves():
    problem = month(meeting("m", "ann", "bob", deputies={"ann": ("carl",)}))
    plan = schedule(problem)
    found = repair(problem, plan, [Absent("ann", MONDAY, MONDAY)])
    assert (found.cost, found.status) == (8, "proven")
    assert found.changes == (Change("steps_in", "m", "", "carl", "ann"),)
    assert found.plan.entries[0].stand_ins == (StandIn("ann", "carl"),)


def test_without_a_deputy_the_meeting_moves_to_the_slot_most_like_its_own():
    habit = Habit(date(2026, 11, 2), "evening")
    problem = month(meeting("m", "ann", habit=habit))
    plan = schedule(problem)
    assert plan.entries[0].slot == "07-evening"
    found = repair(problem, plan, [Absent("ann", MONDAY, MONDAY)])
    assert found.changes == (Change("moved", "m", "07-evening", "08-evening"),)


def test_a_meeting_that_can_go_nowhere_else_is_held_without_who_is_away():
    problem = month(meeting("m", "ann", "bob"))
    plan = schedule(problem)
    found = repair(problem, plan, [Absent("ann", MONDAY, WEDNESDAY)])
    assert found.cost == 100
    assert found.changes == (Change("missing", "m", "", "", "ann"),)
    assert [(f.kind, f.people) for f in found.plan.findings] == [("missing", ("ann",))]
    again = repair(found.problem, found.plan, [])
    assert (again.cost, again.changes) == (0, ())


def test_a_meeting_that_cannot_be_held_without_somebody_is_dropped_and_explained():
    problem = month(meeting("m", "ann", essential=frozenset({"ann"})))
    plan = schedule(problem)
    found = repair(problem, plan, [Absent("ann", MONDAY, WEDNESDAY)])
    assert found.changes == (Change("dropped", "m", plan.entries[0].slot, ""),)
    assert [(f.kind, f.people) for f in found.plan.findings] == [("nowhere", ("ann",))]


def test_another_of_the_pool_takes_the_chair():
    problem = month(meeting("m", "ann", chairs="leaders"), pools=(Pool("leaders", ("lea", "leo")),))
    plan = schedule(problem)
    assert plan.entries[0].chair == "lea"
    found = repair(problem, plan, [Absent("lea", MONDAY, MONDAY)])
    assert (found.cost, found.changes) == (8, (Change("chair", "m", "lea", "leo"),))


def test_a_person_may_move_a_meeting_and_whoever_is_in_its_way_gives_way():
    problem = month(meeting("m", "ann"), meeting("n", "ann", habit=Habit(MONDAY, "evening")))
    plan = schedule(problem)
    assert plan.entries[1].slot == "07-evening"
    found = repair(problem, plan, [Moved("m", "07-evening")])
    assert {change.kind for change in found.changes} == {"moved"}
    assert found.plan.entries[0].slot == "07-evening"
    assert found.plan.entries[0].why[0].code == "pinned"
    again = repair(found.problem, found.plan, [Moved("m", "08-evening")])
    assert again.plan.entries[0].slot == "08-evening"


def test_a_meeting_that_had_no_slot_takes_one_that_becomes_free():
    hall = (Hall("hall", closed=(MONDAY, TUESDAY, WEDNESDAY)),)
    problem = month(meeting("m", "ann", hall="hall"), halls=hall)
    plan = schedule(problem)
    assert plan.entries[0].slot == ""
    opened = replace(problem, halls=(Hall("hall"),))
    found = repair(opened, plan, [])
    assert [change.kind for change in found.changes] == ["placed"]


def test_who_comes_back_is_told():
    problem = month(
        meeting("m", "ann", deputies={"ann": ("carl",)}, first=MONDAY, last=TUESDAY),
        people=(Attendee("ann", away=((MONDAY, TUESDAY),)), Attendee("carl")),
    )
    plan = schedule(problem)
    back = replace(problem, people=(Attendee("ann"), Attendee("carl")))
    assert repair(back, plan, []).changes == (Change("comes", "m", "carl", "", "ann"),)


def test_an_event_that_names_a_stranger_is_refused():
    problem = month(meeting("m", "ann"))
    plan = schedule(problem)
    for event, what in (
        (Absent("zoe", MONDAY, MONDAY), "person 'zoe'"),
        (HallClosed("barn", MONDAY), "hall 'barn'"),
        (Moved("x", "07-evening"), "meeting 'x'"),
        (Moved("m", "99-night"), "slot '99-night'"),
    ):
        with pytest.raises(ValueError, match=what):
            repair(problem, plan, [event])
    with pytest.raises(TypeError, match="str is not an event"):
        repair(problem, plan, ["ill"])  # type: ignore[list-item]
    with pytest.raises(ValueError, match="held already"):
        repair(problem, plan, [Moved("m", "08-evening")], today=TUESDAY)
    with pytest.raises(ValueError, match="not of this problem"):
        repair(month(meeting("other", "ann")), plan, [])
