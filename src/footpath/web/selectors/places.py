"""How the places of somebody in charge stand today."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q

from footpath.assignments.models import Assignment, StandIn
from footpath.cases.models import Case
from footpath.core.figures import Rate
from footpath.directory.models import Area
from footpath.reports import links
from footpath.reports.selectors import Figure


@dataclass(frozen=True)
class MyPlace:
    """A place somebody is in charge of: how it stands today."""

    area: Area
    covered: Rate
    covered_tier: str
    covered_href: str
    missing: tuple[str, ...]
    open: Figure
    overdue: Figure
    stands_in: StandIn | None = None

    @property
    def in_order(self) -> bool:
        """Return whether nothing here asks for a look."""
        return not self.overdue.rows and not self.covered.missing


def own_areas(charges: Iterable[Assignment], standing: Iterable[StandIn]) -> list[Area]:
    """Return the places somebody is in charge of or stands in at, the lowest tiers first, once.

    A place whose parent is the person's too is left out: it is told with its parent. Where the
    person stands in, the place is always told.
    """
    found: dict[int, Area] = {}
    for row in charges:
        if row.area is not None:
            found.setdefault(row.area.pk, row.area)
    own = {pk: area for pk, area in found.items() if area.parent_id not in found}
    for each in standing:
        if each.assignment.area is not None:
            own.setdefault(each.assignment.area.pk, each.assignment.area)
    return sorted(own.values(), key=lambda area: (-area.tier.level, area.path))


def how_places_stand(
    areas: Sequence[Area], today: date, standing: Mapping[int | None, StandIn]
) -> tuple[MyPlace, ...]:
    """Return how each place stands: one query over the places below, one over their open cases."""
    if not areas:
        return ()
    below = (
        Area.objects.in_force(today)
        .filter(parent__in=[area.pk for area in areas], tier__needs_lead=True)
        .select_related("tier")
        .order_by("name", "pk")
    )
    children: dict[int | None, list[Area]] = {}
    for child in below:
        children.setdefault(child.parent_id, []).append(child)
    led = _led([child.pk for child in below], today)
    counted = Case.objects.open().aggregate(
        **{f"open{at}": Count("pk", filter=_inside(area)) for at, area in enumerate(areas)},
        **{
            f"late{at}": Count("pk", filter=_inside(area) & Q(due_on__lt=today))
            for at, area in enumerate(areas)
        },
    )
    found = []
    for at, area in enumerate(areas):
        mine = sorted(children.get(area.pk, []), key=_reading)
        missing = tuple(child.name for child in mine if child.pk not in led)
        tier = mine[0].tier if mine else None
        found.append(
            MyPlace(
                area=area,
                covered=Rate(len(mine) - len(missing), len(mine)),
                covered_tier=tier.name if tier else "",
                covered_href=links.coverage(area, tier=tier.code) if tier else "",
                missing=missing,
                open=figure_of(counted[f"open{at}"], links.ledger(area, view="open")),
                overdue=figure_of(counted[f"late{at}"], links.ledger(area, view="overdue")),
                stands_in=standing.get(area.pk),
            )
        )
    return tuple(found)


def _reading(area: Area) -> list[Any]:
    """Order names as people read them: Tổ 2 stands before Tổ 10."""
    return [
        (1, int(part), "") if part.isdecimal() else (0, 0, part)
        for part in re.split(r"(\d+)", area.name)
        if part
    ]


def _led(area_ids: Sequence[int], today: date) -> frozenset[int | None]:
    rows = Assignment.objects.in_force(today).filter(area__in=area_ids, role=Assignment.Role.LEAD)
    return frozenset(rows.values_list("area_id", flat=True))


def _inside(area: Area) -> Q:
    ids = area.ancestor_ids
    return Q(**{f"a{len(ids) - 1}": ids[-1]})


def figure_of(number: int, href: str) -> Figure:
    """Return a number that leads to as many rows."""
    return Figure(number, href, number)
