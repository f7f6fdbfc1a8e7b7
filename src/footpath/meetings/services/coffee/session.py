"""Opening and closing the running session of a coffee. Source: S0.1."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.core import clock
from footpath.core.errors import RuleBroken
from footpath.directory.models import Person
from footpath.meetings.models import Meeting, MinuteItem
from footpath.meetings.rules import coffee as rules
from footpath.meetings.rules.coffee import COFFEE, ItemState
from footpath.meetings.services.coffee.item import locked, take_over


@transaction.atomic
def open_session(*, meeting: Meeting, by: Person, at: datetime) -> None:
    """Open the session of a coffee on its day; one that was closed by mistake runs on.

    Opening twice changes nothing. RuleBroken for other kinds of meetings, for one that was
    cancelled, and before its day. Source: S0.1.
    """
    require(by, "meetings.keep", meeting)
    if meeting.kind.code != COFFEE:
        raise RuleBroken(_("Only a professional coffee has a running session."))
    now = locked(meeting)
    if clock.day_of(at) < clock.day_of(now.starts_at):
        raise RuleBroken(_("The session can be opened from the day of the meeting on."))
    if rules.is_running(now.opened_at, now.closed_at):
        take_over(meeting, now)
        return
    secret = now.room_secret or secrets.token_hex(32)
    Meeting.objects.filter(pk=now.pk).update(
        opened_at=now.opened_at or at, closed_at=None, room_secret=secret
    )
    meeting.opened_at, meeting.closed_at = now.opened_at or at, None
    meeting.room_secret = secret
    audit.record("meeting.session_opened", by=by, subject=meeting, at=at)


@transaction.atomic
def close_session(*, meeting: Meeting, by: Person, at: datetime) -> None:
    """Close the running session; what is on the table waits again. Marks no attendance by itself.

    Closing twice changes nothing; RuleBroken when it was never opened.
    """
    require(by, "meetings.keep", meeting)
    now = locked(meeting)
    if now.opened_at is None:
        raise RuleBroken(_("The session has not been opened."))
    if now.closed_at is None:
        Meeting.objects.filter(pk=now.pk, closed_at=None).update(closed_at=at)
        now.closed_at = at
        MinuteItem.objects.filter(meeting=now, state=ItemState.TABLE).update(
            state=ItemState.WAITING
        )
        audit.record("meeting.session_closed", by=by, subject=meeting, at=at)
    take_over(meeting, now)
