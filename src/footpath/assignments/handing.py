"""What somebody in charge leaves open, as the rooms above know it.

Cases and meetings lie on floors above, so they register here (in their ``apps.ready``) what they
keep open for an assignment and how it goes to a successor. Source: S2.1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from footpath.assignments.models import Assignment
from footpath.directory.models import Person


@dataclass(frozen=True)
class OpenItem:
    """One open matter: what it is called, its page, and since when (or for when) it stands."""

    label: str
    url: str
    since: date | None = None


@dataclass(frozen=True)
class Matter:
    """Open matters of one kind: the first of them, and how many there are in all."""

    key: str
    title: str
    items: tuple[OpenItem, ...]
    number: int


Find = Callable[[Assignment, date], Sequence[OpenItem]]
Give = Callable[[Assignment, Person, Person, datetime, date, str], int]
Follow = Callable[[Sequence[int], date, date | None, Person, datetime], None]


@dataclass(frozen=True)
class Kind:
    """One kind of open matters.

    ``title(n)`` is "3 open cases"; ``find(assignment, after)`` what stays open when the assignment
    ends after that day; ``give(assignment, successor, by, at, due_on, note)`` hands it over, each
    thing with its own line in the trail, and returns how many.
    """

    key: str
    title: Callable[[int], str]
    find: Find
    give: Give


_kinds: dict[str, Kind] = {}
_followers: list[Follow] = []


def register(kind: Kind) -> None:
    """Add a kind of open matters; the same key again takes the place of the first."""
    _kinds[kind.key] = kind


def register_follower(follow: Follow) -> None:
    """Add who must know when those in charge of places (by key) change on some days."""
    if follow not in _followers:
        _followers.append(follow)


def kinds() -> list[Kind]:
    """Return the kinds in the order they were registered."""
    return list(_kinds.values())


def said(counts: Mapping[str, int]) -> list[str]:
    """Return in words what was handed over: "3 open cases", "1 coming meeting"."""
    return [kind.title(counts[kind.key]) for kind in kinds() if counts.get(kind.key)]


def open_matters(assignment: Assignment, *, after: date) -> list[Matter]:
    """Return what stays open when the assignment ends after that day; nothing open is left out."""
    found = []
    for kind in kinds():
        items = tuple(kind.find(assignment, after))
        if items:
            found.append(Matter(kind.key, kind.title(len(items)), items, len(items)))
    return found


def hand_over(  # noqa: PLR0917 - what every room needs
    assignment: Assignment, successor: Person, by: Person, at: datetime, due_on: date, note: str
) -> dict[str, int]:
    """Give everything open to the successor and return how many of each kind."""
    return {kind.key: kind.give(assignment, successor, by, at, due_on, note) for kind in kinds()}


def follow(
    area_ids: Sequence[int], start: date, until: date | None, *, by: Person, at: datetime
) -> None:
    """Tell the rooms above that others are in charge of these places from a day until a day."""
    if area_ids:
        for told in _followers:
            told(area_ids, start, until, by, at)
