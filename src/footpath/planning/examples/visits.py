"""A month of visits drawn from a seed: 117 units, 22 days, 6 groups."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from footpath.planning.assignment.problem import Place
from footpath.planning.examples.district import CENTRE, START, communes
from footpath.planning.examples.drawing import drawing
from footpath.planning.visits.problem import Area, Group, Unit, VisitProblem

DAYS = 22
GROUPS = 6
GAP_DAYS = 5


def visits(seed: int) -> VisitProblem:
    """Return the visits wanted in the hamlets of ``district(seed)`` in its first month.

    Every fourth unit needs two visits, every third has a group that owns an item there.
    """
    random = drawing("visits", seed)
    month = (START + timedelta(day) for day in range(31))
    days = tuple(day for day in month if day.weekday() < 5)[:DAYS]
    groups = tuple(
        Group(f"G{number + 1}", blocked=_some_days(random, days, random.choice((0, 0, 1, 2))))
        for number in range(GROUPS)
    )
    units, areas = [], []
    for commune in communes(drawing("district", seed)):
        north, east = (place - town for place, town in zip(commune.at, CENTRE, strict=True))
        areas.append(Area(commune.id, km=round(2 * 1.4 * 111 * (abs(north) + abs(east)), 1)))
        units += [_unit(random, hamlet, groups, days) for hamlet in commune.hamlets]
    return VisitProblem(tuple(units), groups, tuple(areas), days, gap_days=GAP_DAYS)


def _unit(random: Random, hamlet: Place, groups: tuple[Group, ...], days: tuple[date, ...]) -> Unit:
    owners = random.sample(groups, random.choice((0, 0, 0, 0, 1, 2)))
    lately = [START - timedelta(random.randint(1, 20))] if random.random() < 0.4 else []
    return Unit(
        id=hamlet.id,
        area=hamlet.parent,
        needs=random.choice((1, 1, 1, 2)),
        owners=frozenset(group.id for group in owners),
        closed=_some_days(random, days, random.choice((0, 0, 0, 3))),
        visited=frozenset(lately),
    )


def _some_days(random: Random, days: tuple[date, ...], count: int) -> frozenset[date]:
    return frozenset(random.sample(days, count))
