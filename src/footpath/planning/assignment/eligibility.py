"""Who may lead what: the rules that each pair of officer and place breaks, pins and waivers.

A removed pair is never forgotten: the bits say for ever why. Source: S2.1, S2.7.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from footpath.planning.assignment.problem import (
    AssignmentProblem,
    Officer,
    Pin,
    Place,
    Rule,
)
from footpath.planning.assignment.table import (
    NO_LIMIT,
    NOBODY,
    Bools,
    Ints,
    Refused,
    Rules,
    Table,
    codes,
    distances,
    years_before,
)

# What a deputy need not mind: the term is that of the lead.
_OF_LEADS = np.uint16(~int(Rule.TERM | Rule.PIN) & 0xFFFF)


def tabulate(problem: AssignmentProblem) -> Table:
    """Return the problem as arrays, in the order of ids; it must be valid.

    For 150 officers and 117 places the rules are 150 x 117 x 2 bytes, made in about 5 ms.
    """
    officers = tuple(sorted(problem.officers, key=lambda officer: officer.id))
    places = tuple(sorted(problem.places, key=lambda place: place.id))
    officer_number = {officer.id: number for number, officer in enumerate(officers)}
    place_number = {place.id: number for number, place in enumerate(places)}
    capacity = np.array([officer.capacity for officer in officers], dtype=np.int64)
    limit = np.array(
        [NO_LIMIT if o.load_limit is None else o.load_limit for o in officers], dtype=np.int64
    )
    for waiver in problem.waivers:
        capacity[officer_number[waiver.officer]] += waiver.places_more
        limit[officer_number[waiver.officer]] += waiver.load_more
    rules = broken_rules(problem, officers, places, capacity)
    for waiver in problem.waivers:
        if waiver.place:
            pair = officer_number[waiver.officer], place_number[waiver.place]
            rules[pair] &= ~int(waiver.rules) & 0xFFFF
    held = [problem.current.get(place.id) for place in places]
    table = Table(
        problem=problem,
        officers=officers,
        places=places,
        officer_number=officer_number,
        place_number=place_number,
        rules=rules,
        deputy_rules=rules & _OF_LEADS,
        km=distances(officers, places),
        capacity=capacity,
        limit=limit,
        weight=np.array([place.weight for place in places], dtype=np.int64),
        department=codes([officer.department for officer in officers]),
        parent=codes([place.parent for place in places]),
        cluster=codes([place.cluster for place in places]),
        leading=np.array([officer.leads_clusters for officer in officers], dtype=np.bool_),
        lead=_numbers(officer_number, [h.lead if h else "" for h in held]),
        deputy=_numbers(officer_number, [h.deputy if h else "" for h in held]),
        held=np.array([bool(h and h.lead) for h in held], dtype=np.bool_),
        deputy_held=np.array([bool(h and h.deputy) for h in held], dtype=np.bool_),
        lead_pin=np.full(len(places), NOBODY),
        deputy_pin=np.full(len(places), NOBODY),
        refused=(),
    )
    return _Pins(table).pinned() if problem.pins else table


def broken_rules(
    problem: AssignmentProblem,
    officers: tuple[Officer, ...],
    places: tuple[Place, ...],
    capacity: Ints,
) -> Rules:
    """Return the rules that each pair breaks, (m, n), before waivers and pins."""
    rules = np.zeros((len(officers), len(places)), dtype=np.uint16)
    if not rules.size:
        return rules
    policy = problem.policy
    number = {place.id: n for n, place in enumerate(places)}
    tiers = [place.tier for place in places]
    parents = np.array([place.parent for place in places])
    own = np.zeros(len(officers), dtype=np.uint16)
    for o, officer in enumerate(officers):
        own[o] = _own_rules(problem, officer, int(capacity[o]))
        _against_person(rules[o], officer, number, parents)
    rules |= own[:, None]
    _against_tiers(rules, policy.officers_of, officers, tiers)
    _against_skills(rules, officers, places)
    if policy.term_limit_years is not None:
        latest = years_before(problem.start, policy.term_limit_years)
        for o, officer in enumerate(officers):
            for place, since in officer.since.items():
                if since <= latest and place in number:
                    rules[o, number[place]] |= np.uint16(Rule.TERM)
    return rules


def _against_person(
    rules: Rules, officer: Officer, number: dict[str, int], parents: NDArray[np.str_]
) -> None:
    """Mark in a row (n) where the officer lives, has relatives, or does not serve."""
    if officer.home in number:
        rules[number[officer.home]] |= np.uint16(Rule.HOME)
    for relative in officer.relatives:
        if relative in number:
            rules[number[relative]] |= np.uint16(Rule.RELATIVES)
    if officer.serves is not None:
        rules[~np.isin(parents, sorted(officer.serves))] |= np.uint16(Rule.REACH)


def _own_rules(problem: AssignmentProblem, officer: Officer, capacity: int) -> Rule:
    """Return what keeps the officer from every place; days away include the first and the last."""
    own = Rule(0)
    if officer.bound or capacity <= 0:
        own |= Rule.BOUND
    if officer.department in problem.policy.departments_left_out:
        own |= Rule.DEPARTMENT
    if any(first <= problem.start <= last for first, last in officer.away):
        own |= Rule.AWAY
    return own


def _against_tiers(
    rules: Rules,
    officers_of: Mapping[str, frozenset[str]],
    officers: tuple[Officer, ...],
    tiers: list[str],
) -> None:
    """Mark the pairs where the officer's tier does not take places of this tier."""
    column = np.array(tiers)
    for tier in sorted({tier for tier in tiers if tier in officers_of}):
        outside = np.array([officer.tier not in officers_of[tier] for officer in officers])
        rules[np.ix_(outside, column == tier)] |= np.uint16(Rule.TIER)


def _against_skills(rules: Rules, officers: tuple[Officer, ...], places: tuple[Place, ...]) -> None:
    """Mark the pairs where the officer lacks something the place needs."""
    asking: dict[frozenset[str], list[int]] = {}
    for p, place in enumerate(places):
        if place.needs:
            asking.setdefault(place.needs, []).append(p)
    for needs, where in asking.items():
        lacking = np.array([not needs <= officer.skills for officer in officers])
        rules[np.ix_(lacking, np.array(where))] |= np.uint16(Rule.SKILL)


def _numbers(known: dict[str, int], names: list[str]) -> Ints:
    return np.array([known.get(name, NOBODY) for name in names], dtype=np.int64)


@dataclass(eq=False)
class _Pins:
    """Goes through the pins in the order of ids and respects those that break nothing."""

    table: Table

    def pinned(self) -> Table:
        """Return the table with the pins counted in, and those that were refused."""
        t = self.table
        pins = sorted(
            set(t.problem.pins), key=lambda pin: (pin.role == "deputy", pin.place, pin.officer)
        )
        self.refused: list[Refused] = []
        self.away: dict[str, Bools] = {
            role: np.zeros(t.rules.shape, dtype=np.bool_) for role in ("lead", "deputy")
        }
        self.places: dict[str, Ints] = {
            role: np.zeros(len(t.officers), dtype=np.int64) for role in ("lead", "deputy")
        }
        self.load = np.zeros(len(t.officers), dtype=np.int64)
        self.spread: dict[tuple[int, int], int] = {}
        for pin in pins:
            if pin.away:
                self.away[pin.role][self._pair(pin)] = True
        for pin in pins:
            if not pin.away:
                self._respect(pin)
        return self._counted()

    def _pair(self, pin: Pin) -> tuple[int, int]:
        return self.table.officer_number[pin.officer], self.table.place_number[pin.place]

    def _respect(self, pin: Pin) -> None:
        """Respect one pin, or write down what stands against it."""
        o, p = self._pair(pin)
        rules = self._against(pin.role, o, p)
        left = int(self.table.capacity[o] - self.places[pin.role][o])
        if rules or left <= 0 or (pin.role == "lead" and not self._fits(o, p)):
            heavy = bool(self.load[o] + self.table.weight[p] > self.table.limit[o])
            self.refused.append(Refused(p, o, pin.role, rules, max(0, left), heavy))
            return
        self.places[pin.role][o] += 1
        if pin.role == "lead":
            t = self.table
            self.load[o] += t.weight[p]
            key = int(t.department[o]), int(t.parent[p])
            self.spread[key] = self.spread.get(key, 0) + 1
            t.lead_pin[p] = o
        else:
            self.table.deputy_pin[p] = o

    def _against(self, role: str, o: int, p: int) -> Rule:
        """Return the rules that the pin breaks; PIN when another pin is in the way."""
        t = self.table
        if role == "lead":
            rules = Rule(int(t.rules[o, p]))
            other = int(t.lead_pin[p])
        else:
            rules = Rule(int(t.deputy_rules[o, p]))
            other = int(t.deputy_pin[p])
            lead = int(t.lead_pin[p])
            if lead != NOBODY and not may_stand_beside(t, lead)[o]:
                rules |= Rule.PIN
        if other != NOBODY or self.away[role][o, p]:
            rules |= Rule.PIN
        return rules

    def _fits(self, o: int, p: int) -> bool:
        """Return whether the weight and the spread leave room beside the earlier pins."""
        t = self.table
        spread = t.problem.policy.spread
        beside = self.spread.get((int(t.department[o]), int(t.parent[p])), 0)
        return bool(self.load[o] + t.weight[p] <= t.limit[o]) and (
            spread is None or t.department[o] < 0 or beside < spread
        )

    def _counted(self) -> Table:
        """Return the table with the rule PIN where a pin stands against a pair."""
        t = self.table
        lead, deputy = self.away["lead"], self.away["deputy"]
        for p in np.flatnonzero(t.deputy_pin != NOBODY):
            o = int(t.deputy_pin[p])
            lead[:, p] |= ~may_stand_beside(t, o)
            deputy[:, p] = True
            deputy[o, p] = False
        for p in np.flatnonzero(t.lead_pin != NOBODY):
            lead[:, p] = True
            lead[t.lead_pin[p], p] = False
        t.rules[lead] |= np.uint16(Rule.PIN)
        t.deputy_rules[deputy] |= np.uint16(Rule.PIN)
        object.__setattr__(t, "refused", tuple(self.refused))
        return t


def may_stand_beside(table: Table, officer: int) -> Bools:
    """Return who may be the deputy of this lead, or the lead above this deputy, (m,).

    Never the same person; where the policy asks for it, never of the same department.
    """
    others = np.arange(len(table.officers)) != officer
    own = table.department[officer]
    if table.problem.policy.deputy_from_another_department and own >= 0:
        others &= table.department != own
    return np.asarray(others)
