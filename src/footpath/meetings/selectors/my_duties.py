"""One's own duties to attend: coming ones, past ones, and what can be done about each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, QuerySet

from footpath.core.errors import NotThere
from footpath.core.paging import Order, Page, page_of
from footpath.directory.models import Person
from footpath.meetings import rules
from footpath.meetings.models import Duty, Leave, Meeting
from footpath.meetings.rules import checkin
from footpath.meetings.selectors.leave import latest_leaves_of

LATEST_FIRST = Order("begins", descending=True, read=datetime.fromisoformat)


@dataclass(frozen=True)
class MyDuty:
    """A duty as its person sees it at a moment; ``instead`` when the person comes as deputy."""

    duty: Duty
    leave: Leave | None
    instead: bool
    now: datetime

    @property
    def meeting(self) -> Meeting:
        """Return the meeting to attend."""
        return self.duty.meeting

    @property
    def has_leave(self) -> bool:
        """Return whether the person need not come."""
        return not self.instead and self.duty.attendance in rules.ON_LEAVE

    @property
    def leave_waits(self) -> bool:
        """Return whether leave was asked for and nobody has decided yet."""
        return (
            not self.instead
            and self.leave is not None
            and self.leave.state == rules.LeaveState.ASKED
        )

    @property
    def is_checked_in(self) -> bool:
        """Return whether whoever is expected by this duty has checked in."""
        return self.duty.checked_in_at is not None

    @property
    def may_check_in(self) -> bool:
        """Return whether check-in is open and would change something."""
        if self.has_leave or self.is_checked_in or self.meeting.state != rules.State.PLANNED:
            return False
        try:
            checkin.check_window(self.meeting.starts_at, self.meeting.ends_at, self.now)
        except (checkin.TooEarly, checkin.Over):
            return False
        return True

    @property
    def may_ask_leave(self) -> bool:
        """Return whether leave can still be asked for."""
        return (
            not self.instead
            and self.duty.attendance == rules.Attendance.UNKNOWN
            and not self.leave_waits
            and self.meeting.state == rules.State.PLANNED
            and self.now < self.meeting.starts_at
        )


def _mine(person: Person) -> QuerySet[Duty]:
    """Return the duties by which a person is or was on a list, as deputy too."""
    instead = Q(substitute=person, attendance=rules.Attendance.SUBSTITUTE)
    return Duty.objects.filter(Q(person=person) | instead).select_related(
        "person",
        "substitute",
        "assignment__area",
        "meeting__kind",
        "meeting__area",
        "meeting__hall",
        "elsewhere__kind",
        "elsewhere__area",
    )


def _seen(person: Person, duties: Iterable[Duty], now: datetime) -> list[MyDuty]:
    duties = list(duties)
    leaves = latest_leaves_of([duty for duty in duties if duty.person_id == person.pk])
    return [MyDuty(duty, leaves.get(duty.pk), duty.person_id != person.pk, now) for duty in duties]


def my_coming_duties(person: Person, *, now: datetime, limit: int = 100) -> list[MyDuty]:
    """Return a person's duties in planned meetings that are not over, the soonest first.

    As deputy too; two queries.
    """
    rows = _mine(person).filter(meeting__state=rules.State.PLANNED, meeting__ends_at__gte=now)
    return _seen(person, rows.order_by("meeting__starts_at", "pk")[:limit], now)


def my_past_duties(
    person: Person, *, now: datetime, after: str | None = None, size: int = 30
) -> Page[MyDuty]:
    """Return a page of a person's duties in meetings that were held, the latest first.

    Two queries.
    """
    rows = _mine(person).filter(meeting__state=rules.State.HELD)
    page = page_of(
        rows.annotate(begins=F("meeting__starts_at")), order=LATEST_FIRST, after=after, size=size
    )
    return Page(_seen(person, page.rows, now), page.next_after)


def my_duty_in(person: Person, *, pk: int, now: datetime) -> MyDuty:
    """Return by which duty a person is on the list of a meeting; NotThere when by none."""
    rows = list(_mine(person).filter(meeting=pk))
    if not rows:
        raise NotThere
    rows.sort(key=lambda duty: (duty.person_id != person.pk, duty.pk))
    # Who has leave here but stands in for somebody else comes as deputy.
    rows.sort(key=lambda duty: duty.person_id == person.pk and duty.attendance in rules.ON_LEAVE)
    return _seen(person, rows[:1], now)[0]


def meetings_to_keep(person: Person, *, first: datetime, last: datetime) -> list[Meeting]:
    """Return the meetings of a span of time that a person convened, the soonest first.

    Without those cancelled, and without those in whose list the person is anyway.
    """
    own = Duty.objects.filter(person=person).values("meeting_id")
    rows = Meeting.objects.filter(
        convened_by=person,
        starts_at__gte=first,
        starts_at__lt=last,
        state=rules.State.PLANNED,
    ).exclude(pk__in=own)
    return list(rows.select_related("kind", "area").order_by("starts_at", "pk")[:10])
