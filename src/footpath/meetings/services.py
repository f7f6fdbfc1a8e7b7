"""Deeds on meetings: convene, move, cancel, hold, keep attendance and minutes, raise cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.cases.models import Case, Category
from footpath.cases.services import raise_case
from footpath.core import clock, formats, tree
from footpath.core.errors import InvalidValue, RuleBroken, StaleState
from footpath.directory.models import Area, Person
from footpath.meetings import rules, selectors
from footpath.meetings.models import Duty, Meeting, MeetingKind, MinuteItem

LONGEST_LINE = 200

COFFEE = "coffee"
"""The code of the professional coffee: its cases keep that source. Source: S0.1."""


@dataclass(frozen=True)
class Mark:
    """What became of one duty to attend."""

    attendance: str
    reason: str = ""
    substitute: Person | None = None


@transaction.atomic
def convene_meeting(
    *,
    kind: MeetingKind,
    area: Area,
    starts_at: datetime,
    ends_at: datetime,
    by: Person,
    at: datetime,
    where: str = "",
    agenda: str = "",
    title: str = "",
) -> Meeting:
    """Convene a meeting of a place and return it with its duty list.

    Whoever is in charge of the place on the day of the meeting has the duty to attend. The same
    again of the same person, kind, place, time and title gives the first meeting back. Raises
    InvalidValue when it would end before it begins. Source: S2.2.
    """
    require(by, "meetings.convene", area)
    _check_times(starts_at, ends_at)
    # Of a form sent twice, also at once, the second finds the meeting of the first.
    Area.objects.select_for_update(no_key=True).get(pk=area.pk)
    already = (
        Meeting.objects.filter(kind=kind, area=area, starts_at=starts_at, ends_at=ends_at)
        .filter(convened_by=by, state=rules.State.PLANNED, title=_line(title, field="title"))
        .first()
    )
    if already is not None:
        return already
    meeting = Meeting(
        kind=kind,
        area=area,
        starts_at=starts_at,
        ends_at=ends_at,
        where=_line(where, field="where"),
        agenda=agenda.strip(),
        title=_line(title, field="title"),
        convened_by=by,
        **tree.ancestor_values(area.path),
    )
    meeting.save(force_insert=True)
    draw_duties(meeting, by=by)
    audit.record("meeting.convened", by=by, subject=meeting, at=at, after=snapshot(meeting))
    return meeting


@transaction.atomic
def add_duty(*, meeting: Meeting, person: Person, by: Person, at: datetime) -> Duty:
    """Invite somebody who is not in charge of the place; twice changes nothing."""
    require(by, "meetings.convene", meeting)
    _refuse_unless(meeting, rules.State.PLANNED, rules.State.HELD)
    duty, created = Duty.objects.get_or_create(meeting=meeting, person=person)
    if created:
        audit.record("meeting.invited", by=by, subject=meeting, at=at, after={"person": person.pk})
    return duty


@transaction.atomic
def remove_duty(*, duty: Duty, by: Person, at: datetime) -> None:
    """Take an invitation back; a duty that comes from an assignment stays (RuleBroken)."""
    meeting = duty.meeting
    require(by, "meetings.convene", meeting)
    _refuse_unless(meeting, rules.State.PLANNED)
    if duty.assignment_id is not None:
        raise RuleBroken(
            _("%(person)s is in charge of this place and has to attend. Leave needs a reason.")
            % {"person": duty.person.name}
        )
    removed, _rows = Duty.objects.filter(pk=duty.pk, assignment=None).delete()
    if not removed:
        raise StaleState(_("Somebody else has already taken this invitation back."))
    audit.record(
        "meeting.uninvited", by=by, subject=meeting, at=at, before={"person": duty.person_id}
    )


@transaction.atomic
def move_meeting(
    *,
    meeting: Meeting,
    starts_at: datetime,
    ends_at: datetime,
    by: Person,
    at: datetime,
    where: str | None = None,
) -> None:
    """Move a planned meeting to another time or room; the duty list follows the new day."""
    require(by, "meetings.convene", meeting)
    _check_times(starts_at, ends_at)
    before = snapshot(meeting)
    place = meeting.where if where is None else _line(where, field="where")
    changed = Meeting.objects.filter(
        pk=meeting.pk, state=rules.State.PLANNED, starts_at=meeting.starts_at
    ).update(starts_at=starts_at, ends_at=ends_at, where=place)
    if not changed:
        raise StaleState(_("This meeting has been held, cancelled or moved in the meantime."))
    meeting.starts_at, meeting.ends_at, meeting.where = starts_at, ends_at, place
    draw_duties(meeting, by=by)
    audit.record(
        "meeting.moved", by=by, subject=meeting, at=at, before=before, after=snapshot(meeting)
    )


@transaction.atomic
def cancel_meeting(*, meeting: Meeting, reason: str, by: Person, at: datetime) -> None:
    """Cancel a planned meeting with a reason (InvalidValue without one)."""
    require(by, "meetings.convene", meeting)
    reason = _line(reason, field="reason")
    if not reason:
        raise InvalidValue(_("Say why the meeting is cancelled."), field="reason")
    before = snapshot(meeting)
    changed = Meeting.objects.filter(pk=meeting.pk, state=rules.State.PLANNED).update(
        state=rules.State.CANCELLED, cancel_reason=reason
    )
    if not changed:
        raise StaleState(_("This meeting has already been held or cancelled."))
    meeting.state, meeting.cancel_reason = Meeting.State.CANCELLED, reason
    audit.record(
        "meeting.cancelled", by=by, subject=meeting, at=at, before=before, after=snapshot(meeting)
    )


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
    _refuse_unless(meeting, rules.State.PLANNED, rules.State.HELD)
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


@transaction.atomic
def write_minutes(*, meeting: Meeting, minutes: str, by: Person, at: datetime) -> None:
    """Write the running text of the minutes; StaleState when somebody else wrote meanwhile."""
    require(by, "meetings.keep", meeting)
    _refuse_unless(meeting, rules.State.PLANNED, rules.State.HELD)
    before = {"minutes": meeting.minutes}
    changed = Meeting.objects.filter(pk=meeting.pk, minutes=meeting.minutes).update(
        minutes=minutes.strip()
    )
    if not changed:
        raise StaleState(_("Somebody else has written the minutes in the meantime. Read them."))
    meeting.minutes = minutes.strip()
    audit.record(
        "meeting.minutes_written",
        by=by,
        subject=meeting,
        at=at,
        before=before,
        after={"minutes": meeting.minutes},
    )


@transaction.atomic
def add_minute_item(*, meeting: Meeting, text: str, by: Person, at: datetime) -> MinuteItem:
    """Add the next item to the minutes and return it; InvalidValue when it says nothing."""
    require(by, "meetings.keep", meeting)
    text = text.strip()
    if not text:
        raise InvalidValue(_("Write what was said."), field="text")
    # One writer at a time, so that two items never take the same number.
    locked = Meeting.objects.select_for_update(no_key=True).get(pk=meeting.pk)
    _refuse_unless(locked, rules.State.PLANNED, rules.State.HELD)
    last = MinuteItem.objects.filter(meeting=locked).aggregate(last=Max("number"))["last"] or 0
    item = MinuteItem.objects.create(
        meeting=meeting, number=last + 1, text=text, added_by=by, added_at=at
    )
    audit.record(
        "meeting.item_added",
        by=by,
        subject=meeting,
        at=at,
        after={"number": item.number, "text": text},
    )
    return item


@transaction.atomic
def raise_case_from_item(
    *,
    item: MinuteItem,
    title: str,
    category: Category,
    by: Person,
    at: datetime,
    text: str | None = None,
    area: Area | None = None,
    client_key: UUID | None = None,
) -> Case:
    """Raise a case from an item of the minutes and return it; the item keeps the link.

    The case lies in the meeting's place unless another one is given; its details are the words of
    the item unless others are given. A ``client_key`` makes it safe to repeat. Raises RuleBroken
    when a case was already raised from the item. Source: S0.1, S2.3.
    """
    meeting = item.meeting
    require(by, "meetings.keep", meeting)
    place = meeting.area if area is None else area
    if not place.path.startswith(meeting.area_path):
        raise InvalidValue(
            _("%(place)s does not lie in %(parent)s.")
            % {"place": place.name, "parent": meeting.area.name},
            field="area",
        )
    case = raise_case(
        title=title,
        text=item.text if text is None else text,
        area=place,
        category=category,
        source=Case.Source.COFFEE if meeting.kind.code == COFFEE else Case.Source.MEETING,
        by=by,
        at=at,
        client_key=client_key,
    )
    if MinuteItem.objects.filter(pk=item.pk, case=None).update(case=case):
        item.case = case
        audit.record(
            "meeting.case_raised",
            by=by,
            subject=meeting,
            at=at,
            after={"item": item.number, "case": case.pk},
        )
    elif not MinuteItem.objects.filter(pk=item.pk, case=case).exists():
        raise StaleState(_("A case has already been raised from this item."))
    return case


def snapshot(meeting: Meeting) -> dict[str, object]:
    """Return the values of a meeting that the trail keeps a digest of."""
    return {
        "kind": meeting.kind_id,
        "title": meeting.title,
        "area": meeting.area_id,
        "starts_at": meeting.starts_at.isoformat(),
        "ends_at": meeting.ends_at.isoformat(),
        "where": meeting.where,
        "agenda": meeting.agenda,
        "state": str(meeting.state),
        "headcount": meeting.headcount,
        "cancel_reason": meeting.cancel_reason,
    }


def _check_times(starts_at: datetime, ends_at: datetime) -> None:
    try:
        rules.check_times(starts_at, ends_at)
    except rules.EndsBeforeItBegins as wrong:
        raise InvalidValue(_("The meeting ends before it begins."), field="ends_at") from wrong


def _refuse_unless(meeting: Meeting, *states: rules.State) -> None:
    if meeting.state in states:
        return
    if meeting.state == rules.State.CANCELLED:
        raise RuleBroken(_("This meeting was cancelled."))
    raise RuleBroken(_("This meeting has already been held."))


def _line(text: str, *, field: str) -> str:
    """Return a line without doubled spaces; InvalidValue when it is longer than its column."""
    line = " ".join(text.split())
    if len(line) > LONGEST_LINE:
        raise InvalidValue(
            _("This is longer than %(number)s characters.") % {"number": LONGEST_LINE},
            field=field,
        )
    return line


def draw_duties(meeting: Meeting, *, by: Person) -> None:
    """Bring the duty list in line with who is in charge on the day; invitations stay."""
    due = selectors.duties_due(by, meeting.area, on=clock.day_of(meeting.starts_at))
    wanted = {row.person.pk: row.assignment.pk for row in due}
    Duty.objects.filter(
        meeting=meeting, assignment__isnull=False, attendance=rules.Attendance.UNKNOWN
    ).exclude(person__in=list(wanted)).delete()
    there = {duty.person_id: duty for duty in Duty.objects.filter(meeting=meeting)}
    for person_id, assignment_id in wanted.items():
        duty = there.get(person_id)
        if duty is not None and duty.assignment_id != assignment_id:
            Duty.objects.filter(pk=duty.pk).update(assignment=assignment_id)
    Duty.objects.bulk_create(
        Duty(meeting=meeting, person_id=person_id, assignment_id=assignment_id)
        for person_id, assignment_id in wanted.items()
        if person_id not in there
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
        attendance=attendance, reason=_line(mark.reason, field="reason"), substitute=substitute
    )
    if not changed:
        raise StaleState(_("Somebody else has already changed this line."))
    duty.attendance, duty.substitute = Duty.Attendance(attendance), substitute


def _attendance_of(meeting: Meeting) -> dict[str, str]:
    rows = Duty.objects.filter(meeting=meeting).order_by("person_id")
    return {str(row.person_id): str(row.attendance) for row in rows}
