"""The clock of a case: how long it has left, and how that was counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from footpath.cases import rules
from footpath.cases.models import Case
from footpath.cases.rules import State
from footpath.core import formats


@dataclass(frozen=True)
class Clock:
    """How long a case has left, for the clock macro; ``why`` says how it was counted."""

    text: str
    tone: str
    why: str = ""


def clock_of(
    due_on: date,
    today: date,
    state: str,
    *,
    due_at: datetime | None = None,
    paused_until: date | None = None,
) -> Clock | None:
    """Return the clock of a case; None for a closed one, whose clock stands.

    ``why`` says how it is counted; an hour is named when the time is up within the due day.
    """
    if state == State.CLOSED:
        return None
    if stands(paused_until, due_on, today):
        assert paused_until is not None  # noqa: S101 - it stands
        why = _("The clock stands until %(day)s, included. Due on %(due)s.") % {
            "day": formats.day_year(paused_until),
            "due": formats.day_year(due_on),
        }
        return Clock(_("Paused"), "paused", why)
    plain = plain_clock(rules.days_left(due_on, today))
    hour = hour_of(due_at)
    if hour:
        why = _("Due on %(day)s, %(time)s. How it was counted stands under “Clocks”.") % {
            "day": formats.day_year(due_on),
            "time": hour,
        }
        text = _("Due today, %(time)s") % {"time": hour} if due_on == today else plain.text
        return Clock(text, plain.tone, why)
    why = _("Due on %(day)s. Counted in calendar days, weekends included.") % {
        "day": formats.day_year(due_on)
    }
    return Clock(plain.text, plain.tone, why)


def clock_of_case(case: Case, today: date) -> Clock | None:
    """Return the clock of a case that was read whole."""
    return clock_of(
        case.due_on, today, case.state, due_at=case.due_at, paused_until=case.paused_until
    )


def stands(paused_until: date | None, due_on: date, today: date) -> bool:
    """Return whether the clock of a case stands on a day; one that is overdue does not."""
    return paused_until is not None and paused_until >= today and due_on >= today


def hour_of(due_at: datetime | None) -> str:
    """Return the hour at which the time is up, "" when that is midnight after the due day."""
    if due_at is None:
        return ""
    local = timezone.localtime(due_at)
    return formats.time(due_at) if (local.hour, local.minute) != (0, 0) else ""


def plain_clock(left: int) -> Clock:
    """Return the clock of a case with this many days left, nothing else being known of it."""
    if left < 0:
        text = ngettext("%(days)s day over", "%(days)s days over", -left) % {"days": -left}
    elif left == 0:
        text = _("Due today")
    elif left == 1:
        text = _("Due tomorrow")
    else:
        text = ngettext("%(days)s day left", "%(days)s days left", left) % {"days": left}
    return Clock(text, rules.tone_of(left))
