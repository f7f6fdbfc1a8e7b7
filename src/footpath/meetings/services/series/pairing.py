"""Which meeting of a changed series goes to which of its new days."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from footpath.meetings.models import Meeting
from footpath.meetings.rules import recurrence

Period = Callable[[date], tuple[int, ...]]


def period_of(rule: recurrence.Rule) -> Period:
    """Return in which span of time a meeting goes from its old day to its new one."""
    if rule.freq == "WEEKLY":
        return lambda day: day.isocalendar()[:2]
    if rule.freq == "DAILY":
        return lambda day: (day.toordinal(),)
    return lambda day: (day.year, day.month)


def paired(
    free: Sequence[Meeting], stay: Sequence[Meeting], days: Sequence[date], period: Period
) -> tuple[list[tuple[Meeting, date]], list[Meeting], list[date]]:
    """Return each meeting with its new day, the meetings without one, and the days without one."""
    left = list(days)
    for row in stay:  # a meeting that stays is that of its period
        own = _same(period, row, left)
        if own:
            left.remove(row.occurrence_on if row.occurrence_on in own else own[0])
    pairs, rest = [], []
    for row in free:
        if row.occurrence_on in left:
            left.remove(row.occurrence_on)
            pairs.append((row, row.occurrence_on))
        else:
            rest.append(row)
    spare = []
    for row in rest:
        own = _same(period, row, left)
        if own:
            left.remove(own[0])
            pairs.append((row, own[0]))
        else:
            spare.append(row)
    return pairs, spare, left


def _same(period: Period, meeting: Meeting, days: Sequence[date]) -> list[date]:
    """Return the days in the same month, week or day as the meeting's."""
    own = meeting.occurrence_on
    return [day for day in days if own is not None and period(day) == period(own)]
