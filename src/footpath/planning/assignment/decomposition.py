"""Parts of a problem that cannot meet: planned one by one, they are planned together.

An officer who may lead two places joins them, a cluster its places, and the spread a department's
leads in one parent. What is left apart is apart for good.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from footpath.planning.assignment.prices import Prices
from footpath.planning.assignment.table import Ints, Table


def parts(table: Table) -> list[tuple[Ints, Ints]]:
    """Return (officers, places) of each part, ascending, in the order of their first places.

    Officers who may lead nothing are in no part; every place is in one.
    """
    n = len(table.places)
    label = np.arange(n)
    groups = [np.flatnonzero(row) for row in table.allowed]
    groups += [np.flatnonzero(table.cluster == k) for k in range(table.clusters)]
    if table.problem.policy.spread is not None:
        groups += _bound_by_spread(table)
    groups = [group for group in groups if len(group)]
    changed = True
    while changed:
        changed = False
        for group in groups:
            least = label[group].min()
            if (label[group] != least).any():
                label[group] = least
                changed = True
    found = []
    for first in np.unique(label):
        places = np.flatnonzero(label == first)
        officers = np.flatnonzero(table.allowed[:, places].any(axis=1))
        found.append((officers, places))
    return found


def _bound_by_spread(table: Table) -> list[Ints]:
    """Return the places of each parent that officers of one department may lead, if too many."""
    found = []
    most = table.problem.policy.spread or 0
    for parent in range(int(table.parent.max(initial=-1)) + 1):
        places = np.flatnonzero(table.parent == parent)
        for department in np.unique(table.department[table.department >= 0]):
            some = table.allowed[np.ix_(table.department == department, places)].any(axis=0)
            if some.sum() > most:
                found.append(places[some])
    return found


def part_of(table: Table, prices: Prices, officers: Ints, places: Ints) -> tuple[Table, Prices]:
    """Return the table and the prices of one part; nothing in it is counted anew."""
    pair = np.ix_(officers, places)
    number = np.full(len(table.officers) + 1, -1)
    number[officers] = np.arange(len(officers))
    _, cluster = np.unique(table.cluster[places], return_inverse=True)
    if (table.cluster[places] < 0).any():
        cluster = cluster - 1
    small = replace(
        table,
        officers=tuple(table.officers[o] for o in officers),
        places=tuple(table.places[p] for p in places),
        officer_number={},
        place_number={},
        rules=table.rules[pair],
        deputy_rules=table.deputy_rules[pair],
        km=table.km[pair],
        capacity=table.capacity[officers],
        limit=table.limit[officers],
        weight=table.weight[places],
        department=table.department[officers],
        parent=table.parent[places],
        cluster=cluster.astype(np.int64),
        leading=table.leading[officers],
        lead=number[table.lead[places]],
        deputy=number[table.deputy[places]],
        held=table.held[places],
        deputy_held=table.deputy_held[places],
        lead_pin=number[table.lead_pin[places]],
        deputy_pin=number[table.deputy_pin[places]],
        refused=(),
    )
    return small, replace(
        prices,
        lead=prices.lead[pair],
        deputy=prices.deputy[pair],
        units=prices.units[:, places],
        counts=prices.counts[:, officers],
    )
