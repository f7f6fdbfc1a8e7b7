"""The models of leads for a solver: a row for each place, a column for each set or pair."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from footpath.planning.assignment.draft import Draft
from footpath.planning.assignment.prices import CLUSTER
from footpath.planning.assignment.sets import Sets
from footpath.planning.assignment.table import NOBODY, Floats, Ints, Table
from footpath.planning.linear import Linear

EXACT = 1e-6  # how far off a bound may be by the rounding of floating numbers


class Frame:
    """The rows that every model of leads has, with the columns for what stays open.

    One row for each place; one for each department and parent where the spread could matter;
    one for each cluster. ``spare`` places may stay empty, at no price: how many is known before.
    """

    def __init__(self, table: Table, spare: int, *, integer: bool) -> None:
        """Begin a model."""
        self.table = table
        self.spare = spare
        self.model = Linear()
        self.integer = integer
        n = len(table.places)
        self.place = self.model.rows(np.ones(n), 1.0)
        self.open = np.flatnonzero(table.lead_pin == NOBODY) if spare else np.empty(0, np.int64)
        self.empty = self.model.columns(np.zeros(len(self.open)), integer=integer)
        self.model.entries(self.place[self.open], self.empty)
        self.budget = self.model.rows(np.full(1, -np.inf), float(spare))
        self.model.entries(self.budget[0], self.empty)
        self.unranked = self.model.columns(np.full(table.clusters, float(CLUSTER)), integer=integer)
        self.cluster = self.model.rows(np.ones(table.clusters), np.inf)
        self.model.entries(self.cluster, self.unranked)
        self.spread = self._spread_rows()

    def _spread_rows(self) -> Ints:
        """Return the number of the row of each department and parent, -1 for none, (d + 1, q)."""
        t = self.table
        rows = np.full(
            (int(t.department.max(initial=-1)) + 2, int(t.parent.max(initial=-1)) + 2), -1
        )
        most = t.problem.policy.spread
        if most is not None:
            size = np.bincount(t.parent[t.parent >= 0], minlength=rows.shape[1] - 1)
            tight = np.flatnonzero(size > most)
            made = self.model.rows(np.full((len(rows) - 1) * len(tight), -np.inf), float(most))
            rows[: len(rows) - 1, tight] = made.reshape(len(rows) - 1, len(tight))
        return rows

    def link(self, columns: Ints, officer: Ints, place: Ints) -> None:
        """Say that in these columns the officer leads the place; a column may come many times."""
        t = self.table
        self.model.entries(self.place[place], columns)
        spread = self.spread[t.department[officer], t.parent[place]]
        self.model.entries(spread[spread >= 0], columns[spread >= 0])
        ranked = t.leading[officer] & (t.cluster[place] >= 0)
        self.model.entries(self.cluster[t.cluster[place[ranked]]], columns[ranked])

    def worth(self, duals: Floats) -> tuple[Floats, float]:
        """Return what a place is worth with each officer, (m, n), and the rest of the bound.

        The rest and, for each officer, the least of cost less worth over the sets, or 0, add up
        to a lower bound, whatever the duals are.
        """
        t = self.table
        place = duals[self.place]
        spread = np.where(self.spread >= 0, np.minimum(duals[self.spread], 0.0), 0.0)
        cluster = np.maximum(duals[self.cluster], 0.0)
        budget = min(0.0, float(duals[self.budget[0]]))
        worth = place[None, :] + spread[t.department[:, None], t.parent[None, :]]
        inside = np.flatnonzero(t.cluster >= 0)
        worth[:, inside] += t.leading[:, None] * cluster[t.cluster[inside]][None, :]
        rest = float(place.sum()) + float(cluster.sum()) + budget * self.spare
        rest += float(spread.sum()) * (t.problem.policy.spread or 0)
        rest += float(np.minimum(0.0, CLUSTER - cluster).sum())
        rest += float(np.minimum(0.0, -place[self.open] - budget).sum())
        return worth, rest

    def start(self, lead: Ints) -> Floats:
        """Return a start (one value a column) for the columns of the frame."""
        t = self.table
        start = np.zeros(self.model.column_count)
        start[self.empty] = lead[self.open] == NOBODY
        led = np.flatnonzero(lead != NOBODY)
        ranked = led[t.leading[lead[led]] & (t.cluster[led] >= 0)]
        start[self.unranked] = 1.0
        start[self.unranked[t.cluster[ranked]]] = 0.0
        return start


@dataclass(frozen=True, eq=False)
class Model:
    """A frame with a column for each pair or set."""

    frame: Frame
    columns: Ints
    officer: Ints
    places: Ints  # (k, size), filled up with n

    def start(self, lead: Ints) -> Floats:
        """Return the start of a plan whose sets are all among the columns."""
        start = self.frame.start(lead)
        full = np.append(lead, NOBODY)
        own = full[self.places] == self.officer[:, None]
        own |= self.places == len(lead)
        size = (self.places < len(lead)).sum(axis=1)
        count = np.bincount(lead[lead >= 0], minlength=len(self.frame.table.officers))
        whole = own.all(axis=1) & (size == count[self.officer])
        start[self.columns[whole]] = 1.0
        return start

    def lead(self, values: Floats) -> Ints:
        """Return who leads each place in a solution."""
        n = len(self.frame.table.places)
        lead = np.full(n + 1, NOBODY)
        for k in np.flatnonzero(values[self.columns] > 0.5):
            lead[self.places[k]] = self.officer[k]
        return lead[:n]


def sets_model(table: Table, sets: Sets, spare: int, *, integer: bool) -> tuple[Model, Ints]:
    """Return the model over sets, and the rows by which each officer takes one set at most."""
    frame = Frame(table, spare, integer=integer)
    model = frame.model
    columns = model.columns(sets.cost, integer=integer)
    k, position = np.nonzero(sets.places < len(table.places))
    frame.link(columns[k], sets.officer[k], sets.places[k, position])
    one = model.rows(np.full(len(table.officers), -np.inf), 1.0)
    model.entries(one[sets.officer], columns)
    return Model(frame, columns, sets.officer, sets.places), one


@dataclass(frozen=True, eq=False)
class Pairs:
    """The plain model over pairs: its columns, and those of the overload at each step."""

    model: Model
    over: list[tuple[Ints, Ints]]  # for each step: columns, and their officers

    def start(self, draft: Draft) -> Floats:
        """Return the start of a plan."""
        model = self.model
        start = model.frame.start(draft.lead)
        start[model.columns] = draft.lead[model.places[:, 0]] == model.officer
        for step, (columns, officers) in enumerate(self.over):
            load = draft.stepped[step, officers] - draft.prices.steps[step]
            start[columns] = np.maximum(load, 0)
        return start


def pairs_model(draft: Draft, spare: int, *, integer: bool, priced: bool = True) -> Pairs:
    """Return the model with a column for each pair; without prices only what stays empty counts."""
    t, prices = draft.table, draft.prices
    frame = Frame(t, spare, integer=integer)
    model = frame.model
    officer, place = np.nonzero(draft.allowed)
    columns = model.columns(prices.lead[officer, place] * float(priced), integer=integer)
    frame.link(columns, officer, place)
    rows = model.rows(np.full(len(t.officers), -np.inf), t.capacity.astype(np.float64))
    model.entries(rows[officer], columns)
    limited = np.flatnonzero(t.limit < t.weight.sum())
    row_of = np.full(len(t.officers), -1)
    row_of[limited] = model.rows(np.full(len(limited), -np.inf), t.limit[limited].astype(float))
    heavy = row_of[officer] >= 0
    model.entries(row_of[officer[heavy]], columns[heavy], t.weight[place[heavy]])
    over: list[tuple[Ints, Ints]] = []
    for step in range(len(prices.steps) if priced and prices.fair else 0):
        some = np.flatnonzero(prices.counts[step])
        excess = model.columns(
            np.full(len(some), float(prices.fair)), upper=np.inf, integer=integer
        )
        row_of = np.full(len(t.officers), -1)
        row_of[some] = model.rows(np.full(len(some), -np.inf), float(prices.steps[step]))
        model.entries(row_of[some], excess, -1.0)
        stepped = row_of[officer] >= 0
        model.entries(
            row_of[officer[stepped]], columns[stepped], prices.units[step, place[stepped]]
        )
        over.append((excess, some))
    return Pairs(Model(frame, columns, officer, place[:, None]), over)
