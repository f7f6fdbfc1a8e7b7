"""Answering a difficulty on the spot, or following it up as a case. Source: S0.1, S0.3."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from footpath.cases.models import Case, Category
from footpath.core.errors import InvalidValue, RuleBroken
from footpath.directory.models import Person
from footpath.meetings.models import MinuteItem
from footpath.meetings.rules import coffee as rules
from footpath.meetings.rules.coffee import ItemDeed, ItemState
from footpath.meetings.rules.minutes import clean
from footpath.meetings.services.coffee.item import change, check, of_host, record, take_over
from footpath.meetings.services.coffee.table import clear_table, next_on_table
from footpath.meetings.services.minutes import (
    raise_case_from_item,
)

MOST_OF_AN_ANSWER = 2000


@transaction.atomic
def answer_here(*, item: MinuteItem, answer: str, by: Person, at: datetime) -> None:
    """Answer a difficulty on the spot; the answer is kept as guidance and found again by search.

    The next difficulty that waits comes on the table if this one lay there. The same answer twice
    changes nothing; StaleState when somebody else was quicker. Source: S0.3.
    """
    meeting, now = of_host(item, by)
    answer = clean(answer).strip()
    if not answer:
        raise InvalidValue(_("Write the answer in a sentence or two."), field="answer")
    if len(answer) > MOST_OF_AN_ANSWER:
        raise InvalidValue(
            _("This is longer than %(number)s characters.") % {"number": MOST_OF_AN_ANSWER},
            field="answer",
        )
    if (now.state, now.answer, now.answered_by_id) == (ItemState.ANSWERED, answer, by.pk):
        take_over(item, now)
        return
    check(ItemDeed.ANSWER, now)
    item.answer = now.answer = answer
    change(
        item,
        now.state,
        state=ItemState.ANSWERED,
        answer=answer,
        answered_by=by,
        answered_at=at,
        search=now.searchable(),
    )
    if now.state == ItemState.TABLE:
        next_on_table(meeting)
    record("meeting.item_answered", item, by, at, answer=answer)


@transaction.atomic
def undo_answer(*, item: MinuteItem, by: Person, at: datetime) -> None:
    """Take an answer of one's own back within 30 seconds; the difficulty stands as it stood.

    In a running session it comes on the table again. The trail keeps both lines.
    """
    meeting, now = of_host(item, by)
    check(ItemDeed.UNDO_ANSWER, now)
    if now.answered_by_id != by.pk or now.answered_at is None:
        raise RuleBroken(_("Somebody else gave this answer."))
    try:
        rules.check_undo(now.answered_at, at)
    except rules.TooLate as late:
        raise RuleBroken(_("An answer can be taken back for 30 seconds.")) from late
    running = rules.is_running(meeting.opened_at, meeting.closed_at)
    if running:
        clear_table(meeting)
    taken_back = now.answer
    now.answer = ""
    change(
        item,
        ItemState.ANSWERED,
        state=ItemState.TABLE if running else ItemState.WAITING,
        answer="",
        answered_by=None,
        answered_at=None,
        search=now.searchable(),
    )
    record("meeting.answer_undone", item, by, at, answer=taken_back)


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
    meeting, now = of_host(item, by)
    if now.case_id is not None and client_key is not None:
        case = Case.objects.filter(pk=now.case_id, client_key=client_key, raised_by=by).first()
        if case is not None:
            take_over(item, now)
            return case
    check(ItemDeed.FOLLOW_UP, now)
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
        next_on_table(meeting)
    return case
