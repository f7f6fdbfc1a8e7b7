"""On which days which meetings may be held. Source: S2.2.

A rule of a place holds for everything below it; of two rules with one code the nearest stands.
Public holidays and days on which a place is closed refuse every meeting, rule or no rule.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from footpath.core.workdays import DayOff, Workdays, YearNotKnown

ONE_DAY = timedelta(days=1)


class DayTest(StrEnum):
    """What a rule asks of a day."""

    ONLY_DAYS = "only_days"
    NOT_WITH = "not_with"
    WORKING_DAYS = "working_days"
    DAYS_OFF = "days_off"
    WEEKDAYS = "weekdays"


@dataclass(frozen=True)
class Rule:
    """A day rule on plain values. ``path`` is that of its place."""

    pk: int
    code: str
    path: str
    test: DayTest
    valid_from: date
    valid_until: date | None = None
    of_offices: bool = False
    kinds: frozenset[int] = frozenset()
    days: frozenset[int] = frozenset()  # 1 … 31, or weekdays 0 … 6
    next_working_day: bool = False
    others: frozenset[int] = frozenset()

    def holds_on(self, day: date) -> bool:
        """Return whether the rule is valid on a day; both ends are included."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)

    def concerns(self, kind: Kind) -> bool:
        """Return whether the rule is meant for meetings of a kind.

        For meetings of offices among themselves, for kinds, or, when it names neither, for all.
        """
        everything = not self.of_offices and not self.kinds
        return everything or (self.of_offices and kind.of_offices) or kind.pk in self.kinds


@dataclass(frozen=True)
class Kind:
    """A kind of meeting, as far as rules ask for it."""

    pk: int
    of_offices: bool = False


@dataclass(frozen=True)
class Held:
    """A meeting that is planned or was held on a day, in whose favour a day may be kept free."""

    pk: int
    kind: int
    path: str
    day: date


class Refusal(StrEnum):
    """Why a day is refused: by the calendar, or by a rule."""

    YEAR = "year"  # nobody has settled its days; no reason sets this aside
    CALENDAR = "calendar"  # a public holiday, or the place is closed
    RULE = "rule"


@dataclass(frozen=True)
class Broken:
    """What stands against a meeting on a day."""

    why: Refusal
    day: date
    year: int = 0
    day_off: DayOff | None = None
    rule: Rule | None = None
    meetings: tuple[int, ...] = ()


def rules_of(rules: Iterable[Rule], path: str, day: date) -> list[Rule]:
    """Return the rules that hold in a place on a day, by code: of one code the nearest stands."""
    nearest: dict[str, Rule] = {}
    for rule in rules:
        if not path.startswith(rule.path) or not rule.holds_on(day):
            continue
        known = nearest.get(rule.code)
        if known is None or len(rule.path) > len(known.path):
            nearest[rule.code] = rule
    return [nearest[code] for code in sorted(nearest)]


def breaches(
    kind: Kind,
    path: str,
    day: date,
    *,
    rules: Iterable[Rule],
    workdays: Workdays,
    held: Iterable[Held] = (),
    besides: Collection[int] = (),
) -> list[Broken]:
    """Return what stands against a meeting of a kind in a place on a day; empty when it is free.

    ``workdays`` are those of the place. ``held`` are the meetings of that day or of more days;
    those in ``besides`` stand in nobody's way. A day in a year that is not known is refused for
    that alone. Source: S2.2.
    """
    try:
        return [
            *_by_calendar(day, workdays),
            *_by_rules(kind, path, day, rules=rules, workdays=workdays, held=held, besides=besides),
        ]
    except YearNotKnown as unknown:
        return [Broken(Refusal.YEAR, day, year=unknown.year)]


def _by_calendar(day: date, workdays: Workdays) -> list[Broken]:
    day_off = workdays.day_off(day)
    stopped = day_off is not None and day_off.stops_meetings
    return [Broken(Refusal.CALENDAR, day, day_off=day_off)] if stopped else []


def _by_rules(
    kind: Kind,
    path: str,
    day: date,
    *,
    rules: Iterable[Rule],
    workdays: Workdays,
    held: Iterable[Held],
    besides: Collection[int],
) -> Iterator[Broken]:
    day_off = workdays.day_off(day)
    stopped = day_off is not None and day_off.stops_meetings
    for rule in rules_of(rules, path, day):
        if not rule.concerns(kind):
            continue
        if rule.test is DayTest.NOT_WITH:
            found = in_the_way(rule, path, day, held=held, besides=besides)
            if found:
                yield Broken(Refusal.RULE, day, rule=rule, meetings=found)
        elif rule.test is DayTest.WORKING_DAYS and stopped:
            continue  # the calendar has said so already
        elif not passes(rule, day, workdays):
            yield Broken(Refusal.RULE, day, day_off=day_off, rule=rule)


def passes(rule: Rule, day: date, workdays: Workdays) -> bool:
    """Return whether a day is one that the rule asks for. Raises YearNotKnown.

    Not for rules that look at other meetings: ``in_the_way`` is.
    """
    if rule.test is DayTest.ONLY_DAYS:
        return _is_named_day(rule, day, workdays)
    if rule.test is DayTest.WEEKDAYS:
        return day.weekday() in rule.days
    return workdays.is_working(day) == (rule.test is DayTest.WORKING_DAYS)


def _is_named_day(rule: Rule, day: date, workdays: Workdays) -> bool:
    """Return whether a day of the month is named, or stands instead of a named day off.

    With the 9th and the 15th, Sunday 15 March 2026 gives way to Monday the 16th.
    """
    if not rule.next_working_day:
        return day.day in rule.days
    if not workdays.is_working(day):
        return False
    before = day
    while before.day not in rule.days:
        before -= ONE_DAY
        if workdays.is_working(before):
            return False
    return True


def in_the_way(
    rule: Rule, path: str, day: date, *, held: Iterable[Held], besides: Collection[int] = ()
) -> tuple[int, ...]:
    """Return the meetings whose day the rule keeps free from a meeting of the place at ``path``.

    Meetings of the kinds that it names, in the rule's own subtree, that concern people of the
    place: they lie in the place, below it, or above it.
    """
    return tuple(
        row.pk
        for row in held
        if row.day == day
        and row.kind in rule.others
        and row.path.startswith(rule.path)
        and (row.path.startswith(path) or path.startswith(row.path))
        and row.pk not in besides
    )


def days_of(starts_at: datetime, ends_at: datetime) -> list[date]:
    """Return the days a meeting touches, given in local time; midnight ends the day before."""
    last = (ends_at - timedelta(microseconds=1)).date()
    span = (last - starts_at.date()).days
    return [starts_at.date() + timedelta(days=number) for number in range(max(span, 0) + 1)]


class DaysMissing(ValueError):
    """A rule about days names none, or days that do not exist."""


class OthersMissing(ValueError):
    """A rule that keeps days free does not say for whom."""


def check_rule(test: DayTest, *, days: Collection[int], others: Collection[int]) -> None:
    """Raise DaysMissing or OthersMissing when a rule lacks what its test looks at."""
    possible = {DayTest.ONLY_DAYS: range(1, 32), DayTest.WEEKDAYS: range(7)}.get(test)
    if possible is not None and (not days or not set(days) <= set(possible)):
        raise DaysMissing
    if test is DayTest.NOT_WITH and not others:
        raise OthersMissing
