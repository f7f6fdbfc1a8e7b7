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

from footpath.planning.assignment import cover, offers
from footpath.planning.assignment.deputies import Deputies
from footpath.planning.assignment.draft import Draft
from footpath.planning.assignment.plan import Finding, Funnel, Offer, Step
from footpath.planning.assignment.problem import NO_RULE, Rule
from footpath.planning.assignment.table import NOBODY, Bools, Ints, Refused, Rules, Table


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
    else:
        places, kind = cover.blocking(draft, empty[0])
    officers = np.flatnonzero(draft.allowed[:, places].any(axis=1))
    limits = kind in {"load", "spread"}
    return Finding(
        kind=kind,
        places=_ids(t.places, places),
        officers=_ids(t.officers, officers),
        places_left=int(np.maximum(t.capacity[officers], 0).sum()),
        funnels=tuple(funnel(t, p) for p in empty),
        offers=offers.to_cover(draft, empty[0], places, limits=limits),
        name=_crowded(draft, empty[0]) if kind == "spread" else "",
    )


def _crowded(draft: Draft, p: int) -> str:
    """Return the department that leads as much as it may where the place lies."""
    t = draft.table
    full = draft.spread[t.department, t.parent[p]] >= draft.most[t.department]
    return t.officers[int((draft.allowed[:, p] & full).argmax())].department


def _ids(things: tuple[object, ...], numbers: Ints) -> tuple[str, ...]:
    return tuple(str(getattr(things[n], "id")) for n in numbers.tolist())  # noqa: B009


def _pin(draft: Draft, refused: Refused) -> Finding:
    """Return what stands against a pin that was not respected."""
    t = draft.table
    p, o = refused.place, refused.officer
    place, officer = t.places[p].id, t.officers[o].id
    pins = t.lead_pin if refused.role == "lead" else t.deputy_pin
    if refused.rules & Rule.PIN:
        other = t.officers[int(pins[p])].id if pins[p] != NOBODY else officer
        offer = Offer("unpin", other, place, Rule.PIN, 1, offers.UNPINNED)
    elif refused.rules:
        price = offers.lifting(int(refused.rules))
        offer = Offer("rule", officer, place, refused.rules, 1, price)
    elif refused.places_left == 0:
        offer = Offer("capacity", officer, "", NO_RULE, 1, offers.MORE)
    elif refused.heavy:
        above = int(t.weight[t.lead_pin == o].sum() + t.weight[p] - t.limit[o])
        offer = Offer("load", officer, place, NO_RULE, 1, offers.HEAVIER, above)
    else:
        offer = Offer("spread", officer, place, NO_RULE, 1, offers.CROWDED)
    return Finding(
        kind="pin",
        places=(place,),
        officers=(officer,),
        places_left=refused.places_left,
        funnels=(),
        offers=(offer,),
        rules=refused.rules,
        name=officer,
        role=refused.role,
    )


def _cluster(draft: Draft, k: int) -> Finding:
    """Return why no lead of a cluster is of leading rank, and who might become one."""
    t = draft.table
    places = np.flatnonzero(t.cluster == k)
    officers = np.flatnonzero(t.leading & draft.allowed[:, places].any(axis=1))
    return Finding(
        kind="cluster",
        places=_ids(t.places, places),
        officers=_ids(t.officers, officers),
        places_left=int(np.maximum(t.capacity - draft.count, 0)[officers].sum()),
        funnels=(),
        offers=offers.to_rank(draft, places, officers),
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
        offers=offers.one_more(draft, officers),
        role="deputy",
    )
