"""The steps of a plan that is being made, and where they are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from footpath.assignments import explaining
from footpath.assignments.models import (
    Plan,
)

WIDE, HIGH = 300.0, 90.0


@dataclass(frozen=True)
class Point:
    """How far the plan was after some seconds: cost, bound, and the gap in percent."""

    seconds: float
    cost: float | None
    bound: float | None
    gap: Decimal | None
    x: float = 0.0
    y_cost: float | None = None
    y_bound: float | None = None


@dataclass(frozen=True)
class Progress:
    """The steps of a plan that is being made, and where they lie on a picture 300 wide, 90 high."""

    points: tuple[Point, ...]

    @property
    def last(self) -> Point | None:
        """Return the newest step."""
        return self.points[-1] if self.points else None

    def path(self, which: str) -> str:
        """Return the line of "cost" or "bound" as the path of an SVG, in steps."""
        drawn = ""
        for point in self.points:
            y = point.y_cost if which == "cost" else point.y_bound
            if y is not None:
                drawn += f"H{point.x} V{y} " if drawn else f"M{point.x} {y} "
        return drawn.strip()


def progress_of(plan: Plan) -> Progress:
    """Return the steps of a plan with their gap, and where they are drawn."""
    steps = [(float(row[0]), row[1], row[2]) for row in plan.progress]
    known = [value for _t, cost, bound in steps for value in (cost, bound) if value is not None]
    low, high = min(known, default=0.0), max(known, default=1.0)
    longest = max((t for t, _cost, _bound in steps), default=0.0) or 1.0

    def y(value: float | None) -> float | None:
        if value is None:
            return None
        share = (value - low) / (high - low) if high > low else 0.5
        return round(HIGH - 4 - share * (HIGH - 8), 1)

    points = []
    for t, cost, bound in steps:
        gap = explaining.gap_between(cost, bound)
        points.append(Point(t, cost, bound, gap, round(t / longest * WIDE, 1), y(cost), y(bound)))
    return Progress(tuple(points))
