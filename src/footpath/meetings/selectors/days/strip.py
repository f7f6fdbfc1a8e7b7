"""The days of a month at a glance: free or not, and why not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from footpath.core.calendar import Month
from footpath.core.workdays import Workdays
from footpath.directory import selectors as directory
from footpath.directory.models import Area
from footpath.meetings.models import MeetingKind
from footpath.meetings.selectors.days.book import Breach, day_book


@dataclass(frozen=True)
class StripDay:
    """One day of a month: free or not for a kind of meeting, and why not."""

    day: date
    breaches: list[Breach]
    day_off: str = ""
    extra: str = ""

    @property
    def free(self) -> bool:
        """Return whether nothing stands against a meeting."""
        return not self.breaches

    @property
    def words(self) -> str:
        """Return in a few words why the day is blocked, or that it is worked for another."""
        if self.free:
            return self.extra
        rule = next((breach.rule for breach in self.breaches if breach.rule), None)
        calendar = any(breach.rule is None for breach in self.breaches)
        return self.day_off if calendar or rule is None else rule.title


def strip_of(kind: MeetingKind, area: Area, month: Month) -> list[StripDay]:
    """Return the days of a month for meetings of a kind in a place; nine queries at most."""
    book = day_book(area.path, month.first, month.last)
    days = [
        month.first + timedelta(days=number)
        for number in range((month.last - month.first).days + 1)
    ]
    broken = [row for day in days for row in book.broken(kind, area.path, day)]
    explained: dict[date, list[Breach]] = {}
    for breach in book.explain(broken):
        explained.setdefault(breach.day, []).append(breach)
    workdays = book.workdays(area.path)
    return [_strip_day(day, explained.get(day, []), workdays) for day in days]


def _strip_day(day: date, found: list[Breach], workdays: Workdays) -> StripDay:
    if not workdays.knows(day.year):
        return StripDay(day, found)
    day_off, extra = workdays.day_off(day), workdays.extra_day(day)
    return StripDay(
        day,
        found,
        directory.words_of_day_off(day_off) if day_off else "",
        directory.words_of_extra_day(extra) if extra else "",
    )
