"""Places matched to officers at least cost, each officer up to a limit: the core that is easy.

Successive shortest paths with potentials (Jonker and Volgenant), the inner loop over arrays. The
potentials prove the plan: no price minus potentials is negative. The same alternating paths say
why a place stays without anybody (Hall): see ``findings``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from footpath.planning.assignment.table import NOBODY, Bools, Floats, Ints

FAR = float(1 << 50)


@dataclass(frozen=True, eq=False)
class Matching:
    """The cheapest matching: ``officer`` (n) for each place, -1 for nobody, and its proof.

    ``cost`` counts what stays empty at its own price. ``of_place`` (n) and ``of_officer`` (m, none
    above zero) are potentials: ``price - of_place - of_officer >= 0`` on all pairs.
    """

    officer: Ints
    cost: int
    of_place: Floats
    of_officer: Floats


def match(
    price: Ints, allowed: Bools, slots: Ints, step: Ints | None = None, *, empty: int
) -> Matching:
    """Return the cheapest matching of n places to m officers.

    ``price`` and ``allowed`` are (m, n), ``slots`` (m) places an officer takes at most, ``step``
    (m, k) what the first, second, ... place of an officer costs on top, never falling; ``empty``
    what a place without an officer costs. All whole numbers, so that the result is exact.
    """
    officers, places = price.shape
    owner = np.repeat(np.arange(officers), np.minimum(slots, places))
    first = np.cumsum(np.minimum(slots, places)) - np.minimum(slots, places)
    rank = np.arange(len(owner)) - first[owner] if len(owner) else owner
    costs = np.where(allowed, price, FAR).astype(np.float64).T[:, owner]
    if step is not None and len(owner):
        costs += step[owner, rank]
    costs = np.concatenate([costs, np.full((places, 1), float(empty))], axis=1)
    taken, u, v = _augment(costs)
    result = np.full(places, NOBODY)
    total = 0.0
    for slot in np.flatnonzero(taken[:-1] != NOBODY):
        result[taken[slot]] = owner[slot]
        total += costs[taken[slot], slot]
    total += float(empty) * int((result == NOBODY).sum())
    of_officer = np.zeros(officers)
    np.minimum.at(of_officer, owner, v[:-1])
    return Matching(result, round(total), u, of_officer)


def _augment(costs: Floats) -> tuple[Ints, Floats, Floats]:
    """Return for each slot its place (-1: free), and the potentials of places and slots.

    ``costs`` is (n, slots + 1); the last column takes any number of places.
    """
    places, columns = costs.shape
    taken = np.full(columns, NOBODY)
    u, v = np.zeros(places), np.zeros(columns)
    for place in range(places):
        slack = np.full(columns, np.inf)
        came = np.full(columns, NOBODY)  # the slot from whose place one came
        seen = np.zeros(columns, dtype=np.bool_)
        at, slot, far = place, NOBODY, 0.0
        path: list[int] = []
        while True:
            reached = far + costs[at] - u[at] - v
            better = ~seen & (reached < slack)
            slack[better] = reached[better]
            came[better] = slot
            slot = int(np.where(seen, np.inf, slack).argmin())
            far = float(slack[slot])
            if taken[slot] == NOBODY or slot == columns - 1:
                break
            seen[slot] = True
            path.append(slot)
            at = int(taken[slot])
        u[place] += far
        for inner in path:
            u[taken[inner]] += far - slack[inner]
            v[inner] -= far - slack[inner]
        while slot != NOBODY:
            before = int(came[slot])
            moved = place if before == NOBODY else int(taken[before])
            if slot != columns - 1:
                taken[slot] = moved
            slot = before
    return taken, u, v
