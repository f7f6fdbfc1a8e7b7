"""Why a unit gets fewer visits than it needs: which rule takes which of its days."""

from __future__ import annotations

from footpath.planning.visits.board import Board
from footpath.planning.visits.greedy import Draft
from footpath.planning.visits.plan import Finding, Rule, Step
from footpath.planning.visits.problem import Unit

ORDER: tuple[Rule, ...] = ("no_group", "closed", "gap", "owner", "pin", "capacity")


def short_of(draft: Draft) -> list[Finding]:
    """Return a finding for every unit that is short of visits, by id of the unit."""
    board = draft.board
    days = [0] * len(board.need)
    for trips in draft.trips:
        for day, units in trips:
            for unit in units:
                days[unit] |= 1 << day
    given = sorted(board.problem.units, key=lambda unit: unit.id)
    return [
        _finding(board, unit, given[unit], days[unit])
        for unit, needed in enumerate(board.need)
        if days[unit].bit_count() < needed
    ]


def _finding(board: Board, unit: int, given: Unit, planned: int) -> Finding:
    rules = [
        _rule(board, unit, given, planned, day)
        for day in range(len(board.goes))
        if not planned >> day & 1
    ]
    steps = tuple(Step(rule, rules.count(rule)) for rule in ORDER if rule in rules)
    return Finding(
        "short", given.id, board.need[unit], planned.bit_count(), board.most(unit), steps
    )


def _rule(board: Board, unit: int, given: Unit, planned: int, day: int) -> Rule:
    """Return the first rule that takes this day away from the unit."""
    when = board.problem.days[day]
    able = board.goes[day] & board.groups[unit]
    if not board.goes[day]:
        return "no_group"
    if when in given.closed:
        return "closed"
    if board.near[day] & planned or any(
        abs((when - other).days) < board.problem.gap_days for other in given.visited
    ):
        return "gap"
    if not able:
        return "owner"
    for (area, other), groups in board.pins.items():
        if other == day and area != board.area[unit] and groups.bit_count() == 1:
            able &= ~groups
    return "capacity" if able else "pin"
