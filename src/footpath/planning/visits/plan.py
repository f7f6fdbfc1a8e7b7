"""A plan of visits: who goes where on which day, and what stands in the way of the rest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from footpath.planning.visits.problem import Pin

Status = Literal["proven", "gap", "greedy"]
Rule = Literal["no_group", "closed", "gap", "owner", "pin", "capacity"]
"""Why a day is lost to a unit, in this order; a day is counted at the first that takes it away.

``no_group``: no group goes out that day, or none has capacity; ``closed``: the unit takes no
visits; ``gap``: too near to a visit before or after, already made or agreed; ``owner``: each group
that goes out owns an item there; ``pin``: pins hold the groups elsewhere, or a pinned visit is too
near; ``capacity``: the day was open, but the groups are needed elsewhere or the trips are full.
"""


@dataclass(frozen=True, slots=True)
class Trip:
    """One group goes to one area on one day and visits these units, sorted by id."""

    day: date
    group: str
    area: str
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """So many of the days that were left for a unit fall to this rule."""

    rule: Rule
    days: int


@dataclass(frozen=True, slots=True)
class Finding:
    """Why something could not be done.

    ``short``: the unit gets ``planned`` of ``needs`` visits; ``most`` is how many it could get if
    all groups were there for it alone; the steps add up to all days but the planned ones.
    ``pin``: the pin could not be followed, because of the rule (``pin``: another pin).
    """

    kind: Literal["short", "pin"]
    unit: str
    needs: int = 0
    planned: int = 0
    most: int = 0
    steps: tuple[Step, ...] = ()
    pin: Pin | None = None
    rule: Rule | None = None


@dataclass(frozen=True, slots=True)
class VisitPlan:
    """A plan that ``check`` has nothing to say against.

    ``trips`` sorted by day, area, group. ``cost`` and ``bound`` are whole numbers: the costs of all
    trips, and for every missing visit ``missing_cost``. ``status`` is "proven" when no plan is
    cheaper, "gap" when the bound lies below, "greedy" when it does and no solver took part.
    ``reproducible`` is False when the clock or the caller stopped the work. ``digest`` is the
    SHA-256 of trips, findings, cost and bound: the same input and seed give the same anywhere.
    """

    trips: tuple[Trip, ...]
    findings: tuple[Finding, ...]
    status: Status
    cost: int
    bound: int
    missing_cost: int
    backend: str
    seed: int
    reproducible: bool
    digest: str
