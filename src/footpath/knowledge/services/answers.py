"""Draft an answer, approve it by another person, publish it in time, withdraw it.

Source: S0.2, S0.3. The question is in words of the office, whoever asked has agreed, and of the
day of the answer only the month is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.permissions import may, require
from footpath.core import clock, formats, textsearch
from footpath.core.errors import InvalidValue, RuleBroken, StaleState
from footpath.directory.models import Person
from footpath.knowledge import notices, rules
from footpath.knowledge.models import Answer, Regulation, Topic
from footpath.knowledge.rules import Deed, Kind, State
from footpath.knowledge.services.values import (
    language,
    line,
    move,
    recorded,
    refuse_unless,
    refuse_unread,
    rewrite,
    snapshot,
    subject_of,
    words,
)

LONGEST_QUESTION = 5_000


@dataclass(frozen=True)
class AnswerWords:
    """What an answer says. ``consent`` is that whoever asked agreed to see it published."""

    question: str
    text: str
    topic: Topic
    language: str
    consent: bool
    regulations: Sequence[Regulation] = field(default=())


@transaction.atomic
def draft_answer(
    *,
    said: AnswerWords,
    answered_on: date,
    by: Person,
    at: datetime,
    approver: Person | None = None,
) -> Answer:
    """Write a draft and return it; ``not_before`` says from which day it may appear.

    The day of the answer is not kept: only its month, and the first Monday at least seven days
    later. ``approver`` is told that the draft waits. Raises InvalidValue without question, answer
    or consent, for a day to come, and for an approver who may not approve, or is the drafter.
    """
    require(by, "knowledge.draft")
    shared, own = _values(said)
    _check_answered(answered_on, at)
    _check_approver(approver, by)
    made = Answer(
        kind=Kind.ANSWER.value,
        state=State.DRAFT.value,
        is_open=False,
        day=clock.day_of(at),
        made_by=by,
        made_at=at,
        drafted_by=by,
        asked_to_approve=approver,
        month=rules.month_of(answered_on),
        not_before=rules.first_day(answered_on),
        **shared,
        **own,
    )
    made.save(force_insert=True)
    made.regulations.set(said.regulations)
    audit.record("answer.drafted", by=by, subject=subject_of(made), at=at, after=_snapshot(made))
    _ask(made, by=by, at=at)
    return made


@transaction.atomic
def change_answer(
    *,
    answer: Answer,
    said: AnswerWords,
    by: Person,
    at: datetime,
    approver: Person | None = None,
    version: int | None = None,
) -> None:
    """Change the words of a draft: whoever does so stands behind them, and cannot approve them.

    ``version`` is the one that was read. Raises RuleBroken once it is approved (send it back
    first), StaleState when somebody else has changed it since; InvalidValue as ``draft_answer``.
    """
    require(by, "knowledge.draft")
    shared, own = _values(said)
    _check_approver(approver, by)
    with recorded("answer.changed", answer, _snapshot, by=by, at=at):
        rewrite(answer, read=version, **shared)
        for name, value in own.items():
            setattr(answer, name, value)
        answer.drafted_by, answer.asked_to_approve, answer.remark = by, approver, ""
        answer.save(update_fields=[*own, "drafted_by", "asked_to_approve", "remark"])
        answer.regulations.set(said.regulations)
    _ask(answer, by=by, at=at)


@transaction.atomic
def approve_answer(*, answer: Answer, by: Person, at: datetime, version: int | None = None) -> None:
    """Approve a draft that somebody else wrote; from its day on it can be published.

    ``version`` is the one that was read. Raises RuleBroken for one's own words, StaleState when
    the draft was changed since it was read.
    """
    require(by, "knowledge.approve")
    refuse_unless(answer, Deed.APPROVE)
    try:
        rules.check_second(answer.drafted_by_id, by.pk)
    except rules.SamePerson as same:
        raise RuleBroken(_("You wrote this answer. Somebody else approves it.")) from same
    refuse_unread(answer, version)
    with recorded("answer.approved", answer, _snapshot, by=by, at=at):
        move(answer, Deed.APPROVE)
        answer.approved_by, answer.remark = by, ""
        answer.save(update_fields=["approved_by", "remark"])


@transaction.atomic
def send_back_answer(*, answer: Answer, reason: str, by: Person, at: datetime) -> None:
    """Send a draft, or an approved answer that is not published yet, back to be changed."""
    require(by, "knowledge.approve")
    reason = line(reason, field="reason", missing=_("Say what is to be changed."))
    with recorded("answer.sent_back", answer, _snapshot, by=by, at=at):
        move(answer, Deed.SEND_BACK)
        answer.approved_by, answer.remark = None, reason
        answer.save(update_fields=["approved_by", "remark"])
    if answer.drafted_by_id != by.pk:
        notices.tell(
            [answer.drafted_by],
            "sent_back",
            answer,
            at=at,
            values={"person": by.name, "reason": reason},
        )


@transaction.atomic
def publish_answer(*, answer: Answer, by: Person, at: datetime) -> None:
    """Publish an approved answer; RuleBroken before the day from which it may appear."""
    require(by, "knowledge.approve")
    _publish(answer, by=by, at=at)


def publish_due(at: datetime) -> int:
    """Publish every approved answer whose day has come; returns how many. For the timetable."""
    due = Answer.objects.filter(state=State.APPROVED, not_before__lte=clock.day_of(at))
    done = 0
    for answer in due.order_by("pk"):
        try:
            with transaction.atomic():
                _publish(answer, by=audit.System("timetable"), at=at)
        except StaleState:
            continue  # somebody pressed the button, or sent it back, at this very moment
        done += 1
    return done


@transaction.atomic
def withdraw_answer(*, answer: Answer, reason: str, by: Person, at: datetime) -> None:
    """Take an answer or a draft out of the library, with a reason. Who may draft reads it on."""
    require(by, "knowledge.withdraw")
    reason = line(reason, field="reason", missing=_("Say why it is withdrawn."))
    with recorded("answer.withdrawn", answer, _snapshot, by=by, at=at):
        move(answer, Deed.WITHDRAW)
        answer.withdrawn_by, answer.withdrawn_reason = by, reason
        answer.save(update_fields=["withdrawn_by", "withdrawn_reason"])
    concerned = [answer.drafted_by, answer.approved_by]
    notices.tell(
        [one for one in concerned if one is not None and one.pk != by.pk],
        "withdrawn",
        answer,
        at=at,
        values={"person": by.name, "reason": reason},
    )


def _publish(answer: Answer, *, by: audit.Actor, at: datetime) -> None:
    refuse_unless(answer, Deed.PUBLISH)
    today = clock.day_of(at)
    try:
        rules.check_day(answer.not_before, today)
    except rules.TooEarly as early:
        raise RuleBroken(
            _("It may appear from %(day)s on: no sooner than 7 days after the answer.")
            % {"day": formats.day_year(early.day)}
        ) from early
    with recorded("answer.published", answer, _snapshot, by=by, at=at):
        move(answer, Deed.PUBLISH, day=today)
    if by.actor_key != answer.drafted_by.actor_key:
        notices.tell([answer.drafted_by], "published", answer, at=at)


def _values(said: AnswerWords) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what all items have in common, and what the answer's own table holds."""
    question = words(said.question, field="question", missing=_("Write the question."))
    if len(question) > LONGEST_QUESTION:
        raise InvalidValue(
            _("This is longer than %(number)s characters.") % {"number": LONGEST_QUESTION},
            field="question",
        )
    text = words(said.text, field="text", missing=_("Write the answer."))
    if not said.consent:
        raise InvalidValue(
            _("Without the consent of whoever asked, it is not published."), field="consent"
        )
    numbers = [regulation.number for regulation in said.regulations]
    shared = {
        "title": rules.headline(question),
        "summary": rules.headline(text),
        "language": language(said.language),
        "topic": said.topic,
        "search": textsearch.document(question, text, *numbers),
    }
    return shared, {"question": question, "text": text, "consent_confirmed": True}


def _check_answered(answered_on: date, at: datetime) -> None:
    if answered_on > clock.day_of(at):
        raise InvalidValue(_("This day is still to come."), field="answered_on")


def _check_approver(approver: Person | None, by: Person) -> None:
    if approver is None:
        return
    if approver.pk == by.pk:
        raise InvalidValue(_("Somebody else approves what you write."), field="approver")
    if not may(approver, "knowledge.approve"):
        raise InvalidValue(
            _("%(person)s may not approve answers.") % {"person": approver.name}, field="approver"
        )


def _ask(answer: Answer, *, by: Person, at: datetime) -> None:
    if answer.asked_to_approve is not None:
        notices.tell(
            [answer.asked_to_approve], "to_approve", answer, at=at, values={"person": by.name}
        )


def _snapshot(answer: Answer) -> dict[str, Any]:
    return snapshot(
        answer,
        question=answer.question,
        text=answer.text,
        month=answer.month.isoformat(),
        not_before=answer.not_before.isoformat(),
        drafted_by=answer.drafted_by_id,
        approved_by=answer.approved_by_id,
        remark=answer.remark,
        withdrawn_reason=answer.withdrawn_reason,
        regulations=sorted(answer.regulations.values_list("pk", flat=True)),
    )
