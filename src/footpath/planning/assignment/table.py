"""The problem as arrays: one row per officer, one column per place, both in the order of ids."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from footpath.planning.assignment.problem import AssignmentProblem, Officer, Place, Rule

Ints = NDArray[np.int64]
Rules = NDArray[np.uint16]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

NO_LIMIT = 1 << 40
EARTH_KM = 6371.0
NOBODY = -1


@dataclass(frozen=True, eq=False)
class Refused:
    """A pin that could not be respected: the rules it breaks, or the places left, or ``heavy``."""

    place: int
    officer: int
    role: str
    rules: Rule
    places_left: int
    heavy: bool


@dataclass(frozen=True, eq=False)
class Table:
    """A problem ready for counting; m officers, n places, numbers instead of ids.

    ``rules`` (m, n): the rules an officer would break by leading the place, waivers and pins
    counted in; ``deputy_rules`` the same for deputies; ``km`` (m, n), not a number where a position
    is unknown. ``capacity``, ``limit`` (m): places and weight at most, waivers counted in.
    ``department`` (m), ``parent``, ``cluster`` (n): codes, -1 for no cluster. ``lead``, ``deputy``
    (n): who holds the place today, -1 for nobody among the officers; ``held`` (n) whether anybody
    did. ``lead_pin``, ``deputy_pin`` (n): who is pinned to it, where that could be respected.
    """

    problem: AssignmentProblem
    officers: tuple[Officer, ...]
    places: tuple[Place, ...]
    officer_number: dict[str, int]
    place_number: dict[str, int]
    rules: Rules
    deputy_rules: Rules
    km: Floats
    capacity: Ints
    limit: Ints
    weight: Ints
    department: Ints
    parent: Ints
    cluster: Ints
    leading: Bools
    lead: Ints
    deputy: Ints
    held: Bools
    deputy_held: Bools
    lead_pin: Ints
    deputy_pin: Ints
    refused: tuple[Refused, ...]

    @property
    def allowed(self) -> Bools:
        """Return which officer may lead which place, (m, n)."""
        return np.asarray(self.rules == 0)

    @property
    def clusters(self) -> int:
        """Return the number of clusters; their codes are below it."""
        return int(self.cluster.max(initial=-1)) + 1


def codes(names: list[str]) -> Ints:
    """Return a number for each name, in the order of the names; -1 for an empty one."""
    order = {name: number for number, name in enumerate(sorted({n for n in names if n}))}
    return np.array([order.get(name, -1) for name in names], dtype=np.int64)


def distances(officers: tuple[Officer, ...], places: tuple[Place, ...]) -> Floats:
    """Return the straight way in km from each officer to each place, (m, n), nan if unknown.

    From (13.9, 108.4) to (13.9, 108.5) it is 10.8 km.
    """
    one, two = (
        np.radians(np.array([x.at or (np.nan, np.nan) for x in some]).reshape(-1, 2))
        for some in (officers, places)
    )
    north = two[None, :, 0] - one[:, None, 0]
    east = two[None, :, 1] - one[:, None, 1]
    east *= np.cos((two[None, :, 0] + one[:, None, 0]) / 2)
    return np.asarray(EARTH_KM * np.hypot(north, east))


def years_before(day: date, years: int) -> date:
    """Return the same day so many years earlier; the 28th for a 29 February that was not."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
