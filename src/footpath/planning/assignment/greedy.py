"""The first usable plan: keep who leads today, then the scarcest place first, then make room."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from footpath.planning.assignment.draft import Draft
from footpath.planning.assignment.table import NOBODY


def begin(draft: Draft) -> None:
    """Fill the draft; a district of 117 places takes about 15 ms.

    Whoever leads today stays where every limit allows it. The others go, those with the fewest
    officers first, to whoever costs least. Where that leaves a place empty, leads change hands
    along a chain that ends at somebody with room.
    """
    table = draft.table
    choice = draft.allowed.sum(axis=0)
    order = np.lexsort((np.arange(len(choice)), choice)).tolist()
    for p in order:
        o = int(table.lead[p])
        if draft.lead[p] == NOBODY and o != NOBODY and draft.fits(p, o):
            draft.put(p, o)
    for p in order:
        if draft.lead[p] == NOBODY:
            _give(draft, p)
    make_room(draft)


def _give(draft: Draft, p: int) -> bool:
    """Give the place to whoever costs least; return False when nobody has room."""
    room = draft.room(p)
    if not room.any():
        return False
    draft.put(p, int(np.where(room, draft.added(p), 1 << 60).argmin()))
    return True


def make_room(draft: Draft) -> None:
    """Cover what is left empty by passing leads along, as far as chains reach."""
    for p in draft.uncovered():
        cover(draft, p)


def cover(draft: Draft, p: int) -> bool:
    """Cover one empty place by a chain of leads; return whether that was possible."""
    chain = _chain(draft, p)
    if chain:
        _pass_along(draft, chain)
    return bool(draft.lead[p] != NOBODY)


def _chain(draft: Draft, start: int) -> list[int]:
    """Return places of which each takes over the lead of the next, the last finding room.

    Breadth first, so the chain is one of the shortest; ``[]`` when there is none. Whether the
    weights still fit when somebody stands in it twice is for the caller to see.
    """
    came: dict[int, int] = {start: NOBODY}
    queue = [start]
    for p in queue:
        if draft.room(p).any():
            chain = []
            while p != NOBODY:
                chain.append(p)
                p = came[p]  # noqa: PLW2901 - walking back along the chain
            return chain[::-1]
        for q in could_hand_over(draft, p):
            if q not in came:
                came[q] = p
                queue.append(q)
    return []


def could_hand_over(draft: Draft, p: int) -> list[int]:
    """Return the places whose lead could take ``p`` instead."""
    t, lead = draft.table, draft.lead
    q = np.flatnonzero((lead != NOBODY) & ~draft.pinned)
    o = lead[q]
    d = t.department[o]
    beside = draft.spread[d, t.parent[p]] - (t.parent[q] == t.parent[p])
    able = (
        draft.allowed[o, p]
        & (draft.load[o] - t.weight[q] + t.weight[p] <= t.limit[o])
        & (beside < draft.most[d])
    )
    return [int(x) for x in q[able]]


def _pass_along(draft: Draft, chain: list[int]) -> None:
    """Hand each lead on to the place before; put all back when it does not fit after all."""
    before = {p: int(draft.lead[p]) for p in chain}
    for p in chain[1:]:
        draft.take(p)
    for p, q in pairwise(chain):
        if not draft.fits(p, before[q]):
            break
        draft.put(p, before[q])
    else:
        if _give(draft, chain[-1]):
            return
    for p in chain:
        draft.take(p)
    for p, o in before.items():
        if o != NOBODY:
            draft.put(p, o)
