"""The place that a position or an address outside of the house means."""

from __future__ import annotations

from datetime import date
from math import cos, radians

from django.db.models import ExpressionWrapper, F, FloatField

from footpath.core import textsearch
from footpath.directory.models import Area

FARTHEST_DEGREES = 0.5
"""How far the nearest centre may lie, in degrees of latitude (55 km): farther away is elsewhere."""

MOST_PARTS = 8
"""So many parts of an address are looked at."""


def nearest_place(latitude: float, longitude: float, *, on: date) -> Area | None:
    """Return the place whose centre lies nearest to a position (WGS84, degrees), or None.

    Of equally near ones the deepest. None when no centre is known within 55 km. One query.
    """
    east = cos(radians(latitude)) or 1e-9
    north_way, east_way = F("latitude") - latitude, (F("longitude") - longitude) * east
    away = ExpressionWrapper(north_way * north_way + east_way * east_way, output_field=FloatField())
    return (
        Area.objects.in_force(on)
        .filter(
            latitude__range=(latitude - FARTHEST_DEGREES, latitude + FARTHEST_DEGREES),
            longitude__isnull=False,
        )
        .annotate(away=away)
        .filter(away__lte=FARTHEST_DEGREES**2)
        .order_by("away", "-path")
        .first()
    )


def place_of_address(text: str, *, on: date) -> Area | None:
    """Return the deepest place that an address names, or the root of the tree when there is one.

    "12 Main Road, Ấp Tân Huề, Xã Tân Thạch": each part is compared with the names of places, with
    and without their kind and diacritics; a place counts only below the places that later parts
    name. None when no part names a place and the tree has several roots.
    """
    parts = [part.strip() for part in text.split(",")][-MOST_PARTS:]
    found: Area | None = None
    for part in reversed(parts):
        named = _named(part, within=found.path if found is not None else "", on=on)
        found = named or found
    if found is not None:
        return found
    roots = list(Area.objects.in_force(on).filter(parent=None)[:2])
    return roots[0] if len(roots) == 1 else None


def _named(part: str, *, within: str, on: date) -> Area | None:
    """Return the one place below a path that has this name, or None when there is none or two."""
    wanted = textsearch.tokens(part)
    if not wanted:
        return None
    rows = Area.objects.in_force(on).within(within).matching(part).order_by("path")[:20]
    same = [
        area
        for area in rows
        if wanted in (textsearch.tokens(area.name), textsearch.tokens(area.short_name))
        and area.path != within
    ]
    level = min((len(area.path) for area in same), default=0)
    highest = [area for area in same if len(area.path) == level]
    return highest[0] if len(highest) == 1 else None
