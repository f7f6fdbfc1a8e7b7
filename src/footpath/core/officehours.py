"""When the offices of a place work: weekly hours, a time zone, its working days. Pure: no Django.

A day counts when offices work on it and no note lets clocks stand. Which days are off comes from
``core.workdays``; a year that nobody has settled is refused there (``YearNotKnown``).

What the hours say about a day:

- A plain weekend day with hours is worked, a weekday without hours is not.
- A working day at a weekend (swapped, or noted) that has no hours of its own has those of the day
  that is off for it, else those of the first day of the week that has hours.
- On a blocked day offices work but clocks stand.
- A span is converted edge by edge: an hour that the change to summer time leaves out is read with
  the offset before the change, and of an hour that comes twice the first counts.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from threading import Lock
from zoneinfo import ZoneInfo

from footpath.core.workdays import DayOff, ExtraDay, Off, Special, Workdays

MICROSECONDS = 1_000_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)
_TICK = timedelta(microseconds=1)
_MINUTES_A_DAY = 24 * 60

Spans = tuple[tuple[int, int], ...]
"""Spans of a day in minutes after midnight: ((450, 690), (810, 1020)) is 7:30 to 17:00."""

Week = tuple[Spans, Spans, Spans, Spans, Spans, Spans, Spans]
"""The spans of the days of a week, from Monday."""


class NoHours(ValueError):
    """What was noted are no hours; ``reason`` is "time", "order" or "none", ``day`` 0 to 6."""

    def __init__(self, reason: str, day: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.day = day


def week_of(noted: Mapping[str, Sequence[Sequence[str]]]) -> Week:
    """Return the week from what is noted: {"0": [["07:30", "11:30"], ["13:30", "17:00"]]}.

    Raises NoHours for a time that is none, spans that overlap or end before they begin, and a
    week without any hour.
    """
    days: list[Spans] = []
    for number in range(7):
        named = noted.get(str(number), ())
        spans = tuple((_minutes(a, number), _minutes(b, number)) for a, b in named)
        ends = [edge for span in spans for edge in span]
        if any(b <= a for a, b in spans) or ends != sorted(ends):
            raise NoHours("order", number)
        days.append(spans)
    if not any(days):
        raise NoHours("none")
    return (days[0], days[1], days[2], days[3], days[4], days[5], days[6])


def noted_of(week: Week) -> dict[str, list[list[str]]]:
    """Return a week as it is noted; days without hours are left out."""
    return {
        str(number): [[_clock(a), _clock(b)] for a, b in spans]
        for number, spans in enumerate(week)
        if spans
    }


def _minutes(text: str, day: int) -> int:
    hours, _colon, minutes = text.partition(":")
    if not (hours.isdecimal() and minutes.isdecimal() and len(minutes) == 2 and len(hours) <= 2):
        raise NoHours("time", day)
    found = int(hours) * 60 + int(minutes)
    if int(minutes) > 59 or found > _MINUTES_A_DAY:
        raise NoHours("time", day)
    return found


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


class Why(StrEnum):
    """What makes a day other than a plain working day or a plain weekend."""

    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    INSTEAD = "instead"
    CLOSED = "closed"
    BLOCKED = "blocked"
    NO_HOURS = "no_hours"
    WORKED = "worked"


@dataclass(frozen=True, slots=True)
class Mark:
    """A day that needs a word; ``said`` is the note, or the day it was swapped with."""

    day: date
    why: Why
    said: str = ""


@dataclass(frozen=True, slots=True)
class OfficeDay:
    """What a day is for clocks: its spans, empty when it does not count, and why."""

    spans: Spans
    mark: Mark | None = None


class OfficeCalendar:
    """The hours, working days and blocked days of one place, as its clocks count them.

    What was worked out for a year is kept, so that one calendar is used for many due dates.
    """

    def __init__(
        self, workdays: Workdays, week: Week, zone: ZoneInfo, *, blocked: Iterable[Special] = ()
    ) -> None:
        self.workdays = workdays
        self.week = week
        self.zone = zone
        self.blocked = tuple(blocked)
        self._usual: Spans = next((spans for spans in week if spans), ())
        self._tables: dict[int, Table] = {}

    def day(self, day: date) -> OfficeDay:
        """Return what a day is for clocks. Raises YearNotKnown."""
        off, extra = self.workdays.day_off(day), self.workdays.extra_day(day)
        spans = self.week[day.weekday()]
        if off is not None and not (off.why is Off.WEEKEND and spans):
            return OfficeDay((), Mark(day, Why(off.why.value), _said_of(off)))
        if not spans and extra is not None:
            spans = (self.week[extra.off.weekday()] if extra.off else ()) or self._usual
        if not spans:
            return OfficeDay((), Mark(day, Why.NO_HOURS))
        note = self.block_of(day)
        if note is not None:
            return OfficeDay((), Mark(day, Why.BLOCKED, _said(note)))
        return OfficeDay(spans, None if extra is None else Mark(day, Why.WORKED, _for(extra)))

    def block_of(self, day: date) -> Special | None:
        """Return the note that lets clocks stand on a day, the nearest place's, or None."""
        return next((note for note in reversed(self.blocked) if note.covers(day)), None)

    def local(self, moment: datetime) -> datetime:
        """Return a moment as the clocks of the place show it."""
        return moment.astimezone(self.zone)

    def midnight(self, day: date) -> datetime:
        """Return the first moment of a day in the place."""
        return datetime(day.year, day.month, day.day, tzinfo=self.zone)

    def table(self, first: int) -> Table:
        """Return the days from the beginning of a year on; only what is asked for is worked out."""
        if first not in self._tables:
            self._tables[first] = Table(self, first)
        return self._tables[first]


def ticks(moment: datetime) -> int:
    """Return the microseconds of an aware moment since 1970."""
    return (moment - EPOCH) // _TICK


def moment_of(count: int) -> datetime:
    """Return the moment of so many microseconds since 1970, in UTC."""
    return EPOCH + timedelta(microseconds=count)


class Table:
    """The counting days and spans of following years, found by halving.

    ``days`` are the ordinals of the counting days and ``closings`` their last moments, also as
    times of the place; ``starts`` and ``ends`` are the spans, ``sums`` how much was worked before.
    ``marked`` are the ordinals of the days that need a word, and ``marks`` the words.
    """

    def __init__(self, calendar: OfficeCalendar, first: int) -> None:
        self.calendar = calendar
        self.until = first - 1
        self._adding = Lock()
        self.days: list[int] = []
        self.closings: list[int] = []
        self.closing_times: list[datetime] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.sums: list[int] = [0]
        self.marked: list[int] = []
        self.marks: list[Mark] = []

    def day_number(self, at: int) -> int:
        """Return the ordinal of the counting day at a place of ``days``. Raises YearNotKnown."""
        while at >= len(self.days):
            self.reach_year(self.until + 1)
        return self.days[at]

    def reach(self, moment: int) -> None:
        """Work out the years up to a moment. Raises YearNotKnown."""
        self.reach_year(self.calendar.local(moment_of(moment)).year)

    def reach_year(self, year: int) -> None:
        """Work out the years up to a year, each once, also for several threads at a time."""
        while self.until < year:
            with self._adding:
                if self.until < year:
                    self._add(self.until + 1)

    def worked_before(self, moment: int) -> int:
        """Return how many microseconds were worked before a moment, from the table's beginning."""
        self.reach(moment)
        at = bisect_right(self.ends, moment)
        more = max(0, moment - self.starts[at]) if at < len(self.starts) else 0
        return self.sums[at] + more

    def moment_worked(self, amount: int) -> int:
        """Return the first moment by which so many microseconds were worked."""
        while self.sums[-1] < amount:
            self.reach_year(self.until + 1)
        at = max(1, bisect_left(self.sums, amount))
        return self.starts[at - 1] + amount - self.sums[at - 1]

    def marks_between(self, first: int, last: int) -> list[Mark]:
        """Return the days that need a word, from one ordinal to another, both included."""
        return self.marks[bisect_left(self.marked, first) : bisect_right(self.marked, last)]

    def _add(self, year: int) -> None:
        """Add a year; nothing is added when it is not known. What others read first comes last."""
        marks: list[Mark] = []
        days: list[int] = []
        closings: list[int] = []
        starts: list[int] = []
        ends: list[int] = []
        sums: list[int] = []
        worked, last = self.sums[-1], self.ends[-1] if self.ends else 0
        for number in range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1):
            day = date.fromordinal(number)
            found = self.calendar.day(day)
            if found.mark is not None and found.mark.why is not Why.WEEKEND:
                marks.append(found.mark)
            if not found.spans:
                continue
            midnight = self.calendar.midnight(day)
            for begins, finishes in found.spans:
                start = max(ticks(midnight + timedelta(minutes=begins)), last)
                last = max(ticks(midnight + timedelta(minutes=finishes)), last)
                if last > start:
                    worked += last - start
                    starts.append(start)
                    ends.append(last)
                    sums.append(worked)
            days.append(number)
            closings.append(last)
        self.marks.extend(marks)
        self.marked.extend(mark.day.toordinal() for mark in marks)
        self.closings.extend(closings)
        self.closing_times.extend(self.calendar.local(moment_of(at)) for at in closings)
        self.starts.extend(starts)
        self.ends.extend(ends)
        self.sums.extend(sums)
        self.days.extend(days)
        self.until = year


def _said_of(off: DayOff) -> str:
    if off.note is not None:
        return _said(off.note)
    return off.instead_of.isoformat() if off.instead_of is not None else ""


def _for(extra: ExtraDay) -> str:
    if extra.note is not None:
        return _said(extra.note)
    return extra.off.isoformat() if extra.off is not None else ""


def _said(note: Special) -> str:
    return f"{note.reason} ({note.place})" if note.place else note.reason
