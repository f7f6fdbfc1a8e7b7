"""Why places stay empty, in people and places: the smallest set that cannot be served, and why.

A plan always comes back; what it could not do becomes findings. When the officers are too few, the
last alternating tree of the matching is a minimal blocking set (Hall): these places can only be
led by these officers, who have one place less. Weights and the spread are asked by trying: a set is
reduced as long as it stays blocking.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from footpath.planning.assignment import cover
from footpath.planning.assignment.deputies import Deputies
from footpath.planning.assignment.draft import Draft
from footpath.planning.assignment.plan import Finding, Funnel, Offer, Step
from footpath.planning.assignment.problem import Rule
from footpath.planning.assignment.table import NOBODY, Bools, Ints, Refused, Rules, Table

OFFERS = 6  # ways out that a finding shows

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
ASKED = 40  # pairs that are tried when a limit is to be exceeded


def find(draft: Draft, deputies: Deputies) -> tuple[Finding, ...]:
    """Return all that stands in the way of a plan without gaps: pins, places, clusters, deputies.

    Each empty place is in the finding with its own minimal set; places that lack the same officers
    share one. Source: S2.1.
    """
    table = draft.table
    found = [_pin(draft, refused) for refused in table.refused]
    for reached, empty in _trees(draft.allowed, table.capacity, draft.lead, draft.uncovered()):
        found.append(_empty(draft, reached, empty))
    found += [_cluster(draft, k) for k in np.flatnonzero(draft.ranked == 0).tolist()]
    missing = np.flatnonzero(deputies.wanted & (deputies.deputy == NOBODY)).tolist()
    moving = np.where(deputies.wanted, deputies.deputy, NOBODY)  # the others simply stay
    for reached, empty in _trees(deputies.allowed, deputies.slots, moving, missing):
        found.append(_deputy(draft, deputies, reached, empty))
    return tuple(found)


def funnel(table: Table, p: int, rules: Rules | None = None) -> Funnel:
    """Return how many of all officers each rule takes away from the place, the first in order."""
    column = (table.rules if rules is None else rules)[:, p]
    first = column & -column.astype(np.int32)
    steps = [Step(rule, int((first == int(rule)).sum())) for rule in Rule]
    return Funnel(
        place=table.places[p].id,
        officers=len(table.officers),
        steps=tuple(step for step in steps if step.officers),
        left=tuple(table.officers[o].id for o in np.flatnonzero(column == 0)),
    )


@dataclass(frozen=True, eq=False)
class Tree:
    """What alternating paths from a place reach: places (n) and officers (m), none with room."""

    places: Bools
    officers: Bools
    closed: bool  # nobody reached has a place left


def tree(allowed: Bools, slots: Ints, lead: Ints, start: int) -> Tree:
    """Return the alternating tree of a place without an officer in a matching ``lead`` (n)."""
    places = np.zeros(len(lead), dtype=np.bool_)
    places[start] = True
    while True:
        officers = np.asarray(allowed[:, places].any(axis=1))
        grown = places | np.append(officers, False)[lead]
        if (grown == places).all():
            break
        places = grown
    count = np.bincount(lead[lead >= 0], minlength=len(slots))
    return Tree(places, officers, closed=not (count < slots)[officers].any())


def _trees(
    allowed: Bools, slots: Ints, lead: Ints, empty: list[int]
) -> Iterator[tuple[Tree, list[int]]]:
    """Yield each tree with the empty places it explains: those that reach the same officers."""
    groups: dict[int | bytes, tuple[Tree, list[int]]] = {}
    for p in empty:
        reached = tree(allowed, slots, lead, p)
        alone = not reached.closed or not reached.officers.any()
        key: int | bytes = p if alone else reached.officers.tobytes()
        first, places = groups.setdefault(key, (reached, []))
        first.places[reached.places] = True
        places.append(p)
    yield from groups.values()


def _empty(draft: Draft, reached: Tree, empty: list[int]) -> Finding:
    """Return why these places are empty in the plan: one tree, closed, or one place alone."""
    t = draft.table
    kind: Literal["short", "nobody", "load", "spread", "open"] = "nobody"
    if reached.closed:
        places = np.flatnonzero(reached.places)
        kind = "short" if reached.officers.any() else "nobody"
        offers = _one_more(t, draft, np.flatnonzero(reached.officers))
    else:
        places, kind = cover.blocking(draft, empty[0])
        offers = [] if kind == "open" else _beyond_limits(draft, places, kind)
    officers = np.flatnonzero(draft.allowed[:, places].any(axis=1))
    offers += _lifted(draft, places, officers) + _unpinned(draft, places)
    return Finding(
        kind=kind,
        places=_ids(t.places, places),
        officers=_ids(t.officers, officers),
        places_left=int(np.maximum(t.capacity[officers], 0).sum()),
        funnels=tuple(funnel(t, p) for p in empty),
        offers=cheapest(offers),
        name=_crowded(draft, empty[0]) if kind == "spread" else "",
    )


def _crowded(draft: Draft, p: int) -> str:
    """Return the department that leads as much as it may where the place lies."""
    t = draft.table
    full = draft.spread[t.department, t.parent[p]] >= draft.most[t.department]
    return t.officers[int((draft.allowed[:, p] & full).argmax())].department


def _one_more(table: Table, draft: Draft, officers: Ints) -> list[Offer]:
    """Return who could take one place more: any officer of a tree frees a place in it."""
    average = max(1, int(table.weight.sum())) / max(1, len(table.places))
    return [
        Offer(
            "capacity",
            table.officers[o].id,
            "",
            Rule(0),
            1,
            MORE + round(int(draft.load[o]) / average),
        )
        for o in officers.tolist()
    ]


def _beyond_limits(draft: Draft, places: Ints, kind: Literal["load", "spread"]) -> list[Offer]:
    """Return whose weight or whose department's leads could be exceeded to cover the set."""
    t = draft.table
    question = cover.Question.of(draft, places)
    price = HEAVIER if kind == "load" else CROWDED
    likely = sorted(
        (int(draft.prices.lead[o, p]), o, j)
        for j, p in enumerate(places.tolist())
        for o in np.flatnonzero(draft.allowed[:, p]).tolist()
    )
    offers: list[Offer] = []
    for way, o, j in likely[:ASKED]:
        if question.without(o, j, limit=kind == "load"):
            place = t.places[places[j]].id
            offers.append(Offer(kind, t.officers[o].id, place, Rule(0), 1, price + way))
        if len(offers) == OFFERS:
            break
    return offers


def _lifted(draft: Draft, places: Ints, officers: Ints) -> list[Offer]:
    """Return for which pairs lifting rules would do: somebody outside with room takes a place."""
    t = draft.table
    rules = t.rules[:, places]
    outside = draft.count < t.capacity
    outside[officers] = False
    free = outside[:, None] & (rules & int(Rule.PIN) == 0) & (rules != 0) & _within(draft, places)
    o, j = np.nonzero(free)
    price = _LIFTING[rules[o, j]] + draft.prices.lead[o, places[j]]
    order = np.lexsort((j, o, price))[:OFFERS]
    return [
        Offer(
            "rule",
            t.officers[o[i]].id,
            t.places[places[j[i]]].id,
            Rule(int(rules[o[i], j[i]])),
            1,
            int(price[i]),
        )
        for i in order.tolist()
    ]


def _unpinned(draft: Draft, places: Ints) -> list[Offer]:
    """Return which pins in the set could be taken back so that somebody with room comes in."""
    t = draft.table
    free = (draft.count < t.capacity)[:, None] & (t.rules[:, places] == int(Rule.PIN))
    free &= _within(draft, places)
    offers = []
    for j in np.flatnonzero(free.any(axis=0)).tolist():
        p = int(places[j])
        o = int(t.lead_pin[p]) if t.lead_pin[p] != NOBODY else int(free[:, j].argmax())
        offers.append(Offer("unpin", t.officers[o].id, t.places[p].id, Rule.PIN, 1, UNPINNED))
    return offers


def _within(draft: Draft, places: Ints) -> Bools:
    """Return where weight and spread leave room for one place more, (m, j)."""
    t = draft.table
    beside = draft.spread[t.department[:, None], t.parent[places][None, :]]
    return np.asarray(
        (draft.load[:, None] + t.weight[places][None, :] <= t.limit[:, None])
        & (beside < draft.most[t.department][:, None])
    )


def lifting(rules: int) -> int:
    """Return what lifting these rules costs."""
    return sum(price for rule, price in LIFTED.items() if rules & int(rule))


_LIFTING = np.array([lifting(rules) for rules in range(2 * int(Rule.PIN))], dtype=np.int64)


def cheapest(offers: list[Offer]) -> tuple[Offer, ...]:
    """Return the cheapest offers, the same ones in any order given."""
    offers = sorted(offers, key=lambda offer: (offer.price, offer.kind, offer.officer, offer.place))
    return tuple(offers[:OFFERS])


def _ids(things: tuple[object, ...], numbers: Ints) -> tuple[str, ...]:
    return tuple(str(getattr(things[n], "id")) for n in numbers.tolist())  # noqa: B009


def _pin(draft: Draft, refused: Refused) -> Finding:
    """Return what stands against a pin that was not respected."""
    t = draft.table
    p, o = refused.place, refused.officer
    place, officer = t.places[p].id, t.officers[o].id
    pins = t.lead_pin if refused.role == "lead" else t.deputy_pin
    offers = []
    if refused.rules & Rule.PIN:
        other = int(pins[p]) if pins[p] != NOBODY else o
        offers.append(Offer("unpin", t.officers[other].id, place, Rule.PIN, 1, UNPINNED))
    elif refused.rules:
        price = lifting(int(refused.rules))
        offers.append(Offer("rule", officer, place, refused.rules, 1, price))
    elif refused.places_left == 0:
        offers.append(Offer("capacity", officer, "", Rule(0), 1, MORE))
    elif refused.heavy:
        offers.append(Offer("load", officer, place, Rule(0), 1, HEAVIER))
    else:
        offers.append(Offer("spread", officer, place, Rule(0), 1, CROWDED))
    return Finding(
        kind="pin",
        places=(place,),
        officers=(officer,),
        places_left=refused.places_left,
        funnels=(),
        offers=tuple(offers),
        rules=refused.rules,
        name=officer,
        role=refused.role,
    )


def _cluster(draft: Draft, k: int) -> Finding:
    """Return why no lead of a cluster is of leading rank, and who might become one."""
    t = draft.table
    places = np.flatnonzero(t.cluster == k)
    officers = np.flatnonzero(t.leading & draft.allowed[:, places].any(axis=1))
    full = officers[draft.count[officers] >= t.capacity[officers]]
    others = np.flatnonzero(~t.leading)
    offers = _one_more(t, draft, full) + _lifted(draft, places, others)
    return Finding(
        kind="cluster",
        places=_ids(t.places, places),
        officers=_ids(t.officers, officers),
        places_left=int(np.maximum(t.capacity - draft.count, 0)[officers].sum()),
        funnels=(),
        offers=cheapest(offers),
        name=t.places[places[0]].cluster,
    )


def _deputy(draft: Draft, deputies: Deputies, reached: Tree, empty: list[int]) -> Finding:
    """Return why places have no deputy: again the tree of the matching, which is the cheapest.

    In the funnel an officer who may stand in, but not beside this lead, is among those left.
    """
    t = draft.table
    places = np.flatnonzero(reached.places)
    officers = np.flatnonzero(reached.officers)
    return Finding(
        kind="deputy",
        places=_ids(t.places, places),
        officers=_ids(t.officers, officers),
        places_left=int(deputies.slots[officers].sum()),
        funnels=tuple(funnel(t, p, t.deputy_rules) for p in empty),
        offers=cheapest(_one_more(t, draft, officers)),
        role="deputy",
    )
