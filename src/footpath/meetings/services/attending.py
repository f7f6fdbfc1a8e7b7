"""What became of the duties to attend."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.core import clock, formats
from footpath.core.errors import InvalidValue, RuleBroken, StaleState
from footpath.directory.models import Person
from footpath.meetings import rules
from footpath.meetings.models import Duty, Meeting
from footpath.meetings.services.minutes import refuse_when_approved
from footpath.meetings.services.values import line, refuse_unless, snapshot


@dataclass(frozen=True)
class Mark:
    """What became of one duty to attend."""

    attendance: str
    reason: str = ""
    substitute: Person | None = None


@transaction.atomic
def hold_meeting(
    *,
    meeting: Meeting,
    by: Person,
    at: datetime,
    exceptions: Mapping[int, Mark] | None = None,
    headcount: int | None = None,
) -> None:
    """Say that a meeting was held, with its attendance list at once, by exception.

    ``exceptions`` gives the marks of those who did not simply come, by the person's key; whoever
    had leave before keeps it; everybody else was present. Raises RuleBroken before the day of the
    meeting, InvalidValue for a mark without its reason or for somebody who was not expected,
    StaleState when it was held or cancelled in the meantime. Source: S2.2.
    """
    require(by, "meetings.keep", meeting)
    try:
        rules.check_day_has_come(clock.day_of(meeting.starts_at), clock.day_of(at))
    except rules.NotYet as early:
        raise RuleBroken(
            _("The meeting is on %(day)s. It can be marked as held from that day on.")
            % {"day": formats.day_year(meeting.starts_at)}
        ) from early
    before = snapshot(meeting)
    changed = Meeting.objects.filter(pk=meeting.pk, state=rules.State.PLANNED).update(
        state=rules.State.HELD, held_at=at, headcount=headcount
    )
    if not changed:
        raise StaleState(_("This meeting has already been held or cancelled."))
    marks = dict(exceptions or {})
    duties = list(Duty.objects.filter(meeting=meeting).select_related("person"))
    unexpected = set(marks) - {duty.person_id for duty in duties}
    if unexpected:
        raise InvalidValue(_("Somebody on the list was not expected at this meeting."))
    present = []
    for duty in duties:
        mark = marks.get(duty.person_id)
        if mark is not None:
            _save_mark(duty, mark)
        elif duty.attendance == rules.Attendance.UNKNOWN:
            present.append(duty.pk)
    Duty.objects.filter(pk__in=present).update(attendance=rules.Attendance.PRESENT)
    meeting.state, meeting.held_at, meeting.headcount = Meeting.State.HELD, at, headcount
    audit.record(
        "meeting.held",
        by=by,
        subject=meeting,
        at=at,
        before=before,
        after=snapshot(meeting) | {"attendance": _attendance_of(meeting)},
    )


@transaction.atomic
def mark_attendance(*, duty: Duty, mark: Mark, by: Person, at: datetime) -> None:
    """Correct one line of the attendance list; before the meeting only leave can be noted.

    Raises InvalidValue for leave without a reason or a substitute without a name, StaleState when
    somebody else has changed the line. Source: S2.2.
    """
    meeting = duty.meeting
    require(by, "meetings.keep", meeting)
    refuse_when_approved(meeting)
    refuse_unless(meeting, rules.State.PLANNED, rules.State.HELD)
    if meeting.state == rules.State.PLANNED and mark.attendance not in (
        rules.Attendance.EXCUSED,
        rules.Attendance.UNKNOWN,
    ):
        raise RuleBroken(_("Before the meeting only leave with a reason can be noted."))
    before = {"person": duty.person_id, "attendance": str(duty.attendance)}
    _save_mark(duty, mark)
    audit.record(
        "meeting.attendance_marked",
        by=by,
        subject=meeting,
        at=at,
        before=before,
        after={"person": duty.person_id, "attendance": str(mark.attendance)},
    )


def _save_mark(duty: Duty, mark: Mark) -> None:
    """Write a mark, guarded by the one it replaces."""
    try:
        attendance = rules.Attendance(mark.attendance)
        rules.check_mark(attendance, reason=mark.reason, has_substitute=mark.substitute is not None)
    except rules.ReasonMissing as missing:
        raise InvalidValue(
            _("Say why %(person)s has leave.") % {"person": duty.person.name}, field="reason"
        ) from missing
    except rules.SubstituteMissing as missing:
        raise InvalidValue(
            _("Say who came instead of %(person)s.") % {"person": duty.person.name},
            field="substitute",
        ) from missing
    except ValueError as unknown:
        raise InvalidValue(_("There is no such mark."), field="attendance") from unknown
    substitute = mark.substitute if attendance is rules.Attendance.SUBSTITUTE else None
    changed = Duty.objects.filter(pk=duty.pk, attendance=duty.attendance).update(
        attendance=attendance, reason=line(mark.reason, field="reason"), substitute=substitute
    )
    if not changed:
        raise StaleState(_("Somebody else has already changed this line."))
    duty.attendance, duty.substitute = Duty.Attendance(attendance), substitute


def _attendance_of(meeting: Meeting) -> dict[str, str]:
    rows = Duty.objects.filter(meeting=meeting).order_by("person_id")
    return {str(row.person_id): str(row.attendance) for row in rows}
