"""When something is due: working hours, working days or calendar days from a start. No Django.

What is counted, exactly:

- **Working days.** The day of the start is not counted; the due day is the n-th counting day after
  it, and the time is up when its offices close. At what hour the start lay changes nothing.
- **Calendar days.** The same with every day of the calendar; the time is up at midnight after the
  due day. Holidays and years that nobody has settled do not matter.
- **Working hours.** Minutes of office hours after the start; a start outside them waits for the
  next opening. What ends with a span ends at its closing, not at the next opening.
- **Blocked days** count for none of the three.
- **Pauses.** From ``since`` up to ``until`` no hour counts, and a day does not count when the clock
  stands at its closing (a calendar day: at midnight after it). Pauses that overlap count once;
  those outside what is counted change nothing, nor do those that begin when the time is up.
- **Nothing to count** (an amount of 0) is due at the start itself.
- A day that was promised or agreed is due at midnight after it, pushed on by the calendar days of
  later pauses.

A year that nobody has settled and that is needed is refused (``YearNotKnown``). Source: S4.4.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from footpath.core.officehours import MICROSECONDS, Mark, OfficeCalendar, Why, moment_of, ticks

_DAY = timedelta(days=1)
_HOUR = 3600 * MICROSECONDS


class TimeUnit(StrEnum):
    """In what a target is counted."""

    HOURS = "hours"
    WORKING_DAYS = "working_days"
    DAYS = "days"


class Basis(StrEnum):
    """Where a due date comes from."""

    TARGET = "target"  # so much time for the leg
    PROMISED = "promised"  # the days of the category for the whole case
    AGREED = "agreed"  # a day that was agreed for the whole case
    EXTENDED = "extended"  # a later day that somebody gave


@dataclass(frozen=True, slots=True)
class Pause:
    """A time in which a clock stands: ``since`` belongs to it, ``until`` does not."""

    since: datetime
    until: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A stretch of days, both ends included, that did not count, or was worked; and why.

    ``why`` is a value of ``core.officehours.Why`` or "paused"; ``said`` what was noted.
    """

    first: date
    last: date
    why: str
    said: str = ""


PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Computation:
    """A due date and how it was found; ``due_at`` is in the zone of the place."""

    start: datetime
    zone: str
    country: str
    basis: Basis
    due_at: datetime
    due_on: date
    amount: int | None = None
    unit: TimeUnit | None = None
    day: date | None = None  # what was promised, agreed or given
    weekends: int = 0  # days of plain weekends that were passed over
    marks: tuple[Mark, ...] = ()
    pauses: tuple[Step, ...] = ()

    @property
    def steps(self) -> list[Step]:
        """Return the stretches that need a word, by their first day; neighbours are one."""
        found: list[Step] = []
        for mark in self.marks:
            last = found[-1] if found else None
            if last is not None and mark.day - last.last == _DAY and _same(last, mark):
                found[-1] = Step(last.first, mark.day, last.why, last.said)
            else:
                found.append(Step(mark.day, mark.day, mark.why.value, mark.said))
        return sorted([*found, *self.pauses], key=lambda step: (step.first, step.last))

    def as_json(self) -> dict[str, Any]:
        """Return what is kept beside a clock."""
        kept: dict[str, Any] = {
            "start": self.start.isoformat(),
            "zone": self.zone,
            "country": self.country,
            "basis": self.basis.value,
            "due_at": self.due_at.isoformat(),
            "due_on": self.due_on.isoformat(),
        }
        if self.unit is not None:
            kept["amount"], kept["unit"] = self.amount, self.unit.value
        if self.day is not None:
            kept["day"] = self.day.isoformat()
        if self.weekends:
            kept["weekends"] = self.weekends
        if self.marks:
            kept["marks"] = [[row.day.isoformat(), row.why.value, row.said] for row in self.marks]
        if self.pauses:
            kept["pauses"] = [
                [row.first.isoformat(), row.last.isoformat(), row.said] for row in self.pauses
            ]
        return kept

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Computation:
        """Return what ``as_json`` wrote."""
        return cls(
            start=datetime.fromisoformat(kept["start"]),
            zone=kept["zone"],
            country=kept["country"],
            basis=Basis(kept["basis"]),
            due_at=datetime.fromisoformat(kept["due_at"]),
            due_on=date.fromisoformat(kept["due_on"]),
            amount=kept.get("amount"),
            unit=TimeUnit(kept["unit"]) if "unit" in kept else None,
            day=date.fromisoformat(kept["day"]) if "day" in kept else None,
            weekends=kept.get("weekends", 0),
            marks=tuple(
                Mark(date.fromisoformat(day), Why(why), said)
                for day, why, said in kept.get("marks", ())
            ),
            pauses=tuple(
                Step(date.fromisoformat(first), date.fromisoformat(last), PAUSED, said)
                for first, last, said in kept.get("pauses", ())
            ),
        )


def compute(
    calendar: OfficeCalendar,
    start: datetime,
    amount: int,
    unit: TimeUnit | str,
    pauses: Sequence[Pause] = (),
) -> Computation:
    """Return when so much time from an aware start is up. Raises YearNotKnown.

    The module says what is counted. Source: S4.4.
    """
    unit = TimeUnit(unit)
    if amount <= 0:
        local = calendar.local(start)
        return _made(calendar, start, Basis.TARGET, local, local.date(), amount=0, unit=unit)
    if unit is TimeUnit.HOURS:
        return _hours(calendar, start, amount, pauses)
    if unit is TimeUnit.WORKING_DAYS:
        return _working_days(calendar, start, amount, pauses)
    return _days(calendar, start, amount, pauses)


def compute_to(
    calendar: OfficeCalendar,
    start: datetime,
    day: date,
    basis: Basis,
    pauses: Sequence[Pause] = (),
) -> Computation:
    """Return when a day that was promised, agreed or given is up, pushed on by pauses after start.

    Needs no working days, so that no year is refused.
    """
    first = calendar.local(start).date()
    due_on = _pushed(day, first, _paused_days(calendar, pauses, from_day=first))
    return _made(
        calendar,
        start,
        basis,
        calendar.midnight(due_on + _DAY),
        due_on,
        day=day,
        pauses=_said(calendar, pauses, start, calendar.midnight(due_on + _DAY)),
    )


def counted_days(
    calendar: OfficeCalendar,
    start: datetime,
    end: datetime,
    unit: TimeUnit | str,
    pauses: Sequence[Pause] = (),
) -> tuple[int, int]:
    """Return how many days counted after the start's up to the end's, and how many were paused.

    Working days, or calendar days for the unit DAYS; for words such as "10 of 15 working days, 4
    paused". Raises YearNotKnown.
    """
    first, last = calendar.local(start).date(), calendar.local(end).date()
    if last <= first:
        return 0, 0
    stood = _paused_days(calendar, pauses, from_day=first) if unit == TimeUnit.DAYS else []
    if unit == TimeUnit.DAYS:
        numbers = range(first.toordinal() + 1, last.toordinal() + 1)
        paused = sum(any(a <= number <= b for a, b in stood) for number in numbers)
        return len(numbers) - paused, paused
    table = calendar.table((first + _DAY).year)
    table.reach(ticks(calendar.midnight(last)))
    begin = bisect_right(table.days, first.toordinal())
    until = bisect_right(table.days, last.toordinal())
    paused = 0
    for since, to in _merged(pauses):
        low = max(begin, bisect_right(table.closings, since))
        paused += max(0, min(until, bisect_right(table.closings, to)) - low)
    return until - begin - paused, paused


def counted_hours(
    calendar: OfficeCalendar, start: datetime, end: datetime, pauses: Sequence[Pause] = ()
) -> tuple[float, float]:
    """Return how many office hours counted from a start to an end, and how many were paused.

    Raises YearNotKnown.
    """
    began, ended = ticks(start), max(ticks(start), ticks(end))
    table = calendar.table(calendar.local(start).year)
    whole = table.worked_before(ended) - table.worked_before(began)
    paused = 0
    for since, until in _merged(pauses):
        low, high = max(since, began), min(until, ended)
        if high > low:
            paused += table.worked_before(high) - table.worked_before(low)
    return (whole - paused) / _HOUR, paused / _HOUR


def _hours(
    calendar: OfficeCalendar, start: datetime, amount: int, pauses: Sequence[Pause]
) -> Computation:
    began = ticks(start)
    first = calendar.local(start).date()
    table = calendar.table(first.year)
    target = table.worked_before(began) + amount * _HOUR
    for begins, until in _merged(pauses) if pauses else ():
        since = max(begins, began)
        if until <= since:
            continue
        if since >= table.moment_worked(target):
            break
        target += table.worked_before(until) - table.worked_before(since)
    due_at = calendar.local(moment_of(table.moment_worked(target)))
    due_on = due_at.date()
    marks = table.marks_between(first.toordinal(), due_on.toordinal())
    return _made(
        calendar,
        start,
        Basis.TARGET,
        due_at,
        due_on,
        amount=amount,
        unit=TimeUnit.HOURS,
        marks=tuple(marks),
        pauses=_said(calendar, pauses, start, due_at) if pauses else (),
    )


def _working_days(
    calendar: OfficeCalendar, start: datetime, amount: int, pauses: Sequence[Pause]
) -> Computation:
    day = calendar.local(start).date()
    first = day.toordinal()
    year = (day + _DAY).year
    table = calendar.table(year)
    table.reach_year(year)
    begin = bisect_right(table.days, first)
    at = begin + amount - 1
    table.day_number(at)
    for since, until in _merged(pauses) if pauses else ():
        low = max(begin, bisect_right(table.closings, since))
        if low > at:
            break
        table.reach(until)
        at += max(0, bisect_right(table.closings, until) - low)
        table.day_number(at)
    number = table.days[at]
    due_on = date.fromordinal(number)
    due_at = table.closing_times[at]
    marks = table.marks_between(first + 1, number)
    off = sum(mark.why is not Why.WORKED for mark in marks) if marks else 0
    return _made(
        calendar,
        start,
        Basis.TARGET,
        due_at,
        due_on,
        amount=amount,
        unit=TimeUnit.WORKING_DAYS,
        weekends=number - first - (at - begin + 1) - off,
        marks=tuple(marks),
        pauses=_said(calendar, pauses, start, due_at) if pauses else (),
    )


def _days(
    calendar: OfficeCalendar, start: datetime, amount: int, pauses: Sequence[Pause]
) -> Computation:
    first = calendar.local(start).date()
    blocked = [(note.first.toordinal(), note.last.toordinal()) for note in calendar.blocked]
    stood = _paused_days(calendar, pauses, from_day=first) if pauses else []
    due_on = _pushed(first + timedelta(days=amount), first, _united([*blocked, *stood]))
    marks = _blocked_marks(calendar, first + _DAY, due_on) if blocked else []
    due_at = calendar.midnight(due_on + _DAY)
    return _made(
        calendar,
        start,
        Basis.TARGET,
        due_at,
        due_on,
        amount=amount,
        unit=TimeUnit.DAYS,
        marks=tuple(marks),
        pauses=_said(calendar, pauses, start, due_at) if pauses else (),
    )


def _made(
    calendar: OfficeCalendar,
    start: datetime,
    basis: Basis,
    due_at: datetime,
    due_on: date,
    **more: Any,
) -> Computation:
    return Computation(
        start=start,
        zone=calendar.zone.key,
        country=calendar.workdays.country,
        basis=basis,
        due_at=due_at,
        due_on=due_on,
        **more,
    )


def _same(step: Step, mark: Mark) -> bool:
    """Return whether a day goes on with a stretch; two holidays do, two swapped days do not."""
    if mark.why in (Why.INSTEAD, Why.WORKED):
        return False
    return (step.why, step.said) == (mark.why.value, mark.said)


def _merged(pauses: Iterable[Pause]) -> list[tuple[int, int]]:
    """Return the pauses in microseconds, by their beginning, those that meet made one."""
    spans = sorted((ticks(row.since), ticks(row.until)) for row in pauses)
    found: list[tuple[int, int]] = []
    for since, until in spans:
        if found and since <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], until))
        elif until > since:
            found.append((since, until))
    return found


def _paused_days(
    calendar: OfficeCalendar, pauses: Iterable[Pause], *, from_day: date
) -> list[tuple[int, int]]:
    """Return the ordinals of the calendar days at whose end the clock stands, as spans."""
    found = []
    for since, until in _merged(pauses):
        first = calendar.local(moment_of(since)).date().toordinal()
        last = calendar.local(moment_of(until)).date().toordinal() - 1
        if last >= max(first, from_day.toordinal() + 1):
            found.append((max(first, from_day.toordinal() + 1), last))
    return _united(found)


def _united(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return spans of days by their beginning, those that meet or follow each other made one."""
    found: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found


def _pushed(due_on: date, after: date, standing: Iterable[tuple[int, int]]) -> date:
    """Return the due day pushed on by the days after ``after`` that do not count."""
    number = due_on.toordinal()
    for first, last in standing:
        if first > number:
            break
        number += max(0, last - max(first, after.toordinal() + 1) + 1)
    return date.fromordinal(number)


def _blocked_marks(calendar: OfficeCalendar, first: date, last: date) -> list[Mark]:
    """Return the blocked days from one day to another, both included, in their order."""
    found = {}
    for note in calendar.blocked:  # the nearest place's comes last
        said = f"{note.reason} ({note.place})" if note.place else note.reason
        low, high = max(first, note.first), min(last, note.last)
        for number in range(low.toordinal(), high.toordinal() + 1):
            day = date.fromordinal(number)
            found[day] = Mark(day, Why.BLOCKED, said)
    return [found[day] for day in sorted(found)]


def _said(
    calendar: OfficeCalendar, pauses: Sequence[Pause], start: datetime, due_at: datetime
) -> tuple[Step, ...]:
    """Return the pauses that lie in the time counted, from their first to their last day."""
    return tuple(
        Step(
            calendar.local(row.since).date(),
            calendar.local(row.until - timedelta(microseconds=1)).date(),
            PAUSED,
            row.reason,
        )
        for row in pauses
        if row.until > row.since and row.until > start and row.since < due_at
    )
