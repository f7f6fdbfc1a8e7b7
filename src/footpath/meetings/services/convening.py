"""Convene, move and cancel a meeting, and draw up who has to attend."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.core import clock, tree
from footpath.core.errors import InvalidValue, RuleBroken, StaleState
from footpath.directory.models import Area, Person
from footpath.meetings import rules, selectors
from footpath.meetings.models import Duty, Meeting, MeetingKind
from footpath.meetings.services.minutes import refuse_when_approved
from footpath.meetings.services.values import check_times, line, refuse_unless, snapshot


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
    check_times(starts_at, ends_at)
    # Of a form sent twice, also at once, the second finds the meeting of the first.
    Area.objects.select_for_update(no_key=True).get(pk=area.pk)
    already = (
        Meeting.objects.filter(kind=kind, area=area, starts_at=starts_at, ends_at=ends_at)
        .filter(convened_by=by, state=rules.State.PLANNED, title=line(title, field="title"))
        .first()
    )
    if already is not None:
        return already
    meeting = Meeting(
        kind=kind,
        area=area,
        starts_at=starts_at,
        ends_at=ends_at,
        where=line(where, field="where"),
        agenda=agenda.strip(),
        title=line(title, field="title"),
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
    refuse_when_approved(meeting)
    refuse_unless(meeting, rules.State.PLANNED, rules.State.HELD)
    duty, created = Duty.objects.get_or_create(meeting=meeting, person=person)
    if created:
        audit.record("meeting.invited", by=by, subject=meeting, at=at, after={"person": person.pk})
    return duty


@transaction.atomic
def remove_duty(*, duty: Duty, by: Person, at: datetime) -> None:
    """Take an invitation back; a duty that comes from an assignment stays (RuleBroken)."""
    meeting = duty.meeting
    require(by, "meetings.convene", meeting)
    refuse_unless(meeting, rules.State.PLANNED)
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
    check_times(starts_at, ends_at)
    before = snapshot(meeting)
    place = meeting.where if where is None else line(where, field="where")
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
    reason = line(reason, field="reason")
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
