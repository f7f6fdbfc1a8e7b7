"""The problems written down as one writes them at first: every wish a column, every rule a row.

Same rules, same prices, same optimum as the engine's; what differs is what one does with them.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from footpath.planning.linear import Arrays, Linear, Numbers
from footpath.planning.visits.problem import Unit, VisitProblem


def models(kind: str, problem: Any, plan: Any) -> list[Arrays]:
    """Return the models whose optima, one after the other, make up the best plan of a problem."""
    if kind == "assignments":
        return assignments(problem, plan)
    return [(month(problem) if kind == "month" else visits(problem, plan)).arrays()]


def assignments(problem: Any, plan: Any) -> list[Arrays]:
    """Return the model of the leads, a column for each pair, and that of the deputies for them."""
    from footpath.planning.assignment.draft import Draft
    from footpath.planning.assignment.eligibility import tabulate
    from footpath.planning.assignment.models import pairs_model
    from footpath.planning.assignment.prices import prices

    table = tabulate(problem)
    priced = prices(table)
    empty = sum(not line.lead for line in plan.lines)
    leads = pairs_model(Draft(table, priced), empty, integer=True).model.frame.model
    lead = np.array([table.officer_number.get(line.lead, -1) for line in plan.lines])
    return [leads.arrays(), _deputies(table, priced, lead).arrays()]


def _deputies(table: Any, priced: Any, lead: Numbers) -> Linear:
    """Return the model of the deputies: one a place, each officer's second one a little dearer."""
    from footpath.planning.assignment.deputies import beside
    from footpath.planning.assignment.prices import NO_DEPUTY, SECOND_DEPUTY

    model = Linear()
    where = np.flatnonzero([place.wants_deputy for place in table.places])
    allowed = (table.deputy_rules == 0) & beside(table, lead)
    officer, place = np.nonzero(allowed[:, where])
    pair = model.columns(priced.deputy[officer, where[place]])
    missing = model.columns(np.full(len(where), float(NO_DEPUTY)))
    one = model.rows(np.ones(len(where)), 1.0)
    model.entries(one[place], pair)
    model.entries(one, missing)
    led = np.bincount(lead[lead >= 0], minlength=len(table.officers))
    count = model.rows(np.zeros(len(table.officers)), 0.0)
    model.entries(count[officer], pair)
    for number, capacity in enumerate(table.capacity.tolist()):
        slots = SECOND_DEPUTY * priced.fair * (led[number] + np.arange(max(0, capacity)))
        if len(slots):
            step = model.columns(slots.astype(float))
            model.entries(np.repeat(count[number], len(step)), step, -1.0)
    return model


def month(problem: Any) -> Linear:
    """Return the model with a column for each meeting and slot, chairs by counting."""
    from footpath.planning.month.board import Board
    from footpath.planning.month.exact import Model
    from footpath.planning.month.grid import Grid
    from footpath.planning.month.prices import Prices

    grid = Grid(problem)
    return Model(Board(Prices(grid), np.ones(grid.shape, dtype=np.bool_))).linear


def visits(problem: VisitProblem, plan: Any) -> Linear:
    """Return a model with a column for each trip of a group, and each visit of a group."""
    model = Linear()
    trip = _trips(model, problem)
    visit = np.full((len(problem.units), *trip.shape[:2]), -1)
    area_of = {area.id: number for number, area in enumerate(problem.areas)}
    for u, unit in enumerate(problem.units):
        days = _free(problem, unit)
        able = [g for g, group in enumerate(problem.groups) if group.id not in unit.owners]
        need = model.rows(float(unit.needs), np.inf)
        model.entries(need, model.columns(plan.missing_cost, upper=float(unit.needs)), 1.0)
        for g in able:
            visit[u, g, days] = model.columns(np.zeros(len(days)))
            model.entries(np.repeat(need, len(days)), visit[u, g, days], 1.0)
            only = model.rows(np.full(len(days), -np.inf), np.zeros(len(days)))
            model.entries(only, visit[u, g, days], 1.0)
            model.entries(only, trip[g, days, area_of[unit.area]], -1.0)
        for first in days:  # one visit in any window
            last = problem.days[first] + timedelta(problem.gap_days)
            window = [d for d in days if problem.days[first] <= problem.days[d] < last]
            _at_most(model, visit[u][np.ix_(able, window)].ravel(), 1.0)
    for a, area in enumerate(problem.areas):
        inside = [u for u, unit in enumerate(problem.units) if unit.area == area.id]
        for g, d in np.ndindex(trip.shape[:2]):
            columns = visit[inside, g, d]
            full = _at_most(model, columns[columns >= 0], 0.0)
            model.entries(full, trip[g, d, [a]], -float(problem.groups[g].capacity))
    return model


def _trips(model: Linear, problem: VisitProblem) -> NDArray[np.int64]:
    """Add a column for each trip, (groups, days, areas), and what binds them."""
    prices = [round(problem.trip_cost + problem.km_cost * area.km) for area in problem.areas]
    shape = len(problem.groups), len(problem.days), len(prices)
    trip = model.columns(np.broadcast_to(np.array(prices, dtype=float), shape)).reshape(shape)
    for g, group in enumerate(problem.groups):
        for d, day in enumerate(problem.days):
            _at_most(model, trip[g, d], 0.0 if day in group.blocked else 1.0)
    for d in range(shape[1]):
        for a in range(shape[2]):
            _at_most(model, trip[:, d, a], 1.0)  # one group a day in an area
    return trip


def _free(problem: VisitProblem, unit: Unit) -> list[int]:
    """Return the days on which the unit may be visited at all."""

    def near(day: date) -> bool:
        return any(abs(day - other) < timedelta(problem.gap_days) for other in unit.visited)

    return [d for d, day in enumerate(problem.days) if day not in unit.closed and not near(day)]


def _at_most(model: Linear, columns: NDArray[np.int64], most: float) -> Numbers:
    row = model.rows(-np.inf, most)
    model.entries(np.repeat(row, len(columns)), columns, 1.0)
    return row
