"""When somebody is to be reminded of a clock, when no longer, and the steps of the ladder.

``Clock.next_rung_at`` is the moment from which on the ladder has not been looked at. Planning asks
nothing of the calendar: the job ``cases.reminders`` works out the exact rung when the due date is
near, so that raising a case costs no more than its rows. Source: S4.3.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import models, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.cases.models import Case, Clock, ClockKind, ClockPause, LadderStep, Reminder
from footpath.cases.rules import ladder as rules
from footpath.cases.rules.ladder import LOOK_AHEAD, Step
from footpath.core.errors import InvalidValue
from footpath.directory.models import Person
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
    cancel(
        Reminder.objects.filter(clock=clock).exclude(version=clock.version),
        at=at or clock.started_at,
    )
    clock.next_rung_at = max(base, clock.due_at - LOOK_AHEAD)
    Clock.objects.filter(pk=clock.pk).update(next_rung_at=clock.next_rung_at)


def drop(clock: Clock, *, at: datetime | None = None) -> None:
    """Remind of a clock no longer: it has stopped or stands. What was planned falls away."""
    cancel(Reminder.objects.filter(clock=clock), at=at or clock.stopped_at or clock.started_at)
    clock.next_rung_at = None
    Clock.objects.filter(pk=clock.pk).update(next_rung_at=None)


def left(case: Case, *, person_id: int | None, at: datetime) -> None:
    """Remind somebody no longer who has given a case away; the next rung is the successor's."""
    if person_id is not None:
        cancel(Reminder.objects.filter(clock__case=case, person=person_id), at=at)


def cancel(rows: models.QuerySet[Reminder], *, at: datetime) -> None:
    """Cancel what is still to be done, and take back notices that have not gone out yet.

    What was sent stays as it is: it has happened.
    """
    open_rows = list(rows.filter(state__in=(State.PLANNED, State.SENT)).select_related("person"))
    gone = [row.pk for row in open_rows if row.state == State.PLANNED]
    for row in open_rows:
        user_id = row.person.user_id if row.person is not None else None
        if row.state == State.SENT and user_id is not None and not row.number:
            waiting = Notice.objects.filter(user=user_id, key=row.notice_key, planned_at=None)
            if waiting.filter(read_at=None).update(read_at=at):
                gone.append(row.pk)
    if gone:
        Reminder.objects.filter(pk__in=gone, state__in=(State.PLANNED, State.SENT)).update(
            state=State.CANCELLED
        )


@transaction.atomic
def set_ladder(*, steps: Mapping[str, Sequence[Step]], by: Person, at: datetime) -> None:
    """Set the steps by which people are reminded: by leg, "" for all legs without their own.

    The clocks that run follow the new steps from now on; what was missed is not made up for.
    InvalidValue says what is wrong; its field names the leg ("accept"). Source: S4.3.
    """
    require(by, "cases.ladder")
    for kind, those in steps.items():
        wrong = rules.refused(those)
        if (kind and kind not in ClockKind.values) or wrong:
            raise InvalidValue(refusal(wrong), field=kind or "all")
    before = _as_trail(LadderStep.objects.all())
    LadderStep.objects.all().delete()
    made = LadderStep.objects.bulk_create(
        [
            LadderStep(
                kind=kind, offset=step.offset, channel=step.channel, is_weekly=step.is_weekly
            )
            for kind, those in sorted(steps.items())
            for step in sorted(those, key=lambda step: step.offset)
        ]
    )
    standing = ClockPause.objects.filter(is_over=False, until__gt=at).values("clock")
    running = Clock.objects.filter(stopped_at=None).exclude(pk__in=standing)
    running.filter(due_at__lte=at + LOOK_AHEAD).update(next_rung_at=at)
    running.filter(due_at__gt=at + LOOK_AHEAD).update(next_rung_at=F("due_at") - LOOK_AHEAD)
    audit.record(
        "cases.ladder_set",
        by=by,
        subject="cases.ladder:1",
        at=at,
        before=before,
        after=_as_trail(made),
    )


def refusal(wrong: str) -> str:
    """Return the sentence for a word of ``rules.ladder.refused``."""
    return {
        "twice": _("Two steps stand on the same day. Give each step a day of its own."),
        "far": _(
            "A step lies at most %(before)s working days before the due date, and %(after)s after."
        )
        % {"before": rules.MOST_BEFORE, "after": rules.MOST_AFTER},
        "order": _(
            "A later step is milder than an earlier one. Order the steps from mild to strong."
        ),
        "weekly": _("Only the last step can come again every week."),
    }.get(wrong, _("This leg is not known."))


def _as_trail(rows: models.QuerySet[LadderStep] | Sequence[LadderStep]) -> dict[str, object]:
    return {
        "steps": [[row.kind, row.offset, row.channel, row.is_weekly] for row in rows],
    }
