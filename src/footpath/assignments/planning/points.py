"""Points on the map, and the paths from a place upwards."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt

from footpath.core import tree
from footpath.directory.models import Person

Point = tuple[float, float]


def upwards(path: str) -> list[str]:
    """Return the paths from a place up to its root."""
    return [path[:end] for end in range(len(path), 0, -tree.STEP)]


def point_at(latitude: float | None, longitude: float | None) -> Point | None:
    """Return a point as (latitude, longitude) in degrees; None when one of them is unknown."""
    return None if latitude is None or longitude is None else (latitude, longitude)


def home_of(person: Person) -> Point | None:
    """Return where somebody lives; None when no home is known."""
    home = person.home_area
    return point_at(home.latitude, home.longitude) if home is not None else None


def kilometres(one: Point | None, other: Point | None) -> float | None:
    """Return the straight line between two points in kilometres; None when one is unknown."""
    if one is None or other is None:
        return None
    (lat1, lon1), (lat2, lon2) = (tuple(map(radians, point)) for point in (one, other))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * 6371.0088 * asin(sqrt(half))
