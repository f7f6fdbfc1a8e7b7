"""The month as it stands, beside the problem made from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from footpath.core import clock
from footpath.meetings.models import Meeting, MonthPlan
from footpath.meetings.planning_month.fast import standing_fast
from footpath.meetings.planning_month.problem import problem_of
from footpath.meetings.planning_month.rows import Rows
from footpath.meetings.planning_month.slots import slot_now
from footpath.planning.month import problem as engine
from footpath.planning.month.plan import Entry
from footpath.planning.month.plan import MonthPlan as Calendar


@dataclass
class Picture:
    """The rows that a month is planned from, and the problem made from them.

    ``fixed`` are the meetings that stand fast, by the names the problem has for them; ``busy`` says
    for each person from when until when they are in which meeting.
    """

    rows: Rows
    problem: engine.MonthProblem
    fixed: dict[str, Meeting]
    busy: dict[int, list[tuple[datetime, datetime, int]]]

    def standing(self, besides: Collection[int] = ()) -> Calendar:
        """Return the month as it is, in the words of the engine.

        Who is away already is missing already, but for the people in ``besides``.
        """
        entries = []
        for name, meeting in self.rows.movers.items():
            day = clock.day_of(meeting.starts_at)
            missing = tuple(
                str(row.person)
                for row in self.rows.people.get(meeting.pk, ())
                if row.person not in besides and self.rows.is_away(row.person, day)
            )
            entries.append(Entry(name, slot_now(meeting) or "", missing=missing))
        pins = {pin.meeting: pin.slot for pin in self.problem.pins}
        entries += [Entry(name, pins[name]) for name in self.fixed]
        return Calendar(
            entries=tuple(sorted(entries, key=lambda entry: entry.meeting)),
            findings=(),
            status="greedy",
            cost=0,
            bound=0,
            backend="",
            seed=0,
            reproducible=True,
            digest="",
        )


def picture_of(plan: MonthPlan, *, at: datetime) -> Picture:
    """Return the month of a plan as it stands, and the problem for the engine."""
    rows = Rows(plan, at)
    fixed, fast = standing_fast(rows)
    return Picture(rows, problem_of(rows, fast), fixed, _busy(rows))


def _busy(rows: Rows) -> dict[int, list[tuple[datetime, datetime, int]]]:
    """Return for each person when they are in which meeting."""
    found: defaultdict[int, list[tuple[datetime, datetime, int]]] = defaultdict(list)
    for row in rows.inside:
        for one in rows.people[row.pk]:
            found[one.person].append((row.starts_at, row.ends_at, row.pk))
    for meeting, person in (*rows.outside, *rows.leave):
        found[person].append((meeting.starts_at, meeting.ends_at, meeting.pk))
    return dict(found)
