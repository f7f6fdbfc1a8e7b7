"""The open cases of a place on a map: one circle a place below it, one a spot with cases."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BigIntegerField, Count, F, Q, Value
from django.db.models.functions import Floor

from footpath.cases.filters import Filter
from footpath.cases.models import CaseQuerySet
from footpath.cases.rules.mapping import GRID, Box, cell
from footpath.cases.selectors.listing import ledger
from footpath.core import tree
from footpath.directory.models import Area, Person

MOST_CIRCLES = 400
NOWHERE = Q(latitude=None) | Q(longitude=None)
"""The condition that nobody said where exactly a case is."""


@dataclass(frozen=True)
class Circle:
    """So many cases at one spot; of a place with its name, or of positions that lie together."""

    latitude: float
    longitude: float
    number: int
    overdue: int
    area: Area | None = None
    box: Box | None = None


@dataclass(frozen=True)
class PlaceLine:
    """One line of the table behind the map; without a centre the place is only here."""

    area: Area
    number: int
    overdue: int


@dataclass(frozen=True)
class CaseMap:
    """What the map of a place shows, and the table behind it."""

    box: Box | None
    circles: list[Circle]
    lines: list[PlaceLine]


def case_map(person: Person, asked: Filter, area: Area, *, today: date) -> CaseMap:
    """Return the cases of a filter in a place: three queries, whatever the number of cases.

    Cases whose exact position is known stand there, those that lie close together as one circle;
    all others stand at the centre of the place below ``area`` in which they are.
    """
    rows = ledger(person, asked, path=area.path, today=today).order_by()
    children = list(Area.objects.filter(parent=area, valid_until=None).order_by("path"))
    known = {child.pk: child for child in children}
    counted = _by_child(rows, area, today)
    lines = [PlaceLine(known[pk], row["cases"], row["late"]) for pk, row in counted if pk in known]
    lines += [PlaceLine(area, row["cases"], row["late"]) for pk, row in counted if pk not in known]
    box = Box.around(_centres(children or [area]))
    if box is None:
        return CaseMap(None, [], lines)
    circles = [
        Circle(at.latitude, at.longitude, row["nowhere"], row["nowhere_late"], area=at)
        for pk, row in counted
        for at in [known.get(pk, area)]
        if row["nowhere"] and at.latitude is not None and at.longitude is not None
    ]
    return CaseMap(box, circles + _spots(rows, box, today), lines)


def _by_child(rows: CaseQuerySet, area: Area, today: date) -> list[tuple[int, Any]]:
    """Return the figures of each place right below, in the order of the tree.

    Cases of the place itself stand under its own key.
    """
    level = len(area.ancestor_ids)
    child = F(f"a{level}") if level < tree.LEVELS else Value(None, output_field=BigIntegerField())
    late = Q(is_open=True, due_on__lt=today)
    found: Iterable[Any] = (
        rows.annotate(child=child)
        .values("child")
        .annotate(
            cases=Count("pk"),
            late=Count("pk", filter=late),
            nowhere=Count("pk", filter=NOWHERE),
            nowhere_late=Count("pk", filter=NOWHERE & late),
        )
    )
    return sorted(((row["child"] or area.pk, row) for row in found), key=lambda pair: pair[0])


def _centres(areas: list[Area]) -> list[tuple[float, float]]:
    return [
        (area.latitude, area.longitude)
        for area in areas
        if area.latitude is not None and area.longitude is not None
    ]


def _spots(rows: CaseQuerySet, box: Box, today: date) -> list[Circle]:
    """Return one circle for each cell of the box in which cases have a position."""
    high, wide = (box.north - box.south) / GRID, (box.east - box.west) / GRID
    inside = rows.filter(
        latitude__gte=box.south,
        latitude__lt=box.north,
        longitude__gte=box.west,
        longitude__lt=box.east,
    )
    found: Iterable[Any] = (
        inside.annotate(
            up=Floor((F("latitude") - box.south) / high),
            across=Floor((F("longitude") - box.west) / wide),
        )
        .values("up", "across")
        .annotate(cases=Count("pk"), late=Count("pk", filter=Q(is_open=True, due_on__lt=today)))[
            :MOST_CIRCLES
        ]
    )
    circles = []
    for row in found:
        part = cell(box, int(row["up"]), int(row["across"]))
        circles.append(
            Circle(
                (part.south + part.north) / 2,
                (part.west + part.east) / 2,
                row["cases"],
                row["late"],
                box=part,
            )
        )
    return circles
