"""Choosing among plans of the same cost: lots, drawn by the ids of officer and place."""

from __future__ import annotations

from zlib import crc32

import numpy as np

from footpath.planning.assignment.models import EXACT
from footpath.planning.assignment.table import Floats, Ints, Table
from footpath.planning.linear import Linear

TINY = 1e-9
LOTS = 61  # lots that are drawn by the ids of officer and place


def lots(table: Table) -> Ints:
    """Return what decides between plans of the same cost, (m, n): metres, then a lot by ids."""
    metres = np.rint(np.nan_to_num(np.minimum(table.km, 99.0)) * 10).astype(np.int64)
    officers, places = (
        np.array([crc32(thing.id.encode()) for thing in things], dtype=np.uint64)
        for things in (table.officers, table.places)
    )
    mixed = (officers[:, None] ^ places[None, :]) * np.uint64(2_654_435_761)
    drawn = ((mixed >> np.uint64(16)) % np.uint64(LOTS)).astype(np.int64)
    return np.asarray(metres * LOTS + drawn)


def at_no_more(model: Linear, duals: Floats, most: float, cost: Floats) -> Linear:
    """Return the model with another cost, and the old one at most ``most``.

    The old cost is told as what the duals do not explain: reduced costs of the columns, and the
    slack of the rows. For plans of least cost nearly all of that is zero, which makes it easy.
    """
    a = model.arrays()
    duals = np.where(np.abs(duals) > TINY, duals, 0.0)
    column = np.repeat(np.arange(a.columns), np.diff(a.start))
    explained = np.bincount(column, weights=a.value * duals[a.index], minlength=a.columns)
    reduced = a.cost - explained
    bound = np.where(duals > 0, a.row_lower, a.row_upper)
    loose = np.flatnonzero((duals != 0) & (a.row_lower != a.row_upper))
    lower, upper = a.row_lower.copy(), a.row_upper.copy()
    lower[loose] = upper[loose] = bound[loose]
    other = Linear()
    other.columns(cost, a.lower, a.upper, a.integer)
    slack = other.columns(np.zeros(len(loose)), upper=np.inf, integer=True)
    rows = other.rows(lower, upper)
    other.entries(rows[a.index], column, a.value)
    other.entries(rows[loose], slack, -np.sign(duals[loose]))
    told = duals != 0
    paid = other.rows(-np.inf, most - float(duals[told] @ bound[told]) + EXACT)
    left = np.flatnonzero(np.abs(reduced) > TINY)
    other.entries(paid[0], left, reduced[left])
    other.entries(paid[0], slack, np.abs(duals[loose]))
    return other


def with_costs(model: Linear, cost: Floats) -> Linear:
    """Return the same rows with other costs."""
    a = model.arrays()
    other = Linear()
    other.columns(cost, a.lower, a.upper, a.integer)
    other.rows(a.row_lower, a.row_upper)
    column = np.repeat(np.arange(a.columns), np.diff(a.start))
    other.entries(a.index, column, a.value)
    return other
