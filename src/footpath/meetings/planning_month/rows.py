"""The rows that a month is planned from, read once. Source: S2.2, S4.5."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q

from footpath.assignments.models import Absence, Assignment, StandIn
from footpath.core import clock
from footpath.core.calendar import Month
from footpath.meetings import rules, selectors
from footpath.meetings.models import Duty, Hall, HallClosure, Meeting, MonthPlan
from footpath.meetings.planning_month.slots import engine_slot, engine_spot, slot_now
from footpath.meetings.planning_month.terms import Terms, month_of
from footpath.meetings.rules import month as parts
from footpath.planning.month import problem as engine


@dataclass(frozen=True)
class Comer:
    """Somebody expected in a meeting, and the place and role the duty comes from."""

    person: int
    area: int | None
    role: str


class Rows:
    """Everything that the month of a plan is made from, as it stands at a moment.

    The number of queries does not depend on the area's size. ``inside`` are the meetings of the
    area that are still to come, ``movers`` (by the text of their key) those of them that may move,
    ``stand`` the others. ``people`` has for each of them who is expected, ``deputies`` who may come
    for whom in which meeting, the first choice first. ``outside`` and ``leave`` are pairs of a
    meeting and a person: where people are expected elsewhere, and from where they have leave.
    ``others`` stand in the halls of the movers; ``closed`` has the days on which a hall is closed.
    """

    def __init__(self, plan: MonthPlan, at: datetime) -> None:
        self.plan, self.at = plan, at
        self.month = month_of(plan)
        self.terms = Terms.from_json(plan.policy)
        self.today = clock.day_of(at)
        self.repairs = bool(plan.events)
        self.first, self.last = selectors.span_of(self.month)
        self.inside = self._inside()
        self.movers = {str(row.pk): row for row in self.inside if self._may_move(row)}
        self.people = self._expected()
        if self.repairs:
            self._leave_as_decided()
        self.stand = [row for row in self.inside if str(row.pk) not in self.movers]
        self.deputies = self._deputies()
        everybody = {row.person for rows in self.people.values() for row in rows}
        everybody |= {pk for many in self.deputies.values() for pk in many}
        self.away = self._away(everybody)
        self.outside = self._outside(everybody)
        self.leave = self._leave(everybody)
        self.often = Counter(
            row.series_id for row in self.movers.values() if row.series_id is not None
        )
        self.last_month = self._last_month()
        self.halls: dict[int, Hall] = {
            row.hall.pk: row.hall for row in self.movers.values() if row.hall is not None
        }
        self.closed = self._closed()
        self.others = self._others_in_halls()

    @property
    def most_a_day(self) -> int:
        """Return how many meetings somebody may have on a day; in a repair one a part of it."""
        return len(parts.PARTS) if self.repairs else self.terms.most_a_day

    def is_away(self, person: int, day: date) -> bool:
        """Return whether an absence of somebody is recorded for the day."""
        return any(first <= day <= last for first, last in self.away.get(person, ()))

    def _inside(self) -> list[Meeting]:
        return list(
            Meeting.objects.in_subtree(self.plan.path)
            .filter(self._coming())
            .select_related("kind", "area", "series", "hall")
            .order_by("starts_at", "pk")
        )

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

    def _expected(self) -> dict[int, list[Comer]]:
        found: dict[int, list[Comer]] = {row.pk: [] for row in self.inside}
        rows = (
            selectors.expected().filter(meeting__in=[row.pk for row in self.inside]).order_by("pk")
        )
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

    def _leave_as_decided(self) -> None:
        """Let stand fast what stands as no plan would put it: in a repair it was decided so."""
        seen: set[tuple[str, int]] = set()
        halls: Counter[tuple[str, int]] = Counter()
        days: defaultdict[tuple[int, date], list[Meeting]] = defaultdict(list)
        for name, row in list(self.movers.items()):
            slot = slot_now(row) or ""
            keys = {(slot, one.person) for one in self.people[row.pk]}
            full = row.hall is not None and halls[slot, row.hall.pk] >= row.hall.at_once
            day = clock.day_of(row.starts_at)
            far = any(
                _too_far(row, other)
                for one in self.people[row.pk]
                for other in days[one.person, day]
            )
            if keys & seen or full or far:
                del self.movers[name]
                continue
            seen |= keys
            if row.hall is not None:
                halls[slot, row.hall.pk] += 1
            for one in self.people[row.pk]:
                days[one.person, day].append(row)

    def _deputies(self) -> dict[tuple[int, int], list[int]]:
        """Return who may come for whom in which meeting: for a lead, who stands in or is deputy."""
        areas = {row.area_id for row in self.inside}
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
        named = self._named() if self.repairs else {}
        found: dict[tuple[int, int], list[int]] = {}
        for row in self.inside:
            for one in self.people[row.pk]:
                able = list(named.get((one.person, row.pk), ()))
                if one.role == Assignment.Role.LEAD:
                    able += of_area[one.area]
                able = [pk for pk in dict.fromkeys(able) if pk != one.person]
                if able:
                    found[one.person, row.pk] = able
        return found

    def _named(self) -> dict[tuple[int, int], list[int]]:
        """Return the deputies that those who ask for leave have named, by person and meeting."""
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

    def _last_month(self) -> dict[int, Meeting]:
        """Return for each meeting that of its series last month: the first for the first."""
        first, last = selectors.span_of(self.month.previous)
        series: defaultdict[int, list[Meeting]] = defaultdict(list)
        rows = Meeting.objects.in_subtree(self.plan.path).filter(
            series__isnull=False, starts_at__gte=first, starts_at__lt=last
        )
        for row in rows.exclude(state=rules.State.CANCELLED).order_by("starts_at", "pk"):
            if row.series_id is not None:
                series[row.series_id].append(row)
        count: Counter[int] = Counter()
        found = {}
        for row in self.movers.values():
            if row.series_id is not None and series[row.series_id]:
                before = series[row.series_id]
                found[row.pk] = before[min(count[row.series_id], len(before) - 1)]
                count[row.series_id] += 1
        return found

    def _closed(self) -> dict[int, set[date]]:
        found: dict[int, set[date]] = {pk: set() for pk in self.halls}
        rows = HallClosure.objects.filter(
            hall__in=list(self.halls), first__lte=self.month.last, last__gte=self.month.first
        )
        for row in rows.order_by("pk"):
            day = max(row.first, self.month.first)
            while day <= min(row.last, self.month.last):
                found[row.hall_id].add(day)
                day += timedelta(days=1)
        return found

    def _others_in_halls(self) -> list[Meeting]:
        rows = Meeting.objects.filter(self._coming(), hall__in=list(self.halls))
        rows = rows.exclude(pk__in=[row.pk for row in self.inside]).select_related("kind", "area")
        return list(rows.order_by("starts_at", "pk"))


def _too_far(one: Meeting, other: Meeting) -> bool:
    here, there = (engine_spot(m.area) for m in (one, other))
    first, second = (engine_slot(slot_now(m) or "") for m in (one, other))
    free = engine.minutes_free(first, second)
    way = engine.minutes_between(here, there, engine.MonthPolicy())
    return free is not None and way > free
