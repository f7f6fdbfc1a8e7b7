"""The problem as numbers: units, groups, areas and days by their place in sorted order.

Sets of days and of groups are bits of one integer, the first day or group the lowest bit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from footpath.planning.visits.plan import Finding, Rule
from footpath.planning.visits.problem import Pin, VisitProblem


@dataclass(slots=True, eq=False)
class Board:
    """What may be done, pins included.

    For each unit u: ``area[u]``, ``need[u]`` (visits, pinned ones included), ``days[u]`` (days on
    which some group may come, as far as the unit and its pins go), ``groups[u]`` (who may come),
    ``pinned[u]`` (days). For each area a: ``units[a]`` and the ``price[a]`` of a trip. For each day
    d: ``goes[d]`` (groups that go out) and ``near[d]`` (days less than the gap away, d included).
    ``pins`` holds the groups named for a trip of an area on a day; ``refused`` the pins that a rule
    forbids. ``missing`` is the price of a visit not made.
    """

    problem: VisitProblem
    area: list[int]
    need: list[int]
    days: list[int]
    groups: list[int]
    pinned: list[int]
    units: list[list[int]]
    price: list[int]
    goes: list[int]
    near: list[int]
    capacity: list[int]
    missing: int = 0
    pins: dict[tuple[int, int], int] = field(default_factory=dict)
    refused: list[Finding] = field(default_factory=list)

    def may(self, day: int, units: list[int]) -> int:
        """Return the groups of which any could visit all of these units on one trip that day."""
        able = self.goes[day]
        for unit in units:
            able &= self.groups[unit]
        if units:
            able &= self.pins.get((self.area[units[0]], day), able)
        return sum(1 << g for g in bits(able) if self.capacity[g] >= len(units))

    def most(self, unit: int) -> int:
        """Return how many visits the unit could get if all groups were there for it alone."""
        return self.fitting(self.days[unit])

    def fitting(self, days: int) -> int:
        """Return how many of these days can be kept with the gap between them."""
        count = 0
        while days:
            days &= ~self.near[(days & -days).bit_length() - 1]
            count += 1
        return count

    def near_any(self, days: int) -> int:
        """Return all days less than the gap away from any of these."""
        near = 0
        for day in bits(days):
            near |= self.near[day]
        return near

    def floor(self, area: int) -> int:
        """Return a bound: what this area costs at least, in trips and visits that cannot be made.

        So many trips as full ones would hold, or as the unit with the most visits needs.
        """
        reachable = [min(self.need[unit], self.most(unit)) for unit in self.units[area]]
        missed = sum(self.need[unit] for unit in self.units[area]) - sum(reachable)
        largest = max(self.capacity, default=0)
        trips = max([-(-sum(reachable) // largest), *reachable]) if any(reachable) else 0
        return self.price[area] * trips + self.missing * missed


def bits(mask: int) -> Iterator[int]:
    """Yield the places of the bits that are set, ascending."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def read(problem: VisitProblem) -> Board:
    """Return the problem as numbers; the order of units, groups and areas does not matter."""
    units = sorted(problem.units, key=lambda unit: unit.id)
    groups = sorted(problem.groups, key=lambda group: group.id)
    areas = sorted(problem.areas, key=lambda area: area.id)
    number = {area.id: n for n, area in enumerate(areas)}
    at = {group.id: n for n, group in enumerate(groups)}
    price = [problem.trip_cost + round(area.km * problem.km_cost) for area in areas]
    goes = [
        sum(1 << g for g, x in enumerate(groups) if x.capacity and day not in x.blocked)
        for day in problem.days
    ]
    everybody = (1 << len(groups)) - 1
    board = Board(
        problem=problem,
        area=[number[unit.area] for unit in units],
        need=[unit.needs for unit in units],
        days=[],
        groups=[
            everybody & ~sum(1 << at[owner] for owner in unit.owners if owner in at)
            for unit in units
        ],
        pinned=[0] * len(units),
        units=[[] for _ in areas],
        price=price,
        goes=goes,
        near=[
            sum(
                1 << other
                for other, when in enumerate(problem.days)
                if abs((when - day).days) < problem.gap_days
            )
            for day in problem.days
        ],
        capacity=[group.capacity for group in groups],
    )
    for u, unit in enumerate(units):
        board.units[board.area[u]].append(u)
        board.days.append(
            sum(
                1 << d
                for d, day in enumerate(problem.days)
                if board.goes[d] & board.groups[u]
                and day not in unit.closed
                and all(abs((day - other).days) >= problem.gap_days for other in unit.visited)
            )
        )
    _take_pins(board, {unit.id: u for u, unit in enumerate(units)}, at)
    board.missing = 1 + sum(
        need * price[area] for need, area in zip(board.need, board.area, strict=True)
    )
    return board


def _take_pins(board: Board, units: dict[str, int], groups: dict[str, int]) -> None:
    """Take up each pin that no rule forbids, in the order of day, unit and group."""
    problem = board.problem
    at = {day: d for d, day in enumerate(problem.days)}
    for pin in sorted(set(problem.pins), key=lambda pin: (pin.day, pin.unit, pin.group)):
        unit, day = units[pin.unit], at.get(pin.day, -1)
        group = 1 << groups[pin.group] if pin.group else (1 << len(groups)) - 1
        rule = _against(board, pin, unit, day, group)
        if rule:
            board.refused.append(Finding("pin", pin.unit, pin=pin, rule=rule))
            continue
        board.pinned[unit] |= 1 << day
        key = (board.area[unit], day)
        board.pins[key] = board.pins.get(key, -1) & group
    for unit, pinned in enumerate(board.pinned):
        board.need[unit] = max(board.need[unit], pinned.bit_count())
        board.days[unit] &= ~board.near_any(pinned)
        board.days[unit] |= pinned


def _against(board: Board, pin: Pin, unit: int, day: int, group: int) -> Rule | None:
    """Return the first rule that forbids the pin, None when it can be followed."""
    given = next(each for each in board.problem.units if each.id == pin.unit)
    if day < 0 or not board.goes[day] & group:
        return "no_group"
    if pin.day in given.closed:
        return "closed"
    if not board.groups[unit] & board.goes[day] & group:
        return "owner"
    if not board.days[unit] >> day & 1:
        return "gap"
    if board.near[day] & board.pinned[unit] & ~(1 << day):
        return "pin"
    return None if _fits(board, unit, day, group) else "pin"


def _fits(board: Board, unit: int, day: int, group: int) -> bool:
    """Return whether groups can be found for all that is pinned to the day and this visit."""
    trips: dict[int, list[int]] = {}
    for other, pinned in enumerate(board.pinned):
        if pinned >> day & 1 or other == unit:
            trips.setdefault(board.area[other], []).append(other)
    able = {area: board.may(day, visited) for area, visited in trips.items()}
    able[board.area[unit]] &= group
    return match(able) is not None


def match(able: dict[int, int], trips: list[int] | None = None) -> dict[int, int] | None:
    """Give each area one of the groups that are able to go there, each group once; None if not.

    Along augmenting paths, areas in ascending order; groups too, or those with the fewest
    ``trips`` first: the same input, the same match.
    """
    taken: dict[int, int] = {}  # group to area

    def place(area: int, seen: set[int]) -> bool:
        groups = list(bits(able[area]))
        if trips:
            groups.sort(key=lambda group: trips[group])
        for group in groups:
            if group not in seen:
                seen.add(group)
                if group not in taken or place(taken[group], seen):
                    taken[group] = area
                    return True
        return False

    for area in sorted(able):
        if not place(area, set()):
            return None
    return {area: group for group, area in taken.items()}
