"""``repair``: change as little as possible of a calendar that was announced. Source: S2.2."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Literal

import numpy as np

from footpath.planning.budget import Budget, Progress
from footpath.planning.month.entries import Calendar, calendar_cost, digest
from footpath.planning.month.events import Event, Moved, after
from footpath.planning.month.findings import findings
from footpath.planning.month.grid import Grid, Mask
from footpath.planning.month.plan import Change, Entry, MonthPlan, Repair
from footpath.planning.month.prices import Prices
from footpath.planning.month.problem import NOT_HELD, MonthProblem, Pin
from footpath.planning.month.scheduling import status
from footpath.planning.month.search import Effort, Search

WIDENINGS = 3  # how often more meetings may be asked to move before everything may


def repair(
    problem: MonthProblem,
    plan: MonthPlan,
    events: Iterable[Event],
    *,
    today: date | None = None,
    backend: str = "highs",
    seed: int = 0,
    budget: Budget | None = None,
    on_progress: Progress | None = None,
) -> Repair:
    """Return the calendar after some events with the least changes, all of them listed.

    Nothing moves on days before ``today`` (None: that of the problem). What stays costs nothing;
    a deputy or another chair stepping in STEPS_IN, a meeting moved MOVES and its wishes, an
    attendee whom nobody replaces MISSING. Raises ValueError when an event names what is not in
    the problem, or the plan is of another problem.
    """
    effort = Effort(backend, budget, on_progress)
    before = {entry.meeting: entry for entry in plan.entries}
    if {*before} != {meeting.id for meeting in problem.meetings}:
        raise ValueError("the plan is not of this problem: its meetings are others")
    changed = replace(problem, today=today or problem.today)
    past = _past(changed, before)
    events = tuple(events)
    for event in events:
        if isinstance(event, Moved) and event.meeting in past:
            raise ValueError(f"the meeting {event.meeting!r} was held already")
    changed = after(changed, events)
    changed = _with_past(changed, past)
    open_problem = replace(
        changed,
        meetings=tuple(meeting for meeting in changed.meetings if meeting.id not in past),
        pins=tuple(pin for pin in changed.pins if pin.meeting not in past),
        waivers=tuple(waiver for waiver in changed.waivers if waiver.meeting not in past),
    )
    grid = Grid(open_problem)
    search = _least_change(Prices(grid, before), backend, seed, effort)
    calendar = Calendar(grid, search.put, search.chairs)
    repaired = _plan(grid, calendar, search, before, past)
    return Repair(
        problem=changed,
        plan=repaired,
        changes=tuple(_changes(before, repaired)),
        status=status(search),
        cost=search.cost,
        bound=search.bound,
    )


def _past(problem: MonthProblem, before: Mapping[str, Entry]) -> dict[str, Entry]:
    """Return the meetings that were held already."""
    days = {slot.id: slot.day for slot in problem.slots}
    return {
        name: entry
        for name, entry in before.items()
        if problem.today and days.get(entry.slot, problem.today) < problem.today
    }


def _with_past(problem: MonthProblem, past: Mapping[str, Entry]) -> MonthProblem:
    """Return the problem with what was held pinned to when it was."""
    others = tuple(pin for pin in problem.pins if pin.meeting not in past)
    held = tuple(Pin(name, past[name].slot) for name in sorted(past))
    return replace(problem, pins=(*others, *held))


def _least_change(prices: Prices, backend: str, seed: int, effort: Effort) -> Search:
    """Let those move whom the events concern, then whoever is in their way; then prove it.

    The sum of what each meeting pays at least is a bound. A meeting that stays pays nothing, so
    whatever would cost more than the gap to that bound need not be looked at.
    """
    grid = prices.grid
    can = np.where(grid.rules == 0, prices.low, NOT_HELD)
    least = np.minimum(can.min(axis=1, initial=NOT_HELD), NOT_HELD)
    floor = int(least.sum())
    keep = _stays(prices)
    movers: set[int] = {*np.flatnonzero((can * keep).sum(axis=1) + ~keep.any(axis=1)).tolist()}
    for _ in range(WIDENINGS):
        keep[sorted(movers)] = True
        search = Search(prices, backend, seed, effort, keep=keep, quick=True)
        search.bound = min(floor, search.cost)
        blockers = search.blockers()
        if search.cost == floor or blockers <= movers:
            break
        movers |= blockers
    if effort.tell(search.cost, search.bound) and search.bound < search.cost:
        near = can - least[:, None] + floor < search.cost
        return Search(prices, backend, seed, effort, keep=near, known=search)
    return search


def _stays(prices: Prices) -> Mask:
    """Return for each meeting the slot it is in, where it may stay."""
    keep = np.zeros(prices.grid.shape, dtype=np.bool_)
    for m, slot in enumerate(prices.current):
        if slot >= 0 and not prices.grid.rules[m, slot]:
            keep[m, slot] = True
    return keep


def _plan(
    grid: Grid,
    calendar: Calendar,
    search: Search,
    before: Mapping[str, Entry],
    past: Mapping[str, Entry],
) -> MonthPlan:
    """Return the calendar as a plan, with what was held already as it was.

    Its cost is that of a plan; the bound is what last month's habits ask of each for itself.
    """
    entries = calendar.entries(before)
    found = findings(grid, calendar, entries, search.backend)
    prices = search.prices
    cost = calendar_cost(prices, entries)
    can = np.where(grid.rules == 0, prices.habit, NOT_HELD)
    bound = min(cost, int(np.minimum(can.min(axis=1, initial=NOT_HELD), NOT_HELD).sum()))
    entries = tuple(sorted((*entries, *past.values()), key=lambda entry: entry.meeting))
    return MonthPlan(
        entries=entries,
        findings=found,
        status="proven" if bound == cost else "greedy" if search.alone else "gap",
        cost=cost,
        bound=bound,
        backend=search.backend,
        seed=search.seed,
        reproducible=search.effort.reproducible,
        digest=digest(entries, found, cost),
    )


def _changes(before: Mapping[str, Entry], plan: MonthPlan) -> Iterator[Change]:
    """Yield what is different, meeting by meeting: first when, then who."""
    for entry in plan.entries:
        was = before[entry.meeting]
        if entry.slot != was.slot:
            yield Change(_kind(was, entry), entry.meeting, was.slot, entry.slot)
        if entry.slot and entry.chair != was.chair:
            yield Change("chair", entry.meeting, was.chair, entry.chair)
        yield from _changes_of_people(was, entry)


def _kind(was: Entry, entry: Entry) -> Literal["moved", "placed", "dropped"]:
    if not entry.slot:
        return "dropped"
    return "moved" if was.slot else "placed"


def _changes_of_people(was: Entry, entry: Entry) -> Iterator[Change]:
    old = {pair.attendee: pair.deputy for pair in was.stand_ins}
    new = {pair.attendee: pair.deputy for pair in entry.stand_ins}
    for person in sorted({*new} - {p for p in new if old.get(p) == new[p]}):
        before = old.get(person, "")
        yield Change("steps_in", entry.meeting, before, new[person], person)
    for person in sorted({*entry.missing} - {*was.missing}):
        yield Change("missing", entry.meeting, old.get(person, ""), "", person)
    if entry.slot:
        for person in sorted({*old, *was.missing} - {*new, *entry.missing}):
            yield Change("comes", entry.meeting, old.get(person, ""), "", person)
