"""Every dated demand on a unit, from whatever room it comes: meetings are the first source.

A room above registers a function in its ``apps.ready``; the page of engagements reads them all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from footpath.directory.models import Area, Organization, Person


@dataclass(frozen=True)
class Unit:
    """Whose engagements are looked up: a place with everything below it, or an organization."""

    area: Area | None = None
    organization: Organization | None = None

    def __post_init__(self) -> None:
        """Refuse neither and both: ValueError."""
        if (self.area is None) == (self.organization is None):
            raise ValueError("a unit is a place or an organization")


@dataclass(frozen=True, slots=True)
class Engagement:
    """One dated demand on a unit; moments are aware, the end is not included.

    ``people`` are the keys of those who are expected, ``heads`` how many take part if more are
    known of; ``room`` is a key that two demands share when they want the same hall, which holds
    ``at_once`` of them. ``cancelled`` ones burden nobody and clash with nothing.
    """

    starts_at: datetime
    ends_at: datetime
    title: str
    href: str
    kind: str
    area_id: int
    area_name: str
    path: str
    people: frozenset[int] = field(default_factory=frozenset)
    organization_id: int | None = None
    state: str = ""
    cancelled: bool = False
    room: str = ""
    at_once: int = 1

    @property
    def hours(self) -> float:
        """Return how long it lasts."""
        return (self.ends_at - self.starts_at).total_seconds() / 3600


Source = Callable[[Person, Unit, date, date], Iterable[Engagement]]
"""Gives what a person may read of a unit's engagements from one day to another, both included."""

_sources: list[Source] = []


def register_source(source: Source) -> None:
    """Add a source of engagements; ValueError when it is there already."""
    if source in _sources:
        raise ValueError("this source of engagements is registered twice")
    _sources.append(source)


def sources() -> list[Source]:
    """Return the sources in the order in which they were registered."""
    return list(_sources)
