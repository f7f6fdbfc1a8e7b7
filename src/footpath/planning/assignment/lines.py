"""The plan line by line: who, what changes against today, and why."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from footpath.planning.assignment.deputies import Deputies
from footpath.planning.assignment.draft import Draft
from footpath.planning.assignment.plan import Change, Line, Load, Why
from footpath.planning.assignment.problem import Held, Rule
from footpath.planning.assignment.table import NO_LIMIT, NOBODY, Ints, Table

_NONE = Held()


@dataclass(frozen=True, eq=False)
class Today:
    """What the officers hold today: places and weight (m), leads by department and parent."""

    places: Ints
    weight: Ints
    spread: Ints

    @classmethod
    def of(cls, table: Table) -> Today:
        """Count today's leads."""
        led = np.flatnonzero(table.lead != NOBODY)
        o = table.lead[led]
        spread = np.zeros(
            (int(table.department.max(initial=-1)) + 2, int(table.parent.max(initial=-1)) + 2),
            dtype=np.int64,
        )
        np.add.at(spread, (table.department[o], table.parent[led]), 1)
        weight = np.zeros(len(table.officers), dtype=np.int64)
        np.add.at(weight, o, table.weight[led])
        return cls(np.bincount(o, minlength=len(table.officers)), weight, spread)


class Lines:
    """Writes the lines of one plan."""

    def __init__(self, draft: Draft, deputies: Deputies) -> None:
        """Look at today once for all lines."""
        self.draft = draft
        self.table = draft.table
        self.deputies = deputies
        self.today = Today.of(draft.table)

    def all(self) -> tuple[Line, ...]:
        """Return a line for each place, in the order of ids."""
        return tuple(self._line(p) for p in range(len(self.table.places)))

    def loads(self) -> tuple[Load, ...]:
        """Return the load of each officer, in the order of ids."""
        t = self.table
        return tuple(
            Load(
                officer=officer.id,
                places=int(self.draft.count[o]),
                capacity=int(t.capacity[o]),
                weight=int(self.draft.load[o]),
                load_limit=int(t.limit[o]) if t.limit[o] < NO_LIMIT else None,
                places_today=int(self.today.places[o]),
            )
            for o, officer in enumerate(t.officers)
        )

    def _line(self, p: int) -> Line:
        t = self.table
        held = t.problem.current.get(t.places[p].id, _NONE)
        o, d = int(self.draft.lead[p]), int(self.deputies.deputy[p])
        lead = t.officers[o].id if o != NOBODY else ""
        deputy = t.officers[d].id if d != NOBODY else ""
        km = float(t.km[o, p]) if o != NOBODY else float("nan")
        return Line(
            place=t.places[p].id,
            lead=lead,
            deputy=deputy,
            change=_change(held.lead, lead),
            deputy_change=self._deputy_change(p, held.deputy, deputy),
            why=self._why(p, held.lead),
            deputy_why=self._deputy_why(p, held.deputy),
            km=None if np.isnan(km) else round(km, 1),
        )

    def _deputy_change(self, p: int, before: str, after: str) -> Change:
        """Return the change; a place that wants no deputy and has none is as it was."""
        if not before and not after and not self.deputies.wanted[p]:
            return "kept"
        return _change(before, after)

    def _why(self, p: int, before: str) -> tuple[Why, ...]:
        """Return why the lead is who it is."""
        t = self.table
        o, old = int(self.draft.lead[p]), int(t.lead[p])
        pinned = (Why("pinned"),) if t.lead_pin[p] != NOBODY else ()
        if o == NOBODY:
            return (*self._left(p, before), Why("nobody_left"))
        if o == old:
            return pinned or (Why("kept"),)
        if not before:
            return (*pinned, Why("was_empty"))
        why = pinned or self._left(p, before)
        if o == t.deputy[p]:
            why = (*why, Why("deputy_takes_over"))
        if old != NOBODY:
            why = (*why, *self._way(o, old, p))
            why = why or (self._otherwise(o, old, p),)
        return why

    def _left(self, p: int, before: str) -> tuple[Why, ...]:
        """Return what made today's lead go: rules and limits; () when it was for the better."""
        t, today = self.table, self.today
        old = int(t.lead[p])
        if not before:
            return ()
        if old == NOBODY:
            return (Why("left", (("officer", before),)),)
        broken = [rule for rule in Rule if int(t.rules[old, p]) & rule]
        who = ("officer", before)
        if broken:
            return tuple(Why("excluded", (("rule", str(rule.name)), who)) for rule in broken)
        why = []
        if today.places[old] > t.capacity[old]:
            held, limit = int(today.places[old]), int(t.capacity[old])
            why.append(Why("over_capacity", (who, ("held", held), ("limit", limit))))
        if today.weight[old] > t.limit[old]:
            held, limit = int(today.weight[old]), int(t.limit[old])
            why.append(Why("over_load", (who, ("held", held), ("limit", limit))))
        return (*why, *self._by_side_rules(p, old, before))

    def _by_side_rules(self, p: int, old: int, before: str) -> tuple[Why, ...]:
        """Return whether the spread or the cluster made today's lead go, or another place."""
        t, place = self.table, self.table.places[p]
        why: list[Why] = []
        most = t.problem.policy.spread
        department, parent = int(t.department[old]), int(t.parent[p])
        if most is not None and department >= 0 and self.today.spread[department, parent] > most:
            named = ("department", t.officers[old].department), ("parent", place.parent)
            why.append(Why("spread", (("officer", before), *named, ("limit", most))))
        o, cluster = int(self.draft.lead[p]), int(t.cluster[p])
        if (
            o != NOBODY
            and cluster >= 0
            and t.leading[o]
            and not t.leading[old]
            and self.draft.ranked[cluster] == 1
        ):
            why.append(Why("cluster", (("cluster", place.cluster),)))
        for q in np.flatnonzero((self.draft.lead == old) & (t.lead != old)).tolist():
            if not why and not self._others(q, o):
                named_place = ("place", t.places[q].id)
                why.append(Why("gives_way", (("officer", before), named_place)))
        return tuple(why)

    def _others(self, q: int, o: int) -> bool:
        """Return whether ``o``, or anybody else who has a place left, may lead the place ``q``."""
        t = self.table
        free = t.allowed[:, q] & (self.draft.count < t.capacity)
        free[self.draft.lead[q]] = False
        return bool(free.any() or (o != NOBODY and t.allowed[o, q]))

    def _way(self, o: int, old: int, p: int) -> tuple[Why, ...]:
        """Return that the new one lives nearer, when they do by a kilometre and more."""
        saved = float(self.table.km[old, p] - self.table.km[o, p])
        if saved >= 1:  # False when a position is unknown
            return (Why("nearer", (("km", round(saved, 1)),)),)
        return ()

    def _otherwise(self, o: int, old: int, p: int) -> Why:
        """Return what speaks for the change when nothing in the place itself does."""
        before, after = int(self.today.weight[old]), int(self.draft.load[old])
        if after < before:
            return Why("fairer", (("load_before", before), ("load_after", after)))
        longer = float(self.table.km[o, p] - self.table.km[old, p])
        if longer >= 1:
            return Why("farther", (("km", round(longer, 1)),))
        return Why("elsewhere", (("load_before", before), ("load_after", after)))

    def _deputy_why(self, p: int, before: str) -> tuple[Why, ...]:
        """Return why the deputy is who it is."""
        t = self.table
        d, old = int(self.deputies.deputy[p]), int(t.deputy[p])
        if d == old and d != NOBODY:
            return (Why("pinned"),) if t.deputy_pin[p] != NOBODY else (Why("kept"),)
        why: list[Why] = [Why("pinned")] if t.deputy_pin[p] != NOBODY else []
        if before and not why:
            why += self._deputy_left(p, before)
        if d != NOBODY and not before:
            why.append(Why("was_empty"))
        if NOBODY not in {d, old}:
            why += self._way(d, old, p)
        if d == NOBODY and self.deputies.wanted[p]:
            why.append(Why("nobody_left"))
        if before and not why:
            why.append(Why("elsewhere"))
        return tuple(why)

    def _deputy_left(self, p: int, before: str) -> list[Why]:
        """Return what made today's deputy go."""
        t = self.table
        old, who = int(t.deputy[p]), ("officer", before)
        if old == NOBODY:
            return [Why("left", (who,))]
        if old == self.draft.lead[p]:
            return [Why("deputy_takes_over", (who,))]
        broken = [rule for rule in Rule if int(t.deputy_rules[old, p]) & rule]
        if broken:
            return [Why("excluded", (("rule", str(rule.name)), who)) for rule in broken]
        if not self.deputies.allowed[old, p]:
            named = ("department", t.officers[old].department)
            return [Why("same_department", (who, named))]
        held, limit = int((t.deputy == old).sum()), int(t.capacity[old])
        if held > limit:
            return [Why("over_capacity", (who, ("held", held), ("limit", limit)))]
        return []


def _change(before: str, after: str) -> Change:
    """Return what happens to a place in one role."""
    if before == after:
        return "kept" if after else "nobody"
    if not after:
        return "ended"
    return "moved" if before else "new"
