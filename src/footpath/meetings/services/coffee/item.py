"""A difficulty as it is now: locked with its meeting, checked, changed, noted in the trail."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.core.errors import RuleBroken, StaleState
from footpath.directory.models import Person
from footpath.meetings.models import Meeting, MinuteItem
from footpath.meetings.rules import State as MeetingState
from footpath.meetings.rules import coffee as rules
from footpath.meetings.rules.coffee import ItemDeed, ItemState
from footpath.meetings.services.minutes import refuse_when_approved


def locked(meeting: Meeting) -> Meeting:
    """Return the meeting as it is now, locked; RuleBroken if cancelled or its minutes approved."""
    refuse_when_approved(meeting)
    now = Meeting.objects.select_related("kind", "area").get(pk=meeting.pk)
    if now.state == MeetingState.CANCELLED:
        raise RuleBroken(_("This meeting was cancelled."))
    return now


def of_host(item: MinuteItem, by: Person) -> tuple[Meeting, MinuteItem]:
    """Return the meeting, locked, and the item as it is now, for whoever keeps the meeting."""
    require(by, "meetings.keep", item.meeting)
    meeting = locked(item.meeting)
    return meeting, MinuteItem.objects.get(pk=item.pk)


def check(deed: ItemDeed, item: MinuteItem) -> None:
    """Raise StaleState, saying how the difficulty stands, unless the deed follows from there."""
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


def change(item: MinuteItem, expected: str, **values: object) -> None:
    """Write values to an item that still stands as expected; StaleState otherwise."""
    if not MinuteItem.objects.filter(pk=item.pk, state=expected).update(**values):
        raise StaleState(_("Somebody else has already dealt with this difficulty."))
    for name, value in values.items():
        setattr(item, name, value)


def record(deed: str, item: MinuteItem, by: Person, at: datetime, **more: object) -> None:
    """Write a line about a difficulty into the trail of its meeting."""
    audit.record(deed, by=by, subject=item.meeting, at=at, after={"number": item.number, **more})


def take_over(thing: Meeting | MinuteItem, now: Meeting | MinuteItem) -> None:
    """Let the thing in hand stand as the one that was read anew."""
    for field in thing._meta.concrete_fields:
        setattr(thing, field.attname, getattr(now, field.attname))
