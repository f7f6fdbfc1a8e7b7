"""Who chairs: leaders drawn for the meetings of a calendar, day by day.

The board only counts leaders; here each meeting gets one by name, the nearest who is free. Where
the count was too kind (two pools share a leader, or one cannot travel that fast) the meetings that
cannot all be chaired come back as a cut.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from footpath.planning.month.board import Cut
from footpath.planning.month.grid import Grid
from footpath.planning.month.problem import minutes_between, minutes_free


@dataclass(frozen=True, slots=True)
class Part:
    """What a column puts down: a meeting in a slot, or a deputy for somebody at it."""

    meeting: int
    slot: int
    absent: int = -1
    deputy: int = -1


class Chairs:
    """The chairs of one calendar, given as its parts: ``drawn`` by meeting, or a ``cut``."""

    def __init__(self, grid: Grid, parts: Sequence[Part]) -> None:
        """Draw the chairs of every day, or stop at the first where that cannot be."""
        self.grid = grid
        self.drawn: dict[int, int] = {}
        self.cut: Cut = ()
        by_day: defaultdict[int, list[Part]] = defaultdict(list)
        for part in parts:
            by_day[int(grid.day[part.slot])].append(part)
        for day in sorted(by_day):
            found = self._draw(by_day[day])
            if found is None:
                self.cut = self._narrowed(by_day[day])
                return
            self.drawn |= found

    def _draw(self, parts: Sequence[Part]) -> dict[int, int] | None:
        """Return a chair for each meeting of a day that needs one, None when that cannot be."""
        grid = self.grid
        days: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        for part in parts:
            if part.absent >= 0:
                days[part.deputy].append((part.slot, grid.spot[part.meeting]))
                continue
            for person in grid.attendees[part.meeting]:
                if not grid.away[person, part.slot]:
                    days[person].append((part.slot, grid.spot[part.meeting]))
        wanted = {
            part.meeting: part.slot
            for part in parts
            if part.absent < 0 and grid.chair_needed[part.meeting, part.slot]
        }
        found: dict[int, int] = {}
        return found if self._fill(wanted, days, found) else None

    def _fill(
        self,
        wanted: dict[int, int],
        days: defaultdict[int, list[tuple[int, int]]],
        found: dict[int, int],
    ) -> bool:
        """Draw for the meeting with the fewest left to choose from, then for the others."""
        if not wanted:
            return True
        free = {
            m: [p for p in self.grid.leaders[self.grid.pool[m]] if self._can(p, m, s, days[p])]
            for m, s in sorted(wanted.items())
        }
        m = min(free, key=lambda meeting: (len(free[meeting]), meeting))
        s = wanted.pop(m)
        for person in sorted(free[m], key=lambda p: (len(days[p]), self._minutes(p, m), p)):
            days[person].append((s, self.grid.spot[m]))
            found[m] = person
            if self._fill(wanted, days, found):
                return True
            days[person].pop()
        found.pop(m, None)
        wanted[m] = s
        return False

    def _can(self, person: int, m: int, s: int, day: Sequence[tuple[int, int]]) -> bool:
        """Return whether a leader can come to a meeting beside what the day holds already."""
        grid = self.grid
        if grid.away[person, s] or len(day) >= grid.policy.most_a_day:
            return False
        for slot, spot in day:
            free = minutes_free(grid.slots[slot], grid.slots[s])
            if slot == s or free is None or self._between(spot, grid.spot[m]) > free:
                return False
        return True

    def _between(self, first: int, second: int) -> int:
        return minutes_between(self.grid.spots[first], self.grid.spots[second], self.grid.policy)

    def _minutes(self, person: int, m: int) -> int:
        home = self.grid.spot_of.get(self.grid.people[person].home, self.grid.spot[m])
        return self._between(home, self.grid.spot[m])

    def _narrowed(self, parts: Sequence[Part]) -> Cut:
        """Return the fewest of the parts that still cannot be chaired: each one is needed."""
        left = [*parts]
        for part in parts:
            fewer = [other for other in left if other != part]
            if self._draw(fewer) is None:
                left = fewer
        return tuple((part.meeting, part.slot, part.absent, part.deputy) for part in left)
