"""Deciding about the plan of a month: approved by a named person, or rejected with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.core import clock, formats
from footpath.core.calendar import Month
from footpath.core.errors import InvalidValue, RuleBroken, StaleState
from footpath.directory.models import Person
from footpath.meetings.models import MonthPlan
from footpath.meetings.selectors import months as selectors

STATE = MonthPlan.State


class ChangedSince(StaleState):
    """Meetings have changed since the plan was made; ``changes`` says which, in words."""

    def __init__(self, changes: Sequence[str]) -> None:
        super().__init__(_("Something has changed since this plan was made. Plan again."))
        self.changes = tuple(changes)


@transaction.atomic
def approve_month(*, plan: MonthPlan, by: Person, at: datetime) -> None:
    """Approve a proposed plan by name; no meeting moves before it is published.

    The trail keeps who started it and the digest of what was approved. Raises ChangedSince when a
    meeting of it was moved, cancelled or begun since, StaleState when the plan is decided already,
    RuleBroken when its month is over. Source: S4.5.
    """
    require(by, "meetings.approve_month", plan)
    refuse_month_over(plan, at)
    taken = MonthPlan.objects.filter(pk=plan.pk, state=STATE.PROPOSED).update(
        state=STATE.APPROVED, decided_by=by, decided_at=at
    )
    if not taken:
        raise StaleState(_("This plan has been decided already, or is not ready."))
    changed = selectors.changed_since(plan, at=at)
    if changed:
        raise ChangedSince(changed)
    audit.record(
        "month.approved",
        by=by,
        subject=plan,
        at=at,
        before={"started_by": plan.started_by_id},
        after={"digest": plan.digest},
    )
    plan.refresh_from_db(fields=["state", "decided_by", "decided_at"])


@transaction.atomic
def reject_month(*, plan: MonthPlan, reason: str, by: Person, at: datetime) -> None:
    """Reject a plan that is not published, with a reason.

    InvalidValue without a reason, StaleState when it is published or decided already.
    """
    require(by, "meetings.approve_month", plan)
    reason = reason.strip()
    if not reason:
        raise InvalidValue(_("Say why the plan is rejected."), field="reason")
    taken = MonthPlan.objects.filter(pk=plan.pk, state__in=(STATE.PROPOSED, STATE.APPROVED)).update(
        state=STATE.REJECTED, decided_by=by, decided_at=at, decision_note=reason
    )
    if not taken:
        raise StaleState(_("This plan has been decided already, or is not ready."))
    audit.record("month.rejected", by=by, subject=plan, at=at, after={"reason": reason})
    plan.refresh_from_db(fields=["state", "decided_by", "decided_at", "decision_note"])


def refuse_month_over(plan: MonthPlan, at: datetime) -> None:
    """Raise RuleBroken when the month of a plan has passed."""
    month = Month.of(plan.month)
    if month < Month.of(clock.day_of(at)):
        raise RuleBroken(_("%(month)s is over.") % {"month": formats.month(month)})
