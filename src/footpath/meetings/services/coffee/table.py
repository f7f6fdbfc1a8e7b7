"""Difficulties on the table, waiting, put off and withdrawn. Source: S0.1."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from footpath.accounts.permissions import require
from footpath.core.errors import RuleBroken
from footpath.directory.models import Person
from footpath.meetings.models import Meeting, MinuteItem, MinuteItemQuerySet
from footpath.meetings.rules import coffee as rules
from footpath.meetings.rules.coffee import ItemDeed, ItemState
from footpath.meetings.services.coffee.item import change, check, locked, of_host, record, take_over

IN_TURN = ("put_off", "number")
"""The order in which difficulties wait: those put off stand behind."""


@transaction.atomic
def put_on_table(*, item: MinuteItem, by: Person, at: datetime) -> None:
    """Put a waiting difficulty on the table; what lay there waits again. Twice changes nothing."""
    meeting, now = of_host(item, by)
    if now.state == ItemState.TABLE:
        take_over(item, now)
        return
    _check_running(meeting)
    check(ItemDeed.PUT_ON_TABLE, now)
    clear_table(meeting)
    change(item, ItemState.WAITING, state=ItemState.TABLE)
    record("meeting.item_on_table", item, by, at)


@transaction.atomic
def put_off(*, item: MinuteItem, by: Person, at: datetime) -> None:
    """Put what is on the table off to later in this session: it waits behind all others."""
    meeting, now = of_host(item, by)
    _check_running(meeting)
    check(ItemDeed.PUT_OFF, now)
    following = _waiting(meeting).first()
    behind = _waiting(meeting).aggregate(most=Max("put_off"))["most"] or 0
    later = max(behind, now.put_off) + 1
    change(item, ItemState.TABLE, state=ItemState.WAITING, put_off=later)
    if following is not None:
        MinuteItem.objects.filter(pk=following.pk).update(state=ItemState.TABLE)
    record("meeting.item_put_off", item, by, at)


@transaction.atomic
def withdraw(*, item: MinuteItem, by: Person, at: datetime) -> None:
    """Withdraw a difficulty of one's own that still waits. Twice changes nothing."""
    require(by, "meetings.speak", item.meeting)
    meeting = locked(item.meeting)
    now = MinuteItem.objects.get(pk=item.pk)
    if now.added_by_id != by.pk:
        raise RuleBroken(_("Only whoever raised a difficulty withdraws it."))
    if now.state == ItemState.WITHDRAWN:
        take_over(item, now)
        return
    check(ItemDeed.WITHDRAW, now)
    change(item, ItemState.WAITING, state=ItemState.WITHDRAWN)
    item.meeting = meeting
    record("meeting.item_withdrawn", item, by, at)


def _check_running(meeting: Meeting) -> None:
    try:
        rules.check_running(meeting.opened_at, meeting.closed_at)
    except rules.NotOpened as early:
        raise RuleBroken(_("The session has not been opened.")) from early
    except rules.IsOver as late:
        raise RuleBroken(_("The session is over.")) from late


def clear_table(meeting: Meeting) -> None:
    """Let what is on the table wait again."""
    MinuteItem.objects.filter(meeting=meeting, state=ItemState.TABLE).update(
        state=ItemState.WAITING
    )


def _waiting(meeting: Meeting) -> MinuteItemQuerySet:
    rows = MinuteItem.objects.filter(meeting=meeting, state=ItemState.WAITING)
    return rows.order_by(*IN_TURN)


def next_on_table(meeting: Meeting) -> None:
    """Put the next difficulty that waits on the table, while the session runs."""
    if rules.is_running(meeting.opened_at, meeting.closed_at):
        following = _waiting(meeting).first()
        if following is not None:
            MinuteItem.objects.filter(pk=following.pk).update(state=ItemState.TABLE)
