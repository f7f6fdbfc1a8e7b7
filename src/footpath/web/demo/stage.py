"""The district as the demonstration knows it: places with their people, and the days of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

from django.utils import timezone

from footpath.assignments.models import BasisDocument
from footpath.cases.models import Category
from footpath.core.calendar import Month
from footpath.directory.models import Area, Organization, Person
from footpath.meetings.models import Hall, MeetingKind
from footpath.web.demo import facts
from footpath.web.demo.scale import Scale
from footpath.web.demo.topics import Topic

OPENS, HOURS = 7, 13
"""Work is recorded between 7:00 and 20:00, local time."""


@dataclass
class Hamlet:
    """A hamlet, its household groups and who works there."""

    area: Area
    groups: list[Area] = field(default_factory=list)
    officer: Person | None = None
    deputy: Person | None = None
    secretary: Person | None = None


@dataclass
class Commune:
    """A commune, its office and its hamlets."""

    area: Area
    office: Organization | None = None
    hamlets: list[Hamlet] = field(default_factory=list)
    officers: list[Person] = field(default_factory=list)
    _leaders: dict[str, Person] = field(default_factory=dict)

    def seat(self, name: str, person: Person) -> None:
        """Note who is head, vice, member (in charge of the commune) or cluster lead."""
        self._leaders[name] = person

    @property
    def head(self) -> Person:
        """Return the head of the commune."""
        return self._leaders["head"]

    @property
    def vice(self) -> Person:
        """Return the deputy head."""
        return self._leaders["vice"]

    @property
    def member(self) -> Person:
        """Return the member of the district committee who is in charge of the commune."""
        return self._leaders["member"]

    @property
    def cluster_lead(self) -> Person:
        """Return who leads the cluster of the commune."""
        return self._leaders["cluster_lead"]


@dataclass
class Stage:
    """Everything that the month is lived with."""

    scale: Scale
    random: Random
    today: date
    say: Callable[[str], None]
    administrator: Person
    district: Area
    communes: list[Commune]
    boss: Person | None = None
    office: list[Person] = field(default_factory=list)
    auditor: Person | None = None
    agencies: dict[str, Organization] = field(default_factory=dict)
    basis: BasisDocument | None = None
    kinds: dict[str, MeetingKind] = field(default_factory=dict)
    halls: dict[int, Hall] = field(default_factory=dict)
    topics: list[tuple[Topic, Category]] = field(default_factory=list)

    @property
    def hamlets(self) -> list[tuple[Commune, Hamlet]]:
        """Return every hamlet with its commune."""
        return [(commune, hamlet) for commune in self.communes for hamlet in commune.hamlets]

    @property
    def founded(self) -> datetime:
        """Return the moment at which the offices and posts were written down."""
        return moment(facts.FOUNDED, 8)


def moment(day: date, hour: int, minute: int = 0) -> datetime:
    """Return a local time of a day as an aware moment."""
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


def working(ordinal: float) -> datetime:
    """Return the moment of a point on the line of working days.

    The whole part is the day (``date.toordinal``), the fraction how much of its thirteen hours of
    work has passed: moments follow each other as the points do.
    """
    day = date.fromordinal(int(ordinal))
    minutes = int((ordinal % 1) * HOURS * 60)
    return moment(day, OPENS + minutes // 60, minutes % 60)


def point(at: datetime) -> float:
    """Return the point on the line of working days at or just before a moment."""
    local = timezone.localtime(at)
    passed = (local.hour - OPENS + local.minute / 60) / HOURS
    return local.date().toordinal() + min(max(passed, 0.0), 0.98)


def last_moment(today: date) -> datetime:
    """Return the end of yesterday's work: the last moment that the demonstration writes at."""
    return working(today.toordinal() - 0.02)


def first_day(today: date) -> date:
    """Return the first day of the month that ends yesterday: the day after a month before it.

    For 21 November it is 21 October; every day of a month from 1 to 28 lies in it exactly once.
    """
    yesterday = today - timedelta(days=1)
    before = Month.of(yesterday).previous
    same = date(before.year, before.month, min(yesterday.day, before.last.day))
    return same + timedelta(days=1)
