"""The professional coffee: a running session in which each difficulty is an item of the minutes.

It waits, comes on the table, and is answered on the spot or followed up as a case. Every deed locks
the meeting, so that of two hosts who press at once one wins and the other reads what happened.
Source: S0.1, S0.3.
"""

from __future__ import annotations

import secrets
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.assignments.models import Assignment
from footpath.cases.models import Case, Category
from footpath.core import clock
from footpath.core.errors import InvalidValue, RuleBroken, StaleState
from footpath.directory.models import Area, Person
from footpath.meetings.models import Duty, Meeting, MinuteItem, MinuteItemQuerySet
from footpath.meetings.rules import State as MeetingState
from footpath.meetings.rules import coffee as rules
from footpath.meetings.rules.coffee import COFFEE, ItemDeed, ItemState
from footpath.meetings.rules.minutes import clean
from footpath.meetings.services.minutes import (
    MOST_ITEMS,
    raise_case_from_item,
    refuse_when_approved,
)
from footpath.meetings.services.values import line

MOST_OF_AN_ANSWER = 2000


IN_TURN = ("put_off", "number")
"""The order in which difficulties wait: those put off stand behind."""


class KeyTaken(RuleBroken):
    """The client's key already stands for another difficulty: nothing is written over it (409)."""


# --- the session ----------------------------------------------------------------------------------


@transaction.atomic
def open_session(*, meeting: Meeting, by: Person, at: datetime) -> None:
    """Open the session of a coffee on its day; one that was closed by mistake runs on.

    Opening twice changes nothing. RuleBroken for other kinds of meetings, for one that was
    cancelled, and before its day. Source: S0.1.
    """
    require(by, "meetings.keep", meeting)
    if meeting.kind.code != COFFEE:
        raise RuleBroken(_("Only a professional coffee has a running session."))
    now = _locked(meeting)
    if clock.day_of(at) < clock.day_of(now.starts_at):
        raise RuleBroken(_("The session can be opened from the day of the meeting on."))
    if rules.is_running(now.opened_at, now.closed_at):
        _take_over(meeting, now)
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
    now = _locked(meeting)
    if now.opened_at is None:
        raise RuleBroken(_("The session has not been opened."))
    if now.closed_at is None:
        Meeting.objects.filter(pk=now.pk, closed_at=None).update(closed_at=at)
        now.closed_at = at
        MinuteItem.objects.filter(meeting=now, state=ItemState.TABLE).update(
            state=ItemState.WAITING
        )
        audit.record("meeting.session_closed", by=by, subject=meeting, at=at)
    _take_over(meeting, now)


# --- difficulties ---------------------------------------------------------------------------------


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


@transaction.atomic
def put_on_table(*, item: MinuteItem, by: Person, at: datetime) -> None:
    """Put a waiting difficulty on the table; what lay there waits again. Twice changes nothing."""
    meeting, now = _of_host(item, by)
    if now.state == ItemState.TABLE:
        _take_over(item, now)
        return
    _check_running(meeting)
    _check(ItemDeed.PUT_ON_TABLE, now)
    _clear_table(meeting)
    _change(item, ItemState.WAITING, state=ItemState.TABLE)
    _record("meeting.item_on_table", item, by, at)


@transaction.atomic
def answer_here(*, item: MinuteItem, answer: str, by: Person, at: datetime) -> None:
    """Answer a difficulty on the spot; the answer is kept as guidance and found again by search.

    The next difficulty that waits comes on the table if this one lay there. The same answer twice
    changes nothing; StaleState when somebody else was quicker. Source: S0.3.
    """
    meeting, now = _of_host(item, by)
    answer = clean(answer).strip()
    if not answer:
        raise InvalidValue(_("Write the answer in a sentence or two."), field="answer")
    if len(answer) > MOST_OF_AN_ANSWER:
        raise InvalidValue(
            _("This is longer than %(number)s characters.") % {"number": MOST_OF_AN_ANSWER},
            field="answer",
        )
    if (now.state, now.answer, now.answered_by_id) == (ItemState.ANSWERED, answer, by.pk):
        _take_over(item, now)
        return
    _check(ItemDeed.ANSWER, now)
    item.answer = now.answer = answer
    _change(
        item,
        now.state,
        state=ItemState.ANSWERED,
        answer=answer,
        answered_by=by,
        answered_at=at,
        search=now.searchable(),
    )
    if now.state == ItemState.TABLE:
        _next_on_table(meeting)
    _record("meeting.item_answered", item, by, at, answer=answer)


@transaction.atomic
def undo_answer(*, item: MinuteItem, by: Person, at: datetime) -> None:
    """Take an answer of one's own back within 30 seconds; the difficulty stands as it stood.

    In a running session it comes on the table again. The trail keeps both lines.
    """
    meeting, now = _of_host(item, by)
    _check(ItemDeed.UNDO_ANSWER, now)
    if now.answered_by_id != by.pk or now.answered_at is None:
        raise RuleBroken(_("Somebody else gave this answer."))
    try:
        rules.check_undo(now.answered_at, at)
    except rules.TooLate as late:
        raise RuleBroken(_("An answer can be taken back for 30 seconds.")) from late
    running = rules.is_running(meeting.opened_at, meeting.closed_at)
    if running:
        _clear_table(meeting)
    taken_back = now.answer
    now.answer = ""
    _change(
        item,
        ItemState.ANSWERED,
        state=ItemState.TABLE if running else ItemState.WAITING,
        answer="",
        answered_by=None,
        answered_at=None,
        search=now.searchable(),
    )
    _record("meeting.answer_undone", item, by, at, answer=taken_back)


@transaction.atomic
def follow_up(
    *,
    item: MinuteItem,
    title: str,
    category: Category,
    owner: Person,
    due_on: date,
    by: Person,
    at: datetime,
    client_key: UUID | None = None,
) -> Case:
    """Follow a difficulty up: a case with an owner and a day, raised from it; return the case.

    A ``client_key`` makes it safe to repeat. StaleState when the difficulty was answered, withdrawn
    or followed up already. Source: S0.1, S2.3.
    """
    meeting, now = _of_host(item, by)
    if now.case_id is not None and client_key is not None:
        case = Case.objects.filter(pk=now.case_id, client_key=client_key, raised_by=by).first()
        if case is not None:
            _take_over(item, now)
            return case
    _check(ItemDeed.FOLLOW_UP, now)
    case = raise_case_from_item(
        item=item,
        title=title,
        category=category,
        owner=owner,
        due_on=due_on,
        client_key=client_key,
        by=by,
        at=at,
    )
    if now.state == ItemState.TABLE:
        _next_on_table(meeting)
    return case


@transaction.atomic
def put_off(*, item: MinuteItem, by: Person, at: datetime) -> None:
    """Put what is on the table off to later in this session: it waits behind all others."""
    meeting, now = _of_host(item, by)
    _check_running(meeting)
    _check(ItemDeed.PUT_OFF, now)
    following = _waiting(meeting).first()
    behind = _waiting(meeting).aggregate(most=Max("put_off"))["most"] or 0
    later = max(behind, now.put_off) + 1
    _change(item, ItemState.TABLE, state=ItemState.WAITING, put_off=later)
    if following is not None:
        MinuteItem.objects.filter(pk=following.pk).update(state=ItemState.TABLE)
    _record("meeting.item_put_off", item, by, at)


@transaction.atomic
def withdraw(*, item: MinuteItem, by: Person, at: datetime) -> None:
    """Withdraw a difficulty of one's own that still waits. Twice changes nothing."""
    require(by, "meetings.speak", item.meeting)
    meeting = _locked(item.meeting)
    now = MinuteItem.objects.get(pk=item.pk)
    if now.added_by_id != by.pk:
        raise RuleBroken(_("Only whoever raised a difficulty withdraws it."))
    if now.state == ItemState.WITHDRAWN:
        _take_over(item, now)
        return
    _check(ItemDeed.WITHDRAW, now)
    _change(item, ItemState.WAITING, state=ItemState.WITHDRAWN)
    item.meeting = meeting
    _record("meeting.item_withdrawn", item, by, at)


# --- what they share ------------------------------------------------------------------------------


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
    now = _locked(meeting)
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


def _check_running(meeting: Meeting) -> None:
    try:
        rules.check_running(meeting.opened_at, meeting.closed_at)
    except rules.NotOpened as early:
        raise RuleBroken(_("The session has not been opened.")) from early
    except rules.IsOver as late:
        raise RuleBroken(_("The session is over.")) from late


def _locked(meeting: Meeting) -> Meeting:
    """Return the meeting as it is now, locked; RuleBroken if cancelled or its minutes approved."""
    refuse_when_approved(meeting)
    now = Meeting.objects.select_related("kind", "area").get(pk=meeting.pk)
    if now.state == MeetingState.CANCELLED:
        raise RuleBroken(_("This meeting was cancelled."))
    return now


def _of_host(item: MinuteItem, by: Person) -> tuple[Meeting, MinuteItem]:
    """Return the meeting, locked, and the item as it is now, for whoever keeps the meeting."""
    require(by, "meetings.keep", item.meeting)
    meeting = _locked(item.meeting)
    return meeting, MinuteItem.objects.get(pk=item.pk)


def _check(deed: ItemDeed, item: MinuteItem) -> None:
    try:
        rules.check_deed(deed, ItemState(item.state))
    except rules.DoesNotFollow as wrong:
        raise StaleState(_stands(wrong.state)) from wrong


def _stands(state: ItemState) -> str:
    if state is ItemState.ANSWERED:
        return _("This difficulty has been answered.")
    if state is ItemState.FOLLOWED:
        return _("This difficulty is being followed up.")
    if state is ItemState.WITHDRAWN:
        return _("This difficulty was withdrawn.")
    if state is ItemState.TABLE:
        return _("This difficulty is on the table.")
    if state is ItemState.WAITING:
        return _("This difficulty is waiting.")
    return _("This is an item of the minutes, no difficulty.")


def _change(item: MinuteItem, expected: str, **values: object) -> None:
    """Write values to an item that still stands as expected; StaleState otherwise."""
    if not MinuteItem.objects.filter(pk=item.pk, state=expected).update(**values):
        raise StaleState(_("Somebody else has already dealt with this difficulty."))
    for name, value in values.items():
        setattr(item, name, value)


def _clear_table(meeting: Meeting) -> None:
    MinuteItem.objects.filter(meeting=meeting, state=ItemState.TABLE).update(
        state=ItemState.WAITING
    )


def _waiting(meeting: Meeting) -> MinuteItemQuerySet:
    rows = MinuteItem.objects.filter(meeting=meeting, state=ItemState.WAITING)
    return rows.order_by(*IN_TURN)


def _next_on_table(meeting: Meeting) -> None:
    """Put the next difficulty that waits on the table, while the session runs."""
    if rules.is_running(meeting.opened_at, meeting.closed_at):
        following = _waiting(meeting).first()
        if following is not None:
            MinuteItem.objects.filter(pk=following.pk).update(state=ItemState.TABLE)


def _record(deed: str, item: MinuteItem, by: Person, at: datetime, **more: object) -> None:
    audit.record(deed, by=by, subject=item.meeting, at=at, after={"number": item.number, **more})


def _take_over(thing: Meeting | MinuteItem, now: Meeting | MinuteItem) -> None:
    """Let the thing in hand stand as the one that was read anew."""
    for field in thing._meta.concrete_fields:
        setattr(thing, field.attname, getattr(now, field.attname))
