"""The clocks of a case: begun and stopped by its deeds, each due date with its arithmetic.

The case itself notes what it waits for next (``due_on``, ``due_at``, ``due_kind``, and until when
that clock stands): the ledger, its order and its figures read nothing else. Source: S0.3, S4.4.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, Max, OuterRef

from footpath.cases.models import Case, Clock, ClockPause, Target
from footpath.cases.rules import working_time
from footpath.cases.rules.clocks import LEGS, ClockKind
from footpath.cases.rules.working_time import Basis, Computation, Pause
from footpath.cases.selectors import clocks as found
from footpath.cases.services import ladder
from footpath.core.errors import RuleBroken
from footpath.core.officehours import OfficeCalendar, week_of
from footpath.core.workdays import Workdays, YearNotKnown
from footpath.directory import selectors as directory

STOPPED = ("stopped_at", "ended", "is_in_time", "next_rung_at", "due_at", "due_on", "computed")
DUE = ("due_at", "due_on", "computed", "version")


def first_clocks(case: Case, *, at: datetime, with_reporter: bool) -> list[Clock]:
    """Return the clocks of a case that is being raised, and note on it what is due first.

    Not written here: raising writes the case and its clocks together. RuleBroken when a target
    needs a year that nobody has settled.
    """
    kinds = [ClockKind.ACCEPT, *([ClockKind.REPLY] if with_reporter else [])]
    made = _new_clocks(case, kinds, at=at)
    _set_on(case, due_values(case, made))
    return made


def follow(case: Case, entry_deed: str, *, at: datetime) -> None:
    """Stop and begin the clocks that a deed stops and begins, and note on the case what is due.

    Part of the deed's transaction; the case has its new state already. RuleBroken when a clock
    that begins needs a year that nobody has settled.
    """
    legs = LEGS.get(entry_deed)
    if legs is None:
        return
    running = {clock.kind: clock for clock in running_clocks(case)}
    stopped = [
        _stop(case, running.pop(kind), at=at, met=kind in legs.met)
        for kind in (*legs.met, *legs.cancelled)
        if kind in running
    ]
    Clock.objects.bulk_update(stopped, STOPPED)
    for clock in stopped:
        ladder.drop(clock, at=at)
    begun = _new_clocks(case, [kind for kind in legs.started if kind not in running], at=at)
    Clock.objects.bulk_create(begun)
    note_due(case, [*running.values(), *begun])


def begin(case: Case, kind: ClockKind, *, at: datetime) -> Clock | None:
    """Begin a clock that depends on more than the deed; None when it runs already."""
    running = running_clocks(case)
    if any(clock.kind == kind for clock in running):
        return None
    (begun,) = _new_clocks(case, [kind], at=at)
    begun.save(force_insert=True)
    note_due(case, [*running, begun])
    return begun


def running_clocks(case: Case) -> list[Clock]:
    """Return the clocks of a case that have not stopped, each with ``stands``; one query."""
    stands = ClockPause.objects.filter(clock=OuterRef("pk"), is_over=False)
    rows = Clock.objects.filter(case=case, stopped_at=None).annotate(stands=Exists(stands))
    return list(rows.order_by("pk"))


def note_due(case: Case, running: Iterable[Clock]) -> None:
    """Note on the case, and write, what it waits for next."""
    values = due_values(case, running)
    _set_on(case, values)
    Case.objects.filter(pk=case.pk).update(promised_on=case.promised_on, **values)


def due_values(case: Case, running: Iterable[Clock]) -> dict[str, Any]:
    """Return what is noted on the case of its running clocks.

    That is the earliest due of all; without a clock the promised day stands.
    """
    first = min(running, key=lambda clock: (clock.due_at, clock.kind), default=None)
    if first is None:
        promised = case.promised_on or case.due_on
        return {"due_on": promised, "due_at": None, "due_kind": "", "paused_until": None}
    return {
        "due_on": first.due_on,
        "due_at": first.due_at,
        "due_kind": str(first.kind),
        "paused_until": _stands_until(first),
    }


def calendar_of(case: Case, at: datetime) -> OfficeCalendar:
    """Return the calendar of a case's place; three queries."""
    return directory.office_calendar_for(case.area_path, [at.year - 1])


def count(clock: Clock, calendar: OfficeCalendar, pauses: Sequence[Pause]) -> Computation:
    """Return the due date of a clock from its target, or from the day that was given.

    Of a clock that was given more time only pauses after that count: whoever gave the day knew
    the others. RuleBroken, with who settles it where, for a year that nobody has settled.
    """
    kept = clock.computed
    if kept.get("basis") == Basis.EXTENDED:
        start, day = datetime.fromisoformat(kept["start"]), date.fromisoformat(kept["day"])
        later = [row for row in pauses if row.since >= start]
        return working_time.compute_to(calendar, start, day, Basis.EXTENDED, later)
    if clock.amount is None:
        day = date.fromisoformat(kept["day"]) if "day" in kept else clock.due_on
        basis = Basis(kept.get("basis", Basis.PROMISED))
        return working_time.compute_to(calendar, clock.started_at, day, basis, pauses)
    with years_in_words():
        return working_time.compute(calendar, clock.started_at, clock.amount, clock.unit, pauses)


def set_due(clock: Clock, counted: Computation) -> None:
    """Note a computed due date on a clock."""
    clock.due_at, clock.due_on, clock.computed = counted.due_at, counted.due_on, counted.as_json()


def pauses_of(clock: Clock) -> list[Pause]:
    """Return the pauses of a clock; one query."""
    return [
        Pause(since, until, reason)
        for since, until, reason in clock.pauses.values_list("since", "until", "reason")
    ]


def keep_promise(case: Case, clock: Clock) -> None:
    """Move the promised day with the due date of a clock that has no target of its own."""
    if clock.amount is None and clock.kind != ClockKind.REPLY:
        case.promised_on = clock.due_on


class years_in_words:  # noqa: N801 - used as a function
    """Turns a year that nobody has settled into a refusal that says who settles it where."""

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """Raise RuleBroken instead of YearNotKnown."""
        if isinstance(error, YearNotKnown):
            raise RuleBroken(directory.words_of_year_not_known(error.year)) from error


def _new_clocks(case: Case, kinds: Sequence[ClockKind], *, at: datetime) -> list[Clock]:
    """Return new clocks, not written: one query where no target is set for any of them."""
    if not kinds:
        return []
    targets = found.targets_for(case)
    calendar = calendar_of(case, at) if any(kind in targets for kind in kinds) else _plain()
    return [_new_clock(case, kind, targets, calendar, at=at) for kind in kinds]


def _new_clock(
    case: Case,
    kind: ClockKind,
    targets: Mapping[str, Target],
    calendar: OfficeCalendar,
    *,
    at: datetime,
) -> Clock:
    target = targets.get(kind)
    clock = Clock(
        case=case,
        kind=kind,
        round_number=case.round_number,
        path=case.area_path,
        amount=target.amount if target is not None else None,
        unit=target.unit if target is not None else "",
        started_at=at,
    )
    clock.stands = False  # type: ignore[attr-defined] # as in running_clocks
    if target is None:
        clock.due_on = case.promised_on or case.due_on
        clock.computed = {"basis": Basis.AGREED if case.is_agreed else Basis.PROMISED}
    set_due(clock, count(clock, calendar, ()))
    ladder.replan(clock, at=at)
    return clock


def _stop(case: Case, clock: Clock, *, at: datetime, met: bool) -> Clock:
    """Stop a clock; a pause that still lasts ends with it, and only what was used of it counts."""
    if clock.stands:  # type: ignore[attr-defined] # from running_clocks
        end_pauses(clock, at=at)
        set_due(clock, count(clock, calendar_of(case, clock.started_at), pauses_of(clock)))
        keep_promise(case, clock)
    clock.stopped_at = at
    clock.next_rung_at = None
    clock.ended = Clock.Ended.MET if met else Clock.Ended.CANCELLED
    clock.is_in_time = at <= clock.due_at if met else None
    return clock


def end_pauses(clock: Clock, *, at: datetime) -> None:
    """End the pauses of a clock that still last; one that has not begun yet has no length."""
    for row in clock.pauses.filter(is_over=False):
        row.until, row.is_over = max(row.since, min(row.until, at)), True
        row.save(update_fields=["until", "is_over"])


def _stands_until(clock: Clock) -> date | None:
    """Return the last day of a clock's pause; None when it runs."""
    if not clock.stands:  # type: ignore[attr-defined] # from running_clocks
        return None
    until = clock.pauses.filter(is_over=False).aggregate(last=Max("until"))["last"]
    zone = ZoneInfo(clock.computed.get("zone", settings.TIME_ZONE))
    return (until - timedelta(microseconds=1)).astimezone(zone).date() if until else None


def _set_on(case: Case, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(case, name, value)


def _plain() -> OfficeCalendar:
    """Return a calendar for days that were promised: they ask only for the organisation's zone."""
    return _calendar_of_zone(settings.COUNTRY, settings.TIME_ZONE)


@lru_cache(maxsize=8)
def _calendar_of_zone(country: str, zone: str) -> OfficeCalendar:
    return OfficeCalendar(Workdays(country), week_of(directory.USUAL_HOURS), ZoneInfo(zone))
