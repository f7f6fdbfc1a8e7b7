"""When somebody is to be reminded of a clock, and when no longer. Source: S4.3.

``Clock.next_rung_at`` is the moment from which on the ladder has not been looked at. Planning asks
nothing of the database: the job ``cases.reminders`` works out the exact rung when the due date is
near, so that raising a case costs no more than its rows.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from footpath.cases.models import Clock, ClockPause, Reminder
from footpath.cases.rules.ladder import LOOK_AHEAD
from footpath.notifications.models import Notice

State = Reminder.State


def replan(clock: Clock, *, at: datetime | None = None) -> None:
    """Plan the reminders of a clock that begins, runs again or has a new due date.

    Rungs that lie before ``at`` (the moment of the deed; the start of the clock when it is left
    out) are not made up for; a clock that stands waits until its pause ends. What was planned for
    a former due date falls away. Of a clock that is not written yet only the value is set.
    """
    base = at or clock.started_at
    if clock._state.adding:
        clock.next_rung_at = max(base, clock.due_at - LOOK_AHEAD)
        return
    paused = ClockPause.objects.filter(clock=clock, is_over=False, until__gt=base)
    base = max([base, *paused.values_list("until", flat=True)])
    _cancel(clock, at=at or clock.started_at, but_version=clock.version)
    clock.next_rung_at = max(base, clock.due_at - LOOK_AHEAD)
    Clock.objects.filter(pk=clock.pk).update(next_rung_at=clock.next_rung_at)


def drop(clock: Clock, *, at: datetime | None = None) -> None:
    """Remind of a clock no longer: it has stopped or stands. What was planned falls away."""
    _cancel(clock, at=at or clock.stopped_at or clock.started_at)
    clock.next_rung_at = None
    Clock.objects.filter(pk=clock.pk).update(next_rung_at=None)


@transaction.atomic
def _cancel(clock: Clock, *, at: datetime, but_version: int | None = None) -> None:
    """Cancel what is still to be done, and take back notices that have not gone out yet."""
    rows = Reminder.objects.filter(clock=clock, state__in=(State.PLANNED, State.SENT))
    if but_version is not None:
        rows = rows.exclude(version=but_version)
    found = list(rows.select_related("person"))
    if not found:
        return
    planned = [row.pk for row in found if row.state == State.PLANNED]
    Reminder.objects.filter(pk__in=planned, state=State.PLANNED).update(state=State.CANCELLED)
    for row in found:
        if row.person is not None and row.person.user_id is not None:
            waiting = Notice.objects.filter(user=row.person.user_id, key=key_of(row))
            if waiting.filter(planned_at=None, read_at=None).update(read_at=at):
                Reminder.objects.filter(pk=row.pk).update(state=State.CANCELLED)


def key_of(row: Reminder) -> str:
    """Return the key of the notice by which somebody is reminded."""
    return f"case.reminder:{row.clock_id}:{row.version}:{row.step}"
