"""Places on a flat drawing: where a point stands, and which points are drawn as one. No Django."""

from __future__ import annotations

import math
from collections.abc import Iterable
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

    @property
    def _scale(self) -> float:
        return min(self.width / self._across, self.height / (self.box.north - self.box.south))

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


def radius(number: int, most: int, *, least: float = 11.0, largest: float = 34.0) -> float:
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
