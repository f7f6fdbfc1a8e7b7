"""Local search: shift a place, swap two, or push a third one out of the way, while that pays.

Deterministic: the best step is looked for among all of them, ties go to the first by id.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from footpath.planning.assignment.draft import Draft
from footpath.planning.assignment.prices import CLUSTER, UNCOVERED
from footpath.planning.assignment.table import NOBODY, Bools, Ints

_NEVER = 1 << 60
_A_ROUND = 64  # steps tried after each look at all of them

Step = tuple[tuple[int, int], ...]  # (place, its new lead), one or two of them


def improve(draft: Draft, rounds: int = 200) -> None:
    """Take steps that make the plan cheaper until none is left; every limit keeps holding."""
    for _ in range(rounds):
        touched: set[int] = set()
        for step in _promising(draft):
            concerned = {p for p, _ in step} | _people(draft, step)
            if touched.isdisjoint(concerned) and _try(draft, step):
                touched |= concerned
        if not touched:
            return


def _people(draft: Draft, step: Step) -> set[int]:
    """Return the officers of a step, as negative numbers: they are kept among places."""
    return {-2 - o for p, o in step} | {-2 - int(draft.lead[p]) for p, _ in step}


def _promising(draft: Draft) -> Iterator[Step]:
    """Return steps that seem to pay, the best first."""
    add = _additions(draft)
    leaving = _leaving(draft)
    shifts = np.where(_free(draft), add - leaving[None, :], _NEVER)
    shifts[:, draft.pinned] = _NEVER
    pairs = _pushes(draft, shifts)
    found: list[tuple[int, int, Step]] = [(gain, p, ((p, o),)) for gain, o, p in _best(shifts)]
    found += [(gain, p, _push(draft, shifts, p, q)) for gain, p, q in _best(pairs)]
    found += [
        (gain, p, ((p, int(draft.lead[q])), (q, int(draft.lead[p]))))
        for gain, p, q in _best(_swaps(draft))
    ]
    found.sort(key=lambda step: (step[0], step[1], step[2]))
    return (step for _, _, step in found)


def _best(deltas: Ints) -> list[tuple[int, int, int]]:
    """Return (gain, row, column) of the most negative entries, the best first."""
    flat = deltas.ravel()
    where = np.flatnonzero(flat < 0)
    where = where[np.argsort(flat[where], kind="stable")][:_A_ROUND]
    width = deltas.shape[1]
    return [(int(flat[i]), i // width, i % width) for i in where.tolist()]


def _additions(draft: Draft) -> Ints:
    """Return what each place would cost with each officer on top of what they have, (m, n)."""
    prices = draft.prices
    more = draft.stepped[:, :, None] + prices.units[:, None, :]
    add = prices.lead + prices.overload(more) - prices.overload(draft.stepped)[:, None]
    return np.asarray(add + _cluster_change(draft))


def _cluster_change(draft: Draft) -> Ints:
    """Return what a shift of one place does to the clusters, (m, n)."""
    t = draft.table
    change = np.zeros(t.rules.shape, dtype=np.int64)
    inside = np.flatnonzero(t.cluster >= 0)
    ranked = draft.ranked[t.cluster[inside]]
    led = draft.lead[inside]
    loses = (led != NOBODY) & t.leading[led] & (ranked == 1)
    gains = ranked == 0
    leading = t.leading[:, None]
    change[:, inside] = CLUSTER * (np.where(leading, 0, loses) - np.where(leading, gains, 0))
    return change


def _leaving(draft: Draft) -> Ints:
    """Return what taking each place from its lead saves; clusters apart, (n,)."""
    t, prices = draft.table, draft.prices
    saved = np.full(len(t.places), UNCOVERED, dtype=np.int64)
    led = np.flatnonzero(draft.lead != NOBODY)
    o = draft.lead[led]
    now = prices.overload(draft.stepped)[o]
    over = np.maximum(draft.stepped[:, o] - prices.units[:, led] - prices.steps[:, None], 0)
    then = prices.fair * (over * prices.counts[:, o]).sum(axis=0)
    saved[led] = prices.lead[o, led] + now - then
    return saved


def _free(draft: Draft) -> Bools:
    """Return who could take which place from its lead and hold every limit, (m, n)."""
    t = draft.table
    beside = draft.spread[t.department[:, None], t.parent[None, :]]
    led = draft.lead != NOBODY
    same = led[None, :] & (t.department[:, None] == t.department[draft.lead][None, :])
    free = (
        draft.allowed
        & (draft.count < t.capacity)[:, None]
        & (draft.load[:, None] + t.weight[None, :] <= t.limit[:, None])
        & (beside - same < draft.most[t.department][:, None])
    )
    free[draft.lead[led], np.flatnonzero(led)] = False
    return np.asarray(free)


def _exchange(draft: Draft) -> tuple[Ints, Bools]:
    """Return what it costs the lead of place q to lead p instead, and whether it may, (n, n).

    Rows p, columns q; nothing is said about who leads p until now.
    """
    t, prices = draft.table, draft.prices
    o = draft.lead
    steps = draft.stepped[:, o][:, None, :] + prices.units[:, :, None] - prices.units[:, None, :]
    over = np.maximum(steps - prices.steps[:, None, None], 0)
    then = prices.fair * (over * prices.counts[:, o][:, None, :]).sum(axis=0)
    change = prices.lead[o].T - prices.lead[o, np.arange(len(o))][None, :]
    change = change + then - prices.overload(draft.stepped)[o][None, :]
    may = (
        draft.allowed[o].T
        & (draft.load[o][None, :] - t.weight[None, :] + t.weight[:, None] <= t.limit[o][None, :])
        & (o != NOBODY)[None, :]
        & (o[None, :] != o[:, None])
        & ~(draft.pinned[None, :] | draft.pinned[:, None])
    )
    return change, may


def _swaps(draft: Draft) -> Ints:
    """Return what it would cost to swap the leads of two places, (n, n), above the diagonal."""
    change, may = _exchange(draft)
    both = np.triu(may & may.T, 1)
    return np.where(both, change + change.T, _NEVER)


def _pushes(draft: Draft, shifts: Ints) -> Ints:
    """Return what it would cost that p takes over the lead of q, and q goes elsewhere, (n, n)."""
    change, may = _exchange(draft)
    best = shifts.min(axis=0, initial=_NEVER)
    leaving = _leaving(draft)
    exact = change + (leaving + best)[None, :] - leaving[:, None]
    return np.where(may & (best < _NEVER)[None, :], exact, _NEVER)


def _push(draft: Draft, shifts: Ints, p: int, q: int) -> Step:
    """Return the step by which p takes over the lead of q, and q goes where it costs least."""
    column = shifts[:, q].copy()
    if draft.lead[p] != NOBODY:
        column[draft.lead[p]] = _NEVER
    return ((p, int(draft.lead[q])), (q, int(column.argmin())))


def _try(draft: Draft, step: Step) -> bool:
    """Take the step if it holds every limit and pays; otherwise leave all as it is."""
    before = [(p, int(draft.lead[p])) for p, _ in step]
    cost = draft.cost()
    for p, _ in step:
        draft.take(p)
    fits = True
    for p, o in step:
        if draft.fits(p, o):
            draft.put(p, o)
        else:
            fits = False
            break
    if fits and draft.cost() < cost:
        return True
    for p, _ in step:
        draft.take(p)
    for p, o in before:
        if o != NOBODY:
            draft.put(p, o)
    return False
