"""The clocks of a case: begun, stopped, paused, extended, each due date with its arithmetic."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from django.utils import timezone

from footpath.cases.models import Case, Clock
from footpath.cases.rules.clocks import LEGS, ClockKind


def first_clocks(case: Case, *, at: datetime, with_reporter: bool) -> list[Clock]:
    """Return the clocks of a case that is being raised, and note on it what is due first.

    Not written here: raising writes the case and its clocks together.
    """
    kinds = [ClockKind.ACCEPT, *([ClockKind.REPLY] if with_reporter else [])]
    made = [_clock(case, kind, at=at) for kind in kinds]
    _note_due(case, made)
    return made


def follow(case: Case, entry_deed: str, *, at: datetime) -> None:
    """Stop and begin the clocks that a deed stops and begins, and note on the case what is due.

    Part of the deed's transaction; the case has its new state already.
    """
    legs = LEGS.get(entry_deed)
    if legs is None:
        return
    running = {clock.kind: clock for clock in Clock.objects.filter(case=case, stopped_at=None)}
    stopped = []
    for kind in [*legs.met, *legs.cancelled]:
        clock = running.pop(kind, None)
        if clock is None:
            continue
        clock.stopped_at = at
        clock.next_rung_at = None
        if kind in legs.met:
            clock.ended, clock.is_in_time = Clock.Ended.MET, at <= clock.due_at
        else:
            clock.ended = Clock.Ended.CANCELLED
        stopped.append(clock)
    Clock.objects.bulk_update(stopped, ["stopped_at", "ended", "is_in_time", "next_rung_at"])
    begun = [_clock(case, kind, at=at) for kind in legs.started if kind not in running]
    Clock.objects.bulk_create(begun)
    _note_due(case, [*running.values(), *begun])
    Case.objects.filter(pk=case.pk).update(
        due_on=case.due_on, due_at=case.due_at, due_kind=case.due_kind
    )


def _clock(case: Case, kind: ClockKind, *, at: datetime) -> Clock:
    due_on = case.promised_on or case.due_on
    end = timezone.make_aware(datetime.combine(due_on + timedelta(days=1), time.min))
    return Clock(
        case=case,
        kind=kind,
        round_number=case.round_number,
        path=case.area_path,
        started_at=at,
        due_at=end,
        due_on=due_on,
    )


def _note_due(case: Case, running: Iterable[Clock]) -> None:
    """Note on the case what it waits for next; without a clock the promised day stands."""
    first = min(running, key=lambda clock: (clock.due_at, clock.kind), default=None)
    if first is None:
        case.due_on, case.due_at, case.due_kind = case.promised_on or case.due_on, None, ""
    else:
        case.due_on, case.due_at, case.due_kind = first.due_on, first.due_at, first.kind
