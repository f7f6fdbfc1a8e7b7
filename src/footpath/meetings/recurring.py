"""When a series comes again, in the reader's words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from babel.dates import get_day_names, get_month_names
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from footpath.core import formats
from footpath.meetings.rules import recurrence
from footpath.meetings.rules.recurrence import Rule

# Languages with genders say "first" in another way for each kind of weekday.
_NTH: dict[int, tuple[Callable[[], str], Callable[[], str], Callable[[], str]]] = {
    1: (
        lambda: pgettext("Monday, Tuesday, Thursday", "the first %(weekday)s"),
        lambda: pgettext("Wednesday, Friday, Saturday", "the first %(weekday)s"),
        lambda: pgettext("Sunday", "the first %(weekday)s"),
    ),
    2: (
        lambda: pgettext("Monday, Tuesday, Thursday", "the second %(weekday)s"),
        lambda: pgettext("Wednesday, Friday, Saturday", "the second %(weekday)s"),
        lambda: pgettext("Sunday", "the second %(weekday)s"),
    ),
    3: (
        lambda: pgettext("Monday, Tuesday, Thursday", "the third %(weekday)s"),
        lambda: pgettext("Wednesday, Friday, Saturday", "the third %(weekday)s"),
        lambda: pgettext("Sunday", "the third %(weekday)s"),
    ),
    4: (
        lambda: pgettext("Monday, Tuesday, Thursday", "the fourth %(weekday)s"),
        lambda: pgettext("Wednesday, Friday, Saturday", "the fourth %(weekday)s"),
        lambda: pgettext("Sunday", "the fourth %(weekday)s"),
    ),
    5: (
        lambda: pgettext("Monday, Tuesday, Thursday", "the fifth %(weekday)s"),
        lambda: pgettext("Wednesday, Friday, Saturday", "the fifth %(weekday)s"),
        lambda: pgettext("Sunday", "the fifth %(weekday)s"),
    ),
    -1: (
        lambda: pgettext("Monday, Tuesday, Thursday", "the last %(weekday)s"),
        lambda: pgettext("Wednesday, Friday, Saturday", "the last %(weekday)s"),
        lambda: pgettext("Sunday", "the last %(weekday)s"),
    ),
}
_GENDERS = (0, 0, 1, 0, 1, 1, 2)


def weekday_name(weekday: int) -> str:
    """Return the name of a weekday, Monday = 0, in the reader's language."""
    return str(get_day_names("wide", locale=formats.locale())[weekday])


def nth_weekday(nth: int, weekday: int) -> str:
    """Return "the first Monday" in the reader's language; ``nth`` is 1 to 5, or -1 for the last."""
    return _NTH[nth][_GENDERS[weekday]]() % {"weekday": weekday_name(weekday)}


def in_words(rule: Rule, *, first_day: date) -> str:
    """Return when a rule comes again: "every month on the first Monday".

    A rule that has no short words is told as it is written.
    """
    rule = recurrence.anchored(rule, first_day)
    said = _WORDS[rule.freq](rule)
    if not said:
        return _("by the rule %(rule)s") % {"rule": rule}
    if rule.count is not None:
        said = ngettext("%(when)s, %(number)s time", "%(when)s, %(number)s times", rule.count) % {
            "when": said,
            "number": formats.number(rule.count),
        }
    if rule.until is not None:
        said = _("%(when)s, until %(day)s") % {
            "when": said,
            "day": formats.day_year(rule.until),
        }
    return said


def _daily(rule: Rule) -> str:
    if rule.byday or rule.bymonthday or rule.bymonth or rule.bysetpos:
        return ""
    if rule.interval == 1:
        return _("every day")
    return ngettext("every %(number)s day", "every %(number)s days", rule.interval) % {
        "number": formats.number(rule.interval)
    }


def _weekly(rule: Rule) -> str:
    if rule.bymonth or rule.bysetpos:
        return ""
    days = _listed(weekday_name(weekday) for _nth, weekday in rule.byday)
    if rule.interval == 1:
        return _("every week on %(days)s") % {"days": days}
    return ngettext(
        "every %(number)s week on %(days)s", "every %(number)s weeks on %(days)s", rule.interval
    ) % {"number": formats.number(rule.interval), "days": days}


def _monthly(rule: Rule) -> str:
    days = _days_of_month(rule)
    if not days or rule.bymonth:
        return ""
    if rule.interval == 1:
        return _("every month on %(days)s") % {"days": days}
    return ngettext(
        "every %(number)s month on %(days)s", "every %(number)s months on %(days)s", rule.interval
    ) % {"number": formats.number(rule.interval), "days": days}


def _yearly(rule: Rule) -> str:
    days = _days_of_month(rule)
    if not days or not rule.bymonth or rule.interval != 1:
        return ""
    names = get_month_names("wide", context="stand-alone", locale=formats.locale())
    months = _listed(str(names[month]) for month in rule.bymonth)
    return _("every year in %(months)s on %(days)s") % {"months": months, "days": days}


def _days_of_month(rule: Rule) -> str:
    """Return "the first Monday", "day 9, day 15"; "" when the days have no short words."""
    if rule.bysetpos or (rule.byday and rule.bymonthday):
        return ""
    if rule.byday:
        if any(nth not in _NTH for nth, _weekday in rule.byday):
            return ""
        return _listed(
            nth_weekday(nth, weekday)
            for nth, weekday in sorted(rule.byday, key=lambda day: (day[0] % 9, day[1]))
        )
    if any(day < -1 for day in rule.bymonthday):
        return ""
    return _listed(
        _("the last day") if day == -1 else _("day %(number)s") % {"number": day}
        for day in sorted(rule.bymonthday, key=lambda day: day % 99)
    )


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)


_WORDS: dict[str, Callable[[Rule], str]] = {
    "DAILY": _daily,
    "WEEKLY": _weekly,
    "MONTHLY": _monthly,
    "YEARLY": _yearly,
}
