"""Ways out of a finding that a person may allow: each is tried on the plan before it is offered.

One place more for somebody, a rule waived for one pair, a weight or a spread exceeded, a pin taken
back: each covers at most one place, and none is shown that does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import numpy as np

from footpath.planning.assignment import greedy
from footpath.planning.assignment.draft import Draft
from footpath.planning.assignment.plan import Offer
from footpath.planning.assignment.problem import Rule
from footpath.planning.assignment.table import NO_LIMIT, NOBODY, Bools, Ints

Kind = Literal["capacity", "load", "rule", "unpin", "spread"]

SHOWN = 6  # ways out that a finding shows
TRIED = 40  # ways out that are tried for a finding

# What lifting a rule for one pair costs in judgement, beside the way there.
LIFTED = {
    Rule.TIER: 80,
    Rule.BOUND: 60,
    Rule.DEPARTMENT: 60,
    Rule.HOME: 50,
    Rule.RELATIVES: 90,
    Rule.TERM: 25,
    Rule.SKILL: 40,
    Rule.AWAY: 100,
    Rule.REACH: 30,
}
MORE = 35  # one place more for somebody
HEAVIER = 45  # a weight above the limit
CROWDED = 55  # one lead more of a department in a parent
UNPINNED = 20  # a pin taken back


def lifting(rules: int) -> int:
    """Return what lifting these rules costs."""
    return sum(price for rule, price in LIFTED.items() if rules & int(rule))


_LIFTING = np.array([lifting(rules) for rules in range(2 * int(Rule.PIN))], dtype=np.int64)


@dataclass(frozen=True, order=True, slots=True)
class _Way:
    """One way out by numbers, the cheapest first."""

    price: int
    kind: Kind
    officer: int
    place: int
    rules: int = 0


def to_cover(draft: Draft, p: int, places: Ints, *, limits: bool) -> tuple[Offer, ...]:
    """Return the cheapest ways to cover the empty place ``p`` of a blocking set.

    With ``limits`` weights and the spread stand in the way, too, and may be exceeded.
    """
    officers = np.flatnonzero(draft.allowed[:, places].any(axis=1))
    ways = [*_one_more(draft, officers), *_lifted(draft, places), *_unpinned(draft, places)]
    if limits:
        ways += _beyond(draft, officers, p)
    offers: list[Offer] = []
    for way in sorted(ways)[:TRIED]:
        with _granted(draft, way):
            weight = _tried(draft, p, way.officer)
        if weight is not None:
            offers.append(_offer(draft, way, weight))
        if len(offers) == SHOWN:
            break
    return tuple(offers)


def to_rank(draft: Draft, places: Ints, officers: Ints) -> tuple[Offer, ...]:
    """Return the cheapest ways to a lead of leading rank among the places of a cluster."""
    t = draft.table
    fits: Bools = np.asarray((draft.allowed[:, places] & _within(draft, places)).any(axis=1))
    full = officers[(draft.count[officers] >= t.capacity[officers]) & fits[officers]]
    ways = [*_one_more(draft, full), *_lifted(draft, places)]
    ways = [way for way in ways if t.leading[way.officer]]
    return tuple(_offer(draft, way, 0) for way in sorted(ways)[:SHOWN])


def one_more(draft: Draft, officers: Ints) -> tuple[Offer, ...]:
    """Return the officers who could take one place more, those with the least load first."""
    return tuple(_offer(draft, way, 0) for way in sorted(_one_more(draft, officers))[:SHOWN])


def _offer(draft: Draft, way: _Way, weight: int) -> Offer:
    t = draft.table
    place = t.places[way.place].id if way.place != NOBODY else ""
    officer = t.officers[way.officer].id
    more = max(0, weight - int(t.limit[way.officer])) if way.kind == "load" else 0
    return Offer(way.kind, officer, place, Rule(way.rules), 1, way.price, more)


def _one_more(draft: Draft, officers: Ints) -> Iterator[_Way]:
    """Yield a place more for each of the officers."""
    t = draft.table
    average = max(1, int(t.weight.sum())) / max(1, len(t.places))
    for o in officers.tolist():
        yield _Way(MORE + round(int(draft.load[o]) / average), "capacity", o, NOBODY)


def _beyond(draft: Draft, officers: Ints, p: int) -> Iterator[_Way]:
    """Yield what exceeding a limit of weight, or the spread, would cost."""
    t = draft.table
    for o in officers.tolist():
        way = int(draft.prices.lead[o, p])
        if t.limit[o] < NO_LIMIT:
            yield _Way(HEAVIER + way, "load", o, p)
        if draft.most[t.department[o]] < NO_LIMIT:
            yield _Way(CROWDED + way, "spread", o, p)


def _lifted(draft: Draft, places: Ints) -> Iterator[_Way]:
    """Yield the cheapest pairs whose rules could be waived: somebody with room takes a place."""
    t = draft.table
    rules = t.rules[:, places]
    free = (draft.count < t.capacity)[:, None] & (rules != 0) & (rules & int(Rule.PIN) == 0)
    o, j = np.nonzero(free & _within(draft, places))
    price = _LIFTING[rules[o, j]] + draft.prices.lead[o, places[j]]
    for i in np.lexsort((j, o, price))[:TRIED].tolist():
        yield _Way(int(price[i]), "rule", int(o[i]), int(places[j[i]]), int(rules[o[i], j[i]]))


def _unpinned(draft: Draft, places: Ints) -> Iterator[_Way]:
    """Yield the pins of the set that keep somebody away."""
    t = draft.table
    only_pin = t.rules[:, places] == int(Rule.PIN)
    for j in np.flatnonzero(only_pin.any(axis=0)).tolist():
        p = int(places[j])
        o = int(t.lead_pin[p]) if t.lead_pin[p] != NOBODY else int(only_pin[:, j].argmax())
        yield _Way(UNPINNED, "unpin", o, p, int(Rule.PIN))


def _within(draft: Draft, places: Ints) -> Bools:
    """Return where weight and spread leave room for one place more, (m, j)."""
    t = draft.table
    beside = draft.spread[t.department[:, None], t.parent[places][None, :]]
    return np.asarray(
        (draft.load[:, None] + t.weight[places][None, :] <= t.limit[:, None])
        & (beside < draft.most[t.department][:, None])
    )


@contextmanager
def _granted(draft: Draft, way: _Way) -> Iterator[None]:
    """Let the draft allow one thing for a while."""
    t = draft.table
    arrays = (t.capacity, t.limit, draft.most, draft.allowed, draft.pinned)
    before = [array.copy() for array in arrays]
    if way.kind == "capacity":
        t.capacity[way.officer] += 1
    elif way.kind == "load":
        t.limit[way.officer] = NO_LIMIT
    elif way.kind == "spread":
        draft.most[t.department[way.officer]] += 1
    elif way.kind == "rule":
        draft.allowed[way.officer, way.place] = True
    else:
        draft.allowed[t.rules[:, way.place] == int(Rule.PIN), way.place] = True
        draft.pinned[way.place] = False
    yield
    for array, old in zip(arrays, before, strict=True):
        array[...] = old


def _tried(draft: Draft, p: int, o: int) -> int | None:
    """Return the weight of ``o`` once the place is covered, None when it cannot be; undo it."""
    before = draft.lead.copy()
    done = greedy.cover(draft, p)
    weight = int(draft.load[o]) if done else None
    changed = np.flatnonzero(draft.lead != before).tolist()
    for x in changed:
        draft.take(x)
    for x in changed:
        if before[x] != NOBODY:
            draft.put(x, int(before[x]))
    return weight
