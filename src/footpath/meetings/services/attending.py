"""What became of the duties to attend: the list is kept at once, by exception."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db import transaction
from django.db.models import BigIntegerField, Case, CharField, Value, When
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.core import clock, formats
from footpath.core.errors import InvalidValue, RuleBroken, StaleState
from footpath.directory.models import Person
from footpath.meetings import rules
from footpath.meetings.models import Duty, Meeting
from footpath.meetings.services.expecting import refuse_clash, settle_elsewhere
from footpath.meetings.services.minutes import refuse_when_approved
from footpath.meetings.services.values import line, lock_people, refuse_unless, snapshot

Kept = TypeVar("Kept", str, int)

AT_ONCE = 2_000
"""So many lines are written by one statement."""


@dataclass(frozen=True)
class Mark:
    """What became of one duty to attend."""

    attendance: str
    reason: str = ""
    substitute: Person | None = None


class AttendanceChanged(StaleState):
    """Somebody else has changed lines that this list says something else about.

    ``changed`` holds the keys of the people of those lines.
    """

    def __init__(self, changed: Iterable[int]) -> None:
        super().__init__(
            _("Somebody else has changed the list in the meantime. Look at the marked lines.")
        )
        self.changed = frozenset(changed)


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
    had leave or checked in keeps that mark, whoever is expected in another meeting has none;
    everybody else was present. Raises RuleBroken before the day of the meeting, InvalidValue for a
    mark without its reason or for somebody who was not expected, StaleState when it was held or
    cancelled in the meantime. Source: S2.2.
    """
    require(by, "meetings.keep", meeting)
    _refuse_before_the_day(meeting, at)
    if _locked(meeting).state != rules.State.PLANNED:
        raise StaleState(_("This meeting has already been held or cancelled."))
    duties = _duties_of(meeting)
    marks = dict(exceptions or {})
    if set(marks) - {duty.person_id for duty in duties}:
        raise InvalidValue(_("Somebody on the list was not expected at this meeting."))
    _keep(meeting, duties, marks, headcount, by=by, at=at)


@transaction.atomic
def keep_attendance(
    *,
    meeting: Meeting,
    marks: Mapping[int, Mark],
    by: Person,
    at: datetime,
    seen: Mapping[int, str] | None = None,
    headcount: int | None = None,
) -> bool:
    """Keep a whole attendance list, for the first time or corrected; return whether it changed.

    ``marks`` are by the person's key; of people without one the list proposes itself what
    ``hold_meeting`` does. ``seen`` are the marks that the keeper had before them: where somebody
    else has changed one since then, to something else than this list says, AttendanceChanged is
    raised and nothing is written. The same list again changes nothing. Five queries and the trail,
    however long the list is. Raises as ``hold_meeting`` does. Source: S2.2.
    """
    require(by, "meetings.keep", meeting)
    _refuse_before_the_day(meeting, at)
    now = _locked(meeting)
    refuse_unless(now, rules.State.PLANNED, rules.State.HELD)
    if now.state == rules.State.HELD:
        refuse_when_approved(meeting)
    duties = _duties_of(meeting)
    there = {duty.person_id: duty for duty in duties}
    if seen is not None:
        changed = {
            pk
            for pk, duty in there.items()
            if seen.get(pk, "") != duty.attendance and _wanted(duty, marks) != duty.attendance
        }
        changed |= set(marks) - set(there)
        if changed:
            raise AttendanceChanged(changed)
    elif set(marks) - set(there):
        raise InvalidValue(_("Somebody on the list was not expected at this meeting."))
    meeting.state, meeting.held_at, meeting.headcount = now.state, now.held_at, now.headcount
    return _keep(meeting, duties, marks, headcount, by=by, at=at)


@transaction.atomic
def mark_attendance(*, duty: Duty, mark: Mark, by: Person, at: datetime) -> None:
    """Correct one line of the attendance list; before the meeting only leave can be noted.

    Raises InvalidValue for leave without a reason or a substitute without a name, StaleState when
    somebody else has changed the line, ExpectedElsewhere when leave is taken back from somebody
    who must be in another meeting by now. Source: S2.2.
    """
    meeting = duty.meeting
    require(by, "meetings.keep", meeting)
    refuse_when_approved(meeting)
    refuse_unless(meeting, rules.State.PLANNED, rules.State.HELD)
    planned = meeting.state == rules.State.PLANNED
    if planned and mark.attendance not in (rules.Attendance.EXCUSED, rules.Attendance.UNKNOWN):
        raise RuleBroken(_("Before the meeting only leave with a reason can be noted."))
    if planned:
        _settle_before(duty, mark)
    before = {"person": duty.person_id, "attendance": str(duty.attendance)}
    checked = _checked(duty, mark)
    changed = Duty.objects.filter(pk=duty.pk, attendance=duty.attendance).update(
        attendance=checked.attendance, reason=checked.reason, substitute=checked.substitute
    )
    if not changed:
        raise StaleState(_("Somebody else has already changed this line."))
    freed = [pk for pk in (duty.person_id, duty.substitute_id) if pk is not None]
    _take_over(duty, checked)
    if planned:
        settle_elsewhere(freed)
    audit.record(
        "meeting.attendance_marked",
        by=by,
        subject=meeting,
        at=at,
        before=before,
        after={"person": duty.person_id, "attendance": str(mark.attendance)},
    )


def _settle_before(duty: Duty, mark: Mark) -> None:
    """Lock whom a mark before the meeting concerns; refuse to expect somebody in two places."""
    meeting = duty.meeting
    lock_people([duty.person_id])
    back = mark.attendance == rules.Attendance.UNKNOWN and duty.attendance in rules.ON_LEAVE
    if back and duty.elsewhere_id is None:
        refuse_clash([duty.person_id], meeting.starts_at, meeting.ends_at, besides=[meeting.pk])


def _refuse_before_the_day(meeting: Meeting, at: datetime) -> None:
    try:
        rules.check_day_has_come(clock.day_of(meeting.starts_at), clock.day_of(at))
    except rules.NotYet as early:
        raise RuleBroken(
            _("The meeting is on %(day)s. It can be marked as held from that day on.")
            % {"day": formats.day_year(meeting.starts_at)}
        ) from early


def _locked(meeting: Meeting) -> Meeting:
    """Return the meeting as it is now; whoever keeps the same list waits."""
    return Meeting.objects.select_for_update(no_key=True).get(pk=meeting.pk)


def _duties_of(meeting: Meeting) -> list[Duty]:
    return list(
        Duty.objects.filter(meeting=meeting)
        .select_related("person", "substitute")
        .order_by("person__name", "pk")
    )


def _wanted(duty: Duty, marks: Mapping[int, Mark]) -> str:
    """Return the mark that a list says or proposes."""
    mark = marks.get(duty.person_id)
    if mark is not None:
        return mark.attendance
    known = rules.Attendance(duty.attendance)
    return rules.default_mark(known, is_elsewhere=duty.elsewhere_id is not None)


def _keep(
    meeting: Meeting,
    duties: Sequence[Duty],
    marks: Mapping[int, Mark],
    headcount: int | None,
    *,
    by: Person,
    at: datetime,
) -> bool:
    """Write the whole list and say that the meeting was held; one line in the trail."""
    lines = list(_lines(duties, marks))
    first = meeting.state == rules.State.PLANNED
    if not (first or lines or headcount != meeting.headcount):
        return False
    before = snapshot(meeting) | ({} if first else {"attendance": _attendance_of(duties)})
    _write(lines)
    meeting.state = Meeting.State.HELD
    meeting.held_at, meeting.headcount = meeting.held_at or at, headcount
    Meeting.objects.filter(pk=meeting.pk).update(
        state=meeting.state, held_at=meeting.held_at, headcount=headcount
    )
    audit.record(
        "meeting.held" if first else "meeting.attendance_corrected",
        by=by,
        subject=meeting,
        at=at,
        before=before,
        after=snapshot(meeting) | {"attendance": _attendance_of(duties)},
    )
    return True


def _lines(duties: Sequence[Duty], marks: Mapping[int, Mark]) -> Iterator[tuple[Duty, Mark]]:
    """Yield the lines that change; InvalidValue for a mark that lacks what it rests on."""
    for duty in duties:
        mark = marks.get(duty.person_id)
        if mark is None:
            mark = Mark(_wanted(duty, marks), duty.reason, duty.substitute)
        checked = _checked(duty, mark)
        known = Mark(duty.attendance, duty.reason, duty.substitute)
        if checked != known:
            yield duty, checked


def _write(lines: Sequence[tuple[Duty, Mark]]) -> None:
    """Write marks of many lines by one statement, and take them over on the lines in hand."""
    for first in range(0, len(lines), AT_ONCE):
        some = lines[first : first + AT_ONCE]
        marks = {duty.pk: mark for duty, mark in some}
        Duty.objects.filter(pk__in=list(marks)).update(
            attendance=_by_line({pk: str(mark.attendance) for pk, mark in marks.items()}, ""),
            reason=_by_line({pk: mark.reason for pk, mark in marks.items()}, ""),
            substitute=_person_by_line(
                {pk: mark.substitute.pk for pk, mark in marks.items() if mark.substitute}
            ),
        )
        for duty, mark in some:
            _take_over(duty, mark)


def _by_line(values: Mapping[int, str], otherwise: str) -> Case:
    """Return which line gets which text: lines with the same text stand in one condition."""
    return Case(
        *(When(pk__in=keys, then=Value(text)) for text, keys in _grouped(values).items()),
        default=Value(otherwise),
        output_field=CharField(),
    )


def _person_by_line(values: Mapping[int, int]) -> Case:
    """Return which line gets which person."""
    return Case(
        *(When(pk__in=keys, then=Value(pk)) for pk, keys in _grouped(values).items()),
        default=Value(None),
        output_field=BigIntegerField(),
    )


def _grouped(values: Mapping[int, Kept]) -> dict[Kept, list[int]]:
    found: dict[Kept, list[int]] = {}
    for pk, value in values.items():
        found.setdefault(value, []).append(pk)
    return found


def _take_over(duty: Duty, mark: Mark) -> None:
    duty.attendance = Duty.Attendance(mark.attendance)
    duty.reason, duty.substitute = mark.reason, mark.substitute


def _checked(duty: Duty, mark: Mark) -> Mark:
    """Return a mark as it is kept; InvalidValue when it lacks what it rests on."""
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
    if substitute is not None and substitute.pk == duty.person_id:
        raise InvalidValue(_("Name somebody else as deputy."), field="substitute")
    return Mark(str(attendance), line(mark.reason, field="reason"), substitute)


def _attendance_of(duties: Iterable[Duty]) -> dict[str, str]:
    return {
        str(duty.person_id): str(duty.attendance)
        for duty in sorted(duties, key=lambda duty: duty.person_id)
    }
