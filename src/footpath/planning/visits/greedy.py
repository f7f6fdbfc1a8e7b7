"""A first round of visits within milliseconds, and better ones by taking areas out and back in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from footpath.planning.visits.board import Board, bits, match

Trips = list[tuple[int, tuple[int, ...]]]  # (day, units) of one area
WIDTH = 4  # trips tried at each step of a wide search
STEPS = 60  # trips tried in all before a search only finishes what it has begun


class Draft:
    """A round of visits in the making: for each area its trips, always with a group for each."""

    def __init__(self, board: Board) -> None:
        """Start with nothing but the pins."""
        self.board = board
        self.by_day: list[dict[int, tuple[int, ...]]] = [{} for _ in board.goes]
        self.trips: list[Trips] = [[] for _ in board.units]
        self.floor = [board.floor(area) for area in range(len(board.units))]
        self.pinned: list[Trips] = []
        for area, units in enumerate(board.units):
            pinned: dict[int, list[int]] = {}
            for unit in units:
                for day in bits(board.pinned[unit]):
                    pinned.setdefault(day, []).append(unit)
            self.pinned.append([(day, tuple(visited)) for day, visited in sorted(pinned.items())])
            self.put(area, self.pinned[area])

    @property
    def cost(self) -> int:
        """Return what all of it costs, with what is missing."""
        return sum(self.cost_of(area) for area in range(len(self.trips)))

    @property
    def bound(self) -> int:
        """Return what no plan can go below: the floors of all areas."""
        return sum(self.floor)

    def cost_of(self, area: int) -> int:
        """Return what one area costs: its trips, and the visits that are missing there."""
        board, trips = self.board, self.trips[area]
        needed = sum(board.need[unit] for unit in board.units[area])
        made = sum(len(units) for _, units in trips)
        return board.price[area] * len(trips) + board.missing * (needed - made)

    def put(self, area: int, trips: Trips) -> None:
        """Replace the trips of an area."""
        for day, _ in self.trips[area]:
            del self.by_day[day][area]
        for day, units in trips:
            self.by_day[day][area] = units
        self.trips[area] = trips

    def able(self, day: int) -> dict[int, int]:
        """Return for each area visited that day the groups that could go."""
        return {area: self.board.may(day, list(units)) for area, units in self.by_day[day].items()}

    def within_reach(self, day: int, area: int) -> int:
        """Return the groups that could go to the area that day, others changing places for it."""
        able = self.able(day)
        able.pop(area, None)
        found = match(able) or {}
        reach = self.board.goes[day]
        for group in found.values():
            reach &= ~(1 << group)
        grown = True
        while grown:
            grown = False
            for other, group in found.items():
                if not reach >> group & 1 and able[other] & reach:
                    reach |= 1 << group
                    grown = True
        return reach & self.board.pins.get((area, day), -1)


@dataclass(slots=True)
class _Search:
    """The search for the trips of one area, with the other areas as they are.

    ``options``: days, the least busy first, with the ways of ``_ways``. In the search ``left``
    counts the visits each unit still needs and ``free`` holds for each day the units, as bits in
    the order of the area, that may still be visited then.
    """

    board: Board
    units: list[int]
    options: list[tuple[int, list[tuple[int, int]]]]
    width: int
    steps: int = STEPS
    best_cost: int = 1 << 62
    best: Trips = field(default_factory=list)

    def start(self, pinned: Trips, left: list[int], free: dict[int, int]) -> None:
        """Make the pinned trips, with further units on them, then whatever else it takes."""
        left = list(left)
        for n, unit in enumerate(self.units):
            held = [day for day, visited in pinned if unit in visited]
            left[n] -= len(held)
            if not left[n]:
                self.close(n, free)
            for day in held:
                free[day] &= ~(1 << n)
        ways = dict(self.options)
        trips: Trips = []
        for day, visited in pinned:
            room = [
                (min(most - len(visited), (free[day] & cover).bit_count()), free[day] & cover)
                for cover, most in ways[day]
            ]
            chosen = self.choose(day, max(room)[1], max(room)[0], left, free)
            trips.append((day, tuple(sorted([*visited, *(self.units[n] for n in chosen)]))))
            left, free = self.visit(day, chosen, left, free)
        self.extend(trips, left, free)

    def extend(self, trips: Trips, left: list[int], free: dict[int, int]) -> None:
        """Add trips until nothing more can be visited; keep the cheapest round seen."""
        missing, price = sum(left), self.board.price[self.board.area[self.units[0]]]
        cost = price * len(trips) + self.board.missing * missing
        if cost < self.best_cost:
            self.best_cost, self.best = cost, list(trips)
        largest = max(self.board.capacity, default=1)
        if not missing or price * (len(trips) + -(-missing // largest)) >= self.best_cost:
            return
        tried = []
        for rank, (day, ways) in enumerate(self.options):
            here = free.get(day, 0)
            if here:
                gain, n = max(
                    (min((here & cover).bit_count(), most), -n)
                    for n, (cover, most) in enumerate(ways)
                )
                tried.append((-gain, rank, day, -n))
        tried.sort()
        for _, rank, day, n in tried[: self.width if self.steps > 0 else 1]:
            self.steps -= 1
            cover, most = self.options[rank][1][n]
            chosen = self.choose(day, free[day] & cover, most, left, free)
            if chosen:
                units = tuple(self.units[n] for n in sorted(chosen))
                self.extend([*trips, (day, units)], *self.visit(day, chosen, left, free))

    def choose(
        self, day: int, here: int, most: int, left: list[int], free: dict[int, int]
    ) -> list[int]:
        """Return the units to visit on a trip, those with the fewest other days first.

        A unit that could get fewer visits for being visited on this day is left for another.
        """
        ranked = []
        for n in bits(here):
            days = sum(1 << d for d, units in free.items() if units >> n & 1)
            after = self.board.fitting(days & ~self.board.near[day])
            if after >= min(left[n], self.board.fitting(days)) - 1:
                ranked.append((after - left[n], days.bit_count(), n))
        ranked.sort()
        return [n for _, _, n in ranked[:most]]

    def visit(
        self, day: int, chosen: list[int], left: list[int], free: dict[int, int]
    ) -> tuple[list[int], dict[int, int]]:
        """Return what is left and free after a trip."""
        left, free = list(left), dict(free)
        free.pop(day)
        for n in chosen:
            left[n] -= 1
            if not left[n]:
                self.close(n, free)
            for d in bits(self.board.near[day]):
                if d in free:
                    free[d] &= ~(1 << n)
        return left, free

    def close(self, n: int, free: dict[int, int]) -> None:
        """Let a unit that has all its visits wait for no further day."""
        for day in free:
            free[day] &= ~(1 << n)


def insert(draft: Draft, area: int, *, width: int, random: Random | None = None) -> None:
    """Give an area the cheapest trips found, around what the other areas have."""
    board = draft.board
    units = board.units[area]
    draft.put(area, [])
    ways = {day: _ways(draft, area, day) for day in range(len(board.goes))}
    days = [day for day, each in ways.items() if each]
    if random:
        random.shuffle(days)
    days.sort(key=lambda day: len(draft.by_day[day]) / board.goes[day].bit_count())
    search = _Search(board, units, [(day, ways[day]) for day in days], width)
    left = [board.need[unit] for unit in units]
    free = dict.fromkeys(days, 0)
    for day in days:
        for cover, _ in ways[day]:
            free[day] |= cover
    search.start(draft.pinned[area], left, free)
    draft.put(area, sorted(search.best))


def _ways(draft: Draft, area: int, day: int) -> list[tuple[int, int]]:
    """Return the different trips to an area on a day: (units a group may visit, its capacity).

    The units are bits in the order of the area; all that is pinned to the day is among them.
    """
    board, units = draft.board, draft.board.units[area]
    here = [n for n, unit in enumerate(units) if board.days[unit] >> day & 1]
    pinned = sum(1 << n for n in here if board.pinned[units[n]] >> day & 1)
    ways: dict[int, int] = {}
    for group in bits(draft.within_reach(day, area)) if here else ():
        cover = sum(1 << n for n in here if board.groups[units[n]] >> group & 1)
        if cover and not pinned & ~cover and pinned.bit_count() <= board.capacity[group]:
            ways[cover] = max(ways.get(cover, 0), board.capacity[group])
    return list(ways.items())


def first(board: Board) -> Draft:
    """Return a round of visits at once: area by area, the tightest first."""
    draft = Draft(board)

    def room(area: int) -> tuple[float, int]:
        units = board.units[area]
        needed = sum(board.need[unit] for unit in units)
        days = sum(board.days[unit].bit_count() for unit in units)
        return (days / needed if needed else float(len(board.goes)), area)

    for area in sorted(range(len(board.units)), key=room):
        if board.units[area]:
            insert(draft, area, width=1)
    return draft


def settle(draft: Draft, area: int, trips: Trips) -> None:
    """Give an area these trips where that makes the draft cheaper, others making room for it."""
    cost, before = draft.cost, list(draft.trips)
    draft.put(area, trips)
    moved: list[int] = []
    for day, _ in trips:
        while match(draft.able(day)) is None:
            free = [a for a in draft.by_day[day] if a != area and draft.trips[a] != draft.pinned[a]]
            if not free:
                _put_back(draft, before)
                return
            moved.append(free[0])
            draft.put(free[0], draft.pinned[free[0]])
    for other in moved:
        insert(draft, other, width=WIDTH)
    if draft.cost >= cost:
        _put_back(draft, before)


def _put_back(draft: Draft, before: list[Trips]) -> None:
    """Make the draft what it was."""
    changed = [area for area, trips in enumerate(before) if draft.trips[area] is not trips]
    for area in changed:
        draft.put(area, [])
    for area in changed:
        draft.put(area, before[area])


def improve(
    draft: Draft, *, seed: int, rounds: int, go_on: Callable[[int], bool] = lambda _cost: True
) -> int:
    """Make a draft cheaper in place: take areas out and put them back; return the rounds used.

    Stops at the bound, after ``rounds``, or when ``go_on(cost)``, called after every round, says
    no. Nothing here is secret: the draws only have to be the same every time.
    """
    random = Random(f"visits {seed}")  # noqa: S311
    cost = draft.cost
    for done in range(rounds):
        dear = [a for a, floor in enumerate(draft.floor) if draft.cost_of(a) > floor]
        if not dear or not go_on(cost):
            return done
        area = random.choice(dear)
        others = [a for a, trips in enumerate(draft.trips) if trips and a != area]
        out = [area, *random.sample(others, min(len(others), random.randint(0, 4)))]
        before = list(draft.trips)
        for each in out:
            draft.put(each, draft.pinned[each])
        for each in out:
            insert(draft, each, width=WIDTH, random=random)
        now = draft.cost
        if now > cost:
            _put_back(draft, before)
        cost = min(cost, now)
    return rounds
