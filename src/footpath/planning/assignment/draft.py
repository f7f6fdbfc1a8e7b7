"""Leads while they are being planned: what may be added where, and what that would cost."""

from __future__ import annotations

import numpy as np

from footpath.planning.assignment.prices import CLUSTER, UNCOVERED, Prices
from footpath.planning.assignment.table import NOBODY, Bools, Ints, Table


class Draft:
    """Who leads each place so far, with counts kept up to date.

    ``lead`` (n): the officer or -1. ``count``, ``load`` (m), ``stepped`` (k, m): what each officer
    has; ``spread`` (departments + 1, parents): leads by department; ``ranked`` (clusters): leads of
    leading rank. Every limit holds at any time: ``put`` trusts that ``room`` was asked.
    """

    def __init__(self, table: Table, prices: Prices) -> None:
        """Start with the pinned leads alone."""
        self.table = table
        self.prices = prices
        officers, places = table.rules.shape
        self.allowed = table.allowed
        self.pinned = table.lead_pin != NOBODY
        self.lead = np.full(places, NOBODY)
        self.count = np.zeros(officers, dtype=np.int64)
        self.load = np.zeros(officers, dtype=np.int64)
        self.stepped = np.zeros((len(prices.steps), officers), dtype=np.int64)
        departments = int(table.department.max(initial=-1)) + 2  # the last: of no department
        self.spread = np.zeros((departments, int(table.parent.max(initial=-1)) + 2), dtype=np.int64)
        spread = table.problem.policy.spread
        self.most = np.full(departments, 1 << 40 if spread is None else spread)
        self.most[-1] = 1 << 40
        self.ranked = np.zeros(table.clusters, dtype=np.int64)
        for p in np.flatnonzero(self.pinned):
            self.put(int(p), int(table.lead_pin[p]))

    def put(self, p: int, o: int) -> None:
        """Let officer ``o`` lead the place ``p``, which nobody leads."""
        self._change(p, o, 1)
        self.lead[p] = o

    def take(self, p: int) -> int:
        """Take the place from its lead; return who that was (-1: nobody)."""
        o = int(self.lead[p])
        if o != NOBODY:
            self._change(p, o, -1)
            self.lead[p] = NOBODY
        return o

    def _change(self, p: int, o: int, by: int) -> None:
        t = self.table
        self.count[o] += by
        self.load[o] += by * t.weight[p]
        self.stepped[:, o] += by * self.prices.units[:, p]
        self.spread[t.department[o], t.parent[p]] += by
        if t.leading[o] and t.cluster[p] >= 0:
            self.ranked[t.cluster[p]] += by

    def room(self, p: int) -> Bools:
        """Return who may take the place ``p``, which nobody leads, (m,)."""
        t = self.table
        beside = self.spread[t.department, t.parent[p]]
        return np.asarray(
            self.allowed[:, p]
            & (self.count < t.capacity)
            & (self.load + t.weight[p] <= t.limit)
            & (beside < self.most[t.department])
        )

    def fits(self, p: int, o: int) -> bool:
        """Return whether ``o`` may take the place ``p``, which nobody leads."""
        t = self.table
        d = t.department[o]
        return bool(
            self.allowed[o, p]
            and self.count[o] < t.capacity[o]
            and self.load[o] + t.weight[p] <= t.limit[o]
            and self.spread[d, t.parent[p]] < self.most[d]
        )

    def added(self, p: int) -> Ints:
        """Return what each officer costs in the place ``p``, which nobody leads, (m,)."""
        t, prices = self.table, self.prices
        more = self.stepped + prices.units[:, p, None]
        cost = prices.lead[:, p] + prices.overload(more) - prices.overload(self.stepped)
        k = t.cluster[p]
        if k >= 0 and not self.ranked[k]:
            cost = cost - CLUSTER * t.leading
        return np.asarray(cost)

    def cost(self) -> int:
        """Return what the plan of leads costs, from nothing."""
        t = self.table
        led = np.flatnonzero(self.lead != NOBODY)
        return (
            int(self.prices.lead[self.lead[led], led].sum())
            + int(self.prices.overload(self.stepped).sum())
            + UNCOVERED * (len(t.places) - len(led))
            + CLUSTER * int((self.ranked == 0).sum())
        )

    def uncovered(self) -> list[int]:
        """Return the places nobody leads."""
        return [int(p) for p in np.flatnonzero(self.lead == NOBODY)]

    def fill(self, lead: Ints) -> None:
        """Lead as given instead; the given leads keep every limit."""
        for p in range(len(self.lead)):
            self.take(p)
        for p, o in enumerate(lead.tolist()):
            if o != NOBODY:
                self.put(p, o)
