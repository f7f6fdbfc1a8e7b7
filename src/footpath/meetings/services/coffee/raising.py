"""Raising a difficulty in the session, or sending it in before. Source: S0.1."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.assignments.models import Assignment
from footpath.core import clock
from footpath.core.errors import InvalidValue, RuleBroken
from footpath.directory.models import Area, Person
from footpath.meetings.models import Duty, Meeting, MinuteItem
from footpath.meetings.rules import coffee as rules
from footpath.meetings.rules.coffee import COFFEE
from footpath.meetings.rules.minutes import clean
from footpath.meetings.services.coffee.item import locked
from footpath.meetings.services.minutes import (
    MOST_ITEMS,
)
from footpath.meetings.services.values import line


class KeyTaken(RuleBroken):
    """The client's key already stands for another difficulty: nothing is written over it (409)."""


@transaction.atomic
def add_difficulty(
    *,
    meeting: Meeting,
    text: str,
    by: Person,
    at: datetime,
    client_key: UUID | None = None,
    area: Area | None = None,
) -> MinuteItem:
    """Raise a difficulty in one line and return it; it waits until the host puts it on the table.

    A ``client_key`` makes it safe to repeat: the same words of the same person with the same key
    give the first item back. Raises KeyTaken for a key with other words or of somebody else,
    RuleBroken before the session and later than an hour after it. The place is the speaker's own
    unless ``area`` says another one of the meeting's. Source: S0.1.
    """
    return _raise(meeting, text, by, at, client_key, area, sent_in=False)


@transaction.atomic
def send_topic(
    *,
    meeting: Meeting,
    text: str,
    by: Person,
    at: datetime,
    client_key: UUID | None = None,
    area: Area | None = None,
) -> MinuteItem:
    """Send in a topic before the session, in one line; the first to wait once it opens.

    As ``add_difficulty``, but RuleBroken once the session was opened.
    """
    return _raise(meeting, text, by, at, client_key, area, sent_in=True)


def _raise(  # noqa: PLR0917 - the two public deeds in one
    meeting: Meeting,
    text: str,
    by: Person,
    at: datetime,
    client_key: UUID | None,
    area: Area | None,
    *,
    sent_in: bool,
) -> MinuteItem:
    require(by, "meetings.speak", meeting)
    text = line(clean(text), field="text")
    if not text:
        raise InvalidValue(_("Say in one line what is difficult."), field="text")
    if client_key is not None:
        already = _of_key(client_key, meeting, text, by)
        if already is not None:
            return already
    now = locked(meeting)
    _check_door(now, at, sent_in=sent_in)
    if area is not None and not area.path.startswith(meeting.area_path):
        raise InvalidValue(
            _("%(place)s does not lie in %(parent)s.")
            % {"place": area.name, "parent": meeting.area.name},
            field="area",
        )
    last = MinuteItem.objects.filter(meeting=now).aggregate(last=Max("number"))["last"] or 0
    if last >= MOST_ITEMS:
        raise RuleBroken(_("Minutes hold at most %(number)s items.") % {"number": MOST_ITEMS})
    item = MinuteItem(
        meeting=meeting,
        number=last + 1,
        text=text,
        added_by=by,
        added_at=at,
        state=MinuteItem.State.WAITING,
        area=area or place_of(by, meeting),
        sent_in=sent_in,
        client_key=client_key,
    )
    item.search = item.searchable()
    try:
        with transaction.atomic():
            item.save(force_insert=True)
    except IntegrityError:
        # The same key in another meeting at the same moment; in this one the lock has queued it.
        already = _of_key(client_key, meeting, text, by) if client_key is not None else None
        if already is None:
            raise
        return already
    deed = "meeting.topic_sent" if sent_in else "meeting.difficulty_raised"
    audit.record(deed, by=by, subject=meeting, at=at, after={"number": item.number, "text": text})
    return item


def place_of(person: Person, meeting: Meeting) -> Area:
    """Return the place somebody speaks for in a meeting: that of their duty, or where they lead.

    The meeting's own place when nothing is known.
    """
    duty = (
        Duty.objects.filter(meeting=meeting, person=person)
        .exclude(assignment=None)
        .select_related("assignment__area")
        .first()
    )
    if duty is not None and duty.assignment is not None and duty.assignment.area is not None:
        return duty.assignment.area
    led = (
        Assignment.objects.in_force(clock.day_of(meeting.starts_at))
        .filter(person=person, area__path__startswith=meeting.area_path)
        .select_related("area")
        .order_by("area__path", "pk")
        .first()
    )
    return led.area if led is not None and led.area is not None else meeting.area


def _of_key(client_key: UUID, meeting: Meeting, text: str, by: Person) -> MinuteItem | None:
    item = MinuteItem.objects.filter(client_key=client_key).first()
    if item is None:
        return None
    if (item.added_by_id, item.meeting_id, item.text) != (by.pk, meeting.pk, text):
        raise KeyTaken(_("This key was already used for another record."))
    return item


def _check_door(meeting: Meeting, at: datetime, *, sent_in: bool) -> None:
    """Raise RuleBroken unless something may be raised, or sent in, now."""
    if meeting.kind.code != COFFEE:
        raise RuleBroken(_("Only a professional coffee has a running session."))
    try:
        if sent_in:
            rules.check_before(meeting.opened_at)
        else:
            rules.check_may_raise(meeting.opened_at, meeting.closed_at, at)
    except rules.AlreadyOpen as early:
        raise RuleBroken(_("The session was opened. Raise it there.")) from early
    except rules.NotOpened as early:
        raise RuleBroken(_("The session has not been opened.")) from early
    except rules.IsOver as late:
        raise RuleBroken(_("The session is over. Raise this as a case.")) from late
