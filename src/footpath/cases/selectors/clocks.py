"""Targets and clocks: how long a leg may take, how a due date was counted, the card of a case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from footpath.cases import rules
from footpath.cases.models import Case, Clock, ClockKind, ClockPause, Target, TimeUnit
from footpath.cases.rules.working_time import (
    PAUSED,
    Basis,
    Computation,
    Pause,
    Step,
    counted_days,
    counted_hours,
)
from footpath.core import formats
from footpath.core.errors import NotThere
from footpath.core.officehours import OfficeCalendar, Why
from footpath.core.prepared import Prepared, keep
from footpath.core.workdays import DayOff, Off, YearNotKnown
from footpath.directory import selectors as directory
from footpath.directory.models import Person

_TARGETS = Prepared(
    lambda pk: Target.objects.filter(Q(category=None) | Q(category=pk)).select_related("tier"),
    mark=-1,
)
_CLOCKS = Prepared(lambda pk: Clock.objects.filter(case=pk).order_by("pk"), mark=-1)


def targets_for(case: Case) -> dict[str, Target]:
    """Return the target of each leg of a case that has one: the most particular counts.

    Category and tier, then category, then tier, then for all. One query, read anew each time.
    """
    found: dict[str, tuple[int, Target]] = {}
    for row in _TARGETS.rows(case.category_id):
        if row.tier is not None and row.tier.level != case.level:
            continue
        rank = 2 * (row.category_id is not None) + (row.tier is not None)
        if row.kind not in found or rank > found[row.kind][0]:
            found[row.kind] = (rank, row)
    return {kind: row for kind, (_rank, row) in found.items()}


def targets_all(_person: Person) -> list[Target]:
    """Return every target, by leg, then for all, by tier, by category. They are no secret."""
    legs = list(ClockKind.values)
    rows = Target.objects.select_related("category", "tier")
    return sorted(
        rows,
        key=lambda row: (
            legs.index(row.kind),
            row.category.code if row.category is not None else "",
            row.tier.level if row.tier is not None else -1,
        ),
    )


def get_target_for(_person: Person, *, pk: int) -> Target:
    """Return a target; NotThere when there is none."""
    found = Target.objects.select_related("category", "tier").filter(pk=pk).first()
    if found is None:
        raise NotThere
    return found


def clocks_of(case: Case) -> list[Clock]:
    """Return the clocks of a case in their order, each with its pauses; two queries at most."""
    rows = _CLOCKS.rows(case.pk)
    pauses: dict[int, list[ClockPause]] = {row.pk: [] for row in rows}
    if case.paused_until is not None or any(row.computed.get("pauses") for row in rows):
        for pause in ClockPause.objects.filter(clock__case=case.pk).order_by("since", "pk"):
            pauses[pause.clock_id].append(pause)
    for row in rows:
        row.case = case
        keep(row, "pauses", pauses[row.pk])
    return rows


# --- in words -------------------------------------------------------------------------------------


def leg_word(clock: Clock) -> str:
    """Return the name of a leg: "Rectify", "Rectify, round 2"."""
    word = str(ClockKind(clock.kind).label)
    if clock.round_number == 1:
        return word
    return _("%(leg)s, round %(round)s") % {"leg": word, "round": clock.round_number}


def amount_word(amount: int, unit: str) -> str:
    """Return a span in words: "10 working days"."""
    said = {"amount": amount}
    if unit == TimeUnit.HOURS:
        return ngettext("%(amount)s working hour", "%(amount)s working hours", amount) % said
    if unit == TimeUnit.WORKING_DAYS:
        return ngettext("%(amount)s working day", "%(amount)s working days", amount) % said
    return ngettext("%(amount)s calendar day", "%(amount)s calendar days", amount) % said


def explain(clock: Clock) -> list[str]:
    """Return how the due date of a clock was counted, a sentence a line."""
    if "due_at" not in clock.computed:
        return [_("Due on %(day)s.") % {"day": formats.day_year(clock.due_on)}]
    counted = Computation.from_json(clock.computed)
    lines = [_first_line(counted, clock)]
    lines += [_step_line(step, counted) for step in counted.steps]
    if counted.weekends:
        lines.append(
            ngettext(
                "Not counted: %(days)s day of weekends.",
                "Not counted: %(days)s days of weekends.",
                counted.weekends,
            )
            % {"days": counted.weekends}
        )
    lines.append(_due_line(counted))
    return lines


def _first_line(counted: Computation, clock: Clock) -> str:
    zone = ZoneInfo(counted.zone)
    start = counted.start.astimezone(zone)
    day = formats.day_year(counted.day)
    if counted.basis is Basis.EXTENDED:
        return _("More time was given on %(start)s: up to %(day)s.") % {
            "start": formats.day_year(start.date()),
            "day": day,
        }
    if counted.basis is Basis.AGREED:
        return _("Agreed for the whole case: %(day)s.") % {"day": day}
    if counted.basis is Basis.PROMISED:
        return _("Promised for the whole case: %(day)s. Calendar days, weekends included.") % {
            "day": day
        }
    said = {
        "span": amount_word(counted.amount or 0, counted.unit or ""),
        "day": formats.day_year(start.date()),
        "time": f"{start:%H:%M}",
    }
    if counted.unit is rules.TimeUnit.HOURS:
        return _("%(span)s of office hours from %(day)s, %(time)s.") % said
    return _("%(span)s from %(day)s. The first day is the one after it.") % said


def _step_line(step: Step, counted: Computation) -> str:
    days = _days(step.first, step.last)
    if step.why == PAUSED:
        return _("Paused, %(days)s: %(reason)s") % {"days": days, "reason": step.said}
    if step.why == Why.BLOCKED:
        return _("The clock stood, %(days)s: %(reason)s") % {"days": days, "reason": step.said}
    if step.why == Why.WORKED:
        return _("Counted, %(days)s: %(reason)s") % {"days": days, "reason": _worked(step)}
    return _("Not counted, %(days)s: %(reason)s") % {"days": days, "reason": _off(step, counted)}


def _worked(step: Step) -> str:
    swapped = _day_of(step.said)
    if swapped is not None:
        return _("Working day for %(day)s") % {"day": formats.day_short(swapped)}
    return step.said or _("Working day")


def _off(step: Step, counted: Computation) -> str:
    if step.why == Why.NO_HOURS:
        return _("no office hours")
    if step.why == Why.CLOSED:
        return step.said
    swapped = _day_of(step.said)
    names: list[str] = []
    for number in range(step.first.toordinal(), step.last.toordinal() + 1):
        why = Off.INSTEAD if swapped is not None else Off.HOLIDAY
        off = DayOff(date.fromordinal(number), why, counted.country, swapped)
        name = directory.words_of_day_off(off)
        if name not in names:
            names.append(name)
    return "; ".join(names)


def _day_of(said: str) -> date | None:
    try:
        return date.fromisoformat(said)
    except ValueError:
        return None


def _due_line(counted: Computation) -> str:
    local = counted.due_at.astimezone(ZoneInfo(counted.zone))
    said = {
        "day": formats.day_year(counted.due_on),
        "time": f"{local:%H:%M}",
        "zone": counted.zone,
    }
    if local.date() != counted.due_on:
        return _("Due on %(day)s, until midnight.") % said
    if counted.zone != settings.TIME_ZONE:
        return _("Due on %(day)s, %(time)s (%(zone)s).") % said
    return _("Due on %(day)s, %(time)s.") % said


def _days(first: date, last: date) -> str:
    if first == last:
        return formats.day_short(first)
    return f"{formats.day_short(first)} – {formats.day_short(last)}"


# --- the card -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Bar:
    """A piece of a bar, in per cent of the width."""

    x: float
    width: float
    paused: bool = False


@dataclass(frozen=True)
class Leg:
    """One line of the card: a leg, its bar, its due stroke and its words."""

    name: str
    words: str
    tone: str  # plain, attention or late
    bars: list[Bar]
    due: float
    explanation: list[str]
    running: bool


@dataclass(frozen=True)
class Timeline:
    """The clocks of a case as the card draws them; positions are per cent of the width."""

    legs: list[Leg]
    ticks: list[tuple[float, date]]
    today: float | None
    paused: bool  # a stripe is drawn somewhere


STEPS = (1, 2, 7, 14, 28, 56, 91, 182, 364)
MOST_TICKS = 6
NEAR_TODAY = 26.0  # on a phone, where "today" stands in the middle of its stroke
NEAR_TODAY_AT_THE_END = 36.0  # where the word ends at its stroke
NEAR_END = 9.0


def timeline(case: Case, now: datetime) -> Timeline | None:
    """Return the clocks of a case as its card draws them; None for a case without any.

    Two queries, three more where working hours or days are counted.
    """
    rows = clocks_of(case)
    if not rows:
        return None
    starts = timezone.localtime(rows[0].started_at).replace(hour=0, minute=0, second=0)
    edges = [row.stopped_at or max(now, row.due_at) for row in rows]
    edges += [row.due_at for row in rows if row.ended != Clock.Ended.CANCELLED]
    if case.is_open:
        edges.append(now)
    scale = _Scale(starts, max(edges))
    calendar = None
    if any(row.unit in (TimeUnit.HOURS, TimeUnit.WORKING_DAYS) for row in rows):
        calendar = directory.office_calendar_for(rows[0].path, [rows[0].started_at.year - 1])
    legs = [_leg(row, rows, scale, calendar, now) for row in rows]
    today = scale.x(now) if case.is_open else None
    return Timeline(
        legs,
        scale.ticks(today),
        today,
        any(bar.paused for leg in legs for bar in leg.bars),
    )


class _Scale:
    """Moments as per cent of the width, a little air at the end."""

    def __init__(self, first: datetime, last: datetime) -> None:
        self.first = first
        self.whole = max((last - first).total_seconds(), 86_400.0) * 1.02

    def x(self, moment: datetime) -> float:
        share = (moment - self.first).total_seconds() / self.whole
        return round(min(max(share, 0.0), 1.0) * 100, 2)

    def ticks(self, today: float | None) -> list[tuple[float, date]]:
        """Return the days named above the bars; none so near to today that the words meet."""
        near = NEAR_TODAY_AT_THE_END if today is not None and today > 92 else NEAR_TODAY
        days = self.whole / 86_400
        step = next((step for step in STEPS if days / step <= MOST_TICKS), int(days / 5) or 1)
        found = []
        for number in range(0, int(days) + 1, step):
            moment = self.first + timedelta(days=number)
            x = self.x(moment)
            if x <= 100 - NEAR_END and (today is None or abs(x - today) >= near):
                found.append((x, moment.date()))
        return found


def _leg(
    clock: Clock,
    rows: Sequence[Clock],
    scale: _Scale,
    calendar: OfficeCalendar | None,
    now: datetime,
) -> Leg:
    end = clock.stopped_at or now
    bars = _bars(clock, end, scale)
    running = clock.stopped_at is None
    today = timezone.localdate(now)
    tone = "plain"
    if running and clock.due_at < now:
        tone = "late"
    elif running and clock.due_on <= today:
        tone = "attention"
    words = _used(clock, end, calendar)
    state = _state(clock, rows, now)
    return Leg(
        leg_word(clock),
        _("%(used)s: %(state)s") % {"used": words, "state": state} if state else words,
        tone,
        bars,
        scale.x(clock.due_at),
        explain(clock),
        running,
    )


def _bars(clock: Clock, end: datetime, scale: _Scale) -> list[Bar]:
    """Return the bar of a clock cut by its pauses; each piece is at least a hair wide."""
    edges: list[tuple[datetime, datetime, bool]] = []
    at = clock.started_at
    for pause in clock.pauses.all():
        since, until = max(pause.since, at), min(pause.until, end)
        if until <= since:
            continue
        edges += [(at, since, False), (since, until, True)]
        at = until
    edges.append((at, end, False))
    found = []
    for first, last, paused in edges:
        if last > first or (not paused and len(edges) == 1):
            x = scale.x(first)
            found.append(Bar(x, round(max(scale.x(last) - x, 0.6), 2), paused))
    return found


def _used(clock: Clock, end: datetime, calendar: OfficeCalendar | None) -> str:
    """Return how much of the target was used: "10 of 15 working days, 4 paused"."""
    pauses = [Pause(row.since, row.until, row.reason) for row in clock.pauses.all()]
    if clock.amount is None or clock.unit == TimeUnit.DAYS or calendar is None:
        zone = ZoneInfo(clock.computed.get("zone", settings.TIME_ZONE))
        used = (end.astimezone(zone).date() - clock.started_at.astimezone(zone).date()).days
        stood = [
            (row.since.astimezone(zone).date(), min(row.until, end).astimezone(zone).date())
            for row in pauses
            if row.since < end
        ]
        paused = float(sum(max((last - first).days, 0) for first, last in stood))
        used_days = float(max(used - int(paused), 0))
        unit = TimeUnit.DAYS
    else:
        unit = TimeUnit(clock.unit)
        try:
            if unit == TimeUnit.HOURS:
                used_days, paused = counted_hours(calendar, clock.started_at, end, pauses)
            else:
                used_days, paused = counted_days(calendar, clock.started_at, end, unit, pauses)
        except YearNotKnown:
            return amount_word(clock.amount, unit)
    number = formats.number(int(used_days))
    if clock.amount is None:
        words = amount_word(int(used_days), unit)
    else:
        words = _("%(used)s of %(whole)s") % {
            "used": number,
            "whole": amount_word(clock.amount, unit),
        }
    if int(paused):
        words = _("%(used)s, %(paused)s paused") % {
            "used": words,
            "paused": formats.number(int(paused)),
        }
    return words


def _state(clock: Clock, rows: Sequence[Clock], now: datetime) -> str:
    if clock.ended == Clock.Ended.CANCELLED:
        return _("not needed any more")
    if clock.stopped_at is None:
        return _running_state(clock, now)
    if clock.kind == ClockKind.VERIFY and any(
        row.round_number == clock.round_number + 1 and row.started_at == clock.stopped_at
        for row in rows
    ):
        return _("came back")
    return "" if clock.is_in_time else _("late")


def _running_state(clock: Clock, now: datetime) -> str:
    if any(row.since <= now < row.until for row in clock.pauses.all()):
        return _("paused")
    today = timezone.localdate(now)
    if clock.due_on == today and clock.due_at >= now:
        return _("due today")
    if clock.due_at < now:
        return _("overdue")
    return _("due on %(day)s") % {"day": formats.day_short(clock.due_on)}
