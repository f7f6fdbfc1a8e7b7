"""The plan of a month as its page shows it: a calendar, by place, by person. Source: S4.5.

Every part takes the same number of queries, whatever the number of meetings.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.utils.translation import get_language

from footpath.core import clock
from footpath.core.calendar import Month
from footpath.core.figures import Rate
from footpath.core.workdays import YearNotKnown
from footpath.directory import selectors as directory
from footpath.directory.models import Person
from footpath.meetings import explaining_month as explaining
from footpath.meetings import rules
from footpath.meetings.explaining_month import Names
from footpath.meetings.models import Meeting, MonthLine, MonthPin, MonthPlan
from footpath.meetings.selectors.duties import expected
from footpath.meetings.selectors.figures import span_of
from footpath.meetings.selectors.months.rows import (
    AreaRow,
    Change,
    ChangeRow,
    Day,
    FindingRow,
    Item,
    PersonRow,
)

VIEWS = ("calendar", "hamlets", "officers")
MOST_PEOPLE = 40
MOST_BARS = 12


@dataclass
class MonthPage:
    """A plan of a month as its page shows it."""

    plan: MonthPlan
    month: Month
    lines: tuple[MonthLine, ...]
    items: tuple[Item, ...]
    pins: tuple[MonthPin, ...]
    names: Names
    people: Mapping[int, Person]
    comes: Mapping[int, set[int]]
    meetings: Mapping[int, Meeting] = field(default_factory=dict)

    @cached_property
    def figures(self) -> Mapping[str, Any]:
        """Return the figures of the plan, 0 for those it does not have."""
        known: defaultdict[str, Any] = defaultdict(int)
        known.update(self.plan.figures)
        return known

    @cached_property
    def placed(self) -> Rate:
        """Return how many meetings of the plan find a time."""
        whole = self.figures["meetings"]
        return Rate(whole - self.figures["not_held"], whole)

    @cached_property
    def staying(self) -> Rate:
        """Return how many meetings stay at the time they have now."""
        whole = self.figures["meetings"]
        return Rate(self.figures["kept"] + self.figures["stood_in"], whole)

    @cached_property
    def as_last_month(self) -> Rate:
        """Return how many are held as last month, of those that were held then."""
        return Rate(self.figures["as_last_month"], self.figures["last_month"])

    @cached_property
    def noted(self) -> tuple[MonthPin, ...]:
        """Return what was noted for the next plan: pins set or taken off."""
        return tuple(pin for pin in self.pins if pin.noted or pin.off)

    @cached_property
    def changes(self) -> tuple[ChangeRow, ...]:
        """Return the lines that change something, in words."""
        return tuple(self._row(line) for line in self.lines if line.change != Change.KEPT)

    @cached_property
    def kept(self) -> tuple[ChangeRow, ...]:
        """Return the lines that stay as they are, in words."""
        return tuple(self._row(line) for line in self.lines if line.change == Change.KEPT)

    def row_of(self, meeting: int) -> ChangeRow | None:
        """Return the line of one meeting in words."""
        line = next((row for row in self.lines if row.meeting_id == meeting), None)
        return self._row(line) if line is not None else None

    def _row(self, line: MonthLine) -> ChangeRow:
        pin = next(
            (p for p in self.pins if p.meeting_id == line.meeting_id and not (p.away or p.noted)),
            None,
        )
        pairs = tuple(
            (self.people[pair["for"]], self.people.get(pair["by"]) if pair["by"] else None)
            for pair in line.stand_ins
            if pair["for"] in self.people
        )
        why = explaining.reasons_in_words(
            line.why, self.names, pinned_by=pin.by.name if pin is not None else ""
        )
        return ChangeRow(line, tuple(why), pairs)

    @cached_property
    def events(self) -> tuple[str, ...]:
        """Return what the month is repaired for, a sentence each."""
        return tuple(explaining.event_in_words(event, self.names) for event in self.plan.events)

    @cached_property
    def findings(self) -> tuple[FindingRow, ...]:
        """Return the findings in words."""
        return tuple(
            self._finding(number, finding) for number, finding in enumerate(self.plan.findings)
        )

    def _finding(self, number: int, finding: Mapping[str, Any]) -> FindingRow:
        ways = (
            (at, str(offer["kind"]), explaining.offer_in_words(offer, self.names))
            for at, offer in enumerate(finding.get("offers", ()))
        )
        return FindingRow(
            number=number,
            title=explaining.finding_title(finding),
            sentence=explaining.finding_sentence(finding, self.names),
            meetings=tuple(self._meetings(finding.get("meetings", ()))),
            people=tuple(self.people[pk] for pk in finding.get("people", ()) if pk in self.people),
            funnels=tuple(
                (self.meetings[row["meeting"]], explaining.funnel_in_words(row))
                for row in finding.get("funnels", ())
                if row["meeting"] in self.meetings
            ),
            ways=tuple(way for way in ways if way[2]),
        )

    def _meetings(self, keys: Iterable[int]) -> list[Meeting]:
        return [self.meetings[pk] for pk in keys if pk in self.meetings]

    # --- the three views --------------------------------------------------------------------------

    @cached_property
    def weeks(self) -> tuple[tuple[Day, ...], ...]:
        """Return the weeks of the month, from Monday, with the meetings of each day."""
        by_day: defaultdict[date, list[Item]] = defaultdict(list)
        for item in self.items:
            by_day[clock.day_of(item.starts_at)].append(item)
        off = self._days_off()
        today = clock.today()
        day = self.month.first - timedelta(days=self.month.first.weekday())
        weeks = []
        while day <= self.month.last:
            week = []
            for _number in range(7):
                inside = Month.of(day) == self.month
                week.append(
                    Day(
                        day=day,
                        inside=inside,
                        today=day == today,
                        off=off.get(day, ""),
                        weekend=day.weekday() >= 5,
                        items=tuple(by_day[day]) if inside else (),
                    )
                )
                day += timedelta(days=1)
            weeks.append(tuple(week))
        return tuple(weeks)

    def _days_off(self) -> dict[date, str]:
        workdays = directory.workdays_for(self.plan.path, [self.month.year])
        language = (get_language() or "en").partition("-")[0]
        found = {}
        day = self.month.first
        while day <= self.month.last:
            try:
                off = workdays.day_off(day)
            except YearNotKnown:
                return {}
            if off is not None and off.stops_meetings:
                said = off.note.reason if off.note is not None else off.name(language)
                found[day] = said or off.name("en_US") or off.name("vi") or "–"
            day += timedelta(days=1)
        return found

    @cached_property
    def by_area(self) -> tuple[AreaRow, ...]:
        """Return the places with their meetings, in the order of the tree."""
        found: defaultdict[int, list[Item]] = defaultdict(list)
        areas = {item.meeting.area_id: item.meeting.area for item in self.items}
        for item in self.items:
            found[item.meeting.area_id].append(item)
        return tuple(
            AreaRow(area, tuple(found[pk]))
            for pk, area in sorted(areas.items(), key=lambda pair: pair[1].path)
        )

    @cached_property
    def by_person(self) -> tuple[PersonRow, ...]:
        """Return those expected with their meetings: who has most comes first."""
        found: defaultdict[int, list[Item]] = defaultdict(list)
        for item in self.items:
            for who in self.comes.get(item.meeting.pk, ()):
                found[who].append(item)
        before = self._last_month(found)
        rows = [
            PersonRow(self.people[who], tuple(items), before.get(who, 0))
            for who, items in found.items()
            if who in self.people
        ]
        return tuple(sorted(rows, key=lambda row: (-len(row.items), row.person.name)))

    def _last_month(self, people: Iterable[int]) -> dict[int, int]:
        first, last = span_of(self.month.previous)
        rows = expected(people).filter(meeting__starts_at__gte=first, meeting__starts_at__lt=last)
        rows = rows.exclude(meeting__state=rules.State.CANCELLED)
        found: defaultdict[int, set[int]] = defaultdict(set)
        for who, meeting in rows.values_list("who", "meeting_id"):
            found[who].add(meeting)
        return {who: len(meetings) for who, meetings in found.items()}

    @cached_property
    def loads(self) -> list[dict[str, Any]]:
        """Return the people with most meetings, as bars."""
        return [
            {"label": row.person.name, "value": len(row.items), "href": f"#person-{row.person.pk}"}
            for row in self.by_person[:MOST_BARS]
        ]
