"""The ladder is climbed: whose rung has come is reminded, each rung once. Source: S4.3.

The row of a rung, its notice and the moment of the next look are written in one transaction, with
the clock locked: a worker killed at any moment leaves either all of it or nothing, and a second
worker takes other clocks. After a long standstill only the latest rung that was missed is climbed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from footpath.cases import notices
from footpath.cases.models import Clock, Reminder
from footpath.cases.rules import ladder as rules
from footpath.cases.rules.ladder import Rung
from footpath.cases.selectors.around import waiting_of
from footpath.cases.selectors.ladder import Ladders, steps, years_around
from footpath.core import clock as today
from footpath.core.timetable import Job
from footpath.core.timetable import register as register_job
from footpath.directory.models import Person

State = Reminder.State

CHUNK = 200
EVERY_MINUTES = 5


def register() -> None:
    """Register the job."""
    register_job(Job("cases.reminders", climb, every_minutes=EVERY_MINUTES))


def climb(at: datetime) -> int:
    """Climb every rung whose moment has come; return how many people are reminded.

    Safe to repeat and to do by several workers at once.
    """
    done = 0
    while True:
        looked, reminded = _climb_some(at)
        done += reminded
        if not looked:
            return done


@dataclass(frozen=True)
class _Climbed:
    clock: Clock
    rung: Rung


@transaction.atomic
def _climb_some(at: datetime) -> tuple[int, int]:
    """Look at the next clocks; return how many were looked at, and how many rungs were climbed."""
    rows = (
        Clock.objects.filter(stopped_at=None, next_rung_at__lte=at)
        .select_related("case__area")
        .order_by("next_rung_at", "pk")
        .select_for_update(skip_locked=True, of=("self",), no_key=True)
    )
    clocks = list(rows[:CHUNK])
    if not clocks:
        return 0, 0
    known = steps()
    ladders = Ladders(years_around(clock.due_on for clock in clocks), known=known)
    there = set(
        Reminder.objects.filter(clock__in=clocks).values_list("clock_id", "version", "step")
    )
    climbed = []
    for clock in clocks:
        since = clock.next_rung_at or at
        found = rules.look(ladders.rungs(clock), since=since, now=at)
        clock.next_rung_at = found.next_at
        rung = found.due
        if rung is not None and (clock.pk, clock.version, rung.code) not in there:
            climbed.append(_Climbed(clock, rung))
    if climbed:
        _remind(climbed, at)
    Clock.objects.bulk_update(clocks, ["next_rung_at"])
    return len(clocks), len(climbed)


def _remind(climbed: list[_Climbed], at: datetime) -> None:
    """Write a row for each rung, and the notices of those that the server sends by itself."""
    waiting = waiting_of([one.clock for one in climbed], on=today.day_of(at))
    rows = Reminder.objects.bulk_create(
        [
            planned(one.clock, one.rung.code, one.rung.channel, waiting.get(one.clock.pk), at=at)
            for one in climbed
        ]
    )
    for one, row in zip(climbed, rows, strict=True):
        row.clock = one.clock
        send(row, at=at)


def planned(
    clock: Clock, step: str, channel: str, person: Person | None, *, at: datetime
) -> Reminder:
    """Return the row of a rung, not written yet.

    A message to somebody without an account, or to nobody, has failed from the beginning.
    """
    state, sent_at = State.PLANNED, None
    if channel in rules.WRITTEN:
        reaches = person is not None and person.user_id is not None
        state, sent_at = (State.SENT, at) if reaches else (State.FAILED, None)
    elif person is None:
        state = State.FAILED
    return Reminder(
        clock=clock,
        version=clock.version,
        step=step,
        channel=channel,
        person=person,
        state=state,
        due_at=at,
        sent_at=sent_at,
    )


def send(row: Reminder, *, at: datetime) -> None:
    """Put the notice of a reminder into the outbox, in the transaction that writes the reminder."""
    if row.state != State.SENT or row.person is None or row.person.user_id is None:
        return
    kind = "case.remind"
    if row.channel == "digest":
        is_over = today.day_of(at) > row.clock.due_on
        kind = "case.overdue" if is_over else "case.due_soon"
    notices.tell_users(
        [row.person.user_id],
        kind,
        row.clock.case,
        at=at,
        key=row.notice_key,
        values={"due": row.clock.due_on.isoformat()},
        url=row.get_absolute_url(),
    )
