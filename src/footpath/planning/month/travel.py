"""Which spots are too far apart between which slots."""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import date
from functools import lru_cache

import numpy as np

from footpath.planning.month.grid import Grid, Mask, Table
from footpath.planning.month.problem import KM_PER_DEGREE, Slot, minutes_free
from footpath.planning.month.tables import joined, whole


def too_far(stays: Table, spots: int, far: Mask) -> tuple[Table, Table]:
    """Return pairs of stays of one person, numbered, of which the second is far from the first.

    ``far`` is by the spots that occur, in their order.
    """
    person, spot = stays // spots, np.unique(stays % spots, return_inverse=True)[1]
    begin = np.flatnonzero(np.diff(person, prepend=-1))
    end = np.append(begin[1:], len(stays))
    early, late = [], []
    for first, last in zip(begin.tolist(), end.tolist(), strict=True):
        there = spot[first:last]
        one, other = np.nonzero(far[there[:, None], there])
        if len(one):
            early.append(one + first)
            late.append(other + first)
    return joined(early), joined(late)


def minutes_between_spots(grid: Grid, used: Table) -> Table:
    """Return the minutes between each two of the spots, as ``minutes_between`` counts them."""
    at = [grid.spots[number].at for number in used.tolist()]
    nowhere = np.array([point is None for point in at], dtype=np.bool_)
    north, east = np.array([point or (0.0, 0.0) for point in at]).reshape(-1, 2).T
    slant = np.array([math.cos(math.radians(point[0] if point else 0.0)) for point in at])
    slants = (slant[:, None] + slant) / 2
    norths = (north[:, None] - north) * KM_PER_DEGREE
    easts = (east[:, None] - east) * KM_PER_DEGREE * slants
    hours = np.sqrt(norths * norths + easts * easts) / grid.policy.kmh
    minutes: Table = np.ceil(hours * 60).astype(np.int64) + grid.policy.pause
    minutes[nowhere[:, None] | nowhere | np.eye(len(used), dtype=np.bool_)] = 0
    return minutes


def pairs_of_slots(grid: Grid) -> tuple[tuple[int, Table, Table], ...]:
    """Return pairs of slots of one day: (minutes free between them, first ones, second ones).

    Within a triple every slot is first at most once, and second at most once.
    """
    return _pairs(tuple(grid.slots))


@lru_cache(maxsize=8)
def _pairs(slots: tuple[Slot, ...]) -> tuple[tuple[int, Table, Table], ...]:
    """Return the pairs, counted once for all parts of a month that a finding looks at."""
    days: defaultdict[date, list[int]] = defaultdict(list)
    for number, slot in enumerate(slots):
        days[slot.day].append(number)
    found: defaultdict[tuple[int, int, int], list[tuple[int, int]]] = defaultdict(list)
    for _, numbers in sorted(days.items()):
        for i, first in enumerate(numbers):
            for j, second in enumerate(numbers[i + 1 :], i + 1):
                free = minutes_free(slots[first], slots[second])
                found[free or 0, i, j].append((first, second))
    return tuple(
        (free, whole(a for a, _ in pairs), whole(b for _, b in pairs))
        for (free, _, _), pairs in sorted(found.items())
    )
