"""Sets of places near the best: those worth a try, and those that a plan could still have."""

from __future__ import annotations

import numpy as np

from footpath.planning.assignment import sets as pricing
from footpath.planning.assignment.models import EXACT
from footpath.planning.assignment.prices import Prices
from footpath.planning.assignment.sets import Sets, TooManyError
from footpath.planning.assignment.table import Floats, Table

MARGINS = (15.0, 4.0, 1.0, EXACT)  # points by which those may be worse than the best


def best_of_each(found: Sets, each: int) -> Sets:
    """Return the first sets of each officer; they are in the order of value."""
    rank = np.arange(len(found)) - np.searchsorted(found.officer, found.officer)
    few = rank < each
    return Sets(found.officer[few], found.places[few], found.cost[few])


def near_best(table: Table, prices: Prices, worth: Floats, below: Floats) -> tuple[Sets, Floats]:
    """Return all sets near the best of each officer that are also ``below`` (m), with their values.

    The best one is always among them, unless it is not below. How near depends on how many there
    are; TooManyError when even the best alone cannot be told from too many others.
    """
    reachable = _reachable(table, prices, worth)
    for margin in MARGINS:
        try:
            return pricing.find(table, prices, worth, np.minimum(below, reachable + margin))
        except TooManyError:
            continue
    raise TooManyError


def _reachable(table: Table, prices: Prices, worth: Floats) -> Floats:
    """Return for each officer a value some set has: the best place added again and again, (m,)."""
    officers, places = worth.shape
    gain = np.where(table.allowed, worth - prices.lead, -np.inf)
    value = np.zeros(officers)
    stepped = np.zeros((len(prices.steps), officers), dtype=np.int64)
    weight = np.zeros(officers, dtype=np.int64)
    who = np.arange(officers)
    for size in range(int(table.capacity.max(initial=0)) if places else 0):
        more = prices.overload(stepped[:, :, None] + prices.units[:, None, :])
        change = more - prices.overload(stepped)[:, None] - gain
        change[table.capacity <= size] = np.inf
        change[weight[:, None] + table.weight[None, :] > table.limit[:, None]] = np.inf
        best = change.argmin(axis=1)
        better = who[change[who, best] < 0]
        if not len(better):
            break
        chosen = best[better]
        value[better] += change[better, chosen]
        stepped[:, better] += prices.units[:, chosen]
        weight[better] += table.weight[chosen]
        gain[better, chosen] = -np.inf
    return value
