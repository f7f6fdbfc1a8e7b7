"""The engine at work on the month of a plan, watched on the way. Source: S2.2, S4.5."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from footpath import planning as engine
from footpath.meetings.models import MonthPlan
from footpath.meetings.planning_month import Picture
from footpath.meetings.services.months.starting import STATE
from footpath.planning.month.events import Absent
from footpath.planning.month.plan import Change
from footpath.planning.month.plan import MonthPlan as Calendar
from footpath.planning.month.problem import MonthProblem

WORK, SECONDS = 20_000, 120.0
"""The limits of one plan: by work, so that it can be repeated, and by time as an outer stop."""
TELL_EVERY_S = 0.4
MOST_POINTS = 120
NOTHING_KNOWN = 1e300


@dataclass(frozen=True)
class Made:
    """What the engine found: the calendar, how good it is, and for a repair all that changes."""

    problem: MonthProblem
    calendar: Calendar
    status: str
    cost: int
    bound: int
    changes: tuple[Change, ...] | None = None


def scheduled(picture: Picture, teller: Teller) -> Made:
    """Return the month as the engine schedules it."""
    found = engine.schedule(
        picture.problem,
        budget=engine.Budget(work=WORK, seconds=SECONDS),
        on_progress=teller,
    )
    return Made(picture.problem, found, found.status, found.cost, found.bound)


def repaired(plan: MonthPlan, picture: Picture, teller: Teller) -> Made:
    """Return the month as it stands, changed as little as the absences of the plan allow."""
    events = [
        Absent(
            str(event["absent"]),
            date.fromisoformat(event["first"]),
            date.fromisoformat(event["last"]),
        )
        for event in plan.events
    ]
    found = engine.repair(
        picture.problem,
        picture.standing(events_of(plan)),
        events,
        budget=engine.Budget(work=WORK, seconds=SECONDS),
        on_progress=teller,
    )
    return Made(found.problem, found.plan, found.status, found.cost, found.bound, found.changes)


def events_of(plan: MonthPlan) -> set[int]:
    """Return the keys of those whose absence a repair is about."""
    return {int(event["absent"]) for event in plan.events}


class Teller:
    """Keeps what the engine says on the way, and tells it to stop when somebody asks."""

    def __init__(self, plan: MonthPlan, at: datetime) -> None:
        self.plan, self.at = plan, at
        self.points: list[list[float | None]] = []
        self.told: float | None = None
        self.stopped = False
        self.elapsed = 0.0

    def __call__(self, cost: float, bound: float, elapsed: float) -> bool:
        """Keep a step; return whether to go on."""
        self.elapsed = elapsed
        values = (value if abs(value) < NOTHING_KNOWN else None for value in (cost, bound))
        point = [round(elapsed, 3), *values]
        if not self.points or self.points[-1][1:] != point[1:]:
            self.points.append(point)
        if self.told is not None and elapsed - self.told < TELL_EVERY_S:
            return not self.stopped
        self.told = elapsed
        rows = MonthPlan.objects.filter(pk=self.plan.pk, state=STATE.RUNNING)
        rows.update(progress=self.shown(), heard_at=self.now())
        self.stopped = rows.values_list("stop", flat=True).first() in (True, None)
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
