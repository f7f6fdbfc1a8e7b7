"""Why a meeting is in its slot, and not in the one that last month speaks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

import numpy as np

from footpath.planning.month.grid import Absence, Grid
from footpath.planning.month.plan import Reason
from footpath.planning.month.problem import Rule, minutes_between, minutes_free

# Of several slots that would suit, the one is told that is barred by the plainest reason.
ORDER = ("barred", "busy", "hall", "travel", "day", "away", "chair", "gives_way")


class Standing(Protocol):
    """A month that stands: the slot of each meeting, and the meetings of each person by slot."""

    @property
    def grid(self) -> Grid: ...

    @property
    def slot(self) -> Sequence[int]: ...

    @property
    def busy(self) -> Mapping[tuple[int, int], Sequence[int]]: ...


def why(month: Standing, m: int, s: int) -> Reason:
    """Return why a meeting is in slot ``s``: what last month says, or what stands against it."""
    if m in month.grid.pinned:
        return Reason("pinned")
    wished = _wished(month.grid, m)
    if not wished:
        return Reason("free")
    if s in wished:
        return Reason("as_before")
    reasons = [next(_against(month, m, slot)) for slot in wished]
    return min(reasons, key=lambda reason: ORDER.index(reason.code))


def _wished(grid: Grid, m: int) -> list[int]:
    """Return the slots on the weekday, in the week and the part of the day of last month."""
    habit = grid.meetings[m].habit
    if habit is None or habit.part not in grid.part_masks:
        return []
    week = grid.week == (habit.day.day - 1) // 7
    wished = week & grid.weekday_masks[habit.day.weekday()] & grid.part_masks[habit.part]
    return [int(s) for s in np.flatnonzero(wished)]


def _against(month: Standing, m: int, s: int) -> Iterator[Reason]:
    """Yield what keeps a meeting out of a slot, as the month stands; at the end, the whole."""
    grid = month.grid
    slot = ("slot", grid.slots[s].id)
    if grid.rules[m, s]:
        rule, what = first_rule(grid, m, s)
        yield Reason("barred", (slot, ("rule", str(rule.name)), ("what", what)))
    comers = [p for p in grid.attendees[m] if not grid.away[p, s]]
    for person in comers:
        yield from _busy(month, m, s, person)
    for other, there in enumerate(month.slot):
        if other != m and there == s and grid.hall[other] == grid.hall[m] >= 0:
            held = ("meeting", grid.meetings[other].id)
            yield Reason("hall", (slot, ("hall", grid.meetings[m].hall), held))
    for person in comers:
        yield from _day(month, m, s, person)
    for person in grid.attendees[m]:
        if grid.away[person, s]:
            yield Reason("away", (slot, ("person", grid.people[person].id)))
    if grid.chair_needed[m, s]:
        yield Reason("chair", (slot, ("pool", grid.meetings[m].chairs)))
    yield Reason("gives_way", (slot,))


def _busy(month: Standing, m: int, s: int, person: int) -> Iterator[Reason]:
    """Yield the other meetings in which somebody is in the slot."""
    for other in month.busy.get((person, s), ()):
        if other != m:
            yield _met(month.grid, "busy", s, person, other)


def _day(month: Standing, m: int, s: int, person: int) -> Iterator[Reason]:
    """Yield whether another meeting of somebody's day is too far away, or the day is full."""
    grid = month.grid
    day = np.flatnonzero(grid.day == grid.day[s]).tolist()
    held = [(o, other) for o in day for other in month.busy.get((person, o), ()) if other != m]
    for there, other in held:
        free = minutes_free(grid.slots[there], grid.slots[s])
        spots = grid.spots[grid.spot[other]], grid.spots[grid.spot[m]]
        if free is not None and minutes_between(*spots, grid.policy) > free:
            yield _met(grid, "travel", s, person, other)
    if len(held) >= grid.policy.most_a_day:
        yield Reason("day", (("slot", grid.slots[s].id), ("person", grid.people[person].id)))


def _met(grid: Grid, code: str, s: int, person: int, other: int) -> Reason:
    who, what = grid.people[person].id, grid.meetings[other].id
    return Reason(code, (("slot", grid.slots[s].id), ("person", who), ("meeting", what)))


def first_rule(grid: Grid, m: int, s: int) -> tuple[Rule, str]:
    """Return the first rule that bars a meeting from a slot, and what it is about."""
    broken = int(grid.rules[m, s])
    rule = Rule(broken & -broken)
    meeting = grid.meetings[m]
    what = {Rule.HALL: meeting.hall, Rule.CHAIR: meeting.chairs}.get(rule, "")
    if rule in {Rule.CLOSED, Rule.KIND}:
        what = next(
            blocked.reason
            for blocked in grid.problem.blocked
            if blocked.day == grid.slots[s].day
            and bool(blocked.kinds) == (rule is Rule.KIND)
            and (not blocked.kinds or meeting.kind in blocked.kinds)
            and (not blocked.spots or meeting.spot in blocked.spots)
        )
    if rule is Rule.AWAY:
        absences = grid.absences[m]
        what = next(grid.people[a.person].id for a in absences if _alone(grid, a, s))
    return rule, what


def _alone(grid: Grid, absence: Absence, s: int) -> bool:
    """Return whether somebody who has to be there is away, and all who may stand in."""
    away = absence.mask[s] and grid.away[[*absence.deputies], s].all()
    return bool(away and absence.must[s])
