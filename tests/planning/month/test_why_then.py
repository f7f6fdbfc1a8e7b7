"""Every line of a plan says why the meeting is then, and not when it was last month."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from footpath.planning import schedule
from footpath.planning.month.plan import Reason
from footpath.planning.month.problem import (
    Attendee,
    Blocked,
    Habit,
    Hall,
    MonthPolicy,
    MonthProblem,
    Pin,
    Pool,
)
from tests.planning.month.small import meeting, month, slots

MONDAY = date(2026, 12, 7)
BEFORE = Habit(date(2026, 11, 9), "evening")  # the second Monday, as the 14th of December
TWO_WEEKS = slots(8)
AT = ("slot", "14-evening")


def told(problem: MonthProblem) -> Reason:
    """Return the reason of the meeting m, which wishes to be on Monday the 14th, evening."""
    (why,) = next(entry.why for entry in schedule(problem).entries if entry.meeting == "m")
    return why


def wishing(*others, **fields) -> MonthProblem:
    m = meeting("m", "ann", habit=BEFORE, **fields.pop("m", {}))
    return month(m, *others, **({"slots": TWO_WEEKS} | fields))


def test_as_last_month_or_free_or_pinned_or_nowhere():
    assert told(wishing()) == Reason("as_before")
    assert told(month(meeting("m", "ann"))) == Reason("free")
    assert told(month(meeting("m", "ann", habit=BEFORE))) == Reason("free")
    night = replace(BEFORE, part="night")
    assert told(month(meeting("m", "ann", habit=night))) == Reason("free")
    assert told(wishing(pins=(Pin("m", "07-noon"),))) == Reason("pinned")
    assert told(wishing(m={"last": MONDAY, "first": date(2026, 12, 8)})) == Reason("no_slot")


def test_a_rule_against_the_slot():
    blocked = (Blocked(date(2026, 12, 14), "holiday"),)
    expected = Reason("barred", (AT, ("rule", "CLOSED"), ("what", "holiday")))
    assert told(wishing(blocked=blocked)) == expected


def test_somebody_is_in_another_meeting_then():
    pinned = wishing(meeting("n", "ann"), pins=(Pin("n", "14-evening"),))
    assert told(pinned) == Reason("busy", (AT, ("person", "ann"), ("meeting", "n")))


def test_the_hall_is_taken():
    problem = wishing(
        meeting("n", "bob", hall="hall"),
        m={"hall": "hall"}, halls=(Hall("hall"),), pins=(Pin("n", "14-evening"),),
    )  # fmt: skip
    assert told(problem) == Reason("hall", (AT, ("hall", "hall"), ("meeting", "n")))


def test_somebody_cannot_travel_that_fast():
    problem = wishing(
        meeting("n", "ann", spot="far"),
        pins=(Pin("n", "14-noon"),), policy=MonthPolicy(kmh=10.0),
    )  # fmt: skip
    assert told(problem) == Reason("travel", (AT, ("person", "ann"), ("meeting", "n")))


def test_a_day_is_full():
    problem = wishing(
        meeting("n", "ann"), pins=(Pin("n", "14-morning"),), policy=MonthPolicy(most_a_day=1)
    )
    assert told(problem) == Reason("day", (AT, ("person", "ann")))


def test_somebody_is_away():
    leave = ((date(2026, 12, 14),) * 2,)
    assert told(wishing(people=(Attendee("ann", away=leave),))) == Reason(
        "away", (AT, ("person", "ann"))
    )


def test_nobody_is_left_to_chair():
    problem = wishing(
        meeting("n", "bob", chairs="leaders"),
        m={"chairs": "leaders"},
        pools=(Pool("leaders", ("lea",)),),
        pins=(Pin("n", "14-evening"),),
    )
    assert told(problem) == Reason("chair", (AT, ("pool", "leaders")))


def test_another_way_is_cheaper_for_all():
    """A guest of a dear meeting would be kept from it: nothing forbids the slot by itself."""
    guests = tuple(f"g{n}" for n in range(9))
    problem = month(
        replace(meeting("m", *guests), habit=BEFORE),
        meeting("n", "bob", invited=guests),
        slots=TWO_WEEKS,
        pins=(Pin("n", "14-evening"),),
    )
    assert told(problem) == Reason("gives_way", (AT,))
