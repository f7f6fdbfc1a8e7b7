"""From a draft to the lines of a plan: who is where, and why just then."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict

import numpy as np

from footpath.planning.month.board import Board
from footpath.planning.month.chairs import Part
from footpath.planning.month.greedy import NONE, Draft
from footpath.planning.month.grid import Grid
from footpath.planning.month.plan import Entry, Finding, Reason, StandIn
from footpath.planning.month.prices import CHAIR, Prices
from footpath.planning.month.problem import (
    MISSING,
    NOT_HELD,
    STEPS_IN,
    Rule,
    minutes_between,
    minutes_free,
)


def parts(draft: Draft) -> list[Part]:
    """Return what a draft puts down, meeting by meeting."""
    board, found = draft.board, []
    for m, x in enumerate(draft.held):
        if x == NONE:
            continue
        slot = int(board.slot[x])
        found.append(Part(m, slot))
        for option in draft.options[m]:
            absent = int(board.need_person[board.option_need[option]])
            if absent != CHAIR:
                found.append(Part(m, slot, absent, int(board.option_person[option])))
    return found


def chosen_chairs(draft: Draft) -> dict[int, int]:
    """Return the chairs that a repair chose, by meeting."""
    board = draft.board
    return {
        m: int(board.option_person[option])
        for m, options in enumerate(draft.options)
        for option in options
        if board.need_person[board.option_need[option]] == CHAIR
    }


class Calendar:
    """A month that stands: ``slot`` by meeting (-1: none), stand-ins, chairs, and who is where."""

    def __init__(self, grid: Grid, put: Sequence[Part], chairs: Mapping[int, int]) -> None:
        """Note where everybody is."""
        self.grid = grid
        self.slot = [-1] * grid.shape[0]
        self.chairs = dict(chairs)
        self.stand_ins: defaultdict[int, dict[int, int]] = defaultdict(dict)
        self.on_duty: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
        for part in put:
            if part.absent >= 0:
                self.stand_ins[part.meeting][part.absent] = part.deputy
                self.on_duty[part.deputy, part.slot].append(part.meeting)
                continue
            self.slot[part.meeting] = part.slot
            for person in grid.attendees[part.meeting]:
                if not grid.away[person, part.slot]:
                    self.on_duty[person, part.slot].append(part.meeting)

    def entries(self, before: Mapping[str, Entry] | None = None) -> tuple[Entry, ...]:
        """Return the lines of the plan; a chair who attends anyway stays who it was before."""
        self.busy = defaultdict(list, {key: [*found] for key, found in self.on_duty.items()})
        for m, person in sorted(self.chairs.items()):
            self.busy[person, self.slot[m]].append(m)
        return tuple(self._entry(m, (before or {})) for m in range(self.grid.shape[0]))

    def _entry(self, m: int, before: Mapping[str, Entry]) -> Entry:
        grid, s = self.grid, self.slot[m]
        name = grid.meetings[m].id
        if s < 0:
            return Entry(name, "", why=(Reason("no_slot"),))
        people = grid.people
        away = [p for p in grid.attendees[m] if grid.away[p, s]]
        instead = self.stand_ins[m]
        return Entry(
            meeting=name,
            slot=grid.slots[s].id,
            chair=self._chair(m, s, before.get(name, Entry(name, "")).chair),
            stand_ins=tuple(
                StandIn(people[p].id, people[instead[p]].id) for p in away if p in instead
            ),
            missing=tuple(people[p].id for p in away if p not in instead),
            guests_missing=tuple(people[p].id for p in self.guests_missing(m, s)),
            why=(self._why(m, s),),
        )

    def _chair(self, m: int, s: int, before: str) -> str:
        grid = self.grid
        if m in self.chairs:
            return grid.people[self.chairs[m]].id
        if grid.pool[m] < 0:
            return ""
        leaders = {*grid.leaders[grid.pool[m]]} & {*grid.attendees[m]}
        here = [grid.people[p].id for p in sorted(leaders) if not grid.away[p, s]]
        return before if before in here else (here or [""])[0]

    def guests_missing(self, m: int, s: int) -> list[int]:
        """Return the guests who are away or on duty elsewhere in a slot of the meeting."""
        return [
            p
            for p in self.grid.guests[m]
            if self.grid.away[p, s] or any(other != m for other in self.on_duty.get((p, s), ()))
        ]

    # --- why just then ----------------------------------------------------------------------------

    def _why(self, m: int, s: int) -> Reason:
        """Return why a meeting is in its slot: what last month says, or what stands against it."""
        grid = self.grid
        if m in grid.pinned:
            return Reason("pinned")
        wished = self._wished(m)
        if not wished:
            return Reason("free")
        if s in wished:
            return Reason("as_before")
        return min(
            (self._against(m, w) for w in wished), key=lambda why: _ORDER.index(why.code)
        )

    def _wished(self, m: int) -> list[int]:
        """Return the slots on the weekday, in the week and the part of the day of last month."""
        grid, habit = self.grid, self.grid.meetings[m].habit
        if habit is None:
            return []
        week = (habit.day.day - 1) // 7
        return [
            number
            for number, slot in enumerate(grid.slots)
            if slot.part == habit.part
            and slot.day.weekday() == habit.day.weekday()
            and (slot.day.day - 1) // 7 == week
        ]

    def _against(self, m: int, s: int) -> Reason:
        """Return the first thing that keeps a meeting out of a slot, as the calendar stands."""
        grid = self.grid
        slot = grid.slots[s].id
        if grid.rules[m, s]:
            barred = first_rule(grid, m, s)
            return Reason(
                "barred", (("slot", slot), ("rule", barred[0].name or ""), ("what", barred[1]))
            )
        comers = [p for p in grid.attendees[m] if not grid.away[p, s]]
        for person in comers:
            for other in self.busy.get((person, s), ()):
                if other != m:
                    return self._met("busy", slot, person, other)
        for other, there in enumerate(self.slot):
            if other != m and there == s and grid.hall[other] == grid.hall[m] >= 0:
                hall, meeting = grid.halls[grid.hall[m]].id, grid.meetings[other].id
                return Reason("hall", (("slot", slot), ("hall", hall), ("meeting", meeting)))
        for person in comers:
            reason = self._day(m, s, person)
            if reason:
                return reason
        away = [grid.people[p].id for p in grid.attendees[m] if grid.away[p, s]]
        if away:
            return Reason("away", (("slot", slot), ("person", away[0])))
        if grid.chair_needed[m, s]:
            return Reason("chair", (("slot", slot), ("pool", grid.pools[grid.pool[m]].id)))
        return Reason("gives_way", (("slot", slot),))

    def _day(self, m: int, s: int, person: int) -> Reason | None:
        """Return whether somebody's day is full, or another meeting too far away, if so."""
        grid, slot = self.grid, self.grid.slots[s].id
        day = np.flatnonzero(grid.day == grid.day[s]).tolist()
        held = [(o, other) for o in day for other in self.busy.get((person, o), ()) if other != m]
        for there, other in held:
            free = minutes_free(grid.slots[there], grid.slots[s])
            spots = grid.spots[grid.spot[other]], grid.spots[grid.spot[m]]
            if free is not None and minutes_between(*spots, grid.policy) > free:
                return self._met("travel", slot, person, other)
        if len(held) >= grid.policy.most_a_day:
            return Reason("day", (("slot", slot), ("person", grid.people[person].id)))
        return None

    def _met(self, code: str, slot: str, person: int, other: int) -> Reason:
        who, what = self.grid.people[person].id, self.grid.meetings[other].id
        return Reason(code, (("slot", slot), ("person", who), ("meeting", what)))


_ORDER = ["barred", "busy", "hall", "travel", "day", "away", "chair", "gives_way"]


def first_rule(grid: Grid, m: int, s: int) -> tuple[Rule, str]:
    """Return the first rule that bars a meeting from a slot, and what it is about."""
    broken = int(grid.rules[m, s])
    rule = Rule(broken & -broken)
    meeting, day = grid.meetings[m], grid.slots[s].day
    if rule in {Rule.CLOSED, Rule.KIND}:
        for blocked in grid.problem.blocked:
            if (
                blocked.day == day
                and bool(blocked.kinds) == (rule is Rule.KIND)
                and (not blocked.kinds or meeting.kind in blocked.kinds)
                and (not blocked.spots or meeting.spot in blocked.spots)
            ):
                return rule, blocked.reason
    if rule is Rule.HALL:
        return rule, meeting.hall
    if rule is Rule.CHAIR:
        return rule, meeting.chairs
    if rule is Rule.AWAY:
        return rule, next(grid.people[a.person].id for a in grid.absences[m] if lonely(grid, a, s))
    return rule, ""


def lonely(grid: Grid, absence: object, s: int) -> bool:
    """Return whether somebody who has to be there is away, and all who may stand in."""
    person, deputies = absence.person, absence.deputies  # type: ignore[attr-defined]
    must = absence.must[s]  # type: ignore[attr-defined]
    return bool(must and grid.away[person, s] and grid.away[[*deputies], s].all())


def calendar_cost(prices: Prices, entries: Sequence[Entry]) -> int:
    """Return what the entries (of all meetings, in their order) pay at the prices of a plan."""
    cost = 0
    for m, entry in enumerate(entries):
        if entry.slot:
            grid, slot = prices.grid, prices.grid.slot_of[entry.slot]
            gather = grid.policy.weights.gather
            away = int(grid.away[[*grid.guests[m]], slot].sum())
            cost += int(prices.base[m, slot]) + gather * (len(entry.guests_missing) - away)
            cost += STEPS_IN * len(entry.stand_ins) + MISSING * len(entry.missing)
        else:
            cost += NOT_HELD
    return cost


def digest(entries: Sequence[Entry], findings: Sequence[Finding], cost: int) -> str:
    """Return the SHA-256 of what a plan says, in hexadecimal."""
    said = {
        "entries": [asdict(entry) for entry in entries],
        "findings": [asdict(finding) for finding in findings],
        "cost": cost,
    }
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
