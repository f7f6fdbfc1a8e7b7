"""Check in with the code shown in the room. No place is asked for. Source: S2.2."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.core.cache import cache
from django.db import transaction
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.core import formats
from footpath.core.errors import InvalidValue, NotAllowed, RuleBroken, StaleState
from footpath.directory.models import Person
from footpath.meetings import rules
from footpath.meetings.models import Duty, Meeting
from footpath.meetings.rules import checkin
from footpath.meetings.services.values import refuse_unless


class TooManyTries(RuleBroken):
    """So many codes were tried in this minute that the next ones are not even read."""

    status = 429


@transaction.atomic
def open_room(*, meeting: Meeting, by: Person, at: datetime) -> None:
    """Let codes be shown in the room; twice changes nothing."""
    require(by, "meetings.keep", meeting)
    refuse_unless(meeting, rules.State.PLANNED, rules.State.HELD)
    secret = secrets.token_hex(32)
    if Meeting.objects.filter(pk=meeting.pk, room_secret="").update(room_secret=secret):
        meeting.room_secret = secret
        audit.record("meeting.room_opened", by=by, subject=meeting, at=at)
        return
    meeting.refresh_from_db(fields=["room_secret"])


def check_in(*, duty: Duty, code: str, by: Person, at: datetime) -> Duty:
    """Check in with the code of this minute or the one before, and return the duty.

    Present, or late from 10 minutes after the beginning; a deputy's own check-in keeps the mark
    that the deputy came. Twice changes nothing. Raises TooManyTries after 5 tries in a minute,
    InvalidValue for another code, RuleBroken outside the window (30 minutes before the meeting
    until its end) and for somebody with leave. Source: S2.2.
    """
    _count_try(by, at)
    return _check_in(duty=duty, code=code, by=by, at=at)


def _count_try(by: Person, at: datetime) -> None:
    """Take one of the tries of this minute; outside of the deed, so that it stays taken."""
    minute = checkin.minute_of(at)
    for number in range(checkin.TRIES):
        if cache.add(f"check-in:{by.pk}:{minute}:{number}", 1, 2 * checkin.MINUTE):
            return
    raise TooManyTries(_("Too many tries. Wait a minute and type the code that is shown then."))


@transaction.atomic
def _check_in(*, duty: Duty, code: str, by: Person, at: datetime) -> Duty:
    meeting = duty.meeting
    if by.pk not in {duty.person_id, duty.substitute_id}:
        raise NotAllowed(_("Everybody checks in for themselves."))
    refuse_unless(meeting, rules.State.PLANNED)
    _refuse_outside(meeting, at)
    if not checkin.is_code(meeting.room_secret, code, at):
        raise InvalidValue(
            _("This is not the code shown in the room now. It changes every minute."), field="code"
        )
    deputy = duty.attendance == rules.Attendance.SUBSTITUTE
    if deputy and by.pk != duty.substitute_id:
        raise RuleBroken(_("Somebody comes instead of you. Tell whoever keeps the attendance."))
    if duty.attendance in (rules.Attendance.EXCUSED, rules.Attendance.ABSENT):
        raise RuleBroken(_("You have leave. Tell whoever keeps the attendance that you came."))
    if duty.checked_in_at is not None:
        return duty
    mark = rules.Attendance.SUBSTITUTE if deputy else checkin.mark_at(meeting.starts_at, at)
    changed = Duty.objects.filter(
        pk=duty.pk,
        attendance=duty.attendance,
        checked_in_at=None,
        meeting__state=rules.State.PLANNED,
    ).update(attendance=mark, checked_in_at=at)
    if not changed:
        raise StaleState(_("The attendance list was changed in the meantime. Open the page again."))
    before = {"person": duty.person_id, "attendance": str(duty.attendance)}
    duty.attendance, duty.checked_in_at = Duty.Attendance(mark), at
    audit.record(
        "meeting.checked_in",
        by=by,
        subject=meeting,
        at=at,
        before=before,
        after={"person": duty.person_id, "attendance": str(mark), "who": by.pk},
    )
    return duty


def _refuse_outside(meeting: Meeting, at: datetime) -> None:
    try:
        checkin.check_window(meeting.starts_at, meeting.ends_at, at)
    except checkin.TooEarly as early:
        raise RuleBroken(
            _("Check-in opens at %(time)s.")
            % {"time": formats.time(meeting.starts_at - checkin.OPENS_BEFORE)}
        ) from early
    except checkin.Over as over:
        raise RuleBroken(_("The meeting is over. Check-in is closed.")) from over
