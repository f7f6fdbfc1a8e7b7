"""From a draft to the lines of a plan: who is where in the month."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from footpath.planning.month.chairs import Part
from footpath.planning.month.greedy import NONE, Draft
from footpath.planning.month.grid import Grid
from footpath.planning.month.plan import Entry, Finding, Reason, StandIn
from footpath.planning.month.prices import CHAIR, Prices
from footpath.planning.month.problem import (
    MISSING,
    NOT_HELD,
    STEPS_IN,
)
from footpath.planning.month.why import why


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
            why=(why(self, m, s),),
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


def calendar_cost(prices: Prices, entries: Sequence[Entry]) -> int:
    """Return what the entries (of all meetings, in their order) pay as a plan, not as a repair."""
    cost = 0
    for m, entry in enumerate(entries):
        if entry.slot:
            cost += int(prices.habit[m, prices.grid.slot_of[entry.slot]])
            cost += prices.grid.policy.weights.gather * len(entry.guests_missing)
            cost += STEPS_IN * len(entry.stand_ins) + MISSING * len(entry.missing)
        else:
            cost += NOT_HELD
    return cost


def digest(entries: Sequence[Entry], findings: Sequence[Finding], cost: int) -> str:
    """Return the SHA-256 of what a plan says, in hexadecimal."""
    lines = [
        [
            *(entry.meeting, entry.slot, entry.chair, entry.missing, entry.guests_missing),
            [(pair.attendee, pair.deputy) for pair in entry.stand_ins],
            [(why.code, why.values) for why in entry.why],
        ]
        for entry in entries
    ]
    said = [lines, [asdict(finding) for finding in findings], cost]
    text = json.dumps(said, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
