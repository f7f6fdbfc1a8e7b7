"""What a month's calendar is made from: meetings, slots, people, and how to plan (S2.2, S4.5).

No data on citizens goes in: the people here are those on duty, and a household group is its place.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from enum import IntFlag
from types import MappingProxyType

# What a plan pays, in one unit; the weights of the policy stand in the same unit.
STEPS_IN = 8  # somebody else stands in for one who is away, or takes the chair
MOVES = 60  # a repair moves a meeting that was announced
MISSING = 100  # one who should be there is away, and nobody stands in
NOT_HELD = 10_000  # a meeting finds no slot: before everything else

KM_PER_DEGREE = 111.32


class Rule(IntFlag):
    """Why a meeting cannot be in a slot. The first one in this order is the one that is told."""

    PAST = 1  # the day lies before today
    PIN = 2  # somebody pinned the meeting to another slot, or away from this one
    WINDOW = 4  # outside the days between which the meeting must be held
    CLOSED = 8  # nobody meets on that day: a holiday, a Sunday, a local closure
    KIND = 16  # no meeting of this kind on that day: a day rule
    WEEKDAY = 32  # the meeting is not held on that day of the week
    PART = 64  # the meeting is not held in that part of the day
    HALL = 128  # its hall is closed on that day
    AWAY = 256  # somebody it cannot do without is away, and nobody may stand in
    CHAIR = 512  # all of those who might chair it are away


NO_RULE = Rule(0)


@dataclass(frozen=True, slots=True)
class Slot:
    """A part of a day in which a meeting can be held, in local time; the end is not included."""

    id: str
    day: date
    part: str
    begins: time
    ends: time


@dataclass(frozen=True, slots=True)
class Spot:
    """Where meetings are held: a place, with its centre as (latitude, longitude) in degrees."""

    id: str
    at: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody on duty, and when away: pairs of first and last day, both included."""

    id: str
    home: str = ""  # a spot; of those who may chair, the one who lives nearest does
    away: tuple[tuple[date, date], ...] = ()


@dataclass(frozen=True, slots=True)
class Hall:
    """A room, how many meetings it holds at once, and the days on which it is closed."""

    id: str
    capacity: int = 1
    closed: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Pool:
    """Leaders of whom any one chairs a meeting."""

    id: str
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Blocked:
    """A day without meetings, and why ("Tet", "only departments meet on the 9th").

    ``kinds`` and ``spots`` limit it to meetings of these kinds and at these spots; empty is all.
    """

    day: date
    reason: str
    kinds: frozenset[str] = frozenset()
    spots: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Habit:
    """When the meeting was held last month: the day and the part of it."""

    day: date
    part: str


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting that is to be held once in the month.

    ``attendees`` are on duty there and in no other place at the time; ``deputies`` names for an
    attendee who may stand in when the attendee is away, the first choice first. Without those in
    ``essential`` (or a deputy of theirs) it is not held. ``chairs`` is the pool of which one
    chairs: an attendee who belongs to it, or else somebody who comes for that. ``invited`` come
    when they can. ``parts`` and ``weekdays`` (Monday is 0) are those allowed; None is all.
    """

    id: str
    kind: str
    spot: str
    attendees: tuple[str, ...] = ()
    hall: str = ""
    chairs: str = ""
    deputies: Mapping[str, tuple[str, ...]] = field(
        default_factory=lambda: MappingProxyType({}), hash=False
    )
    essential: frozenset[str] = frozenset()
    invited: tuple[str, ...] = ()
    parts: frozenset[str] | None = None
    weekdays: frozenset[int] | None = None
    first: date | None = None
    last: date | None = None
    habit: Habit | None = None


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each wish counts, from 0 (not at all) to 3 (most of all).

    ``keep``: meet as last month. ``gather``: meet when most of those invited can come.
    """

    keep: int = 2
    gather: int = 1


@dataclass(frozen=True, slots=True)
class MonthPolicy:
    """How a district wants its month planned.

    ``most_a_day``: meetings of one person in a day. ``kmh``: how fast one travels in a straight
    line, and ``pause`` the minutes one needs besides, between two meetings in two places.
    """

    weights: Weights = Weights()
    most_a_day: int = 2
    kmh: float = 20.0
    pause: int = 15


@dataclass(frozen=True, slots=True)
class Pin:
    """A person has decided: this meeting in this slot; with ``away`` in any slot but this.

    A pin goes before day rules and wishes; it does not open a hall or put anybody in two places.
    """

    meeting: str
    slot: str
    away: bool = False


@dataclass(frozen=True, slots=True)
class Waiver:
    """An exception that a person allowed for a meeting.

    ``excused``: this attendee need not be there. ``slot`` and ``rules``: these rules do not hold
    for it in this slot (``HALL``: it is held elsewhere than in its hall, ``CHAIR``: nobody of
    the pool need chair it).
    """

    meeting: str
    excused: str = ""
    slot: str = ""
    rules: Rule = NO_RULE


@dataclass(frozen=True, slots=True)
class MonthProblem:
    """Everything ``schedule`` needs to know. Nothing changes on days before ``today``."""

    meetings: tuple[Meeting, ...]
    slots: tuple[Slot, ...]
    people: tuple[Attendee, ...]
    spots: tuple[Spot, ...] = ()
    halls: tuple[Hall, ...] = ()
    pools: tuple[Pool, ...] = ()
    blocked: tuple[Blocked, ...] = ()
    policy: MonthPolicy = MonthPolicy()
    pins: tuple[Pin, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    today: date | None = None


def habit_cost(habit: Habit | None, slot: Slot, weights: Weights) -> int:
    """Return what a slot pays for differing from last month, 0 to 7 times ``keep``.

    2 for another part of the day, 2 for another day of the week, 1 for each week earlier or
    later in the month (the ordinal of the weekday), 3 at most.
    """
    if habit is None:
        return 0
    weeks = abs((habit.day.day - 1) // 7 - (slot.day.day - 1) // 7)
    return weights.keep * (
        2 * (habit.part != slot.part)
        + 2 * (habit.day.weekday() != slot.day.weekday())
        + min(weeks, 3)
    )


def minutes_between(first: Spot, second: Spot, policy: MonthPolicy) -> int:
    """Return the whole minutes from one spot to the other; 0 within a spot or from nowhere."""
    if first.id == second.id or first.at is None or second.at is None:
        return 0
    slant = (math.cos(math.radians(first.at[0])) + math.cos(math.radians(second.at[0]))) / 2
    north = (first.at[0] - second.at[0]) * KM_PER_DEGREE
    east = (first.at[1] - second.at[1]) * KM_PER_DEGREE * slant
    return math.ceil(math.sqrt(north * north + east * east) / policy.kmh * 60) + policy.pause


def minutes_free(first: Slot, second: Slot) -> int | None:
    """Return the minutes from the end of the earlier slot to the beginning of the later.

    Negative when they overlap; None when they lie on two days, between which one can travel.
    """
    if first.day != second.day:
        return None
    before, after = sorted((first, second), key=lambda slot: (slot.begins, slot.ends))
    return (after.begins.hour - before.ends.hour) * 60 + after.begins.minute - before.ends.minute
