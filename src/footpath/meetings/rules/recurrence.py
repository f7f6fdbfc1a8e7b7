"""When a series comes again: a safe part of RRULE (iCalendar, RFC 5545), and its days.

Taken are FREQ (DAILY, WEEKLY, MONTHLY, YEARLY), INTERVAL, BYDAY with ordinals, BYMONTHDAY,
BYSETPOS, BYMONTH, COUNT and UNTIL as a day. What falls on no day of a month is left out there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice, takewhile

from dateutil import rrule  # type: ignore[import-untyped]

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FREQUENCIES = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY")
LONGEST = 200
MOST_DAYS = 1000
"""No look-up returns more days than this."""

CYCLES = 19 * 400

_BYDAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_MOMENT = re.compile(r"[0-9]{8}(T[0-9]{6}Z?)?")
_NUMBER = re.compile(r"[+-]?\d{1,4}")


class NotUnderstood(ValueError):
    """A part of a rule that is not taken; ``part`` is what was written, or the name missing."""

    def __init__(self, part: str) -> None:
        super().__init__(part)
        self.part = part


@dataclass(frozen=True)
class Rule:
    """A rule, part by part; ``byday`` holds (ordinal or 0, weekday from Monday = 0)."""

    freq: str
    interval: int = 1
    byday: tuple[tuple[int, int], ...] = ()
    bymonthday: tuple[int, ...] = ()
    bymonth: tuple[int, ...] = ()
    bysetpos: tuple[int, ...] = ()
    count: int | None = None
    until: date | None = None

    def __str__(self) -> str:
        """Return the rule as RRULE, its parts always in the same order."""
        parts = [f"FREQ={self.freq}"]
        if self.interval != 1:
            parts.append(f"INTERVAL={self.interval}")
        if self.bymonth:
            parts.append(f"BYMONTH={_joined(self.bymonth)}")
        if self.bymonthday:
            parts.append(f"BYMONTHDAY={_joined(self.bymonthday)}")
        if self.byday:
            said = ",".join(f"{nth or ''}{WEEKDAYS[weekday]}" for nth, weekday in self.byday)
            parts.append(f"BYDAY={said}")
        if self.bysetpos:
            parts.append(f"BYSETPOS={_joined(self.bysetpos)}")
        if self.count is not None:
            parts.append(f"COUNT={self.count}")
        if self.until is not None:
            parts.append(f"UNTIL={self.until:%Y%m%d}")
        return ";".join(parts)


def parse(text: str) -> Rule:
    """Return the rule written as RRULE, with or without "RRULE:" before it.

    "FREQ=MONTHLY;BYDAY=1MO" is every month on the first Monday. Raises NotUnderstood, naming the
    part, for anything else than the parts above, for a part said twice, and for parts that do not
    go together (COUNT with UNTIL, an ordinal of a weekday in a week, BYSETPOS alone).
    """
    parts = _parts(text)
    if len(text) > LONGEST:
        raise NotUnderstood(text[:20] + "…")
    freq = parts.pop("FREQ", "")
    if freq not in FREQUENCIES:
        raise NotUnderstood(f"FREQ={freq}")
    rule = Rule(
        freq=freq,
        interval=_number(parts, "INTERVAL", 1, 99) or 1,
        byday=_weekdays(parts),
        bymonthday=_numbers(parts, "BYMONTHDAY", 31, below_zero=True),
        bymonth=_numbers(parts, "BYMONTH", 12),
        bysetpos=_numbers(parts, "BYSETPOS", 366, below_zero=True),
        count=_number(parts, "COUNT", 1, MOST_DAYS),
        until=_until(parts),
    )
    for name, value in parts.items():
        raise NotUnderstood(f"{name}={value}")
    _check(rule)
    return rule


def anchored(rule: Rule, first_day: date) -> Rule:
    """Return the rule with the days said that RRULE takes from the first day."""
    if rule.byday or rule.bymonthday or rule.freq == "DAILY":
        return rule
    if rule.freq == "WEEKLY":
        return replace(rule, byday=((0, first_day.weekday()),))
    months = rule.bymonth
    if rule.freq == "YEARLY" and not months:
        months = (first_day.month,)
    return replace(rule, bymonth=months, bymonthday=(first_day.day,))


def days_of(rule: Rule, *, first_day: date, after: date | None, until: date) -> tuple[date, ...]:
    """Return the days of the rule after a day (None: from the first) until a day, included.

    The first day counts only if it fits the rule. At most 1000 days. Source: RFC 5545.
    """
    rule = anchored(rule, first_day)
    start = first_day
    if after is not None and after >= first_day and rule.interval == 1 and rule.count is None:
        # Nothing is counted from the first day, so that equal rules share their days.
        start = after + timedelta(days=1)
    if start > until:
        return ()
    found = _days(rule, start, until)
    return found if after is None or after < start else tuple(d for d in found if d > after)


def next_days(rule: Rule, *, first_day: date, number: int = 6) -> list[date]:
    """Return the first days of a rule; empty when it has none, such as every 30 February.

    A rule is taken for a series only if it has days here: afterwards nobody waits for the end of
    time. Needs a first day before the year 2400.
    """
    # The calendar repeats every 400 years; there the years end soon, whatever the rule says.
    there = first_day.replace(year=first_day.year + CYCLES)
    rule = anchored(rule, first_day)
    if rule.until is not None:
        rule = replace(rule, until=rule.until.replace(year=rule.until.year + CYCLES))
    found = islice(_iterate(rule, there), number)
    return [day.replace(year=day.year - CYCLES) for day in found]


@lru_cache(maxsize=4096)
def _days(rule: Rule, start: date, until: date) -> tuple[date, ...]:
    rows = takewhile(lambda day: day <= until, _iterate(rule, start))
    return tuple(islice(rows, MOST_DAYS))


def _iterate(rule: Rule, start: date) -> Iterator[date]:
    made = rrule.rrule(
        FREQUENCIES.index(rule.freq),
        dtstart=datetime.combine(start, time.min),
        interval=rule.interval,
        wkst=rrule.MO,
        count=rule.count,
        until=datetime.combine(rule.until, time.min) if rule.until else None,
        bymonth=rule.bymonth or None,
        bymonthday=rule.bymonthday or None,
        byweekday=[rrule.weekday(weekday, nth or None) for nth, weekday in rule.byday] or None,
        bysetpos=rule.bysetpos or None,
    )
    return (moment.date() for moment in made)


def _parts(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in text.strip().upper().removeprefix("RRULE:").split(";"):
        name, equals, value = part.strip().partition("=")
        if not equals or not value or name in found:
            raise NotUnderstood(part.strip() or "FREQ")
        found[name] = value
    return found


def _number(parts: dict[str, str], name: str, least: int, most: int) -> int | None:
    value = parts.pop(name, None)
    if value is None:
        return None
    if not value.isascii() or not value.isdigit() or not least <= int(value[:6]) <= most:
        raise NotUnderstood(f"{name}={value}")
    return int(value)


def _numbers(
    parts: dict[str, str], name: str, most: int, *, below_zero: bool = False
) -> tuple[int, ...]:
    value = parts.pop(name, None)
    if value is None:
        return ()
    found = []
    for one in value.split(","):
        if not one.isascii() or not _NUMBER.fullmatch(one):
            raise NotUnderstood(f"{name}={value}")
        number = int(one)
        if not (1 <= number <= most or (below_zero and -most <= number <= -1)):
            raise NotUnderstood(f"{name}={value}")
        found.append(number)
    return tuple(sorted(set(found)))


def _weekdays(parts: dict[str, str]) -> tuple[tuple[int, int], ...]:
    value = parts.pop("BYDAY", None)
    if value is None:
        return ()
    found = set()
    for one in value.split(","):
        matched = _BYDAY.fullmatch(one) if one.isascii() else None
        nth = int(matched[1] or 0) if matched else 0
        if matched is None or abs(nth) > 5 or (matched[1] is not None and nth == 0):
            raise NotUnderstood(f"BYDAY={value}")
        found.add((nth, WEEKDAYS.index(matched[2])))
    return tuple(sorted(found))


def _until(parts: dict[str, str]) -> date | None:
    value = parts.pop("UNTIL", None)
    if value is None:
        return None
    try:
        if not _MOMENT.fullmatch(value) or not "1900" <= value[:4] < "2400":
            raise NotUnderstood(f"UNTIL={value}")
        # A moment is taken as its day: the hour of a series is said elsewhere.
        return datetime.strptime(value[:8], "%Y%m%d").date()  # noqa: DTZ007 - a day, no moment
    except ValueError as wrong:
        raise NotUnderstood(f"UNTIL={value}") from wrong


def _check(rule: Rule) -> None:
    if rule.count is not None and rule.until is not None:
        raise NotUnderstood("COUNT, UNTIL")
    ordinal = any(nth for nth, _weekday in rule.byday)
    in_months = rule.freq == "MONTHLY" or (rule.freq == "YEARLY" and rule.bymonth)
    if ordinal and not in_months:
        raise NotUnderstood("BYDAY")
    if rule.bymonthday and rule.freq == "WEEKLY":
        raise NotUnderstood("BYMONTHDAY")
    if rule.bysetpos and not (rule.byday or rule.bymonthday):
        raise NotUnderstood("BYSETPOS")


def _joined(numbers: tuple[int, ...]) -> str:
    return ",".join(str(number) for number in numbers)
