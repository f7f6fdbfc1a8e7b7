"""The problem as numbered tables: which meeting may be in which slot, with whom.

Meetings, people, halls and pools are numbered in the order of their ids, slots in the order of
time: whatever order they came in, the tables are the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from footpath.planning.month.problem import Meeting, MonthProblem, Rule, Slot

Table = NDArray[np.int64]
Mask = NDArray[np.bool_]

# What a person's decision for one slot goes before.
WISHES = Rule.PAST | Rule.WINDOW | Rule.CLOSED | Rule.KIND | Rule.WEEKDAY | Rule.PART


class _Named(Protocol):
    @property
    def id(self) -> str: ...


N = TypeVar("N", bound=_Named)


@dataclass(frozen=True, slots=True, eq=False)
class Absence:
    """An attendee who is away in some slots, who may stand in, and where somebody must."""

    person: int
    mask: Mask
    deputies: tuple[int, ...]
    must: Mask


class Grid:
    """A problem, numbered.

    ``rules``: uint16 of shape (meetings, slots), 0 where the meeting may be. ``chair_needed``:
    booleans of the same shape, whether somebody comes only to chair. ``away``: booleans of shape
    (people, slots). The others are lists by meeting, by pool or by day, of numbers.

    Raises ValueError when the problem names what is not in it, or names something twice.
    """

    def __init__(self, problem: MonthProblem) -> None:
        """Number everything."""
        self.problem = problem
        self.policy = problem.policy
        self.meetings = _sorted("meeting", problem.meetings)
        self.slots: list[Slot] = sorted(
            _sorted("slot", problem.slots), key=lambda s: (s.day, s.begins, s.ends, s.id)
        )
        self.people = _sorted("person", problem.people)
        self.halls = _sorted("hall", problem.halls)
        self.pools = _sorted("pool", problem.pools)
        self.spots = _sorted("spot", problem.spots)
        self.meeting_of = _numbers(self.meetings)
        self.slot_of = _numbers(self.slots)
        self.person_of = _numbers(self.people)
        self.hall_of = _numbers(self.halls)
        self.pool_of = _numbers(self.pools)
        self.spot_of = _numbers(self.spots)
        self.shape = (len(self.meetings), len(self.slots))
        self._refuse_strangers()
        self._number_time()
        self._number_people()
        self._number_meetings()
        self.rules = np.zeros(self.shape, dtype=np.uint16)
        self.chair_needed = np.zeros(self.shape, dtype=np.bool_)
        self.absences: list[list[Absence]] = []
        self.overruled: dict[int, Rule] = {}  # what a pin goes against
        self._bar()

    # --- numbers ----------------------------------------------------------------------------------

    def _refuse_strangers(self) -> None:
        """Raise ValueError for a name that the problem does not explain."""
        for meeting in self.meetings:
            people = {*meeting.attendees, *meeting.invited, *meeting.essential, *meeting.deputies}
            people.update(*meeting.deputies.values())
            where = f"meeting {meeting.id!r}"
            _refuse(where, "person", people, self.person_of)
            _refuse(where, "hall", {meeting.hall}, self.hall_of)
            _refuse(where, "pool", {meeting.chairs}, self.pool_of)
            _refuse(where, "spot", {meeting.spot}, self.spot_of)
        for pool in self.pools:
            _refuse(f"pool {pool.id!r}", "person", pool.people, self.person_of)
        for pin in self.problem.pins:
            _refuse("a pin", "meeting", {pin.meeting}, self.meeting_of)
            _refuse("a pin", "slot", {pin.slot}, self.slot_of)
        for waiver in self.problem.waivers:
            _refuse("a waiver", "meeting", {waiver.meeting}, self.meeting_of)
            _refuse("a waiver", "slot", {waiver.slot}, self.slot_of)
            _refuse("a waiver", "person", {waiver.excused}, self.person_of)

    def _number_time(self) -> None:
        """Fill ``ordinal`` and ``day`` (the number of each slot's day), and masks of slots."""
        self.ordinal = np.array([slot.day.toordinal() for slot in self.slots], dtype=np.int64)
        self.days, self.day = np.unique(self.ordinal, return_inverse=True)
        self.week = np.array([(slot.day.day - 1) // 7 for slot in self.slots], dtype=np.int64)
        self.weekday_masks = [self.ordinal % 7 == (weekday + 1) % 7 for weekday in range(7)]
        self.part_masks: dict[str, Mask] = {}
        for number, slot in enumerate(self.slots):
            if slot.part not in self.part_masks:
                self.part_masks[slot.part] = np.zeros(self.shape[1], dtype=np.bool_)
            self.part_masks[slot.part][number] = True
        self.blocked: dict[tuple[frozenset[str], frozenset[str]], Mask] = {}
        for blocked in self.problem.blocked:
            mask = self.ordinal == blocked.day.toordinal()
            key = blocked.kinds, blocked.spots
            self.blocked[key] = mask | self.blocked.get(key, False)

    def _number_people(self) -> None:
        """Fill ``away``, booleans of shape (people, slots), and the leaders of each pool."""
        self.away = np.zeros((len(self.people), self.shape[1]), dtype=np.bool_)
        for number, person in enumerate(self.people):
            for first, last in person.away:
                self.away[number] |= (self.ordinal >= first.toordinal()) & (
                    self.ordinal <= last.toordinal()
                )
        self.ever_away: Mask = np.logical_or.reduce(self.away, axis=1)
        self.leaders = [
            tuple(sorted({self.person_of[p] for p in pool.people})) for pool in self.pools
        ]

    def _number_meetings(self) -> None:
        """Fill the people of each meeting, and what persons have decided about it."""
        excused: dict[str, set[str]] = {}
        self.waived: dict[tuple[int, int], Rule] = {}
        for waiver in self.problem.waivers:
            if waiver.excused:
                excused.setdefault(waiver.meeting, set()).add(waiver.excused)
            if waiver.slot:
                key = self.meeting_of[waiver.meeting], self.slot_of[waiver.slot]
                self.waived[key] = self.waived.get(key, Rule(0)) | waiver.rules
        of = self.person_of
        self.attendees: list[list[int]] = []
        self.guests: list[list[int]] = []
        for meeting in self.meetings:
            come = {*meeting.attendees} - excused.get(meeting.id, set())
            self.attendees.append(sorted(of[person] for person in come))
            self.guests.append(sorted(of[p] for p in {*meeting.invited} - {*meeting.attendees}))
        self.hall = [self.hall_of.get(meeting.hall, -1) for meeting in self.meetings]
        self.pool = [self.pool_of.get(meeting.chairs, -1) for meeting in self.meetings]
        self.spot = [self.spot_of[meeting.spot] for meeting in self.meetings]
        self.pinned: dict[int, set[int]] = {}
        self.pinned_away: dict[int, set[int]] = {}
        for pin in self.problem.pins:
            kept = self.pinned_away if pin.away else self.pinned
            kept.setdefault(self.meeting_of[pin.meeting], set()).add(self.slot_of[pin.slot])

    # --- what bars a meeting from a slot ----------------------------------------------------------

    def _bar(self) -> None:
        """Fill ``rules``, ``absences`` and ``chair_needed``."""
        days_closed = [{day.toordinal() for day in hall.closed} for hall in self.halls]
        for m, meeting in enumerate(self.meetings):
            rules = self.rules[m]
            for rule, mask in self._barred_by_wishes(meeting):
                rules[mask] |= np.uint16(rule)
            self._bar_for_pins(m)
            if self.hall[m] >= 0:
                for day in sorted(days_closed[self.hall[m]]):
                    rules[self.ordinal == day] |= np.uint16(Rule.HALL)
            self._bar_for_people(m)
        for (m, s), waived in sorted(self.waived.items()):
            self.rules[m, s] &= ~np.uint16(waived)
            if waived & Rule.CHAIR:
                self.chair_needed[m, s] = False

    def _bar_for_pins(self, m: int) -> None:
        rules = self.rules[m]
        for s in sorted(self.pinned.get(m, ())):
            against = Rule(int(rules[s])) & WISHES
            if against:
                self.overruled[m] = self.overruled.get(m, Rule(0)) | against
            rules[s] &= ~np.uint16(WISHES)
            rules[:s] |= np.uint16(Rule.PIN)
            rules[s + 1 :] |= np.uint16(Rule.PIN)
        rules[sorted(self.pinned_away.get(m, ()))] |= np.uint16(Rule.PIN)

    def _bar_for_people(self, m: int) -> None:
        rules = self.rules[m]
        if self.pool[m] >= 0:
            here = sorted({*self.leaders[self.pool[m]]} & {*self.attendees[m]})
            self.chair_needed[m] = self.all_away(here)
            rules[self.all_away(self.leaders[self.pool[m]])] |= np.uint16(Rule.CHAIR)
        self.absences.append([*self._absences(m)])
        for absence in self.absences[m]:
            alone = self.all_away((absence.person, *absence.deputies))
            rules[alone & absence.must] |= np.uint16(Rule.AWAY)

    def all_away(self, people: Sequence[int]) -> Mask:
        """Return in which slots all of these are away; in every slot when there are none."""
        away: Mask = np.logical_and.reduce(self.away[[*people]], axis=0)
        return away

    def _absences(self, m: int) -> Iterator[Absence]:
        meeting = self.meetings[m]
        for person in self.attendees[m]:
            if self.ever_away[person]:
                name = self.people[person].id
                deputies = dict.fromkeys(self.person_of[d] for d in meeting.deputies.get(name, ()))
                must = np.full(self.shape[1], name in meeting.essential)
                for (number, s), waived in self.waived.items():
                    if number == m and waived & Rule.AWAY:
                        must[s] = False
                yield Absence(person, self.away[person], tuple(deputies), must)

    def _barred_by_wishes(self, meeting: Meeting) -> Iterator[tuple[Rule, Mask]]:
        """Yield the rules that depend on nothing but the meeting and the time."""
        yield from self._barred_days(meeting)
        if meeting.weekdays is not None:
            for weekday in sorted({*range(7)} - meeting.weekdays):
                yield Rule.WEEKDAY, self.weekday_masks[weekday]
        if meeting.parts is not None:
            for part in sorted({*self.part_masks} - meeting.parts):
                yield Rule.PART, self.part_masks[part]

    def _barred_days(self, meeting: Meeting) -> Iterator[tuple[Rule, Mask]]:
        if self.problem.today is not None:
            yield Rule.PAST, self.ordinal < self.problem.today.toordinal()
        if meeting.first is not None:
            yield Rule.WINDOW, self.ordinal < meeting.first.toordinal()
        if meeting.last is not None:
            yield Rule.WINDOW, self.ordinal > meeting.last.toordinal()
        for (kinds, spots), mask in self.blocked.items():
            if (not kinds or meeting.kind in kinds) and (not spots or meeting.spot in spots):
                yield Rule.KIND if kinds else Rule.CLOSED, mask


def _sorted(what: str, things: Sequence[N]) -> list[N]:
    """Return the things in the order of their ids; ValueError when one comes twice."""
    found = sorted(things, key=lambda thing: thing.id)
    for first, second in pairwise(found):
        if first.id == second.id:
            raise ValueError(f"the {what} {first.id!r} is there twice")
    return found


def _numbers(things: Sequence[_Named]) -> dict[str, int]:
    return {thing.id: number for number, thing in enumerate(things)}


def _refuse(where: str, what: str, names: Collection[str], known: Collection[str]) -> None:
    strangers = sorted({*names} - {*known, ""})
    if strangers:
        raise ValueError(f"{where} names the {what} {strangers[0]!r}, who is not in the problem")
