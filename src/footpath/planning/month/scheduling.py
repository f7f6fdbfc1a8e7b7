"""``schedule``: a month's calendar of meetings. Source: S2.2, S4.5."""

from __future__ import annotations

from collections.abc import Mapping

from footpath.planning.budget import Budget, Progress
from footpath.planning.month.entries import Calendar, digest
from footpath.planning.month.findings import findings
from footpath.planning.month.grid import Grid
from footpath.planning.month.plan import Entry, MonthPlan, Status
from footpath.planning.month.prices import Prices
from footpath.planning.month.problem import MonthProblem
from footpath.planning.month.search import Effort, Search


def schedule(
    problem: MonthProblem,
    *,
    backend: str = "highs",
    seed: int = 0,
    budget: Budget | None = None,
    on_progress: Progress | None = None,
) -> MonthPlan:
    """Return the calendar that keeps most wishes: a slot, a chair and stand-ins for each meeting.

    Nobody is in two places, too often in a day, or farther than one can travel; a hall holds what
    it holds; days that are blocked stay so. A meeting that finds no slot is a finding, with the
    rules, meetings and people in its way, and what a person might allow. ``backend`` is one of
    ``solvers.available()``. ``on_progress`` is told the first usable calendar at once. Raises
    ValueError when the problem names what is not in it, or the back end is not installed.
    """
    effort = Effort(backend, budget, on_progress)
    grid = Grid(problem)
    search = Search(Prices(grid), backend, seed, effort)
    return planned(grid, search)


def planned(grid: Grid, search: Search, before: Mapping[str, Entry] | None = None) -> MonthPlan:
    """Return what a search found as a plan."""
    calendar = Calendar(grid, search.put, search.chairs)
    entries = calendar.entries(before)
    found = findings(grid, calendar, entries, search.backend)
    return MonthPlan(
        entries=entries,
        findings=found,
        status=status(search),
        cost=search.cost,
        bound=search.bound,
        backend=search.backend,
        seed=search.seed,
        reproducible=search.effort.reproducible,
        digest=digest(entries, found, search.cost),
    )


def status(search: Search) -> Status:
    """Return proven when the bound has reached the cost, else how it was left."""
    if search.bound == search.cost:
        return "proven"
    return "greedy" if search.alone else "gap"
