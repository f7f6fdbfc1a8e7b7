"""What people do for a reminder: call, hand a notice over, instruct on the spot. Source: S4.3."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.cases import written_notices
from footpath.cases.models import LadderChannel, NoticeYear, Reminder
from footpath.core import clock as today
from footpath.core.errors import InvalidValue, NotAllowed, RuleBroken, StaleState
from footpath.directory.models import Person
from footpath.notifications.models import Notice

State = Reminder.State
LONGEST = 1000


@transaction.atomic
def confirm_call(
    *, reminder: Reminder, was_reached: bool, by: Person, at: datetime, text: str = ""
) -> Reminder:
    """Say that somebody was called: reached, or not reached with a word on it.

    Who was not reached can be reached later; who was reached stays so.
    """
    _may(reminder, by, LadderChannel.TELEPHONE)
    if not was_reached and not text.strip():
        raise InvalidValue(_("Write why nobody was reached."), field="text")
    expected = (State.PLANNED, State.FAILED)
    state = State.DELIVERED if was_reached else State.FAILED
    return _done(reminder, expected, state, by, at, text, deed="called")


@transaction.atomic
def issue_notice(*, reminder: Reminder, by: Person, at: datetime) -> Reminder:
    """Draw up the written notice: it gets the next number of the year and is kept as it is.

    Numbers have no gaps and no doubles: the number is taken in the transaction that keeps the
    notice. Raises core.pdf.NotRendered. Source: S4.3.
    """
    _may(reminder, by, LadderChannel.NOTICE)
    changed = Reminder.objects.filter(pk=reminder.pk, state=State.PLANNED).update(
        state=State.SENT, sent_at=at, signed_by=by
    )
    if not changed:
        raise StaleState(_("This notice was drawn up already."))
    number = _next_number(today.day_of(at).year)
    language = language_of(reminder.person)
    facts = written_notices.facts_of(
        reminder,
        number=number,
        signed_by=by,
        day=today.day_of(at),
        address=_address(reminder),
        language=language,
    )
    body = written_notices.notice(facts, language=language)
    reminder.refresh_from_db()
    reminder.number = number
    reminder.digest = hashlib.sha256(body).hexdigest()
    reminder.document.save(f"{number.replace('/', '-')}.pdf", ContentFile(body), save=False)
    reminder.save(update_fields=["number", "digest", "document"])
    _note(reminder, "notice_issued", by, at, {"number": number, "digest": reminder.digest})
    return reminder


@transaction.atomic
def hand_over_notice(*, reminder: Reminder, by: Person, at: datetime, text: str = "") -> Reminder:
    """Say that a written notice was handed over, and to whom when it was somebody else."""
    _may(reminder, by, LadderChannel.NOTICE)
    return _done(reminder, (State.SENT,), State.DELIVERED, by, at, text, deed="notice_handed_over")


@transaction.atomic
def confirm_instruction(*, reminder: Reminder, by: Person, at: datetime, text: str) -> Reminder:
    """Say what somebody was instructed to do on the spot."""
    _may(reminder, by, LadderChannel.ON_SITE)
    if not text.strip():
        raise InvalidValue(_("Write what was instructed on the spot."), field="text")
    return _done(reminder, (State.PLANNED,), State.DELIVERED, by, at, text, deed="instructed")


@transaction.atomic
def acknowledge_reminder(*, reminder: Reminder, by: Person, at: datetime) -> Reminder:
    """Say "I have seen it", as the person who is reminded; saying it twice changes nothing."""
    if reminder.person_id != by.pk:
        raise NotAllowed(_("Only the person who is reminded can say so."))
    changed = Reminder.objects.filter(
        pk=reminder.pk, state__in=(State.SENT, State.DELIVERED, State.FAILED)
    ).update(state=State.ACKNOWLEDGED, acknowledged_at=at, acknowledged_by=by)
    reminder.refresh_from_db()
    if changed:
        if by.user_id is not None:
            waiting = Notice.objects.filter(user=by.user_id, key=reminder.notice_key, read_at=None)
            waiting.update(read_at=at)
        _note(reminder, "reminder_acknowledged", by, at, {})
    elif reminder.state != State.ACKNOWLEDGED:
        raise RuleBroken(_("This reminder is not needed any more."))
    return reminder


def language_of(person: Person | None) -> str:
    """Return the language that somebody reads; that of the house when none is chosen."""
    user = person.user if person is not None else None
    return (user.language if user is not None else "") or settings.LANGUAGE_CODE


def _may(reminder: Reminder, by: Person, channel: LadderChannel) -> None:
    require(by, "cases.remind", reminder.clock.case)
    if reminder.channel != channel:
        raise RuleBroken(_("This reminder goes another way."))


def _done(  # noqa: PLR0917 - what became of a task
    reminder: Reminder,
    expected: tuple[str, ...],
    state: str,
    by: Person,
    at: datetime,
    text: str,
    *,
    deed: str,
) -> Reminder:
    if len(text) > LONGEST:
        raise InvalidValue(
            _("Write at most %(count)s characters.") % {"count": LONGEST}, field="text"
        )
    said = text.strip()
    values = {"state": state, "done_by": by, "done_at": at}
    if said:
        values["text"] = said
    changed = Reminder.objects.filter(pk=reminder.pk, state__in=expected).update(**values)
    if not changed:
        raise StaleState(_("Somebody has done this already, or it is not needed any more."))
    reminder.refresh_from_db()
    _note(reminder, deed, by, at, {"state": state, "said": said})
    return reminder


def _note(
    reminder: Reminder, deed: str, by: Person, at: datetime, after: dict[str, object]
) -> None:
    audit.record(
        f"case.{deed}",
        by=by,
        subject=reminder.clock.case,
        at=at,
        after={"reminder": reminder.pk, **after},
    )


def _next_number(year: int) -> str:
    """Return the next number of the year: "17/2026". Others who want one wait for this deed."""
    NoticeYear.objects.bulk_create([NoticeYear(year=year)], ignore_conflicts=True)
    NoticeYear.objects.filter(year=year).update(last=F("last") + 1)
    last = NoticeYear.objects.values_list("last", flat=True).get(year=year)
    return f"{last}/{year}"


def _address(reminder: Reminder) -> str:
    return f"{settings.BASE_URL}{reminder.clock.case.get_absolute_url()}"
