"""The problem for the engine, made from the rows of a month. Source: S2.2, S4.5."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.utils import timezone

from footpath.core import clock
from footpath.meetings import selectors
from footpath.meetings.models import Meeting
from footpath.meetings.planning_month.fast import NOWHERE
from footpath.meetings.planning_month.rows import Rows
from footpath.meetings.planning_month.slots import (
    days_between,
    engine_slot,
    engine_spot,
    length_of,
    slot_at,
    slot_now,
)
from footpath.meetings.rules import month as parts
from footpath.planning.month import problem as engine


def problem_of(rows: Rows, fast: Sequence[tuple[engine.Meeting, str]]) -> engine.MonthProblem:
    """Return the problem for the engine; ``fast`` stands fast, each with its part of a day."""
    meetings = [_meeting(rows, name, row) for name, row in rows.movers.items()]
    pins = _pins(rows)
    pinned_fast = [engine.Pin(one.id, slot) for one, slot in fast]
    places = {row.area_id: row.area for row in rows.movers.values()}
    return engine.MonthProblem(
        meetings=(*meetings, *(one for one, _slot in fast)),
        slots=_slots(rows, [*pins, *pinned_fast]),
        people=_attendees(rows, meetings),
        spots=(engine.Spot(NOWHERE), *map(engine_spot, places.values())),
        halls=tuple(
            engine.Hall(str(pk), hall.at_once, tuple(sorted(rows.closed[pk])))
            for pk, hall in rows.halls.items()
        ),
        blocked=_blocked(rows),
        policy=engine.MonthPolicy(
            weights=engine.Weights(keep=rows.terms.keep), most_a_day=rows.most_a_day
        ),
        pins=(*pins, *pinned_fast),
        waivers=_waivers(rows, pins),
        today=rows.today,
    )


def _meeting(rows: Rows, name: str, row: Meeting) -> engine.Meeting:
    now = slot_now(row) or ""
    day, part = parts.read_slot(now)
    comers = [one.person for one in rows.people[row.pk]]
    habit = engine.Habit(day, part.code)
    before = rows.last_month.get(row.pk)
    if before is not None:
        begins = timezone.localtime(before.starts_at)
        was = parts.part_of(begins.time(), length_of(before)) or part
        habit = engine.Habit(begins.date(), was.code)
    long = length_of(row)
    own = timezone.localtime(row.starts_at).time()
    fits = {p.code for p in parts.PARTS if parts.begins_in(p, own, long) is not None}
    wanted = fits if rows.terms.other_parts else {part.code, habit.part} & fits
    first, last = rows.month.first, rows.month.last
    if row.series_id is not None and rows.often[row.series_id] > 1:
        first, last = day - timedelta(days=3), day + timedelta(days=3)
    if day > rows.today:
        first = max(first, rows.today + timedelta(days=1))
    return engine.Meeting(
        id=name,
        kind=row.kind.code,
        spot=str(row.area_id),
        attendees=tuple(map(str, comers)),
        hall=str(row.hall_id) if row.hall_id is not None else "",
        deputies={
            str(one): tuple(
                f"s{pk}" if pk in comers else str(pk) for pk in rows.deputies[one, row.pk]
            )
            for one in comers
            if (one, row.pk) in rows.deputies
        },
        parts=frozenset(wanted),
        first=first,
        last=last,
        habit=habit,
    )


def _attendees(rows: Rows, meetings: Iterable[engine.Meeting]) -> tuple[engine.Attendee, ...]:
    """Return everybody. A deputy who attends anyway stands in as a shadow of the name "s7"."""
    names = {name for one in meetings for name in one.attendees}
    names |= {n for one in meetings for many in one.deputies.values() for n in many}
    names |= {str(pk) for pk in rows.away}
    names |= {str(one.person) for many in rows.people.values() for one in many}
    names |= {str(pk) for many in rows.deputies.values() for pk in many}
    names |= {str(event["absent"]) for event in rows.plan.events}
    names |= {str(row.person) for row in rows.terms.waivers if row.person}
    return tuple(
        engine.Attendee(name, away=tuple(rows.away.get(int(name.removeprefix("s")), ())))
        for name in sorted(names)
    )


def _slots(rows: Rows, pins: Iterable[engine.Pin]) -> tuple[engine.Slot, ...]:
    """Return the parts of the days from tomorrow on, and those that something stands in."""
    names = {slot_now(row) or "" for row in rows.movers.values()}
    names |= {pin.slot for pin in pins} | _slots_to_come(rows)
    return tuple(engine_slot(name) for name in sorted(names))


def _slots_to_come(rows: Rows) -> set[str]:
    first = max(rows.month.first, rows.today + timedelta(days=1))
    return {
        parts.slot_of(day, part)
        for day in days_between(first, rows.month.last)
        for part in parts.PARTS
    }


def _pins(rows: Rows) -> list[engine.Pin]:
    """Return the pins of the plan, and one for each meeting that can no longer move."""
    pins = []
    for row in rows.plan.pins.filter(off=False).order_by("pk"):
        slot = slot_at(row) if str(row.meeting_id) in rows.movers else None
        if slot is not None:
            pins.append(engine.Pin(str(row.meeting_id), slot, row.away))
    pinned = {pin.meeting for pin in pins if not pin.away}
    for name, meeting in rows.movers.items():
        if clock.day_of(meeting.starts_at) <= rows.today and name not in pinned:
            pins.append(engine.Pin(name, slot_now(meeting) or ""))
    return pins


def _waivers(rows: Rows, pins: Iterable[engine.Pin]) -> tuple[engine.Waiver, ...]:
    """Return the exceptions of the plan; in a repair whatever stands may stay where it is."""
    known = {pin.slot for pin in pins} | _slots_to_come(rows)
    waivers = [
        engine.Waiver(
            str(row.meeting),
            excused=str(row.person or ""),
            slot=row.slot,
            rules=engine.Rule(row.rules),
        )
        for row in rows.terms.waivers
        if str(row.meeting) in rows.movers and (not row.slot or row.slot in known)
    ]
    if rows.repairs:
        stays = engine.Rule.PAST | engine.Rule.WINDOW | engine.Rule.CLOSED | engine.Rule.KIND
        waivers += [
            engine.Waiver(name, slot=slot_now(row) or "", rules=stays)
            for name, row in rows.movers.items()
        ]
    return tuple(waivers)


def _blocked(rows: Rows) -> tuple[engine.Blocked, ...]:
    """Return the days on which the rules let a kind of meeting not be held at a place."""
    groups: defaultdict[tuple[int, int], list[Meeting]] = defaultdict(list)
    for row in rows.movers.values():
        groups[row.kind_id, row.area_id].append(row)
    first = max(rows.month.first, rows.today)
    if first > rows.month.last:
        return ()
    book = selectors.day_book(rows.plan.path, first, rows.month.last)
    keys, broken = [], []
    for _key, alike in sorted(groups.items()):
        besides = {row.pk for row in alike}
        for day in days_between(first, rows.month.last):
            found = book.broken(alike[0].kind, alike[0].area_path, day, besides=besides)
            if found:
                keys.append(alike[0])
                broken.append(found[0])
    return tuple(
        engine.Blocked(
            breach.day,
            breach.reason,
            kinds=frozenset({row.kind.code}),
            spots=frozenset({str(row.area_id)}),
        )
        for row, breach in zip(keys, book.explain(broken), strict=True)
    )
