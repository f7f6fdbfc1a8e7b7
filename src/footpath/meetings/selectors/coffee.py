"""The running session of a professional coffee, and coffees beside the quarterly meetings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db.models import Count, Min, Prefetch, Q

from footpath.accounts.permissions import may
from footpath.accounts.rules import READERS
from footpath.cases.models import Entry
from footpath.core import clock
from footpath.core.calendar import Month
from footpath.core.errors import NotThere
from footpath.core.figures import Rate
from footpath.directory.models import Person
from footpath.meetings.models import Duty, Meeting, MeetingQuerySet, MinuteItem
from footpath.meetings.rules import ATTENDED, Attendance, State
from footpath.meetings.rules import coffee as rules
from footpath.meetings.rules.coffee import COFFEE, ItemState
from footpath.meetings.selectors.figures import span_of
from footpath.meetings.selectors.meetings import meetings_for, visible_to

QUARTERLY = ("conference", "review")
"""The kinds of meetings that coffees are compared with: where the founding reform began."""

LAST_ANSWERS = 5

ITEM_COLUMNS = ("meeting_id", "state", "case_id", "case__is_open", "added_at", "answered_at")


# --- a session ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Before:
    """What became of the cases of the coffee before: how many of them are closed."""

    meeting: Meeting
    month: Month
    closed: Rate


@dataclass(frozen=True)
class Session:
    """A session as one person sees it, at one moment."""

    meeting: Meeting
    person: Person
    items: list[MinuteItem]
    in_room: Rate
    before: Before | None
    may_host: bool
    may_speak: bool

    @property
    def is_running(self) -> bool:
        """Return whether the session was opened and has not ended."""
        return rules.is_running(self.meeting.opened_at, self.meeting.closed_at)

    @property
    def is_over(self) -> bool:
        """Return whether the session has ended."""
        return self.meeting.closed_at is not None

    @cached_property
    def table(self) -> MinuteItem | None:
        """Return what is on the table."""
        return next((item for item in self.items if item.state == ItemState.TABLE), None)

    @cached_property
    def waiting(self) -> list[MinuteItem]:
        """Return what waits, in its turn; what is on the table stands apart."""
        rows = [item for item in self.items if item.state == ItemState.WAITING]
        return sorted(rows, key=lambda item: (item.put_off, item.number))

    @cached_property
    def followed(self) -> list[MinuteItem]:
        """Return what is followed up, the day that comes first on top."""
        rows = [item for item in self.items if item.state == ItemState.FOLLOWED and item.case]
        return sorted(rows, key=lambda item: (due_of(item), item.number))

    @cached_property
    def answered(self) -> list[MinuteItem]:
        """Return what was answered here, the last answer first."""
        rows = [item for item in self.items if item.state == ItemState.ANSWERED]
        return sorted(
            rows, key=lambda item: (item.answered_at or item.added_at, item.number), reverse=True
        )

    @property
    def raised(self) -> int:
        """Return how many difficulties were raised; those withdrawn do not count."""
        return len(self.items)

    @property
    def still_waiting(self) -> int:
        """Return how many difficulties wait, the one on the table included."""
        return len(self.waiting) + (self.table is not None)

    @property
    def may_check_in(self) -> bool:
        """Return whether the person is expected here and has not been seen yet."""
        return any(
            duty.attendance == Attendance.UNKNOWN and duty.person_id == self.person.pk
            for duty in self.meeting.duties.all()
        )

    def undoable(self, at: datetime) -> MinuteItem | None:
        """Return the answer that the person may still take back."""
        for item in self.answered:
            if item.answered_by_id == self.person.pk and item.answered_at is not None:
                in_time = at - item.answered_at <= rules.UNDO_WITHIN
                return item if in_time and self.may_host else None
        return None

    def opens_case(self, item: MinuteItem) -> bool:
        """Return whether the person may read the case of an item, as far as no query is needed."""
        case = item.case
        return case is not None and (
            self.person.pk in (case.owner_id, case.raised_by_id)
            or self.person.scope.covers(case.area_path, READERS)
        )


def due_of(item: MinuteItem) -> date:
    return item.case.due_on if item.case is not None else date.max


def get_session_for(person: Person, *, pk: int) -> Session:
    """Return the session of a coffee the person may read, in four queries; NotThere otherwise."""
    duties = Duty.objects.only("meeting", "person", "substitute", "attendance", "elsewhere")
    meeting = (
        Meeting.objects.select_related("kind", "area")
        .prefetch_related(Prefetch("duties", duties))
        .filter(pk=pk, kind__code=COFFEE)
        .first()
    )
    if meeting is None or not may(person, "meetings.see", meeting):
        raise NotThere
    items = list(
        MinuteItem.objects.filter(meeting=meeting, state__in=rules.RAISED)
        .select_related("area", "case__owner", "proposed_owner")
        .order_by("number")
    )
    for item in items:
        item.meeting = meeting
    expected = [duty for duty in meeting.duties.all() if duty.elsewhere_id is None]
    came = sum(duty.attendance in ATTENDED for duty in expected)
    open_for_all = meeting.state != State.CANCELLED
    return Session(
        meeting=meeting,
        person=person,
        items=items,
        in_room=Rate(came, len(expected)),
        before=_before(meeting),
        may_host=open_for_all and may(person, "meetings.keep", meeting),
        may_speak=open_for_all and may(person, "meetings.speak", meeting),
    )


def get_item_of(session: Session, *, pk: int) -> MinuteItem:
    """Return a difficulty of the session, a withdrawn one too; NotThere when it has no such one."""
    item = MinuteItem.objects.filter(meeting=session.meeting, pk=pk).select_related("area").first()
    if item is None or item.state == ItemState.NOTED:
        raise NotThere
    item.meeting = session.meeting
    return item


def _before(meeting: Meeting) -> Before | None:
    """Return the last coffee of the same place that left cases, and how many are closed."""
    cases = Q(items__case__isnull=False)
    found = (
        Meeting.objects.filter(
            kind=meeting.kind_id, area=meeting.area_id, starts_at__lt=meeting.starts_at
        )
        .exclude(state=State.CANCELLED)
        .annotate(
            followed=Count("items", filter=cases),
            closed=Count("items", filter=cases & Q(items__case__is_open=False)),
        )
        .filter(followed__gt=0)
        .order_by("-starts_at", "-pk")
        .first()
    )
    if found is None:
        return None
    month = Month.of(clock.day_of(found.starts_at))
    return Before(found, month, Rate(found.closed, found.followed))


def running_for(person: Person, *, at: datetime) -> list[Meeting]:
    """Return the sessions that run now and in which the person may speak, the newest first."""
    rows = (
        Meeting.objects.filter(visible_to(person), opened_at__lte=at, closed_at=None)
        .exclude(state=State.CANCELLED)
        .select_related("kind", "area")
        .prefetch_related("duties")
        .order_by("-opened_at", "-pk")[:20]
    )
    return [meeting for meeting in rows if may(person, "meetings.speak", meeting)]


# --- coffees beside the quarterly meetings --------------------------------------------------------


@dataclass
class Held:
    """One meeting and what was raised in it."""

    meeting: Meeting
    raised: int = 0
    answered: int = 0
    followed: int = 0
    closed: int = 0
    days: list[int] = field(default_factory=list)

    @property
    def median_days(self) -> float | None:
        """Return the median of the days from raised to guidance; None without guidance."""
        return rules.median(self.days)


@dataclass(frozen=True)
class Side:
    """Meetings of one sort in a period, and what was raised in them."""

    held: list[Held]

    @property
    def sessions(self) -> int:
        """Return how many meetings were held."""
        return len(self.held)

    @property
    def raised(self) -> int:
        """Return how many difficulties were raised."""
        return sum(row.raised for row in self.held)

    @property
    def each(self) -> float | None:
        """Return the difficulties for each session; None without a session."""
        return rules.per_session(self.raised, self.sessions)

    @property
    def answered(self) -> Rate:
        """Return how many difficulties were answered on the spot."""
        return Rate(sum(row.answered for row in self.held), self.raised)

    @property
    def median_days(self) -> float | None:
        """Return the median of the days from raised to guidance; None without guidance."""
        return rules.median(day for row in self.held for day in row.days)

    @property
    def guided(self) -> Rate:
        """Return how many difficulties have been given guidance, here or in their case."""
        return Rate(sum(len(row.days) for row in self.held), self.raised)

    @property
    def closed(self) -> Rate:
        """Return how many of the cases were verified and closed."""
        return Rate(sum(row.closed for row in self.held), sum(row.followed for row in self.held))

    def in_month(self, month: Month) -> float | None:
        """Return the difficulties for each session of a month; None without a session."""
        rows = [row for row in self.held if Month.of(clock.day_of(row.meeting.starts_at)) == month]
        return rules.per_session(sum(row.raised for row in rows), len(rows))


@dataclass(frozen=True)
class Comparison:
    """Coffees and quarterly meetings of a place and below it, in one period."""

    coffees: Side
    quarterly: Side
    months: list[Month]


def compare(person: Person, *, path: str | None, first: date, last: date) -> Comparison:
    """Return coffees beside quarterly meetings from one day to another, both included.

    Only meetings that the person may read and that were held (a coffee: held, or its session was
    opened). A case counts as guided from its first guidance on. Two queries. Source: S0.1, S0.3.
    """
    start, end = span_of((first, last))
    rows = (
        meetings_for(person, path=path)
        .filter(starts_at__gte=start, starts_at__lt=end, kind__code__in=(COFFEE, *QUARTERLY))
        .exclude(state=State.CANCELLED)
        .filter(Q(state=State.HELD) | Q(kind__code=COFFEE, opened_at__isnull=False))
        .order_by("-starts_at", "-pk")
    )
    held = {meeting.pk: Held(meeting) for meeting in rows}
    for row in _raised_in(rows):
        found = held.get(row["meeting_id"])
        if found is None:
            continue
        found.raised += 1
        found.answered += row["state"] == ItemState.ANSWERED
        found.followed += row["case_id"] is not None
        found.closed += row["case__is_open"] is False
        guided = row["answered_at"] or row["guided_at"]
        if guided is not None:
            found.days.append((clock.day_of(guided) - clock.day_of(row["added_at"])).days)
    months, month = [], Month.of(first)
    while month.first <= last:
        months.append(month)
        month = month.next
    return Comparison(
        coffees=_side(held.values(), coffee=True),
        quarterly=_side(held.values(), coffee=False),
        months=months,
    )


def _side(held: Iterable[Held], *, coffee: bool) -> Side:
    return Side([row for row in held if (row.meeting.kind.code == COFFEE) is coffee])


def _raised_in(meetings: MeetingQuerySet) -> Iterable[Mapping[str, Any]]:
    rows = (
        MinuteItem.objects.filter(
            meeting__in=meetings.order_by().values("pk"), state__in=rules.RAISED
        )
        .annotate(
            guided_at=Min("case__entries__at", filter=Q(case__entries__deed=Entry.Deed.GUIDED))
        )
        .order_by("pk")
        .values(*ITEM_COLUMNS, "guided_at")
    )
    return list(rows)
