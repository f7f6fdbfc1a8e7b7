"""How reminders are said: channels, steps and states in words, with their icons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from footpath.cases.models import ClockKind, LadderChannel, Reminder
from footpath.cases.rules.ladder import Step
from footpath.cases.selectors.reminders import Rungs, Told
from footpath.core import formats

State = Reminder.State

CHANNEL_ICONS = {
    "digest": "mail",
    "chat": "message-circle",
    "telephone": "phone",
    "notice": "file-text",
    "on_site": "walk",
}


@dataclass(frozen=True)
class StateWord:
    """A state in a word, with its icon and tone."""

    text: str
    icon: str
    tone: str = "neutral"


@dataclass(frozen=True)
class Shown:
    """One reminder as a line of a list."""

    url: str
    title: str
    second: str
    person: str
    channel: str
    icon: str
    state: StateWord
    at: datetime
    number: str


def channel_word(channel: str) -> str:
    """Return a channel in words: "Telephone call"."""
    return str(LadderChannel(channel).label)


def state_word(row: Reminder, told: Told | None = None) -> StateWord:
    """Return how far a reminder has come; ``told`` is what is known of its message."""
    if row.state == State.SENT:
        return _message_word(row, told)
    done = {
        "telephone": _("Reached"),
        "notice": _("Handed over"),
        "on_site": _("Instructed"),
    }.get(row.channel, _("Delivered"))
    failed = _("Not reached") if row.channel == "telephone" else _("Not delivered")
    return {
        State.PLANNED: StateWord(_("To do"), "clock", "attention"),
        State.DELIVERED: StateWord(done, "circle-check", "done"),
        State.FAILED: StateWord(failed, "alert-circle", "attention"),
        State.ACKNOWLEDGED: StateWord(_("Acknowledged"), "circle-check", "done"),
        State.CANCELLED: StateWord(_("Not needed any more"), "x"),
    }[State(row.state)]


def _message_word(row: Reminder, told: Told | None) -> StateWord:
    if row.channel == "notice":
        return StateWord(_("Ready to hand over"), "file-text", "attention")
    if told is not None and told.sent_at is not None:
        return StateWord(_("Delivered"), "circle-check", "done")
    if told is not None and told.read_at is not None:
        return StateWord(_("Read"), "eye-check", "done")
    if told is not None and told.has_failed:
        return StateWord(_("Not delivered"), "alert-circle", "attention")
    return StateWord(_("Sent"), "send")


def shown(rows: Sequence[Reminder], told: Mapping[int, Told]) -> list[Shown]:
    """Return reminders as lines, each with the case and the place."""
    return [
        Shown(
            url=row.get_absolute_url(),
            title=row.clock.case.title,
            second=f"{row.clock.case.number}, {row.clock.case.area.name}",
            person=row.person.name if row.person is not None else _("Nobody is known"),
            channel=channel_word(row.channel),
            icon=CHANNEL_ICONS[row.channel],
            state=state_word(row, told.get(row.pk)),
            at=row.done_at or row.sent_at or row.due_at,
            number=row.number,
        )
        for row in rows
    ]


def card(
    found: Rungs, told: Mapping[int, Told], *, reader: int, may_remind: bool
) -> dict[str, Any]:
    """Return what the card on the case page says of the running clock's rungs.

    A rung opens for whoever is reminded by it, and for whoever may remind there.
    """
    coming = ""
    if found.next_at is not None:
        coming = _("%(day)s, %(channel)s") % {
            "channel": channel_word(found.next_channel),
            "day": formats.day(found.next_at),
        }
    return {
        "leg": leg_word(found.clock.kind),
        "rungs": [
            {
                "url": row.get_absolute_url() if may_remind or row.person_id == reader else None,
                "channel": channel_word(row.channel),
                "icon": CHANNEL_ICONS[row.channel],
                "person": row.person.name if row.person is not None else _("Nobody is known"),
                "at": row.done_at or row.sent_at or row.due_at,
                "state": state_word(row, told.get(row.pk)),
            }
            for row in found.rows
        ],
        "coming": coming,
        "may_remind": may_remind,
        "due_on": found.clock.due_on,
    }


def leg_word(kind: str) -> str:
    """Return a leg in words; "" are all legs without steps of their own."""
    return str(ClockKind(kind).label) if kind else _("All legs")


def step_sentence(step: Step) -> str:
    """Return what a step of the ladder means, in one sentence."""
    number = abs(step.offset)
    if step.offset < 0:
        when = ngettext(
            "%(number)s working day before the due date",
            "%(number)s working days before the due date",
            number,
        )
    elif step.offset > 0:
        when = ngettext(
            "%(number)s working day after the due date",
            "%(number)s working days after the due date",
            number,
        )
    else:
        when = _("On the due date")
    values = {
        "when": when % {"number": formats.number(number)} if number else when,
        "channel": channel_word(step.channel),
    }
    if step.is_weekly:
        return _("%(when)s and every week from then on: %(channel)s.") % values
    return _("%(when)s: %(channel)s.") % values
