"""Rules of days and what stands against a day, in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from babel.dates import get_day_names
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from footpath.core import formats
from footpath.core.workdays import DayOff, Off
from footpath.directory import selectors as directory
from footpath.meetings.models import DayRule, Meeting
from footpath.meetings.rules import days as rules

MOST_NAMED = 3
"""How many meetings or people a sentence names before it counts the others."""


def source_of(rule: DayRule) -> str:
    """Return whose rule it is, and its basis if it has one."""
    if rule.basis:
        return _("Rule of %(place)s. Basis: %(basis)s.") % {
            "place": rule.area.name,
            "basis": rule.basis,
        }
    return _("Rule of %(place)s.") % {"place": rule.area.name}


def words_of_test(rule: DayRule) -> str:
    """Return what a rule asks of a day, as a whole sentence."""
    if rule.test == rules.DayTest.ONLY_DAYS:
        days = ", ".join(str(number) for number in sorted(rule.days))
        if rule.next_working_day:
            return _(
                "Only on these days of the month: %(days)s; for a day off the next working day."
            ) % {"days": days}
        return _("Only on these days of the month: %(days)s.") % {"days": days}
    if rule.test == rules.DayTest.WEEKDAYS:
        return _("Only on these days of the week: %(days)s.") % {
            "days": ", ".join(day_names()[number] for number in sorted(rule.days))
        }
    if rule.test == rules.DayTest.WORKING_DAYS:
        return _("Only on working days.")
    if rule.test == rules.DayTest.DAYS_OFF:
        return _("Only on days off.")
    return _("Not on days with: %(kinds)s.") % {
        "kinds": ", ".join(kind.name for kind in rule.others.all())
    }


def words_of_whom(rule: DayRule) -> str:
    """Return which meetings a rule is meant for."""
    said = [_("meetings of offices among themselves")] if rule.of_offices else []
    said += [kind.name for kind in rule.kinds.all()]
    return "; ".join(said) if said else _("every meeting")


def day_names() -> dict[int, str]:
    """Return the names of the days of the week in the reader's language; 0 is Monday."""
    names = get_day_names("wide", context="stand-alone", locale=formats.locale())
    return {number: str(names[number]) for number in range(7)}


def words_of_calendar(day: date, day_off: DayOff | None) -> str:
    """Return why nobody meets on a day off, as a whole sentence."""
    assert day_off is not None  # noqa: S101 - the calendar refuses only days off
    words = directory.words_of_day_off(day_off)
    if day_off.why is Off.CLOSED:
        return _("Closed on %(day)s: %(reason)s.") % {"day": formats.day(day), "reason": words}
    if day_off.why is Off.INSTEAD:
        return f"{formats.day(day)}: {words}."
    return _("%(day)s is a public holiday: %(holiday)s.") % {
        "day": formats.day(day),
        "holiday": words,
    }


def words_of_rule(rule: DayRule, row: rules.Broken, there: Sequence[Meeting]) -> str:
    """Return what a rule has against a day; ``there`` are the meetings that stand against it."""
    said = {"rule": rule.title, "day": formats.day(row.day)}
    if there:
        names = [
            _("%(meeting)s at %(time)s")
            % {"meeting": meeting.name, "time": formats.time(meeting.starts_at)}
            for meeting in there[:MOST_NAMED]
        ]
        said["meetings"] = "; ".join(names)
        more = len(there) - len(names)
        if more:
            return ngettext(
                "“%(rule)s”: on %(day)s there are %(meetings)s, and %(count)s more meeting.",
                "“%(rule)s”: on %(day)s there are %(meetings)s, and %(count)s more meetings.",
                more,
            ) % (said | {"count": more})
        return _("“%(rule)s”: on %(day)s there is %(meetings)s.") % said
    return f"“{rule.title}”: {words_of_test(rule)}"
