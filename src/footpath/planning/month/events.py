"""What happens to a month that was announced, and the problem with it in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import singledispatch

from footpath.planning.month.problem import Blocked, MonthProblem, Pin


@dataclass(frozen=True, slots=True)
class Absent:
    """Somebody is away from the first to the last day, both included."""

    person: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class HallClosed:
    """A hall is closed for a day."""

    hall: str
    day: date


@dataclass(frozen=True, slots=True)
class DayClosed:
    """Nobody meets on a day: everywhere, or at these spots."""

    day: date
    reason: str
    spots: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Moved:
    """A person has moved a meeting: it is pinned to the slot, whatever pinned it before."""

    meeting: str
    slot: str


Event = Absent | HallClosed | DayClosed | Moved


def after(problem: MonthProblem, events: Iterable[Event]) -> MonthProblem:
    """Return the problem once all this has happened; ValueError for a name that is not in it."""
    for event in events:
        problem = _after(event, problem)
    return problem


@singledispatch
def _after(event: Event, problem: MonthProblem) -> MonthProblem:
    raise TypeError(f"{type(event).__name__} is not an event")


@_after.register
def _(event: Absent, problem: MonthProblem) -> MonthProblem:
    _refuse("person", event.person, {person.id for person in problem.people})
    leave = (event.first, event.last)
    people = tuple(
        replace(person, away=(*person.away, leave)) if person.id == event.person else person
        for person in problem.people
    )
    return replace(problem, people=people)


@_after.register
def _(event: HallClosed, problem: MonthProblem) -> MonthProblem:
    _refuse("hall", event.hall, {hall.id for hall in problem.halls})
    halls = tuple(
        replace(hall, closed=(*hall.closed, event.day)) if hall.id == event.hall else hall
        for hall in problem.halls
    )
    return replace(problem, halls=halls)


@_after.register
def _(event: DayClosed, problem: MonthProblem) -> MonthProblem:
    blocked = Blocked(event.day, event.reason, spots=event.spots)
    return replace(problem, blocked=(*problem.blocked, blocked))


@_after.register
def _(event: Moved, problem: MonthProblem) -> MonthProblem:
    _refuse("meeting", event.meeting, {meeting.id for meeting in problem.meetings})
    _refuse("slot", event.slot, {slot.id for slot in problem.slots})
    others = tuple(pin for pin in problem.pins if pin.meeting != event.meeting)
    return replace(problem, pins=(*others, Pin(event.meeting, event.slot)))


def _refuse(what: str, name: str, known: set[str]) -> None:
    if name not in known:
        raise ValueError(f"an event names the {what} {name!r}, which is not in the problem")
