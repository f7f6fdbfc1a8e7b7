"""Why places stay empty, in people and places: the smallest set that cannot be served, and why.

A plan always comes back; what it could not do becomes findings. When the officers are too few, the
last alternating tree of the matching is a minimal blocking set (Hall): these places can only be
led by these officers, who have one place less. Weights and the spread are asked by trying: a set is
reduced as long as it stays blocking.
"""

from __future__ import annotations

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


def find(draft: Draft, deputies: Deputies) -> tuple[Finding, ...]:
    """Return all that stands in the way of a plan without gaps: pins, places, clusters, deputies.

    One finding for each empty place, each with its own minimal set. Source: S2.1.
    """
    table = draft.table
    found = [_pin(draft, refused) for refused in table.refused]
    found += [_Empty(draft, p).finding() for p in draft.uncovered()]
    found += [_cluster(draft, k) for k in np.flatnonzero(draft.ranked == 0).tolist()]
    missing = np.flatnonzero(deputies.wanted & (deputies.deputy == NOBODY))
    found += [_deputy(table, deputies, p) for p in missing.tolist()]
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
        officers = allowed[:, places].any(axis=1)
        grown = places | ((lead != NOBODY) & officers[lead])
        if (grown == places).all():
            break
        places = grown
    count = np.bincount(lead[lead >= 0], minlength=len(slots))
    return Tree(places, officers, closed=not (count < slots)[officers].any())


class _Empty:
    """One place that nobody leads in the plan."""

    def __init__(self, draft: Draft, p: int) -> None:
        self.draft = draft
        self.table = draft.table
        self.p = p

    def finding(self) -> Finding:
        """Return what stands in its way."""
        t, draft = self.table, self.draft
        reached = tree(draft.allowed, t.capacity, draft.lead, self.p)
        if reached.closed:
            places = np.flatnonzero(reached.places)
            officers = np.flatnonzero(reached.officers)
            kind = "short" if len(officers) else "nobody"
            offers = self._short(reached)
        else:
            places, kind = cover.blocking(draft, self.p)
            officers = np.flatnonzero(draft.allowed[:, places].any(axis=1))
            offers = self._side(places, kind)
        left = int(np.maximum(t.capacity[officers], 0).sum())
        return Finding(
            kind=kind,
            places=_ids(t.places, places),
            officers=_ids(t.officers, officers),
            places_left=left,
            funnels=(funnel(t, self.p),),
            offers=cheapest([*offers, *self._lifted(places, officers), *self._unpinned(places)]),
        )

    def _short(self, reached: Tree) -> list[Offer]:
        """Return who could take one place more: any officer of the set frees a place in it."""
        t, load = self.table, self.draft.load
        return [
            Offer("capacity", t.officers[o].id, "", Rule(0), 1, MORE + _share(t, int(load[o])))
            for o in np.flatnonzero(reached.officers).tolist()
        ]

    def _side(self, places: Ints, kind: Literal["load", "spread"]) -> list[Offer]:
        """Return whose weight or whose department's leads could be exceeded to cover the set."""
        t = self.table
        question = cover.Question.of(self.draft, places)
        offers = []
        for j, p in enumerate(places.tolist()):
            for o in np.flatnonzero(self.draft.allowed[:, p]).tolist():
                if question.without(o, j, limit=kind == "load"):
                    price = HEAVIER if kind == "load" else CROWDED
                    price += int(self.draft.prices.lead[o, p])
                    officer, place = t.officers[o].id, t.places[p].id
                    offers.append(Offer(kind, officer, place, Rule(0), 1, price))
        return offers

    def _lifted(self, places: Ints, officers: Ints) -> list[Offer]:
        """Return for which pairs lifting rules would do: somebody outside with room takes one."""
        t, draft = self.table, self.draft
        outside = np.ones(len(t.officers), dtype=np.bool_)
        outside[officers] = False
        outside &= draft.count < t.capacity
        found = []
        for p in places.tolist():
            rules = t.rules[:, p]
            free = outside & (rules & int(Rule.PIN) == 0) & (rules != 0)
            free &= draft.load + t.weight[p] <= t.limit
            beside = draft.spread[t.department, t.parent[p]]
            free &= beside < draft.most[t.department]
            found += [
                (lifting(int(rules[o])) + int(draft.prices.lead[o, p]), o, p)
                for o in np.flatnonzero(free).tolist()
            ]
        found.sort()
        return [
            Offer("rule", t.officers[o].id, t.places[p].id, Rule(int(t.rules[o, p])), 1, price)
            for price, o, p in found[:OFFERS]
        ]

    def _unpinned(self, places: Ints) -> list[Offer]:
        """Return which pins in the set could be taken back so that somebody with room comes in."""
        t, draft = self.table, self.draft
        offers = []
        for p in places.tolist():
            only_pin = (t.rules[:, p] == int(Rule.PIN)) & (draft.count < t.capacity)
            only_pin &= draft.load + t.weight[p] <= t.limit
            only_pin &= draft.spread[t.department, t.parent[p]] < draft.most[t.department]
            if only_pin.any():
                o = int(t.lead_pin[p])
                if o == NOBODY:
                    o = int(np.flatnonzero(only_pin)[0])
                place = t.places[p].id
                offers.append(Offer("unpin", t.officers[o].id, place, Rule.PIN, 1, UNPINNED))
        return offers


def lifting(rules: int) -> int:
    """Return what lifting these rules costs."""
    return sum(price for rule, price in LIFTED.items() if rules & int(rule))


def cheapest(offers: list[Offer]) -> tuple[Offer, ...]:
    """Return the cheapest offers, the same ones in any order given."""
    offers = sorted(offers, key=lambda offer: (offer.price, offer.kind, offer.officer, offer.place))
    return tuple(offers[:OFFERS])


def _share(table: Table, load: int) -> int:
    """Return a load in places of average weight."""
    return round(load * len(table.places) / max(1, int(table.weight.sum())))


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
    left = int(np.maximum(t.capacity - draft.count, 0)[officers].sum())
    offers = [
        Offer("capacity", t.officers[o].id, "", Rule(0), 1, MORE)
        for o in officers.tolist()
        if draft.count[o] >= t.capacity[o]
    ]
    for o in np.flatnonzero(t.leading & (draft.count < t.capacity)).tolist():
        for p in places.tolist():
            rules = int(t.rules[o, p])
            if rules and not rules & Rule.PIN and draft.load[o] + t.weight[p] <= t.limit[o]:
                price = lifting(rules) + int(draft.prices.lead[o, p])
                offers.append(
                    Offer("rule", t.officers[o].id, t.places[p].id, Rule(rules), 1, price)
                )
    return Finding(
        kind="cluster",
        places=_ids(t.places, places),
        officers=_ids(t.officers, officers),
        places_left=left,
        funnels=(),
        offers=cheapest(offers),
        name=t.places[places[0]].cluster,
    )


def _deputy(table: Table, deputies: Deputies, p: int) -> Finding:
    """Return why a place has no deputy: again the tree of the matching, which is the cheapest."""
    reached = tree(deputies.allowed, deputies.slots, _moving(deputies), p)
    places = np.flatnonzero(reached.places)
    officers = np.flatnonzero(reached.officers)
    rules = np.where(deputies.allowed, 0, np.maximum(table.deputy_rules, 0))
    return Finding(
        kind="deputy",
        places=_ids(table.places, places),
        officers=_ids(table.officers, officers),
        places_left=int(deputies.slots[officers].sum()),
        funnels=(funnel(table, p, rules.astype(np.uint16)),),
        offers=cheapest(
            [
                Offer("capacity", table.officers[o].id, "", Rule(0), 1, MORE)
                for o in officers.tolist()
            ]
        ),
        role="deputy",
    )


def _moving(deputies: Deputies) -> Ints:
    """Return the deputies that the matching has chosen; the others simply stay."""
    return np.where(deputies.wanted, deputies.deputy, NOBODY)
