"""Starting the plan of a month, stopping it, and starting it again. Source: S2.2, S4.5."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.core import clock, formats
from footpath.core.calendar import Month
from footpath.core.errors import InvalidValue, StaleState
from footpath.directory import selectors as directory
from footpath.directory.models import Area, Person
from footpath.meetings import rules, selectors
from footpath.meetings.models import Meeting, MonthPin, MonthPlan
from footpath.meetings.planning_month import Terms, Waived

STATE = MonthPlan.State
AT_WORK = (STATE.WAITING, STATE.RUNNING)
SILENT_FOR = timedelta(minutes=5)
"""A plan at work that has said nothing for so long was cut off, for example by a restart."""

MOST_AHEAD = 13
"""Meetings are made so many months ahead."""


class MonthAtWork(StaleState):
    """Somebody else has already started a plan for the same month; it is in ``plan``."""

    def __init__(self, plan: MonthPlan) -> None:
        super().__init__(
            _("%(person)s has already started a plan for this month, at %(time)s.")
            % {"person": plan.started_by.name, "time": formats.time(plan.started_at)}
        )
        self.plan = plan


@transaction.atomic
def start_month(
    *,
    area: Area,
    month: Month,
    by: Person,
    at: datetime,
    terms: Terms | None = None,
    previous: MonthPlan | None = None,
    pins: Iterable[MonthPin] = (),
) -> MonthPlan:
    """Ask for a plan of the meetings of an area in a month and return it, waiting to be made.

    Raises InvalidValue for a month that is over, too far ahead, without meetings to come, or in a
    year whose days nobody has settled; MonthAtWork when one is being made. Source: S2.2, S4.5.
    """
    return _start(area, month, by, at, terms or Terms(), previous, pins=pins)


@transaction.atomic
def start_repair(
    *,
    area: Area,
    month: Month,
    person: Person,
    spans: Sequence[tuple[date, date]],
    by: Person,
    at: datetime,
    terms: Terms | None = None,
    previous: MonthPlan | None = None,
) -> MonthPlan:
    """Ask how a month changes least when somebody is away, and return that plan, waiting.

    ``spans`` are pairs of a first and a last day, both included. Raises as ``start_month``, and
    InvalidValue for days that are over or lie in another month.
    """
    events = []
    for first, last in spans:
        if last < first:
            raise InvalidValue(_("The last day lies before the first."), field="last")
        start, until = max(first, month.first, clock.day_of(at)), min(last, month.last)
        if until < start:
            raise InvalidValue(
                _("These days are over, or lie in another month than %(month)s.")
                % {"month": formats.month_within(month)},
                field="first",
            )
        events.append({"absent": person.pk, "first": first.isoformat(), "last": last.isoformat()})
    return _start(area, month, by, at, terms or Terms(), previous, events=events)


def _start(  # noqa: PLR0917 - what every plan is started with
    area: Area,
    month: Month,
    by: Person,
    at: datetime,
    terms: Terms,
    previous: MonthPlan | None,
    *,
    events: Sequence[dict[str, object]] = (),
    pins: Iterable[MonthPin] = (),
) -> MonthPlan:
    require(by, "meetings.plan_month", area)
    _refuse_month(area, month, at)
    fail_cut_off(area=area, month=month, at=at)
    plan = MonthPlan(
        area=area,
        path=area.path,
        month=month.first,
        previous=previous,
        events=list(events),
        policy=terms.as_json(),
        started_by=by,
        started_at=at,
    )
    try:
        with transaction.atomic():
            plan.save(force_insert=True)
    except IntegrityError:
        other = MonthPlan.objects.filter(area=area, month=month.first, state__in=AT_WORK)
        raise MonthAtWork(other.select_related("started_by").get()) from None
    MonthPin.objects.bulk_create(
        MonthPin(
            plan=plan, meeting_id=pin.meeting_id, starts_at=pin.starts_at, away=pin.away, by=pin.by
        )
        for pin in pins
    )
    audit.record(
        "month.started",
        by=by,
        subject=plan,
        at=at,
        after={
            "area": area.pk,
            "month": str(month),
            "events": plan.events,
            "policy": plan.policy,
            "previous": previous.pk if previous else None,
        },
    )
    return plan


def _refuse_month(area: Area, month: Month, at: datetime) -> None:
    now = Month.of(clock.day_of(at))
    if month < now:
        raise InvalidValue(_("%(month)s is over.") % {"month": formats.month(month)}, field="month")
    if (month.year - now.year) * 12 + month.month - now.month > MOST_AHEAD:
        raise InvalidValue(_("Choose one of the next 13 months."), field="month")
    years = {month.year, month.previous.year}
    workdays = directory.workdays_for(area.path, sorted(years))
    for year in sorted(years):
        if not workdays.knows(year):
            raise InvalidValue(directory.words_of_year_not_known(year), field="month")
    first, last = selectors.span_of(month)
    coming = Meeting.objects.in_subtree(area.path).filter(
        state=rules.State.PLANNED, starts_at__gt=max(first, at), starts_at__lt=last
    )
    if not coming.exists():
        raise InvalidValue(
            _("No meeting of this place is still to come in %(month)s.")
            % {"month": formats.month_within(month)},
            field="month",
        )


def plan_again(
    *, plan: MonthPlan, by: Person, at: datetime, waivers: Iterable[Waived] = ()
) -> MonthPlan:
    """Ask for the next plan after this one, with what was noted on it, and return it.

    Pins that were taken off are left out; exceptions are kept, and the given ones come to them.
    Raises as ``start_month``.
    """
    kept = Terms.from_json(plan.policy)
    terms = replace(kept, waivers=(*kept.waivers, *waivers))
    pins = plan.pins.filter(off=False).select_related("by").order_by("pk")
    with transaction.atomic():
        return _start(
            plan.area, Month.of(plan.month), by, at, terms, plan, events=plan.events, pins=pins
        )


@transaction.atomic
def stop_month(*, plan: MonthPlan, by: Person, at: datetime) -> None:
    """Stop the making of a plan: what is best so far is kept; one that waits is cancelled.

    Raises StaleState when the plan is finished already.
    """
    require(by, "meetings.plan_month", plan)
    waiting = MonthPlan.objects.filter(pk=plan.pk, state=STATE.WAITING)
    if waiting.update(state=STATE.CANCELLED, finished_at=at):
        plan.state = STATE.CANCELLED
    elif not MonthPlan.objects.filter(pk=plan.pk, state=STATE.RUNNING).update(stop=True):
        raise StaleState(_("This plan is finished already."))
    plan.stop = True
    audit.record("month.stopped", by=by, subject=plan, at=at)


def is_cut_off(plan: MonthPlan, *, at: datetime) -> bool:
    """Return whether a plan at work has said nothing for long."""
    return plan.state in AT_WORK and at - (plan.heard_at or plan.started_at) > SILENT_FOR


@transaction.atomic
def start_again(*, plan: MonthPlan, by: Person, at: datetime) -> None:
    """Let a plan that was cut off be made from the beginning; StaleState when it was not."""
    require(by, "meetings.plan_month", plan)
    changed = 0
    if is_cut_off(plan, at=at):
        changed = MonthPlan.objects.filter(
            pk=plan.pk, state=plan.state, heard_at=plan.heard_at, started_at=plan.started_at
        ).update(state=STATE.WAITING, heard_at=at, stop=False, progress=[])
    if not changed:
        raise StaleState(_("This plan is being made. Look again in a moment."))
    plan.refresh_from_db()
    audit.record("month.started_again", by=by, subject=plan, at=at)


@transaction.atomic
def fail_cut_off(*, at: datetime, area: Area | None = None, month: Month | None = None) -> int:
    """Mark plans that were cut off as failed, with a sentence; return how many there were.

    Those of a month of an area, waiting or running; without an area all that run.
    """
    rows = MonthPlan.objects.filter(started_at__lt=at - SILENT_FOR)
    if area is not None and month is not None:
        rows = rows.filter(state__in=AT_WORK, area=area, month=month.first)
    else:
        rows = rows.filter(state=STATE.RUNNING)
    sentence = _("The work was cut off, for example by a restart. Plan again.")
    return sum(
        fail_month(plan=plan, sentence=sentence, at=at)
        for plan in rows.order_by("pk")
        if is_cut_off(plan, at=at)
    )


@transaction.atomic
def fail_month(*, plan: MonthPlan, sentence: str, at: datetime) -> int:
    """Mark a plan at work as failed, with a sentence for whoever reads it; return 1, or 0."""
    changed = MonthPlan.objects.filter(pk=plan.pk, state__in=AT_WORK).update(
        state=STATE.FAILED, error=sentence, finished_at=at
    )
    if changed:
        plan.state, plan.error = STATE.FAILED, sentence
        audit.record("month.failed", by=audit.System(), subject=plan, at=at)
    return changed
