"""The places that a plan is about, who leads them and since when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q

from footpath.assignments.models import (
    Assignment,
    CoverageRule,
)
from footpath.assignments.planning.points import point_at, upwards
from footpath.assignments.planning.weights import open_at
from footpath.core import tree
from footpath.directory.models import Area, Tier
from footpath.planning.assignment import problem as engine

ROLE = Assignment.Role


def places_to_plan(area: Area, tier: Tier, day: date) -> list[Any]:
    """Return the places that need somebody in charge on the day, each with weight and rule."""
    below = Q(children__valid_from=None) | Q(children__valid_from__lte=day)
    below &= Q(children__valid_until=None) | Q(children__valid_until__gte=day)
    found: list[Any] = list(
        Area.objects.in_force(day)
        .within(area.path)
        .filter(tier=tier)
        .annotate(inside=Count("children", filter=below))
        .only("pk", "path", "parent_id", "latitude", "longitude", "tier_id")
        .order_by("path")
    )
    rules = {
        row.area.path: row
        for row in CoverageRule.objects.filter(
            tree.within(area.path, column="area__path") | Q(area__in=area.ancestor_ids), tier=tier
        ).select_related("area")
    }
    more = open_at(area, {place.path for place in found})
    kept = []
    for place in found:
        rule = next((rules[path] for path in upwards(place.path) if path in rules), None)
        if not (rule.needs_lead if rule is not None else tier.needs_lead):
            continue
        place.weight = max(1, place.inside + more.get(place.path, 0))
        place.wants_deputy = rule is not None and rule.needs_deputy
        kept.append(place)
    return kept


def as_place(place: Any, tier: Tier) -> engine.Place:
    """Return a place as the engine knows it."""
    return engine.Place(
        id=str(place.pk),
        tier=tier.code,
        parent=str(place.parent_id or ""),
        weight=place.weight,
        at=point_at(place.latitude, place.longitude),
        wants_deputy=place.wants_deputy,
    )


def charges_of(places: Sequence[int], eve: date) -> list[Assignment]:
    """Return who leads the places or is their deputy, and who did before."""
    return list(
        Assignment.objects.filter(
            area__in=places, role__in=(ROLE.LEAD, ROLE.DEPUTY), start__lte=eve
        )
        .only("pk", "area_id", "person_id", "role", "start", "until")
        .order_by("start", "pk")
    )


def held_on(rows: Iterable[Assignment], eve: date) -> dict[int, tuple[int | None, int | None]]:
    """Return lead and deputy of each place on the day."""
    found: dict[int, list[int | None]] = {}
    for row in rows:
        if row.area_id is not None and (row.until is None or row.until >= eve):
            pair = found.setdefault(row.area_id, [None, None])
            pair[0 if row.role == ROLE.LEAD else 1] = row.person_id
    return {place: (pair[0], pair[1]) for place, pair in found.items()}


def since_when(
    rows: Iterable[Assignment], held: Mapping[int, tuple[int | None, int | None]]
) -> dict[int, dict[str, date]]:
    """Return for each lead of the day the first day of an unbroken term in each place."""
    spans: dict[tuple[int, int], list[Assignment]] = defaultdict(list)
    for row in rows:
        if row.role == ROLE.LEAD and row.area_id is not None:
            spans[row.person_id, row.area_id].append(row)
    found: dict[int, dict[str, date]] = defaultdict(dict)
    for place, (lead, _deputy) in held.items():
        if lead is None:
            continue
        first: date | None = None
        for row in reversed(spans[lead, place]):
            if first is not None and (row.until is None or row.until + timedelta(days=1) < first):
                break
            first = row.start
        if first is not None:
            found[lead][str(place)] = first
    return found
