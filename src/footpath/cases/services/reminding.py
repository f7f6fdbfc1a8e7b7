"""Reminding by hand: of one case, by the channel that comes next on the ladder. Source: S4.3."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.cases.models import Case, Clock, Entry, LadderChannel, Reminder
from footpath.cases.rules import ladder as rules
from footpath.cases.selectors.around import waiting_of
from footpath.cases.selectors.ladder import steps, steps_of
from footpath.cases.services.climbing import planned, send
from footpath.core import clock as today
from footpath.core import formats
from footpath.core.errors import InvalidValue, RuleBroken
from footpath.directory.models import Person

State = Reminder.State
LONGEST = 1000


def offered_channel(clock: Clock) -> str:
    """Return the channel that comes next: the mildest above those used for this due date."""
    used = set(
        Reminder.objects.filter(clock=clock, version=clock.version)
        .exclude(state=State.CANCELLED)
        .values_list("channel", flat=True)
    )
    return rules.next_channel(used, steps_of(steps(), clock.kind))


def running_clock(case: Case) -> Clock | None:
    """Return the clock of a case that is due first among those that run, or None."""
    rows = Clock.objects.filter(case=case, stopped_at=None).select_related("case__area")
    return rows.order_by("due_at", "kind").first()


def whom(case: Case, *, at: datetime) -> Person | None:
    """Return whom the case waits for, None when nobody is known or no clock runs."""
    clock = running_clock(case)
    if clock is None:
        return None
    return waiting_of([clock], on=today.day_of(at)).get(clock.pk)


@transaction.atomic
def remind_case(
    *, case: Case, by: Person, at: datetime, channel: str = "", text: str = ""
) -> Reminder:
    """Remind whom the case waits for, once more than the ladder does; returns the reminder.

    Without a channel the next of the ladder is taken: a message goes out at once, anything else
    becomes a task. RuleBroken when no clock runs, when nobody is known, and when the same person
    was reminded of this case today already. Source: S4.3.
    """
    require(by, "cases.remind", case)
    if channel and channel not in rules.CHANNELS:
        raise InvalidValue(_("Choose how to remind."), field="channel")
    if len(text) > LONGEST:
        raise InvalidValue(
            _("Write at most %(count)s characters.") % {"count": LONGEST}, field="text"
        )
    now = Case.objects.select_for_update(no_key=True).get(pk=case.pk)
    clock = running_clock(case)
    if clock is None:
        raise RuleBroken(_("No clock of this case runs: there is nothing to remind of."))
    if now.paused_until is not None:
        raise RuleBroken(
            _("The clock of this case stands until %(day)s.")
            % {"day": formats.day_year(now.paused_until)}
        )
    person = waiting_of([clock], on=today.day_of(at)).get(clock.pk)
    if person is None:
        raise RuleBroken(_("Nobody is known for whom this case waits. Give it an owner first."))
    if person.pk == by.pk:
        raise RuleBroken(_("This case waits for you."))
    if _reminded_today(case, person, at):
        raise RuleBroken(
            _("%(name)s was reminded of this case today already.") % {"name": person.name}
        )
    channel = channel or offered_channel(clock)
    asked = Reminder.objects.filter(
        clock=clock, version=clock.version, step__startswith="asked-"
    ).count()
    row = planned(clock, f"asked-{asked + 1}", channel, person, at=at)
    if row.state == State.FAILED:
        raise RuleBroken(
            _("%(name)s has no account, so no message arrives. Choose the telephone.")
            % {"name": person.name}
        )
    row.text = text.strip()
    row.save()
    send(row, at=at)
    audit.record(
        "case.reminded",
        by=by,
        subject=case,
        at=at,
        after={"reminder": row.pk, "channel": channel, "person": person.pk, "said": row.text},
    )
    Entry.objects.create(
        case=case,
        round_number=case.round_number,
        deed=Entry.Deed.REMINDED,
        by=by,
        at=at,
        text=row.text or str(LadderChannel(channel).label),
        to_person=person,
    )
    return row


def _reminded_today(case: Case, person: Person, at: datetime) -> bool:
    rows = Reminder.objects.filter(clock__case=case, person=person).exclude(state=State.CANCELLED)
    last = rows.order_by("-due_at").values_list("due_at", flat=True).first()
    return last is not None and today.day_of(last) >= today.day_of(at)
