"""What is read from a unit's engagements: clashes, days that stand close, and the burden.

Plain values only: an engagement is anything with a beginning, an end, people, a place and a room.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Generic, Protocol, TypeVar

CLOSE_DAYS = 3
"""Demands within so many days of one another stand close together. Source: S2.2."""

CLOSE_NUMBER = 2
"""So many within that span are borne; more are shown."""


class Demand(Protocol):
    """What the questions here ask of an engagement."""

    @property
    def starts_at(self) -> datetime:
        """Return when it begins."""

    @property
    def ends_at(self) -> datetime:
        """Return when it ends."""

    @property
    def people(self) -> frozenset[int]:
        """Return the keys of those who are expected."""

    @property
    def area_id(self) -> int:
        """Return the key of its place."""

    @property
    def room(self) -> str:
        """Return the key of its hall, "" without one."""

    @property
    def at_once(self) -> int:
        """Return how many the hall holds at once."""


One = TypeVar("One", bound=Demand)


@dataclass(frozen=True)
class Overlap(Generic[One]):
    """Two engagements at the same time: the people expected in both, or the hall both want."""

    first: One
    second: One
    people: frozenset[int]
    same_hall: bool


@dataclass(frozen=True)
class Cluster(Generic[One]):
    """Engagements of one place that follow one another within a few days."""

    area_id: int
    rows: tuple[One, ...]


def overlaps(rows: Iterable[One]) -> list[Overlap[One]]:
    """Return the pairs at the same time that share people or a full hall, by their beginning.

    The end is not included: who is busy until 9:00 is free at 9:00. A hall that holds two at once
    clashes only with the third.
    """
    ordered = sorted(rows, key=lambda row: (row.starts_at, row.ends_at))
    running: list[One] = []
    found: list[Overlap[One]] = []
    for row in ordered:
        running = [other for other in running if other.ends_at > row.starts_at]
        in_hall = [other for other in running if row.room and other.room == row.room]
        full = len(in_hall) >= row.at_once
        for other in running:
            both = other.people & row.people
            same_hall = full and other in in_hall
            if both or same_hall:
                found.append(Overlap(other, row, both, same_hall))
        running.append(row)
    return found


def clusters(
    rows: Iterable[One],
    *,
    day_of: Callable[[One], date],
    most: int = CLOSE_NUMBER,
    days: int = CLOSE_DAYS,
) -> list[Cluster[One]]:
    """Return where more than ``most`` engagements of one place lie within ``days`` days.

    ``day_of`` gives the day of a row in the organisation's time zone. Runs that overlap are one
    cluster; by place, then by time. Three on the 1st, 2nd and 3rd are one; the 1st, 2nd and 4th
    are none.
    """
    places: dict[int, list[One]] = {}
    for row in sorted(rows, key=lambda row: (row.starts_at, row.ends_at)):
        places.setdefault(row.area_id, []).append(row)
    found = []
    for area_id, there in places.items():
        found += [
            Cluster(area_id, tuple(there[start:end]))
            for start, end in _runs([day_of(row) for row in there], most, days)
        ]
    return found


def _runs(there: Sequence[date], most: int, days: int) -> list[tuple[int, int]]:
    """Return the spans (first, one after the last) of crowded days, joined where they overlap."""
    found: list[tuple[int, int]] = []
    start = 0
    for end, day in enumerate(there):
        while day - there[start] >= timedelta(days=days):
            start += 1
        if end + 1 - start > most:
            if found and start < found[-1][1]:
                found[-1] = (found[-1][0], end + 1)
            else:
                found.append((start, end + 1))
    return found


@dataclass(frozen=True)
class Burden:
    """What a unit bears in a month: how many demands, their hours, and hours times people."""

    number: int = 0
    hours: float = 0.0
    people_hours: float = 0.0

    def plus(self, hours: float, people: int) -> Burden:
        """Return the burden with one more demand."""
        return Burden(self.number + 1, self.hours + hours, self.people_hours + hours * people)
