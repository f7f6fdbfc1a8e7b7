"""What the page of a month is made from, read at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from footpath.core.calendar import Month
from footpath.directory.models import Person
from footpath.meetings import rules
from footpath.meetings.explaining_month import Names
from footpath.meetings.models import Hall, Meeting, MonthLine, MonthPin, MonthPlan
from footpath.meetings.planning_month import key_of
from footpath.meetings.selectors.duties import expected_in
from footpath.meetings.selectors.figures import span_of
from footpath.meetings.selectors.months.page import MonthPage
from footpath.meetings.selectors.months.plans import lines_of, pins_of
from footpath.meetings.selectors.months.rows import Item


def month_page(plan: MonthPlan) -> MonthPage:
    """Return a plan of a month as its page shows it: six queries, and what a view needs besides."""
    month = Month.of(plan.month)
    lines = tuple(lines_of(plan))
    pins = tuple(pins_of(plan))
    items = tuple(_items(plan, month, lines, pins))
    shown = {item.meeting.pk: item.meeting for item in items}
    shown |= {line.meeting_id: line.meeting for line in lines}
    comes = _comes(plan, items, lines)
    spoken = _spoken_of(plan, lines)
    others = Meeting.objects.select_related("kind", "area").in_bulk(spoken["meeting"] - set(shown))
    keys = {who for found in comes.values() for who in found} | spoken["person"]
    people = Person.objects.in_bulk(keys)
    halls = Hall.objects.in_bulk(spoken["hall"]) if spoken["hall"] else {}
    meetings = shown | others
    names = Names(
        people={pk: one.name for pk, one in people.items()},
        meetings={pk: one.name for pk, one in meetings.items()},
        halls={pk: one.name for pk, one in halls.items()},
    )
    return MonthPage(plan, month, lines, items, pins, names, people, comes, meetings)


def _items(
    plan: MonthPlan, month: Month, lines: Sequence[MonthLine], pins: Sequence[MonthPin]
) -> list[Item]:
    """Return the meetings of the month as they would be, by their beginning."""
    first, last = span_of(month)
    pinned = {pin.meeting_id for pin in pins if not (pin.off or pin.away)}
    planned = {line.meeting_id for line in lines}
    rows = (
        Meeting.objects.in_subtree(plan.path)
        .filter(starts_at__gte=first, starts_at__lt=last)
        .exclude(state=rules.State.CANCELLED)
        .select_related("kind", "area__parent")
        .order_by("starts_at", "pk")
    )
    found = [Item(row, row.starts_at, row.ends_at, "") for row in rows if row.pk not in planned]
    for line in lines:
        starts_at, ends_at = line.starts_at, line.ends_at
        if starts_at is not None and ends_at is not None:
            found.append(
                Item(line.meeting, starts_at, ends_at, line.change, line, line.meeting_id in pinned)
            )
    return sorted(found, key=lambda item: (item.starts_at, item.meeting.pk))


def _comes(
    plan: MonthPlan, items: Sequence[Item], lines: Sequence[MonthLine]
) -> dict[int, set[int]]:
    """Return who would be expected in each meeting: those of today, and who stands in."""
    found = expected_in([item.meeting.pk for item in items])
    for line in lines:
        here = found.setdefault(line.meeting_id, set())
        for pair in line.stand_ins:
            here.discard(pair["for"])
            if pair["by"]:
                here.add(pair["by"])
    return found


def _spoken_of(plan: MonthPlan, lines: Sequence[MonthLine]) -> dict[str, set[int]]:
    """Return the keys of people, meetings and halls that reasons and findings speak of."""
    found: dict[str, set[int]] = {"person": set(), "meeting": set(), "hall": set()}
    for line in lines:
        for reason in line.why:
            _note(found, "person", reason.get("person"))
            _note(found, "meeting", reason.get("meeting"))
            rule = reason.get("rule")
            if rule in {"AWAY", "HALL"}:
                _note(found, "person" if rule == "AWAY" else "hall", reason.get("what"))
        for pair in line.stand_ins:
            _note(found, "person", pair["for"])
            _note(found, "person", pair["by"])
    for finding in plan.findings:
        for what, names in (("person", "people"), ("meeting", "meetings"), ("meeting", "fixed")):
            for key in finding.get(names, ()):
                _note(found, what, key)
        for offer in finding.get("offers", ()):
            _note(found, "person", offer.get("person"))
    for event in plan.events:
        _note(found, "person", event["absent"])
    return found


def _note(found: dict[str, set[int]], what: str, name: Any) -> None:
    try:
        found[what].add(key_of(str(name)))
    except ValueError:
        return
