"""Small sets of meetings: fitting, not fitting, or open when nobody may look closely."""

from __future__ import annotations

from datetime import date

import numpy as np

from footpath.planning import schedule
from footpath.planning.checking import check
from footpath.planning.month.board import Board
from footpath.planning.month.grid import Grid
from footpath.planning.month.plan import StandIn
from footpath.planning.month.prices import Prices
from footpath.planning.month.problem import Attendee, Pool
from footpath.planning.month.room import Claim, Room, violator
from tests.planning.month.small import meeting, month, slots

MONDAY = date(2026, 12, 7)
AWAY = ((MONDAY, MONDAY),)


def choosy(deputies_of_bob=("dan",), **more):
    """Return a meeting without ann and bob, whose deputies must not be chosen carelessly."""
    return month(
        meeting(
            "m", "ann", "bob", essential=frozenset({"ann", "bob"}),
            deputies={"ann": ("dan", "eve"), "bob": deputies_of_bob}, **more,
        ),
        slots=slots(1, ["evening"]),
        people=(
            Attendee("ann", away=AWAY), Attendee("bob", away=AWAY),
            *map(Attendee, ("dan", "eve", "lea")),
        ),
        pools=(Pool("one", ("lea",)), Pool("two", ("lea", "eve"))),
    )  # fmt: skip


def test_where_the_first_deputy_will_not_do_a_solver_is_asked():
    for backend, fits in (("highs", True), ("none", None)):
        room = Room(choosy(), ["m"], backend)
        assert room.fits(room.everything) is fits
    plan = schedule(choosy())
    assert plan.entries[0].stand_ins == (StandIn("ann", "eve"), StandIn("bob", "dan"))


def test_a_solver_may_find_that_nothing_fits():
    problem = choosy()
    both = month(
        *problem.meetings,
        meeting("n", "eve"),
        slots=problem.slots, people=problem.people, pools=problem.pools,
    )  # fmt: skip
    assert Room(both, ["m", "n"], "highs").fits([0, 1]) is False
    room = Room(both, ["m", "n"], "none")
    assert room.fits([0, 1]) is None
    assert room.smallest([0, 1]) is None


def test_chairs_are_drawn_for_what_a_solver_finds():
    """Eve stands in or chairs, and lea chairs for both pools: the solver learns it by a cut."""
    problem = choosy(chairs="two")
    more = month(
        *problem.meetings,
        meeting("n", "gil", chairs="one"),
        slots=problem.slots,
        people=(*problem.people, Attendee("gil")),
        pools=problem.pools,
    )
    assert Room(more, ["m", "n"], "highs").fits([0, 1]) is False
    plan = schedule(more)
    assert check(plan, more) == []
    assert sum(not entry.slot for entry in plan.entries) == 1


def test_what_takes_too_long_remains_open(monkeypatch):
    problem = month(
        meeting("a", "ann", chairs="one"),
        meeting("b", "bob", chairs="two"),
        slots=slots(1, ["evening"]),
        pools=(Pool("one", ("lea",)), Pool("two", ("lea",))),
    )
    monkeypatch.setattr("footpath.planning.month.room.TRIES", 1)
    assert Room(problem, ["a", "b"], "none").fits([0, 1]) is None
    assert Room(problem, ["a", "b"], "highs").fits([0, 1]) is None
    monkeypatch.setattr("footpath.planning.month.room.TRIES", 20)
    assert Room(choosy(), ["m"], "highs").fits([0]) is True


def test_a_column_is_found_by_what_it_says():
    problem = choosy()
    grid = Grid(problem)
    board = Board(Prices(grid), np.ones(grid.shape, dtype=np.bool_))
    ann, dan, eve, lea = (grid.person_of[name] for name in ("ann", "dan", "eve", "lea"))
    assert board.find(0, 0) == 0
    assert board.find(0, 0, ann, dan) != board.find(0, 0, ann, eve)
    assert board.find(0, 0, ann, lea) == -1


def test_more_meetings_than_slots_are_named_without_those_that_have_one_to_spare():
    ones = [1] * 5
    three = {0: (0, 1), 1: (0, 1), 2: (0, 1), 3: (0, 1, 2, 3, 4)}
    assert violator(Claim(three, ones)) == [0, 1, 2]
    assert violator(Claim({0: (0, 1), 1: (0,), 2: (1, 2)}, ones)) == []
    assert violator(Claim(three, [2, 1, 1, 1, 1])) == []
