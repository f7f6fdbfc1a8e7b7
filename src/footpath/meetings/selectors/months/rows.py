"""The lines, places, people and findings that the page of a month shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from footpath.directory.models import Area, Person
from footpath.meetings.models import Meeting, MonthLine

Change = MonthLine.Change


@dataclass(frozen=True)
class Item:
    """A meeting of the month as it would be; ``line`` is None where the plan leaves it alone."""

    meeting: Meeting
    starts_at: datetime
    ends_at: datetime
    change: str
    line: MonthLine | None = None
    pinned: bool = False

    @property
    def moved(self) -> bool:
        """Return whether the plan gives it another time."""
        return self.change == Change.MOVED

    @property
    def name(self) -> str:
        """Return what the meeting is called."""
        return self.meeting.name


@dataclass(frozen=True)
class Day:
    """A day of the calendar: its meetings, and why nobody meets on it."""

    day: date
    inside: bool
    today: bool
    off: str
    weekend: bool
    items: tuple[Item, ...]


@dataclass(frozen=True)
class ChangeRow:
    """A line in words: why it is so, and who stands in for whom."""

    line: MonthLine
    why: tuple[str, ...]
    stand_ins: tuple[tuple[Person, Person | None], ...]


@dataclass(frozen=True)
class AreaRow:
    """A place with its meetings of the month."""

    area: Area
    items: tuple[Item, ...]


@dataclass(frozen=True)
class PersonRow:
    """Somebody with the meetings of the month, and how many there were last month."""

    person: Person
    items: tuple[Item, ...]
    last_month: int


@dataclass(frozen=True)
class FindingRow:
    """A finding in words, with the ways out that a person may allow."""

    number: int
    title: str
    sentence: str
    meetings: tuple[Meeting, ...]
    people: tuple[Person, ...]
    funnels: tuple[tuple[Meeting, str], ...]
    ways: tuple[tuple[int, str, str], ...]  # number, kind, words
