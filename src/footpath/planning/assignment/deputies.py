"""The second stage: a deputy for each place that should have one, the leads being known.

Nothing binds two places but what an officer may take, so the cheapest matching is the optimum, and
its potentials prove it: no solver is asked.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from footpath.planning.assignment.matching import match
from footpath.planning.assignment.prices import NO_DEPUTY, SECOND_DEPUTY, Prices
from footpath.planning.assignment.table import NOBODY, Bools, Ints, Table

PINNED = 1_000 * NO_DEPUTY


@dataclass(frozen=True, eq=False)
class Deputies:
    """Who is the deputy of each place (n), and at what cost, which is the least.

    ``wanted`` (n): should have one. ``allowed`` (m, n): who may, the leads being what they are.
    ``slots`` (m): places an officer may be the deputy of, beside those that simply stay.
    """

    deputy: Ints
    cost: int
    wanted: Bools
    allowed: Bools
    slots: Ints


def choose(table: Table, prices: Prices, lead: Ints) -> Deputies:
    """Return the cheapest deputies for these leads (n). Source: S2.1.

    A place should have a deputy when it wants one or somebody pinned one to it. An officer is the
    deputy of as many places as of which they might be the lead, at most. Where no deputy is wanted,
    today's stays if nothing speaks against it.
    """
    pinned = {p.place for p in table.problem.pins if p.role == "deputy" and not p.away}
    wanted = np.array(
        [place.wants_deputy or place.id in pinned for place in table.places], dtype=np.bool_
    )
    allowed = (table.deputy_rules == 0) & beside(table, lead)
    deputy = np.full(len(table.places), NOBODY)
    slots = np.maximum(table.capacity, 0).copy()
    pins = np.flatnonzero(table.deputy_pin != NOBODY)
    kept_free = np.bincount(table.deputy_pin[pins], minlength=len(slots))
    for p in np.flatnonzero(~wanted & (table.deputy != NOBODY)):
        o = table.deputy[p]
        if allowed[o, p] and slots[o] > kept_free[o]:
            deputy[p] = o
            slots[o] -= 1
    where = np.flatnonzero(wanted)
    had = np.bincount(lead[lead >= 0], minlength=len(table.officers))
    had += np.maximum(table.capacity, 0) - slots
    place = np.arange(int(slots.max(initial=0)))
    step = SECOND_DEPUTY * prices.fair * (had[:, None] + place[None, :])
    price = prices.deputy.copy()
    price[table.deputy_pin[pins], pins] -= PINNED  # before every other place
    found = match(price[:, where], allowed[:, where], slots, step, empty=NO_DEPUTY)
    deputy[where] = found.officer
    return Deputies(deputy, found.cost + PINNED * len(pins), wanted, allowed, slots)


def beside(table: Table, lead: Ints) -> Bools:
    """Return who may stand beside the lead of each place, (m, n): nobody beside themselves."""
    others = np.arange(len(table.officers))[:, None] != lead[None, :]
    if table.problem.policy.deputy_from_another_department:
        own = np.append(table.department, -1)[lead]
        others &= (table.department[:, None] != own[None, :]) | (own < 0)[None, :]
    return np.asarray(others)
