"""What an engine says while it makes a plan, of people in charge or of a month."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

TELL_EVERY_S = 0.4
MOST_POINTS = 120
NOTHING_KNOWN = 1e300


class Teller:
    """Keeps what the engine says on the way, and tells it to stop when somebody asks.

    ``running`` finds the row of the plan for as long as it is at work.
    """

    def __init__(self, running: QuerySet[Any], at: datetime) -> None:
        self.running, self.at = running, at
        self.points: list[list[float | None]] = []
        self.told: float | None = None
        self.stopped = False
        self.elapsed = 0.0

    def __call__(self, cost: float, bound: float, elapsed: float) -> bool:
        """Keep a step; return whether to go on."""
        self.elapsed = elapsed
        point = [round(elapsed, 3), _finite(cost), _finite(bound)]
        if not self.points or self.points[-1][1:] != point[1:]:
            self.points.append(point)
        if self.told is not None and elapsed - self.told < TELL_EVERY_S:
            return not self.stopped
        self.told = elapsed
        self.running.update(progress=self.shown(), heard_at=self.now())
        self.stopped = self.running.values_list("stop", flat=True).first() in (True, None)
        return not self.stopped

    def now(self) -> datetime:
        """Return the moment of the last step."""
        return self.at + timedelta(seconds=self.elapsed)

    def shown(self) -> list[list[float | None]]:
        """Return at most so many steps, the first and the last among them."""
        thin = -(-len(self.points) // MOST_POINTS)
        kept = self.points[::thin] if thin > 1 else list(self.points)
        if self.points and kept[-1] != self.points[-1]:
            kept.append(self.points[-1])
        return kept


def _finite(value: float) -> float | None:
    """Return the value, or None while nothing is known."""
    return value if abs(value) < NOTHING_KNOWN else None
