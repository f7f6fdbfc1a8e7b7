"""What a month is planned from, read from the database for the engine. Source: S2.2, S4.5.

The engine knows meetings, people, places and halls by text, here the keys of their rows. The
meetings of the area that are still to come may move; all others that take somebody's time or a
hall (outside the area, begun, held against a rule, too long for a part of the day) stand fast: they
go in as meetings pinned to where they are, their keys after an "x". Nobody who may chair is known
to the database, so that no pools go in. The number of queries does not depend on the area's size.
"""

from __future__ import annotations

import zlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from footpath.assignments.models import Absence, Assignment, StandIn
from footpath.core import clock
from footpath.core.calendar import Month
from footpath.directory.models import Area
from footpath.meetings import rules, selectors
from footpath.meetings.models import Duty, HallClosure, Meeting, MonthPin, MonthPlan
from footpath.meetings.rules import month as parts
from footpath.planning import files
from footpath.planning.month import problem as engine
from footpath.planning.month.plan import Entry
from footpath.planning.month.plan import MonthPlan as Calendar

NOWHERE = "-"
"""The spot of what stands fast: the way to it is not counted."""


@dataclass(frozen=True)
class Waived:
    """An exception that somebody allowed for one meeting of a plan, with a reason."""

    meeting: int
    reason: str
    by: int
    person: int | None = None  # need not be there
    slot: str = ""
    rules: int = 0  # that do not hold for the meeting in the slot


@dataclass(frozen=True)
class Terms:
    """How a month is planned; kept with the plan as it stood when it was started."""

    keep: int = 2
    most_a_day: int = 2
    other_parts: bool = False
    waivers: tuple[Waived, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the values as a plan keeps them."""
        return asdict(self) | {"waivers": [asdict(row) for row in self.waivers]}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Terms:
        """Return the terms that a plan has kept; what it does not know takes its default."""
        known = {name: kept[name] for name in cls.__dataclass_fields__ if name in kept}
        waivers = tuple(Waived(**row) for row in known.pop("waivers", ()))
        return cls(**known, waivers=waivers)


@dataclass(frozen=True)
class Comer:
    """Somebody expected in a meeting, and the place and role the duty comes from."""

    person: int
    area: int | None
    role: str


@dataclass
class Picture:
    """The month as it stands, and the problem made from it.

    ``movers`` by the text of their key; ``fixed`` are the meetings that stand fast, by the names
    the problem has for them, and ``aside`` those of them that lie in the area itself.
    """

    month: Month
    problem: engine.MonthProblem
    movers: dict[str, Meeting]
    fixed: dict[str, Meeting]
    aside: list[Meeting]
    people: dict[int, list[Comer]]  # by meeting
    deputies: dict[tuple[int, int], list[int]]  # by person and meeting, the first choice first
    last_month: dict[int, Meeting]
    away: dict[int, list[tuple[date, date]]]
    busy: dict[int, list[tuple[datetime, datetime, int]]] = field(default_factory=dict)

    def is_away(self, person: int, day: date) -> bool:
        """Return whether an absence of somebody is recorded for the day."""
        return any(first <= day <= last for first, last in self.away.get(person, ()))

    def standing(self, besides: Collection[int] = ()) -> Calendar:
        """Return the month as it is, in the words of the engine.

        Who is away already is missing already, but for the people in ``besides``.
        """
        entries = []
        for name, meeting in self.movers.items():
            day = clock.day_of(meeting.starts_at)
            missing = tuple(
                str(row.person)
                for row in self.people.get(meeting.pk, ())
                if row.person not in besides and self.is_away(row.person, day)
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


# --- reading --------------------------------------------------------------------------------------


def span_of(month: Month) -> tuple[datetime, datetime]:
    """Return the moments between which a month lies."""
    return selectors.span_of(month)


def month_of(plan: MonthPlan) -> Month:
    """Return the month of a plan."""
    return Month.of(plan.month)


def picture_of(plan: MonthPlan, *, at: datetime) -> Picture:
    """Return the month of a plan as it stands, and the problem for the engine."""
    return _Reader(plan, at).read()


def slot_now(meeting: Meeting) -> str | None:
    """Return the part of a day in which a meeting lies wholly, or None."""
    starts = timezone.localtime(meeting.starts_at)
    part = parts.part_of(starts.time(), length_of(meeting))
    return parts.slot_of(starts.date(), part) if part is not None else None


def length_of(meeting: Meeting) -> int:
    """Return how long a meeting lasts, in whole minutes."""
    return int((meeting.ends_at - meeting.starts_at).total_seconds() // 60)


def times_in(meeting: Meeting, slot: str) -> tuple[datetime, datetime] | None:
    """Return when a meeting begins and ends in a part of a day; None when it does not fit."""
    if slot == slot_now(meeting):
        return meeting.starts_at, meeting.ends_at
    day, part = parts.read_slot(slot)
    own = timezone.localtime(meeting.starts_at).time()
    begins = parts.begins_in(part, own, length_of(meeting))
    if begins is None:
        return None
    starts_at = timezone.make_aware(datetime.combine(day, begins))
    return starts_at, starts_at + (meeting.ends_at - meeting.starts_at)


class _Taken:
    """What stands fast takes, once in each part of a day."""

    def __init__(
        self, most: int, halls: Mapping[Any, int], closed: Mapping[int, set[date]]
    ) -> None:
        self.most, self.halls, self.closed = most, halls, closed
        self.people: set[tuple[str, int]] = set()
        self.a_day: Counter[tuple[date, int]] = Counter()
        self.used: Counter[tuple[str, int]] = Counter()

    def person(self, person: int, slot: str, day: date) -> bool:
        """Take somebody's time; False when it is taken already, or the day is full."""
        if (slot, person) in self.people or self.a_day[day, person] >= self.most:
            return False
        self.people.add((slot, person))
        self.a_day[day, person] += 1
        return True

    def hall(self, hall: int | None, slot: str, day: date) -> int | None:
        """Take room in a hall and return it; None when it is full, closed, or asked for by none."""
        if hall not in self.halls or hall is None:
            return None
        if self.used[slot, hall] >= self.halls[hall] or day in self.closed[hall]:
            return None
        self.used[slot, hall] += 1
        return hall


class _Reader:
    """Reads one month."""

    def __init__(self, plan: MonthPlan, at: datetime) -> None:
        self.plan, self.at = plan, at
        self.month = month_of(plan)
        self.terms = Terms.from_json(plan.policy)
        self.today = clock.day_of(at)
        self.repairs = bool(plan.events)
        self.first, self.last = span_of(self.month)

    def read(self) -> Picture:
        """Read everything, and put it together."""
        inside = list(
            Meeting.objects.in_subtree(self.plan.path)
            .filter(self._coming())
            .select_related("kind", "area", "series", "hall")
            .order_by("starts_at", "pk")
        )
        movers = {str(row.pk): row for row in inside if self._may_move(row)}
        self.people = self._expected(inside)
        self._free(movers)
        self.deputies, instead = self._deputies(inside)
        everybody = {row.person for rows in self.people.values() for row in rows} | instead
        self.away = self._away(everybody)
        outside = self._outside(everybody)
        stand = [row for row in inside if str(row.pk) not in movers]
        self.last_month = self._last_month(movers.values())
        halls = {row.hall_id: row.hall for row in movers.values() if row.hall is not None}
        closed = self._closed(halls)
        others = self._others_in(halls, inside)
        leave = self._leave(everybody)
        fixed, dummies = self._fixed(stand, outside, leave, others, halls, closed)
        pins, waivers = self._decided(movers)
        meetings = [self._meeting(name, row) for name, row in movers.items()]
        problem = engine.MonthProblem(
            meetings=(*meetings, *(one for one, _slot in dummies)),
            slots=self._slots(movers.values(), dummies),
            people=self._attendees(meetings),
            spots=(
                engine.Spot(NOWHERE),
                *(
                    engine.Spot(str(row.pk), _centre(row))
                    for row in {m.area_id: m.area for m in movers.values()}.values()
                ),
            ),
            halls=tuple(
                engine.Hall(str(pk), hall.at_once, tuple(sorted(closed[pk])))
                for pk, hall in halls.items()
                if pk is not None
            ),
            blocked=self._blocked(movers.values()),
            policy=engine.MonthPolicy(
                weights=engine.Weights(keep=self.terms.keep),
                most_a_day=len(parts.PARTS) if self.repairs else self.terms.most_a_day,
            ),
            pins=(*pins, *(engine.Pin(one.id, slot) for one, slot in dummies)),
            waivers=waivers,
            today=self.today,
        )
        return Picture(
            month=self.month,
            problem=problem,
            movers=movers,
            fixed=fixed,
            aside=stand,
            people=self.people,
            deputies=self.deputies,
            last_month=self.last_month,
            away=self.away,
            busy=self._busy(inside, [*outside, *leave]),
        )

    # --- rows -------------------------------------------------------------------------------------

    def _coming(self, of: str = "") -> Q:
        return Q(
            **{
                f"{of}state": rules.State.PLANNED,
                f"{of}starts_at__lt": self.last,
                f"{of}ends_at__gt": max(self.first, self.at),
            }
        )

    def _may_move(self, row: Meeting) -> bool:
        """Return whether a meeting is still to be planned: not begun, not held against a rule."""
        return (
            row.opened_at is None
            and not row.extraordinary_reason
            and row.starts_at > self.at
            and slot_now(row) is not None
            and Month.of(clock.day_of(row.starts_at)) == self.month
        )

    def _expected(self, inside: Sequence[Meeting]) -> dict[int, list[Comer]]:
        found: dict[int, list[Comer]] = {row.pk: [] for row in inside}
        rows = selectors.expected().filter(meeting__in=[row.pk for row in inside]).order_by("pk")
        seen = set()
        for meeting, who, own, area, role in rows.values_list(
            "meeting_id", "who", "person_id", "assignment__area_id", "assignment__role"
        ):
            if (meeting, who) not in seen:
                seen.add((meeting, who))
                mine = who == own
                found[meeting].append(
                    Comer(who, area if mine else None, role or "" if mine else "")
                )
        return found

    def _free(self, movers: dict[str, Meeting]) -> None:
        """Leave fast, in a repair, what stands as no plan would put it: it was decided so."""
        if not self.repairs:
            return
        seen: set[tuple[str, int]] = set()
        halls: Counter[tuple[str, int]] = Counter()
        days: defaultdict[tuple[int, date], list[Meeting]] = defaultdict(list)
        for name, row in list(movers.items()):
            slot = slot_now(row) or ""
            keys = {(slot, one.person) for one in self.people[row.pk]}
            full = row.hall is not None and halls[slot, row.hall.pk] >= row.hall.at_once
            day = clock.day_of(row.starts_at)
            far = any(
                self._too_far(row, other)
                for one in self.people[row.pk]
                for other in days[one.person, day]
            )
            if keys & seen or full or far:
                del movers[name]
                continue
            seen |= keys
            if row.hall is not None:
                halls[slot, row.hall.pk] += 1
            for one in self.people[row.pk]:
                days[one.person, day].append(row)

    def _too_far(self, one: Meeting, other: Meeting) -> bool:
        here, there = (engine.Spot(str(m.area_id), _centre(m.area)) for m in (one, other))
        first, second = (_slot(slot_now(m) or "") for m in (one, other))
        free = engine.minutes_free(first, second)
        way = engine.minutes_between(here, there, engine.MonthPolicy())
        return free is not None and way > free

    def _deputies(
        self, meetings: Sequence[Meeting]
    ) -> tuple[dict[tuple[int, int], list[int]], set[int]]:
        """Return who may come for whom in which meeting: for a lead, who stands in or is deputy."""
        areas = {row.area_id for row in meetings}
        first, last = self.month.first, self.month.last
        rows = Assignment.objects.filter(
            Q(until=None) | Q(until__gte=first),
            start__lte=last,
            area__in=areas,
            role=Assignment.Role.DEPUTY,
        ).order_by("start", "pk")
        of_area: defaultdict[int | None, list[int]] = defaultdict(list)
        stand_ins = StandIn.objects.filter(
            start__lte=last,
            until__gte=first,
            absence__withdrawn_at=None,
            assignment__area__in=areas,
            assignment__role=Assignment.Role.LEAD,
        ).order_by("start", "pk")
        for area, who in stand_ins.values_list("assignment__area_id", "person_id"):
            of_area[area].append(who)
        for area, who in rows.values_list("area_id", "person_id"):
            of_area[area].append(who)
        named = self._named()
        found: dict[tuple[int, int], list[int]] = {}
        for row in meetings:
            for one in self.people[row.pk]:
                able = list(named.get((one.person, row.pk), ()))
                if one.role == Assignment.Role.LEAD:
                    able += of_area[one.area]
                able = [pk for pk in dict.fromkeys(able) if pk != one.person]
                if able:
                    found[one.person, row.pk] = able
        return found, {pk for many in found.values() for pk in many}

    def _named(self) -> dict[tuple[int, int], list[int]]:
        """Return the deputies that those who ask for leave have named, by person and meeting."""
        if not self.repairs:
            return {}
        people = [event["absent"] for event in self.plan.events]
        rows = Duty.objects.filter(
            person__in=people,
            leaves__state__in=["asked", "granted"],
            leaves__deputy__isnull=False,
            meeting__starts_at__gte=self.first,
            meeting__starts_at__lt=self.last,
        ).exclude(leaves__answer="no")
        found: dict[tuple[int, int], list[int]] = {}
        for person, meeting, who in rows.values_list(
            "person_id", "meeting_id", "leaves__deputy_id"
        ):
            if who is not None:
                found.setdefault((person, meeting), []).append(who)
        return found

    def _away(self, people: Iterable[int]) -> dict[int, list[tuple[date, date]]]:
        rows = Absence.objects.filter(
            person__in=list(people),
            withdrawn_at=None,
            start__lte=self.month.last,
            until__gte=self.month.first,
        ).order_by("start", "pk")
        found: dict[int, list[tuple[date, date]]] = {}
        for who, start, until in rows.values_list("person_id", "start", "until"):
            found.setdefault(who, []).append((start, until))
        return found

    def _outside(self, people: Iterable[int]) -> list[tuple[Meeting, int]]:
        """Return where people are expected in meetings outside the area."""
        rows = selectors.expected(people).filter(self._coming("meeting__"))
        return [
            (row.meeting, row.who)
            for row in rows.select_related("meeting__kind", "meeting__area").order_by("pk")
            if not row.meeting.area_path.startswith(self.plan.path)
        ]

    def _leave(self, people: Iterable[int]) -> list[tuple[Meeting, int]]:
        """Return from which meetings people have leave: they are in no other one at that time."""
        rows = Duty.objects.filter(
            self._coming("meeting__"),
            person__in=list(people),
            attendance=rules.Attendance.EXCUSED,
        )
        found = rows.select_related("meeting__kind", "meeting__area").order_by("pk")
        return [(row.meeting, row.person_id) for row in found]

    def _last_month(self, movers: Iterable[Meeting]) -> dict[int, Meeting]:
        """Return for each meeting that of its series last month: the first for the first."""
        first, last = span_of(self.month.previous)
        series: defaultdict[int, list[Meeting]] = defaultdict(list)
        rows = Meeting.objects.in_subtree(self.plan.path).filter(
            series__isnull=False, starts_at__gte=first, starts_at__lt=last
        )
        for row in rows.exclude(state=rules.State.CANCELLED).order_by("starts_at", "pk"):
            if row.series_id is not None:
                series[row.series_id].append(row)
        count: Counter[int] = Counter()
        found = {}
        self.often = Counter(row.series_id for row in movers if row.series_id is not None)
        for row in movers:
            if row.series_id is not None and series[row.series_id]:
                before = series[row.series_id]
                found[row.pk] = before[min(count[row.series_id], len(before) - 1)]
                count[row.series_id] += 1
        return found

    def _closed(self, halls: Mapping[Any, Any]) -> dict[int, set[date]]:
        found: dict[int, set[date]] = {pk: set() for pk in halls}
        rows = HallClosure.objects.filter(
            hall__in=list(halls), first__lte=self.month.last, last__gte=self.month.first
        )
        for row in rows.order_by("pk"):
            day = max(row.first, self.month.first)
            while day <= min(row.last, self.month.last):
                found[row.hall_id].add(day)
                day += timedelta(days=1)
        return found

    def _others_in(self, halls: Mapping[Any, Any], inside: Sequence[Meeting]) -> list[Meeting]:
        rows = Meeting.objects.filter(self._coming(), hall__in=list(halls))
        rows = rows.exclude(pk__in=[row.pk for row in inside]).select_related("kind", "area")
        return list(rows.order_by("starts_at", "pk"))

    # --- the problem ------------------------------------------------------------------------------

    def _fixed(  # noqa: PLR0917 - all that stands fast
        self,
        stand: Sequence[Meeting],
        outside: Sequence[tuple[Meeting, int]],
        leave: Sequence[tuple[Meeting, int]],
        others: Sequence[Meeting],
        halls: Mapping[Any, Any],
        closed: Mapping[int, set[date]],
    ) -> tuple[dict[str, Meeting], list[tuple[engine.Meeting, str]]]:
        """Return what stands fast, pinned to each part of a day that it takes something of.

        Each person and each hall is counted once in a part of a day, so that none of them is ever
        in the way of another of them. Leave takes a person's time, but no hall.
        """
        who: defaultdict[str, set[int]] = defaultdict(set)
        rows = {f"x{row.pk}.": row for row in (*stand, *others)}
        for row in stand:
            who[f"x{row.pk}."] |= {one.person for one in self.people[row.pk]}
        for more, found in (("", outside), ("leave", leave)):
            for meeting, person in found:
                rows.setdefault(f"x{meeting.pk}.{more}", meeting)
                who[f"x{meeting.pk}.{more}"].add(person)
        taken = _Taken(
            most=len(parts.PARTS) if self.repairs else self.terms.most_a_day,
            halls={pk: hall.at_once for pk, hall in halls.items()},
            closed=closed,
        )
        fixed: dict[str, Meeting] = {}
        dummies = []
        for key, row in sorted(rows.items(), key=lambda pair: (pair[1].starts_at, pair[0])):
            begins, ends = timezone.localtime(row.starts_at), timezone.localtime(row.ends_at)
            for number, slot in enumerate(parts.slots_touched(begins, ends)):
                day, _part = parts.read_slot(slot)
                here = [pk for pk in sorted(who[key]) if not self._is_away(pk, day)]
                comers = [pk for pk in here if taken.person(pk, slot, day)]
                hall = taken.hall(row.hall_id, slot, day) if key.endswith(".") else None
                if not comers and hall is None:
                    continue
                name = f"{key}{number}"
                fixed[name] = row
                dummy = engine.Meeting(
                    id=name,
                    kind="",
                    spot=NOWHERE,
                    attendees=tuple(map(str, comers)),
                    hall=str(hall) if hall is not None else "",
                )
                dummies.append((dummy, slot))
        return fixed, dummies

    def _is_away(self, person: int, day: date) -> bool:
        return any(first <= day <= last for first, last in self.away.get(person, ()))

    def _meeting(self, name: str, row: Meeting) -> engine.Meeting:
        now = slot_now(row) or ""
        day, part = parts.read_slot(now)
        comers = [one.person for one in self.people[row.pk]]
        habit = engine.Habit(day, part.code)
        before = self.last_month.get(row.pk)
        if before is not None:
            begins = timezone.localtime(before.starts_at)
            was = parts.part_of(begins.time(), length_of(before)) or part
            habit = engine.Habit(begins.date(), was.code)
        long = length_of(row)
        own = timezone.localtime(row.starts_at).time()
        fits = {p.code for p in parts.PARTS if parts.begins_in(p, own, long) is not None}
        wanted = fits if self.terms.other_parts else {part.code, habit.part} & fits
        first, last = self.month.first, self.month.last
        if row.series_id is not None and self.often[row.series_id] > 1:
            first, last = day - timedelta(days=3), day + timedelta(days=3)
        if day > self.today:
            first = max(first, self.today + timedelta(days=1))
        return engine.Meeting(
            id=name,
            kind=row.kind.code,
            spot=str(row.area_id),
            attendees=tuple(map(str, comers)),
            hall=str(row.hall_id) if row.hall_id is not None else "",
            deputies={
                str(one): tuple(
                    f"s{pk}" if pk in comers else str(pk) for pk in self.deputies[one, row.pk]
                )
                for one in comers
                if (one, row.pk) in self.deputies
            },
            parts=frozenset(wanted),
            first=first,
            last=last,
            habit=habit,
        )

    def _attendees(self, meetings: Iterable[engine.Meeting]) -> tuple[engine.Attendee, ...]:
        """Return everybody. A deputy who attends anyway stands in as a shadow of the name "s7"."""
        names = {name for one in meetings for name in one.attendees}
        names |= {n for one in meetings for many in one.deputies.values() for n in many}
        names |= {str(pk) for pk in self.away}
        names |= {str(one.person) for rows in self.people.values() for one in rows}
        names |= {str(pk) for many in self.deputies.values() for pk in many}
        names |= {str(event["absent"]) for event in self.plan.events}
        names |= {str(row.person) for row in self.terms.waivers if row.person}
        return tuple(
            engine.Attendee(name, away=tuple(self.away.get(int(name.removeprefix("s")), ())))
            for name in sorted(names)
        )

    def _slots(
        self, movers: Iterable[Meeting], dummies: Iterable[tuple[engine.Meeting, str]]
    ) -> tuple[engine.Slot, ...]:
        """Return the parts of the days from tomorrow on, and those that something stands in."""
        names = {slot for _one, slot in dummies} | {slot_now(row) or "" for row in movers}
        names |= {pin.slot for pin in self.pins}
        day = max(self.month.first, self.today + timedelta(days=1))
        while day <= self.month.last:
            names |= {parts.slot_of(day, part) for part in parts.PARTS}
            day += timedelta(days=1)
        return tuple(_slot(name) for name in sorted(names))

    def _decided(
        self, movers: Mapping[str, Meeting]
    ) -> tuple[list[engine.Pin], tuple[engine.Waiver, ...]]:
        self.pins: list[engine.Pin] = []
        rows = self.plan.pins.filter(off=False).order_by("pk")
        for row in rows:
            if str(row.meeting_id) in movers:
                slot = slot_at(row)
                if slot is not None:
                    self.pins.append(engine.Pin(str(row.meeting_id), slot, row.away))
        pinned = {pin.meeting for pin in self.pins if not pin.away}
        for name, meeting in movers.items():
            if clock.day_of(meeting.starts_at) <= self.today and name not in pinned:
                self.pins.append(engine.Pin(name, slot_now(meeting) or ""))
        known = {p.slot for p in self.pins} | {
            parts.slot_of(day, part)
            for day in _days(max(self.month.first, self.today + timedelta(days=1)), self.month.last)
            for part in parts.PARTS
        }
        waivers = [
            engine.Waiver(
                str(row.meeting),
                excused=str(row.person or ""),
                slot=row.slot,
                rules=engine.Rule(row.rules),
            )
            for row in self.terms.waivers
            if str(row.meeting) in movers and (not row.slot or row.slot in known)
        ]
        if self.repairs:
            stays = engine.Rule.PAST | engine.Rule.WINDOW | engine.Rule.CLOSED | engine.Rule.KIND
            waivers += [
                engine.Waiver(name, slot=slot_now(row) or "", rules=stays)
                for name, row in movers.items()
            ]
        return self.pins, tuple(waivers)

    def _blocked(self, movers: Iterable[Meeting]) -> tuple[engine.Blocked, ...]:
        """Return the days on which the rules let a kind of meeting not be held at a place."""
        groups: defaultdict[tuple[int, int], list[Meeting]] = defaultdict(list)
        for row in movers:
            groups[row.kind_id, row.area_id].append(row)
        first = max(self.month.first, self.today)
        if first > self.month.last:
            return ()
        book = selectors.day_book(self.plan.path, first, self.month.last)
        keys, broken = [], []
        for _key, rows in sorted(groups.items()):
            besides = {row.pk for row in rows}
            for day in _days(first, self.month.last):
                found = book.broken(rows[0].kind, rows[0].area_path, day, besides=besides)
                if found:
                    keys.append(rows[0])
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

    def _busy(
        self, inside: Sequence[Meeting], outside: Sequence[tuple[Meeting, int]]
    ) -> dict[int, list[tuple[datetime, datetime, int]]]:
        found: defaultdict[int, list[tuple[datetime, datetime, int]]] = defaultdict(list)
        for row in inside:
            for one in self.people[row.pk]:
                found[one.person].append((row.starts_at, row.ends_at, row.pk))
        for meeting, person in outside:
            found[person].append((meeting.starts_at, meeting.ends_at, meeting.pk))
        return dict(found)


def slot_at(pin: MonthPin) -> str | None:
    """Return the part of the day that a pin means."""
    begins = timezone.localtime(pin.starts_at)
    part = parts.part_of(begins.time(), 1)
    return parts.slot_of(begins.date(), part) if part is not None else None


def key_of(name: str) -> int:
    """Return the key of the row that a name in the problem stands for: 7 for "s7" and "x7.0"."""
    return int(name.lstrip("sx").partition(".")[0])


def packed(problem: engine.MonthProblem) -> bytes:
    """Return the problem as a plan keeps it: JSON, compressed."""
    return zlib.compress(files.dumps(problem).encode())


def unpacked(kept: bytes) -> engine.MonthProblem:
    """Return the problem that a plan has kept."""
    return files.loads(zlib.decompress(kept).decode(), engine.MonthProblem)


def _slot(name: str) -> engine.Slot:
    day, part = parts.read_slot(name)
    return engine.Slot(name, day, part.code, parts.time_of(part.usual), parts.time_of(part.over))


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _centre(area: Area) -> tuple[float, float] | None:
    if area.latitude is None or area.longitude is None:
        return None
    return area.latitude, area.longitude
