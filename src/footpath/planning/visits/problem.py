"""What a round of visits is made from: units, groups, areas, days. Source: S4.5.

No data on citizens goes in: a unit is a place or an organization, and has a number of visits.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit to be visited.

    ``needs``: visits in these days, by whichever groups; ``owners``: the groups that own an item
    there and may not verify their own work (double supervision); ``closed``: days on which nobody
    may come; ``visited``: the days of earlier visits, and of later ones already agreed, by anybody.
    """

    id: str
    area: str
    needs: int = 1
    owners: frozenset[str] = frozenset()
    closed: frozenset[date] = frozenset()
    visited: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class Group:
    """A group that visits. On one day it goes to one area, to at most ``capacity`` units there."""

    id: str
    capacity: int = 4
    blocked: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class Area:
    """Where units lie close together, a commune for example; ``km`` there and back."""

    id: str
    km: float = 0.0


@dataclass(frozen=True, slots=True)
class Pin:
    """A person has decided: this unit is visited on this day, by this group if one is named."""

    unit: str
    day: date
    group: str = ""


@dataclass(frozen=True, slots=True)
class VisitProblem:
    """Everything ``plan_visits`` needs to know.

    ``days``: the days on which groups go out, ascending. ``gap_days``: two visits to one unit lie
    at least so many calendar days apart, whoever comes. On one day at most one group goes to an
    area, so that visits do not cluster. A trip costs ``trip_cost`` and ``km_cost`` a kilometre,
    rounded to a whole number. A visit that cannot be made costs more than all trips together.
    """

    units: tuple[Unit, ...]
    groups: tuple[Group, ...]
    areas: tuple[Area, ...]
    days: tuple[date, ...]
    gap_days: int = 5
    trip_cost: int = 10
    km_cost: float = 0.2
    pins: tuple[Pin, ...] = ()


def check_problem(problem: VisitProblem) -> None:
    """Raise ValueError, in one sentence, for a problem that contradicts itself."""
    for what, ids in (
        ("units", [unit.id for unit in problem.units]),
        ("groups", [group.id for group in problem.groups]),
        ("areas", [area.id for area in problem.areas]),
        ("days", [day.isoformat() for day in problem.days]),
    ):
        twice = sorted({each for each in ids if ids.count(each) > 1})
        if twice:
            raise ValueError(f"These {what} are given twice: {', '.join(twice)}.")
    if list(problem.days) != sorted(problem.days):
        raise ValueError("The days are not in order.")
    areas = {area.id for area in problem.areas}
    lost = sorted({unit.area for unit in problem.units} - areas)
    if lost:
        raise ValueError(f"These areas of units are not given: {', '.join(lost)}.")
    _check_pins(problem)
    if problem.gap_days < 1 or problem.trip_cost < 0 or problem.km_cost < 0:
        raise ValueError("The gap is at least one day, and costs are not negative.")
    if any(unit.needs < 0 for unit in problem.units):
        raise ValueError("A unit cannot need fewer than no visits.")
    if any(group.capacity < 0 for group in problem.groups):
        raise ValueError("A group cannot visit fewer than no units.")


def _check_pins(problem: VisitProblem) -> None:
    units = {unit.id for unit in problem.units}
    groups = {group.id for group in problem.groups} | {""}
    for pin in problem.pins:
        if pin.unit not in units or pin.group not in groups:
            raise ValueError(f"The pin of {pin.unit} names somebody who is not given.")
