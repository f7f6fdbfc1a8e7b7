"""The engine at work on the month of a plan, watched on the way. Source: S2.2, S4.5."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from footpath import planning as engine
from footpath.assignments.services.telling import Teller
from footpath.meetings.models import MonthPlan
from footpath.meetings.planning_month import Picture
from footpath.planning.month.events import Absent
from footpath.planning.month.plan import Change
from footpath.planning.month.plan import MonthPlan as Calendar
from footpath.planning.month.problem import MonthProblem

WORK, SECONDS = 20_000, 120.0
"""The limits of one plan: by work, so that it can be repeated, and by time as an outer stop."""


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
