"""Places on a flat drawing: where a point stands, and which points are drawn as one. No Django."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Box:
    """A part of the world in degrees (WGS 84), south-west to north-east."""

    south: float
    west: float
    north: float
    east: float

    @classmethod
    def around(cls, points: Iterable[tuple[float, float]], *, margin: float = 0.08) -> Box | None:
        """Return the box around points (latitude, longitude) with a margin; None without any.

        A single point gets about two kilometres to each side.
        """
        known = list(points)
        if not known:
            return None
        south, north = min(lat for lat, _lon in known), max(lat for lat, _lon in known)
        west, east = min(lon for _lat, lon in known), max(lon for _lat, lon in known)
        high, wide = max(north - south, 0.02), max(east - west, 0.02)
        middle = ((south + north) / 2, (west + east) / 2)
        half = (high * (0.5 + margin), wide * (0.5 + margin))
        return cls(
            max(middle[0] - half[0], -90.0),
            max(middle[1] - half[1], -180.0),
            min(middle[0] + half[0], 90.0),
            min(middle[1] + half[1], 180.0),
        )

    @classmethod
    def read(cls, text: str) -> Box | None:
        """Read "south,west,north,east" from an address; None when it is no box of the world."""
        try:
            south, west, north, east = (float(part) for part in text.split(","))
        except ValueError:
            return None
        sound = -90 <= south < north <= 90 and -180 <= west < east <= 180
        return cls(south, west, north, east) if sound else None

    def __str__(self) -> str:
        return ",".join(f"{edge:.5f}" for edge in (self.south, self.west, self.north, self.east))


@dataclass(frozen=True)
class Sheet:
    """A drawing of so many units that shows a box without stretching it, north above."""

    box: Box
    width: float
    height: float
    edge: float = 0.0

    @classmethod
    def across(cls, box: Box, width: float, *, most: float, edge: float) -> Sheet:
        """Return a sheet of this width, as high as the box needs but at most ``most``.

        ``edge`` units to each side stay free for what is drawn around the outermost points.
        """
        sheet = cls(box, width, most, edge)
        high = (box.north - box.south) * sheet._scale + 2 * edge
        return cls(box, width, round(min(high, most)), edge)

    @property
    def _scale(self) -> float:
        free = (self.width - 2 * self.edge, self.height - 2 * self.edge)
        return min(free[0] / self._across, free[1] / (self.box.north - self.box.south))

    @property
    def _across(self) -> float:
        return (self.box.east - self.box.west) * self._narrow

    @property
    def _narrow(self) -> float:
        """Return how much shorter a degree of longitude is here than one of latitude."""
        return max(math.cos(math.radians((self.box.north + self.box.south) / 2)), 0.01)

    def place(self, latitude: float, longitude: float) -> tuple[float, float]:
        """Return where a point stands: units from the left and from above, to one decimal."""
        scale = self._scale
        left = (self.width - self._across * scale) / 2
        above = (self.height - (self.box.north - self.box.south) * scale) / 2
        x = left + (longitude - self.box.west) * self._narrow * scale
        y = above + (self.box.north - latitude) * scale
        return round(x, 1), round(y, 1)


def radius(number: int, most: int, *, least: float = 10.0, largest: float = 24.0) -> float:
    """Return the radius of a circle whose area grows with the number, within two bounds."""
    if number <= 0 or most <= 0:
        return least
    return round(least + (largest - least) * math.sqrt(number / most), 1)


GRID = 12
"""So many cells to each side of a box: points in one cell are drawn as one."""


def cell(box: Box, latitude_step: int, longitude_step: int) -> Box:
    """Return the part of a box that a pair of steps from its south-west corner means."""
    high, wide = (box.north - box.south) / GRID, (box.east - box.west) / GRID
    south, west = box.south + latitude_step * high, box.west + longitude_step * wide
    return Box(south, west, min(south + high, 90.0), min(west + wide, 180.0))


@dataclass(frozen=True)
class Name:
    """A word beside a circle: where its middle stands, and at which side of the circle."""

    x: float
    y: float
    anchor: str


LETTER = 8.4
"""About so many units a letter of the names is wide."""

LINE = 16.0


def names_beside(
    circles: Sequence[tuple[float, float, float, str]], width: float, height: float
) -> list[Name | None]:
    """Return where the name of each circle (x, y, radius, name) can be read, None where nowhere.

    Tried in turn: below, above, right, left; never over another circle, another name or the edge.
    """
    taken = [(x - r, y - r, x + r, y + r) for x, y, r, _name in circles]
    found: list[Name | None] = []
    for x, y, r, name in circles:
        long = len(name) * LETTER
        tries = (
            (x - long / 2, y + r + 2, Name(x, y + r + LINE - 2, "middle")),
            (x - long / 2, y - r - LINE - 2, Name(x, y - r - 6, "middle")),
            (x + r + 4, y - LINE / 2, Name(x + r + 5, y + 5, "start")),
            (x - r - 4 - long, y - LINE / 2, Name(x - r - 5, y + 5, "end")),
        )
        spot = None
        for left, above, wanted in tries:
            area = (left, above, left + long, above + LINE)
            inside = left >= 0 and above >= 0 and area[2] <= width and area[3] <= height
            if name and inside and not any(_meet(area, other) for other in taken):
                spot = Name(round(wanted.x, 1), round(wanted.y, 1), wanted.anchor)
                taken.append(area)
                break
        found.append(spot)
    return found


Edges = tuple[float, float, float, float]


def _meet(one: Edges, other: Edges) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
