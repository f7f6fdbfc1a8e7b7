"""What a plan costs, in whole points; every weight of the policy turns into them here.

No price depends on who else is an officer: somebody more can only make a plan cheaper.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from footpath.planning.assignment.table import Ints, Table

UNCOVERED = 1_000_000  # a place nobody leads: before everything else
CLUSTER = 10_000  # a cluster without a lead of leading rank
NO_DEPUTY = 10_000  # a place that should have a deputy and has none
KEEP = 30  # somebody new leads, for each step of the weight
VACANT = 60  # somebody leads where nobody does, each step: what must stay empty is empty already
PROMOTED = 10  # today's deputy leads instead
WISH = 8  # a wish of the place not met
FAR_KM = 99  # whoever lives farther lives far
AVERAGE = 20  # the weight of a place of average weight, in units of fairness
SECOND_DEPUTY = 5  # a deputy's second place, for each step of the weight; the third twice this


@dataclass(frozen=True, eq=False)
class Prices:
    """The prices of one problem: m officers, n places, k steps of fairness.

    ``lead``, ``deputy`` (m, n): one person in one place. ``fair``: one unit of load above a step.
    ``steps`` (k): 20, 40, 80, ... units, that is one, two, four average places. ``units`` (k, n):
    the load a place adds at each step, never more than the step: what one place alone is above it
    can be spared by nobody. ``counts`` (k, m): whether the step counts for an officer; only steps
    below the capacity do.
    """

    lead: Ints
    deputy: Ints
    fair: int
    steps: Ints
    units: Ints
    counts: Ints

    def overload(self, loads: Ints) -> Ints:
        """Return what these loads (k, m, ...) cost each officer beyond the fair share, (m, ...)."""
        shape = (-1,) + (1,) * (loads.ndim - 1)
        over = np.maximum(loads - self.steps.reshape(shape), 0)
        counts = self.counts.reshape(self.counts.shape + (1,) * (loads.ndim - 2))
        return np.asarray(self.fair * (over * counts).sum(axis=0))


def prices(table: Table) -> Prices:
    """Return the prices of the table's problem. Source: S2.1 (long terms), S2.7."""
    weights = table.problem.policy.weights
    near = np.nan_to_num(np.minimum(np.rint(table.km), FAR_KM), nan=0.0).astype(np.int64)
    shared = weights.near * near + WISH * weights.wish * _unmet(table)
    lead, deputy = shared.copy(), shared.copy()
    _charge_change(lead, table, weights.keep)
    changed = table.deputy_held
    deputy[:, changed] += KEEP * weights.keep
    same = np.flatnonzero(table.deputy >= 0)
    deputy[table.deputy[same], same] -= KEEP * weights.keep
    units = table.weight * AVERAGE * len(table.places)
    units = np.maximum(1, np.rint(units / max(1, int(table.weight.sum())))).astype(np.int64)
    most = int(table.capacity.max(initial=1))
    steps = np.array([1 << k for k in range(40) if k == 0 or 1 << k < most], dtype=np.int64)
    return Prices(
        lead=lead,
        deputy=deputy,
        fair=weights.fair,
        steps=steps * AVERAGE,
        units=np.minimum(units[None, :], steps[:, None] * AVERAGE),
        counts=(steps[:, None] < table.capacity[None, :]).astype(np.int64),
    )


def _charge_change(lead: Ints, table: Table, keep: int) -> None:
    """Charge for everybody but today's lead; today's deputy is the cheapest to follow."""
    lead[:, ~table.held] += VACANT * keep
    lead[:, table.held | table.deputy_held] += KEEP * keep
    deputies = np.flatnonzero((table.deputy >= 0) & (table.deputy != table.lead))
    lead[table.deputy[deputies], deputies] -= (KEEP - PROMOTED) * keep
    leads = np.flatnonzero(table.lead >= 0)
    lead[table.lead[leads], leads] -= KEEP * keep


def _unmet(table: Table) -> Ints:
    """Return how many of the place's wishes the officer does not meet, (m, n)."""
    unmet = np.zeros(table.rules.shape, dtype=np.int64)
    asking: dict[frozenset[str], list[int]] = {}
    for p, place in enumerate(table.places):
        if place.wishes:
            asking.setdefault(place.wishes, []).append(p)
    for wishes, where in asking.items():
        lacking = np.array([len(wishes - officer.skills) for officer in table.officers])
        unmet[:, where] = lacking[:, None]
    return unmet
