"""What each meeting pays in each slot, and what those pay who come in the place of others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from footpath.planning.month.grid import Grid, Mask, Table
from footpath.planning.month.plan import Entry
from footpath.planning.month.problem import MISSING, MOVES, STEPS_IN, Habit

CHAIR = -1  # the person of a gap where somebody comes to chair
MUST = -1  # in ``Gap.nobody``: somebody has to come
AWAY = -1  # in ``Gap.substitutes``: away in that slot
FAR = 1 << 40  # dearer than any plan


@dataclass(frozen=True, slots=True, eq=False)
class Gap:
    """Somebody who does not come in some slots of a meeting (``mask``), and who may instead.

    ``substitutes``: people and what each pays, by slot, AWAY where they are; ``nobody``: what it
    pays when nobody comes, MUST where somebody has to.
    """

    person: int
    mask: Mask
    substitutes: tuple[tuple[int, Table], ...]
    nobody: Table


class Prices:
    """The prices of a grid; with ``before`` (entries by meeting) those of a repair.

    ``habit``: int64 of shape (meetings, slots), what differing from last month pays. ``base``: what
    the slot pays by itself, with that. ``low``: the same
    with every gap filled at its cheapest, so never more than the meeting will pay there. A repair
    has the chairs among the gaps; otherwise they are counted, and drawn afterwards. ``current``
    is the slot of each meeting before the repair, -1 when it is in none.
    """

    def __init__(self, grid: Grid, before: Mapping[str, Entry] | None = None) -> None:
        """Price every slot of every meeting."""
        self.grid = grid
        self.before = before
        self.base = np.zeros(grid.shape, dtype=np.int64)
        self.low = np.zeros(grid.shape, dtype=np.int64)
        self.gaps: list[list[Gap]] = []
        self.current: list[int] = []
        self.habit = np.zeros(grid.shape, dtype=np.int64)
        self._habits: dict[Habit, Table] = {}
        self._chairs: dict[tuple[int, int], tuple[tuple[tuple[int, Table], ...], Table]] = {}
        for m, meeting in enumerate(grid.meetings):
            entry = (before or {}).get(meeting.id, Entry(meeting.id, ""))
            self.current.append(grid.slot_of.get(entry.slot, -1))
            self.habit[m] = self._habit(m)
            self.base[m] = self._base(m, entry)
            self.gaps.append([*self._gaps(m, entry)])
            self.low[m] = self.base[m] + sum(
                np.where(gap.mask, _cheapest(gap), 0) for gap in self.gaps[m]
            )
            if self.before is not None and grid.chair_needed[m].any():
                self._add_chair(m, entry)

    def _base(self, m: int, entry: Entry) -> Table:
        price: Table = self.habit[m]
        if self.before is not None:
            price = price + MOVES
            if self.current[m] >= 0:
                price[self.current[m]] = 0
        guests = [*self.grid.guests[m]]
        if guests:
            away = self.grid.away[guests]
            missing = away.sum(axis=0)
            if self.current[m] >= 0:
                known = np.isin(
                    guests, [self.grid.person_of.get(p, -1) for p in entry.guests_missing]
                )
                missing[self.current[m]] = away[~known, self.current[m]].sum()
            price = price + self.grid.policy.weights.gather * missing
        return price

    def _habit(self, m: int) -> Table:
        """Return what each slot pays for differing from last month, as ``habit_cost`` counts."""
        grid, habit = self.grid, self.grid.meetings[m].habit
        if habit is None:
            return np.zeros(grid.shape[1], dtype=np.int64)
        if habit not in self._habits:
            part = grid.part_masks.get(habit.part, np.zeros(grid.shape[1], dtype=np.bool_))
            weekday = grid.weekday_masks[habit.day.weekday()]
            weeks = np.minimum(np.abs(grid.week - (habit.day.day - 1) // 7), 3)
            self._habits[habit] = grid.policy.weights.keep * (2 * ~part + 2 * ~weekday + weeks)
        return self._habits[habit]

    def _gaps(self, m: int, entry: Entry) -> Iterator[Gap]:
        """Yield the attendees who may be wanting at a meeting."""
        grid, now = self.grid, self.current[m]
        stands_in = {pair.attendee: pair.deputy for pair in entry.stand_ins}
        for absence in grid.absences[m]:
            name = grid.people[absence.person].id
            nobody = np.where(absence.must, MUST, MISSING)
            if now >= 0 and name in entry.missing and nobody[now] != MUST:
                nobody[now] = 0
            substitutes = []
            for deputy in absence.deputies:
                price = np.where(grid.away[deputy], AWAY, STEPS_IN)
                if now >= 0 and stands_in.get(name) == grid.people[deputy].id and price[now] > 0:
                    price[now] = 0
                substitutes.append((deputy, price))
            yield Gap(absence.person, absence.mask, tuple(substitutes), nobody)

    def _add_chair(self, m: int, entry: Entry) -> None:
        """Add the gap of the chair; meetings of one pool and chair share its prices."""
        grid = self.grid
        known = grid.person_of.get(entry.chair, -1)
        key = grid.pool[m], known
        must = np.full(grid.shape[1], MUST)
        if key not in self._chairs:
            leaders = tuple(
                (p, np.where(grid.away[p], AWAY, 0 if known in {p, -1} else STEPS_IN))
                for p in grid.leaders[grid.pool[m]]
            )
            self._chairs[key] = leaders, _cheapest(Gap(CHAIR, must == MUST, leaders, must))
        leaders, least = self._chairs[key]
        self.gaps[m].append(Gap(CHAIR, grid.chair_needed[m], leaders, must))
        self.low[m] += np.where(grid.chair_needed[m], least, 0)


def _cheapest(gap: Gap) -> Table:
    """Return what a gap pays at least, by slot: FAR where nobody can come who has to."""
    least = np.where(gap.nobody == MUST, FAR, gap.nobody)
    for _, price in gap.substitutes:
        least = np.minimum(least, np.where(price == AWAY, FAR, price))
    return least
