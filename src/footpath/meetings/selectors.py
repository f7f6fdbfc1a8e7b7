"""Looking up meetings, duties and attendance for somebody: what is not theirs is not there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, F, Prefetch, Q, QuerySet
from django.utils import timezone

from footpath.accounts.permissions import may
from footpath.accounts.rules import READERS
from footpath.assignments.models import Assignment
from footpath.assignments.selectors import absent_people, who_is_in_charge
from footpath.cases import selectors as cases
from footpath.cases.models import Case
from footpath.core import tree
from footpath.core.calendar import Month
from footpath.core.errors import NotThere
from footpath.core.figures import Rate
from footpath.core.paging import Order, Page, page_of
from footpath.directory.models import Area, Person
from footpath.meetings import rules
from footpath.meetings.models import Duty, Meeting, MeetingKind, MeetingQuerySet, MinuteItem

BY_START = Order("starts_at", read=datetime.fromisoformat)
ATTENDED = [str(mark) for mark in rules.ATTENDED]


def visible_to(person: Person) -> Q:
    """Return the condition on meetings that a person may read: their places, their duties."""
    condition = Q(convened_by=person)
    condition |= Q(pk__in=Duty.objects.filter(person=person).values("meeting_id"))
    for path in person.scope.paths(READERS):
        if path == "":
            return Q()
        condition |= tree.in_subtree(path)
    return condition


def span_of(period: Month | tuple[date, date]) -> tuple[datetime, datetime]:
    """Return the moments between which a month or a span of days (both included) lies.

    In the organisation's time zone; the second moment is the first one after it.
    """
    first, last = (period.first, period.last) if isinstance(period, Month) else period
    start, end = (
        timezone.make_aware(datetime.combine(day, time.min))
        for day in (first, last + timedelta(days=1))
    )
    return start, end


def meetings_for(
    person: Person,
    *,
    path: str | None = None,
    month: Month | None = None,
    state: str | None = None,
    kind: str | None = None,
) -> MeetingQuerySet:
    """Return the meetings of a subtree that a person may read; None is all that is theirs.

    ``state`` and ``kind`` (a code) leave the others out. A subtree that a reading role covers
    needs no further condition, so that the list is read from one index.
    """
    rows = Meeting.objects.select_related("kind", "area")
    if path is not None:
        rows = rows.in_subtree(path)
    if path is None or not person.scope.covers(path, READERS):
        rows = rows.filter(visible_to(person))
    if month is not None:
        start, end = span_of(month)
        rows = rows.filter(starts_at__gte=start, starts_at__lt=end)
    if state:
        rows = rows.filter(state=state)
    if kind:
        rows = rows.filter(kind__code=kind)
    return rows


@dataclass(frozen=True)
class Row:
    """A meeting in a list, with how many of those expected attended."""

    meeting: Meeting
    attended: Rate


def page_of_meetings(rows: MeetingQuerySet, *, after: str | None, size: int = 50) -> Page[Row]:
    """Return a page of meetings by their beginning, each with its attendance; two queries."""
    page = page_of(rows, order=BY_START, after=after, size=size)
    rates = _rates_by_meeting([meeting.pk for meeting in page.rows])
    return Page(
        [Row(meeting, rates.get(meeting.pk, Rate(0, 0))) for meeting in page.rows],
        page.next_after,
    )


def get_meeting_for(person: Person, *, pk: int) -> Meeting:
    """Return a meeting the person may read, with duties and items; NotThere otherwise."""
    meeting = (
        Meeting.objects.select_related("kind", "area__tier", "convened_by")
        .prefetch_related(
            Prefetch(
                "duties",
                Duty.objects.select_related(
                    "person", "substitute", "assignment__area", "assignment__basis"
                ).order_by("person__name", "pk"),
            ),
            Prefetch("items", MinuteItem.objects.select_related("case", "added_by")),
        )
        .filter(pk=pk)
        .first()
    )
    if meeting is None or not may(person, "meetings.see", meeting):
        raise NotThere
    return meeting


def upcoming_for(person: Person, *, now: datetime, limit: int = 5) -> list[Meeting]:
    """Return the next meetings a person has the duty to attend, the soonest first."""
    return list(
        Meeting.objects.filter(state=rules.State.PLANNED, ends_at__gte=now, duties__person=person)
        .select_related("kind", "area")
        .order_by("starts_at", "pk")[:limit]
    )


def upcoming_in(person: Person, area: Area, *, now: datetime, limit: int = 5) -> list[Meeting]:
    """Return the next meetings of a place and everything below it that a person may read."""
    rows = meetings_for(person, path=area.path, state=rules.State.PLANNED)
    return list(rows.filter(ends_at__gte=now).order_by("starts_at", "pk")[:limit])


def meetings_of_case(person: Person, case: Case) -> list[MinuteItem]:
    """Return the items of minutes a case was raised from, of meetings the person may read."""
    items = case.minute_items.select_related("meeting__kind", "meeting__area").order_by("pk")
    return [item for item in items if may(person, "meetings.see", item.meeting)]


@dataclass(frozen=True)
class Due:
    """Somebody who must attend, and the assignment the duty comes from."""

    assignment: Assignment
    person: Person


def duties_due(by: Person, area: Area, *, on: date) -> list[Due]:
    """Return who must attend a meeting of the place on a day, and by which assignment.

    Everybody in charge of the place itself: lead, deputy, cluster lead, monitors; each person
    once, by the first of these roles. For an absent lead whoever stands in attends; others who are
    absent are not expected. Who leads the place above is invited when wanted, not obliged.
    Source: S2.2 (officers attend the meetings of their place).
    """
    found: dict[int, Due] = {}
    charge = who_is_in_charge(by, area, on=on)
    away = absent_people([row.person_id for row in charge.rows], on=on)
    for row in charge.rows:
        who = row.person
        if row == charge.lead and charge.acting is not None:
            who = charge.acting.person
        elif who.pk in away:
            continue
        found.setdefault(who.pk, Due(row, who))
    return list(found.values())


@dataclass(frozen=True)
class Clash:
    """Another meeting at the same time, and who is expected in both, by name."""

    other: Meeting
    people: list[Person]


def clashes(meeting: Meeting) -> list[Clash]:
    """Return the meetings at the same time that expect somebody of this one; one query.

    In the order of their beginning. A cancelled meeting is in nobody's way. Source: S2.2.
    """
    rows = (
        Duty.objects.filter(
            person__in=Duty.objects.filter(meeting=meeting).values("person_id"),
            meeting__starts_at__lt=meeting.ends_at,
            meeting__ends_at__gt=meeting.starts_at,
        )
        .exclude(meeting=meeting)
        .exclude(meeting__state=rules.State.CANCELLED)
        .select_related("person", "meeting__kind", "meeting__area")
        .order_by("meeting__starts_at", "meeting_id", "person__name", "pk")
    )
    found: dict[int, Clash] = {}
    for row in rows:
        found.setdefault(row.meeting_id, Clash(row.meeting, [])).people.append(row.person)
    return list(found.values())


def open_cases_of(person: Person, meeting: Meeting, *, limit: int = 10) -> list[Case]:
    """Return open cases of the meeting's place to talk about, the most urgent first."""
    rows = cases.cases_for(person, path=meeting.area_path).open()
    return list(rows.select_related("area", "owner").order_by("due_on", "pk")[:limit])


def kinds() -> list[MeetingKind]:
    """Return the kinds of meetings, by code."""
    return list(MeetingKind.objects.all())


@dataclass(frozen=True)
class MonthFigures:
    """The meetings of a month: how many in each state, and of the duties how many were met."""

    planned: int
    held: int
    cancelled: int
    attended: Rate

    @property
    def held_rate(self) -> Rate:
        """Return how many of all meetings that were not cancelled have been held."""
        return Rate(self.held, self.held + self.planned)


def month_figures(path: str, period: Month | tuple[date, date]) -> MonthFigures:
    """Return the figures of a subtree in a month or a span of days; two grouped queries.

    Late and a substitute count as attended; marks still unknown count in neither. Source: S2.2.
    """
    states = dict(
        _in_period(path, period).order_by("state").values_list("state").annotate(number=Count("pk"))
    )
    return MonthFigures(
        planned=states.get(rules.State.PLANNED, 0),
        held=states.get(rules.State.HELD, 0),
        cancelled=states.get(rules.State.CANCELLED, 0),
        attended=attendance_rate(path, period),
    )


def month_figures_by_child(
    area: Area, period: Month | tuple[date, date]
) -> dict[int, MonthFigures]:
    """Return the figures of each child of a place, by the child's key; two grouped queries.

    Meetings of the place itself stand in no child. Children without meetings are missing.
    """
    level = len(area.ancestor_ids)
    if level >= tree.LEVELS:
        return {}
    column = f"a{level}"
    states: dict[int, dict[str, int]] = {}
    counted = (
        _in_period(area.path, period)
        .exclude(**{column: None})
        .values(column, "state")
        .annotate(number=Count("pk"))
        .order_by(column)
    )
    for row in counted:
        states.setdefault(row[column], {})[row["state"]] = row["number"]
    duties = (
        _marked(area.path, period)
        .exclude(**{f"meeting__{column}": None})
        .values(child=F(f"meeting__{column}"))
        .annotate(whole=Count("pk"), part=Count("pk", filter=Q(attendance__in=ATTENDED)))
        .order_by("child")
    )
    rates = {row["child"]: Rate(row["part"], row["whole"]) for row in duties}
    return {
        pk: MonthFigures(
            planned=found.get(rules.State.PLANNED, 0),
            held=found.get(rules.State.HELD, 0),
            cancelled=found.get(rules.State.CANCELLED, 0),
            attended=rates.get(pk, Rate(0, 0)),
        )
        for pk, found in states.items()
    }


def attendance_rate(whose: Person | str, period: Month | tuple[date, date]) -> Rate:
    """Return of the duties of a person, or in a subtree (its path), how many were met.

    Only meetings held in the period and marks that are known; one query. Source: S2.2.
    """
    if isinstance(whose, Person):
        duties = _marked("", period).filter(person=whose)
    else:
        duties = _marked(whose, period)
    found = duties.aggregate(whole=Count("pk"), part=Count("pk", filter=Q(attendance__in=ATTENDED)))
    return Rate(found["part"], found["whole"])


def _in_period(path: str, period: Month | tuple[date, date]) -> MeetingQuerySet:
    start, end = span_of(period)
    return Meeting.objects.in_subtree(path).filter(starts_at__gte=start, starts_at__lt=end)


def _marked(path: str, period: Month | tuple[date, date]) -> QuerySet[Duty]:
    start, end = span_of(period)
    ids = tree.ids_of(path)
    condition = {f"meeting__a{len(ids) - 1}": ids[-1]} if ids else {}
    return Duty.objects.filter(
        meeting__state=rules.State.HELD,
        meeting__starts_at__gte=start,
        meeting__starts_at__lt=end,
        **condition,
    ).exclude(attendance=rules.Attendance.UNKNOWN)


def _rates_by_meeting(keys: Iterable[int]) -> dict[int, Rate]:
    rows = (
        Duty.objects.filter(meeting__in=list(keys), meeting__state=rules.State.HELD)
        .exclude(attendance=rules.Attendance.UNKNOWN)
        .values("meeting_id")
        .annotate(whole=Count("pk"), part=Count("pk", filter=Q(attendance__in=ATTENDED)))
        .order_by("meeting_id")
    )
    return {row["meeting_id"]: Rate(row["part"], row["whole"]) for row in rows}
