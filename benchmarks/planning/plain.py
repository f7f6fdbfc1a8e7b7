"""The problems written down as one writes them at first: every wish a column, every rule a row.

Same rules, same prices, same optimum as the engine's; what differs is the formulation alone.
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from footpath.planning.linear import Linear
from footpath.planning.visits.problem import VisitProblem


def visits(problem: VisitProblem, missing_cost: int) -> Linear:
    """Return a model with a column for each trip of a group, and each visit of a group."""
    model = Linear()
    days = range(len(problem.days))
    prices = [round(problem.trip_cost + problem.km_cost * area.km) for area in problem.areas]
    trip = np.array([
        [model.columns(np.full(len(problem.areas), prices)) for _ in days] for _ in problem.groups
    ])  # fmt: skip
    area_of = {area.id: number for number, area in enumerate(problem.areas)}
    for g, group in enumerate(problem.groups):
        for d in days:
            most = 0.0 if problem.days[d] in group.blocked else 1.0
            row = model.rows(-np.inf, most)  # one area a day
            model.entries(np.repeat(row, len(problem.areas)), trip[g, d], 1.0)
    for d in days:
        for a in range(len(problem.areas)):
            row = model.rows(-np.inf, 1.0)  # one group a day in an area
            model.entries(np.repeat(row, len(problem.groups)), trip[:, d, a], 1.0)
    visit = np.full((len(problem.units), len(problem.groups), len(problem.days)), -1)
    for u, unit in enumerate(problem.units):
        gap = timedelta(problem.gap_days)
        free = [
            d
            for d in days
            if problem.days[d] not in unit.closed
            and all(abs(problem.days[d] - day) >= gap for day in unit.visited)
        ]
        able = [g for g, group in enumerate(problem.groups) if group.id not in unit.owners]
        short = model.columns(missing_cost, upper=float(unit.needs))
        need = model.rows(float(unit.needs), np.inf)
        model.entries(need, short, 1.0)
        for g in able:
            visit[u, g, free] = model.columns(np.zeros(len(free)))
            model.entries(np.repeat(need, len(free)), visit[u, g, free], 1.0)
            rows = model.rows(np.full(len(free), -np.inf), np.zeros(len(free)))  # only on a trip
            model.entries(rows, visit[u, g, free], 1.0)
            model.entries(rows, trip[g, free, area_of[unit.area]], -1.0)
        for first in free:  # one visit in any window
            last = problem.days[first] + gap
            window = [d for d in free if problem.days[first] <= problem.days[d] < last]
            columns = visit[u][np.ix_(able, window)].ravel()
            row = model.rows(-np.inf, 1.0)
            model.entries(np.repeat(row, len(columns)), columns, 1.0)
    for a, area in enumerate(problem.areas):
        inside = [u for u, unit in enumerate(problem.units) if unit.area == area.id]
        for g, group in enumerate(problem.groups):
            for d in days:
                columns = visit[inside, g, d]
                columns = columns[columns >= 0]
                row = model.rows(-np.inf, 0.0)
                model.entries(np.repeat(row, len(columns)), columns, 1.0)
                model.entries(row, trip[g, d, [a]], -float(group.capacity))
    return model
