"""What is noted on the proposal of a month: it holds from the next plan on. Source: S4.5."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.core import clock
from footpath.core.calendar import Month
from footpath.core.errors import InvalidValue, RuleBroken
from footpath.directory.models import Person
from footpath.meetings.models import Meeting, MonthPin, MonthPlan
from footpath.meetings.planning_month import length_of, slot_at
from footpath.meetings.rules import month as parts


@transaction.atomic
def pin_meeting(
    *,
    plan: MonthPlan,
    meeting: Meeting,
    starts_at: datetime,
    by: Person,
    at: datetime,
    away: bool = False,
) -> MonthPin:
    """Note on a proposal: this meeting at this time, or with ``away`` in any part of a day but it.

    An earlier pin that says otherwise is taken off. Raises InvalidValue for a meeting that is not
    in the plan, a day outside the month or not after today, or a time that crosses two parts of a
    day; RuleBroken when the plan is no proposal any more.
    """
    require(by, "meetings.plan_month", plan)
    still_proposed(plan)
    if not plan.lines.filter(meeting=meeting).exists():
        raise InvalidValue(_("This meeting is not in the plan."), field="meeting")
    begins = timezone.localtime(starts_at)
    if Month.of(begins.date()) != Month.of(plan.month):
        raise InvalidValue(_("Choose a day of the month of the plan."), field="day")
    if begins.date() <= clock.day_of(at) and starts_at != meeting.starts_at:
        raise InvalidValue(_("Choose a day after today."), field="day")
    if not away and parts.part_of(begins.time(), length_of(meeting)) is None:
        raise InvalidValue(
            _("The meeting does not fit before noon, the afternoon or the evening at that time."),
            field="begins",
        )
    same = plan.pins.filter(meeting=meeting)
    wanted = MonthPin(starts_at=starts_at)
    for other in same.exclude(starts_at=starts_at):
        # Two pins to a time cannot both hold; kept away from here, it is no longer put here.
        if not other.off and (not other.away if not away else _same_slot(other, wanted)):
            _take_off(other)
    pin, made = MonthPin.objects.get_or_create(
        plan=plan,
        meeting=meeting,
        starts_at=starts_at,
        defaults={"away": away, "noted": True, "by": by},
    )
    if not made:
        was_other = pin.away != away
        pin.away, pin.off = away, False
        pin.by = by if was_other else pin.by
        pin.noted = pin.noted or was_other
        pin.save()
    audit.record(
        "month.pinned",
        by=by,
        subject=plan,
        at=at,
        after={"meeting": meeting.pk, "starts_at": starts_at.isoformat(), "away": away},
    )
    return pin


@transaction.atomic
def take_pin_off(*, pin: MonthPin, by: Person, at: datetime) -> None:
    """Note on a proposal that the next plan is made without this pin."""
    plan = pin.plan
    require(by, "meetings.plan_month", plan)
    still_proposed(plan)
    audit.record(
        "month.unpinned",
        by=by,
        subject=plan,
        at=at,
        before={"meeting": pin.meeting_id, "starts_at": pin.starts_at.isoformat()},
    )
    _take_off(pin)


def still_proposed(plan: MonthPlan) -> None:
    """Raise RuleBroken unless the plan is a proposal."""
    if not MonthPlan.objects.filter(pk=plan.pk, state=MonthPlan.State.PROPOSED).exists():
        raise RuleBroken(_("This plan is decided or not ready. Plan again to change it."))


def _same_slot(one: MonthPin, other: MonthPin) -> bool:
    return slot_at(one) == slot_at(other)


def _take_off(pin: MonthPin) -> None:
    if pin.noted:
        pin.delete()
    else:
        pin.off = True
        pin.save(update_fields=["off"])
