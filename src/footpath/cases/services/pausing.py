"""Pausing a case's clocks, letting them run again, giving more time. Source: S0.3, S4.4.

A pause always has an end: the clock then runs again by itself, so that every clock always has a
due date and nobody parks a case for ever.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from footpath.accounts.permissions import require
from footpath.cases import rules
from footpath.cases.models import Case, Clock, ClockPause, Entry
from footpath.cases.rules import Deed, State
from footpath.cases.rules.clocks import ClockKind
from footpath.cases.rules.working_time import Basis, compute_to
from footpath.cases.services import clocks, ladder
from footpath.cases.services.doing import act, need_text, refusal
from footpath.core import clock as time_of
from footpath.core.errors import InvalidValue, RuleBroken, StaleState
from footpath.directory.models import Person

LONGEST_PAUSE = 90
"""So many calendar days from today a pause may last; then it is looked at again."""

MOST_TIME = 365
"""So many calendar days from today the new due date may lie at most."""

SAID_BY = "Footpath"
"""What the thread names as the doer when a pause has come to its end."""


@transaction.atomic
def pause_clock(*, case: Case, until: date, text: str, by: Person, at: datetime) -> Entry:
    """Let the running clocks of a case stand up to a day, included, for a reason.

    The due date moves on by what is not counted. Refused without a reason, for a day that is past
    or more than LONGEST_PAUSE days ahead, while the clock stands, and when the time is up.
    """
    require(by, "cases.pause", case)
    need_text(text, _("Write what the case waits for."))
    _check_state(Deed.PAUSE, case)
    _check_day(until, at, most=LONGEST_PAUSE)
    running = _locked(case)
    if not running:
        raise RuleBroken(_("No clock of this case runs now."))
    if any(row.stands for row in running):  # type: ignore[attr-defined] # from running_clocks
        raise RuleBroken(_("The clock stands already. Let it run again first."))
    waiting = [row for row in running if row.due_at > at]
    if not waiting:
        raise RuleBroken(_("The time is up already, and a pause would not change it."))
    calendar = clocks.calendar_of(case, min(row.started_at for row in waiting))
    end = calendar.midnight(until + timedelta(days=1))
    reason = " ".join(text.split())[:300]
    for row in waiting:
        ClockPause.objects.create(clock=row, since=at, until=end, reason=reason, by=by)
        row.stands = True  # type: ignore[attr-defined]
        clocks.set_due(row, clocks.count(row, calendar, clocks.pauses_of(row)))
    entry = _changed(Deed.PAUSE, Entry.Deed.PAUSED, case, running, waiting, text, by=by, at=at)
    return _up_to(entry, until)


@transaction.atomic
def resume_clock(*, case: Case, by: Person, at: datetime, text: str = "") -> Entry:
    """Let the clocks of a case run again before the end of their pause; what was not used of it
    is taken back from the due date.
    """
    require(by, "cases.resume", case)
    _check_state(Deed.RESUME, case)
    running = _locked(case)
    standing = [row for row in running if row.stands]  # type: ignore[attr-defined]
    if not standing:
        raise RuleBroken(_("No clock of this case stands."))
    calendar = clocks.calendar_of(case, min(row.started_at for row in standing))
    for row in standing:
        clocks.end_pauses(row, at=at)
        row.stands = False  # type: ignore[attr-defined]
        clocks.set_due(row, clocks.count(row, calendar, clocks.pauses_of(row)))
    return _changed(Deed.RESUME, Entry.Deed.RESUMED, case, running, standing, text, by=by, at=at)


@transaction.atomic
def extend_case(*, case: Case, until: date, text: str, by: Person, at: datetime) -> Entry:
    """Give the leg that is due next more time, up to a day, included, for a reason.

    A leg without a target moves the promised day of the whole case with it. Refused without a
    reason, for a day that is not later than the due date, or more than MOST_TIME days ahead.
    """
    require(by, "cases.extend", case)
    need_text(text, _("Write why more time is given."))
    _check_state(Deed.EXTEND, case)
    _check_day(until, at, most=MOST_TIME)
    running = _locked(case)
    first = min(running, key=lambda row: (row.due_at, row.kind), default=None)
    if first is None:
        raise RuleBroken(_("No clock of this case runs now."))
    if until <= first.due_on:
        raise InvalidValue(_("Choose a day after the present due date."), field="until")
    calendar = clocks.calendar_of(case, first.started_at)
    clocks.set_due(first, compute_to(calendar, at, until, Basis.EXTENDED))
    entry = _changed(Deed.EXTEND, Entry.Deed.EXTENDED, case, running, [first], text, by=by, at=at)
    return _up_to(entry, until)


def end_pauses(at: datetime) -> int:
    """Note the pauses that have come to their end; returns of how many cases.

    The due dates stay: they were counted with the pause. Any number of workers may do it at once.
    """
    over = ClockPause.objects.filter(is_over=False, until__lte=at, clock__stopped_at=None)
    keys = list(over.order_by("until").values_list("clock__case", flat=True))
    return sum(_ended(pk, at) for pk in dict.fromkeys(keys))


@transaction.atomic
def _ended(pk: int, at: datetime) -> bool:
    case = Case.objects.select_for_update(no_key=True).get(pk=pk)
    over = ClockPause.objects.filter(clock__case=case, is_over=False, until__lte=at)
    ended = {row.clock_id for row in over}
    if not over.update(is_over=True):
        return False  # another worker was quicker
    running = clocks.running_clocks(case)
    values = clocks.due_values(case, running)
    act(Deed.RESUME, case, Entry.Deed.RESUMED, None, at, "", said_by=SAID_BY, **values)
    for row in running:
        if row.pk in ended:
            ladder.replan(row, at=at)
    return True


def _up_to(entry: Entry, until: date) -> Entry:
    """Note in the entry up to which day: the thread says it in the reader's language."""
    entry.why = until.isoformat()
    entry.save(update_fields=["why"])
    return entry


def _check_state(deed: Deed, case: Case) -> None:
    try:
        rules.check_state(deed, State(case.state))
    except rules.Refused as refused:
        raise RuleBroken(refusal(case, refused.reason)) from refused


def _check_day(until: date, at: datetime, *, most: int) -> None:
    today = time_of.day_of(at)
    if until < today:
        raise InvalidValue(_("This day is already past."), field="until")
    if (until - today).days > most:
        raise InvalidValue(
            ngettext(
                "Choose a day at most %(days)s day ahead.",
                "Choose a day at most %(days)s days ahead.",
                most,
            )
            % {"days": most},
            field="until",
        )


def _locked(case: Case) -> list[Clock]:
    """Return the running clocks, the case locked; StaleState when its due date is another now."""
    now = Case.objects.select_for_update(no_key=True).get(pk=case.pk)
    if (now.due_at, now.due_on, now.paused_until) != (case.due_at, case.due_on, case.paused_until):
        raise StaleState(
            _("Somebody else has changed this case in the meantime. Read it again first.")
        )
    return clocks.running_clocks(case)


def _changed(  # noqa: PLR0917 - what every deed has, and its clocks
    deed: Deed,
    entry_deed: Entry.Deed,
    case: Case,
    running: list[Clock],
    changed: list[Clock],
    text: str,
    *,
    by: Person,
    at: datetime,
) -> Entry:
    """Write the new due dates of clocks, and what the case waits for with them."""
    promised = case.promised_on
    for row in changed:
        row.version += 1
        if row.amount is None and row.kind != ClockKind.REPLY:
            promised = row.due_on
    Clock.objects.bulk_update(changed, clocks.DUE)
    values = clocks.due_values(case, running) | {"promised_on": promised}
    entry = act(deed, case, entry_deed, by, at, text, **values)
    for row in changed:
        ladder.replan(row, at=at)
    return entry
