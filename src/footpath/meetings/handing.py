"""Coming meetings go from whoever was in charge of a place to the successor. Source: S2.1, S2.2."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import ngettext

from footpath.accounts import audit
from footpath.assignments import handing
from footpath.assignments.models import Assignment
from footpath.assignments.selectors import places_kept
from footpath.core import clock, formats, tree
from footpath.directory.models import Person
from footpath.meetings import rules, services
from footpath.meetings.models import Duty, Meeting, MeetingQuerySet


def register() -> None:
    """Register the coming meetings with the room of assignments."""
    handing.register(handing.Kind("meetings", title, find, give))
    handing.register_follower(follow)


def title(number: int) -> str:
    """Return how many there are, in words."""
    return ngettext("%(number)s coming meeting", "%(number)s coming meetings", number) % {
        "number": formats.number(number)
    }


def find(assignment: Assignment, after: date) -> Sequence[handing.OpenItem]:
    """Return the planned meetings after a day that the person convenes, or must attend as lead."""
    return [
        handing.OpenItem(str(meeting), meeting.get_absolute_url(), clock.day_of(meeting.starts_at))
        for meeting in _coming(assignment, after + timedelta(days=1))
    ]


def give(  # noqa: PLR0917 - as the room below asks for it
    assignment: Assignment, successor: Person, by: Person, at: datetime, due_on: date, note: str
) -> int:
    """Give each of these meetings to the successor, who convenes and attends from now on."""
    given = 0
    for meeting in _coming(assignment, due_on):
        given += _give_one(meeting, assignment, successor, by, at)
    return given


def follow(
    area_ids: Sequence[int], start: date, until: date | None, by: Person, at: datetime
) -> None:
    """Draw the duty lists of planned meetings of the places anew, from a day until a day."""
    rows = Meeting.objects.filter(
        area__in=list(area_ids), state=rules.State.PLANNED, starts_at__gte=_midnight(start)
    )
    if until is not None:
        rows = rows.filter(starts_at__lt=_midnight(until + timedelta(days=1)))
    rows = rows.filter(ends_at__gte=at).select_related("area", "kind").order_by("pk")
    meetings = list(rows)
    before, after = services.draw_many(meetings)
    for meeting in meetings:
        was, now = before.get(meeting.pk, []), after.get(meeting.pk, [])
        if was != now:
            audit.record(
                "meeting.duties_drawn",
                by=by,
                subject=meeting,
                at=at,
                before={"duties": was},
                after={"duties": now},
            )


def _coming(assignment: Assignment, start: date) -> MeetingQuerySet:
    """Return the planned meetings of the place and below from a day on, the soonest first."""
    if assignment.area is None:
        return Meeting.objects.none()
    mine = Q(convened_by=assignment.person_id)
    if assignment.role == Assignment.Role.LEAD:
        mine |= Q(pk__in=Duty.objects.filter(assignment=assignment).values("meeting_id"))
    rows = Meeting.objects.in_subtree(assignment.area.path).filter(
        mine, state=rules.State.PLANNED, starts_at__gte=_midnight(start)
    )
    kept = Q()
    for path in places_kept(assignment, after=start - timedelta(days=1)):
        kept |= tree.in_subtree(path)
    rows = rows.exclude(kept) if kept else rows
    return rows.select_related("kind", "area").order_by("starts_at", "pk")


@transaction.atomic
def _give_one(
    meeting: Meeting, assignment: Assignment, successor: Person, by: Person, at: datetime
) -> bool:
    before = services.snapshot(meeting)
    old = assignment.person_id
    convened = Meeting.objects.filter(
        pk=meeting.pk, state=rules.State.PLANNED, convened_by=old
    ).update(convened_by=successor)
    expected = Duty.objects.filter(
        meeting=meeting, person=old, assignment=assignment, attendance=rules.Attendance.UNKNOWN
    ).exists()
    if not (convened or expected):
        return False
    if convened:
        meeting.convened_by = successor
    services.draw_duties(meeting, by=by)
    if expected:
        Duty.objects.filter(
            meeting=meeting, person=old, assignment=assignment, attendance=rules.Attendance.UNKNOWN
        ).delete()
        services.call(meeting, successor)
        services.settle_elsewhere([old])
    audit.record(
        "meeting.handed_over",
        by=by,
        subject=meeting,
        at=at,
        before=before,
        after=services.snapshot(meeting) | {"successor": successor.pk},
    )
    return True


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
