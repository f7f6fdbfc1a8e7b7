"""The cheapest round of visits, as a model in whole numbers.

Columns: ``trip[g, d, a]`` (group g goes to area a on day d), ``visit[u, d]``, ``short[u]``. A visit
needs a trip by a group that may make it; a trip holds so many visits; on one day a group goes to
one area, and one group to an area; of the days less than the gap apart a unit is visited on one.
What each area costs at least is known beforehand and stated: it closes most of the gap at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from footpath.planning.linear import Floats, Linear, Numbers
from footpath.planning.visits.board import Board, bits, match
from footpath.planning.visits.greedy import Draft, Trips

Trip = tuple[int, int, int]  # group, day, area
Visit = tuple[int, int]  # unit, day


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """The model and which of its columns is what."""

    linear: Linear
    trips: dict[Trip, int]
    visits: dict[Visit, int]
    short: Numbers

    def start(self, draft: Draft) -> Floats:
        """Return a draft as values of the columns."""
        values = np.zeros(self.linear.column_count, dtype=np.float64)
        values[self.short] = draft.board.need
        for day in range(len(draft.board.goes)):
            for area, group in (match(draft.able(day)) or {}).items():
                values[self.trips[group, day, area]] = 1.0
                for unit in draft.by_day[day][area]:
                    values[self.visits[unit, day]] = 1.0
                    values[self.short[unit]] -= 1.0
        return values

    def read(self, values: Floats, board: Board) -> list[Trips]:
        """Return for each area its trips; those on which nobody is visited are left out."""
        found: list[dict[int, list[int]]] = [{} for _ in board.units]
        for (unit, day), column in self.visits.items():
            if values[column] > 0.5:
                found[board.area[unit]].setdefault(day, []).append(unit)
        return [[(day, tuple(sorted(trips[day]))) for day in sorted(trips)] for trips in found]


def build(board: Board, floor: list[int], only: int | None = None) -> Model:
    """Return the model of a round of visits; columns that no rule leaves are not made.

    ``floor``: for each area what it costs at least. ``only``: the model of one area by itself,
    as if all groups were there for it alone.
    """
    linear = Linear()
    trips = [trip for trip in _trips(board) if only in {None, trip[2]}]
    trip_columns = linear.columns([board.price[area] for _, _, area in trips])
    trip = {key: int(column) for key, column in zip(trips, trip_columns, strict=True)}
    visits = [
        (unit, day)
        for unit, days in enumerate(board.days)
        for day in bits(days)
        if board.need[unit] and only in {None, board.area[unit]}
    ]
    held = [float(board.pinned[unit] >> day & 1) for unit, day in visits]
    visit_columns = linear.columns(np.zeros(len(visits)), held)
    visit = {key: int(column) for key, column in zip(visits, visit_columns, strict=True)}
    needs = [
        needed if only in {None, area} else 0
        for needed, area in zip(board.need, board.area, strict=True)
    ]
    short = linear.columns(np.full(len(needs), board.missing), 0.0, needs)
    model = Model(linear, trip, visit, short)
    _one_place_at_a_time(board, model)
    _a_trip_for_every_visit(board, model)
    _needs_and_gaps(board, model, needs)
    _floors(board, model, floor, only)
    return model


def _trips(board: Board) -> list[Trip]:
    """Return every trip on which a unit could be visited, by area, day and group."""
    found: list[Trip] = []
    for area, units in enumerate(board.units):
        for day in range(len(board.goes)):
            useful = 0
            for unit in units:
                if board.days[unit] >> day & 1 and board.need[unit]:
                    useful |= board.groups[unit]
            useful &= board.goes[day] & board.pins.get((area, day), -1)
            found.extend((group, day, area) for group in bits(useful))
    return found


def _rows(linear: Linear, upper: float, sets: list[list[int]]) -> None:
    """Add one row for each set of columns: their sum is at most ``upper``."""
    sets = [each for each in sets if len(each) > upper]
    if sets:
        rows = linear.rows(-np.inf, np.full(len(sets), upper))
        linear.entries(np.repeat(rows, [len(each) for each in sets]), np.concatenate(sets))


def _one_place_at_a_time(board: Board, model: Model) -> None:
    by_group: dict[tuple[int, int], list[int]] = {}
    by_area: dict[tuple[int, int], list[int]] = {}
    for (group, day, area), column in model.trips.items():
        by_group.setdefault((group, day), []).append(column)
        by_area.setdefault((area, day), []).append(column)
    _rows(model.linear, 1.0, [*by_group.values(), *by_area.values()])


def _a_trip_for_every_visit(board: Board, model: Model) -> None:
    linear = model.linear
    going: dict[tuple[int, int], list[int]] = {}  # area and day to groups
    for group, day, area in model.trips:
        going.setdefault((area, day), []).append(group)
    visited: dict[tuple[int, int], list[int]] = {}  # area and day to units
    for unit, day in model.visits:
        visited.setdefault((board.area[unit], day), []).append(unit)
    rows: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    count = 0
    for (area, day), units in visited.items():
        groups = going.get((area, day), [])
        for unit in units:
            able = [g for g in groups if board.groups[unit] >> g & 1]
            columns += [model.visits[unit, day], *(model.trips[g, day, area] for g in able)]
            values += [1.0, *([-1.0] * len(able))]
            rows += [count] * (1 + len(able))
            count += 1
        columns += [model.visits[unit, day] for unit in units]
        columns += [model.trips[g, day, area] for g in groups]
        values += [1.0] * len(units)
        values += [-float(board.capacity[g]) for g in groups]
        rows += [count] * (len(units) + len(groups))
        count += 1
    linear.entries(linear.rows(-np.inf, np.zeros(count))[rows], columns, values)


def _needs_and_gaps(board: Board, model: Model, needs: list[int]) -> None:
    linear = model.linear
    by_unit: dict[int, list[int]] = {}
    for unit, day in model.visits:
        by_unit.setdefault(unit, []).append(day)
    rows = linear.rows(np.asarray(needs, dtype=np.float64), needs)
    linear.entries(rows, model.short)
    windows = []
    for unit, days in by_unit.items():
        linear.entries(rows[unit], [model.visits[unit, day] for day in days])
        if board.need[unit] > 1:
            windows += [
                [model.visits[unit, day] for day in window]
                for window in _windows(board, board.days[unit])
            ]
    _rows(linear, 1.0, windows)


def _windows(board: Board, days: int) -> list[list[int]]:
    """Return the largest sets of these days of which any two lie less than the gap apart."""
    found: list[list[int]] = []
    for day in bits(days):
        window = list(bits(board.near[day] & days >> day << day))
        if not found or window[-1] > found[-1][-1]:
            found.append(window)
    return found


def _floors(board: Board, model: Model, floor: list[int], only: int | None) -> None:
    linear = model.linear
    least = [float(cost) if only in {None, area} else 0.0 for area, cost in enumerate(floor)]
    rows = linear.rows(least, np.inf)
    areas = [area for _, _, area in model.trips]
    linear.entries(rows[areas], list(model.trips.values()), [board.price[a] for a in areas])
    linear.entries(rows[board.area], model.short, float(board.missing))
