"""Publishing the plan of a month: its meetings move, all of them or none. Source: S2.2, S4.5."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.core.errors import RuleBroken, StaleState
from footpath.directory.models import Person
from footpath.meetings import selectors as room
from footpath.meetings.models import MonthPlan
from footpath.meetings.services.drawing import draw_many
from footpath.meetings.services.expecting import settle_elsewhere
from footpath.meetings.services.months.deciding import STATE, refuse_month_over
from footpath.meetings.services.months.moving import changing_of, move
from footpath.meetings.services.months.refusing import against_days, clashes, too_full, waivers_of
from footpath.meetings.services.months.replacing import stand_in
from footpath.meetings.services.months.telling import published_before, tell


class Refused(RuleBroken):
    """Publishing would break something; ``reasons`` name each, in words. Nothing has moved."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__(_("This plan cannot be published: nothing was moved."))
        self.reasons = tuple(reasons)


@transaction.atomic
def publish_month(*, plan: MonthPlan, by: Person, at: datetime) -> bool:
    """Move the meetings of an approved plan, all or none, and tell everybody; return True.

    A plan that was published already stays as it is and gives False, so that it is safe to ask
    again. Raises ChangedSince when a meeting was touched since the plan was made, Refused when
    somebody would be expected in two places, a hall would be too full or closed, or a day rule
    stands against a new day; StaleState when the plan is not approved. Source: S2.2, S4.5.
    """
    require(by, "meetings.approve_month", plan)
    refuse_month_over(plan, at)
    taken = MonthPlan.objects.filter(pk=plan.pk, state=STATE.APPROVED).update(
        state=STATE.PUBLISHED, published_by=by, published_at=at
    )
    if not taken:
        plan.refresh_from_db(fields=["state", "published_by", "published_at"])
        if plan.state == STATE.PUBLISHED:
            return False
        raise StaleState(_("This plan is not approved. Nothing was moved."))
    changing = changing_of(plan, at)
    waivers = waivers_of(plan)
    moved = [row for row in changing if row.moves]
    before = room.expected_in([row.meeting.pk for row in changing])
    told_before = published_before(plan)
    for row in moved:
        move(row, by=by, at=at)
    keys = {who for found in before.values() for who in found}
    _refuse(clashes(keys, {row.meeting.pk for row in moved}, plan))
    _refuse([*too_full(moved, plan), *against_days(moved, plan, waivers, by=by)])
    draw_many([row.meeting for row in moved])
    stood_in = stand_in(changing, waivers, by=by, at=at)
    now = room.expected_in([row.meeting.pk for row in changing])
    keys |= {who for found in now.values() for who in found}
    settle_elsewhere(keys)
    _refuse(clashes(keys, {row.meeting.pk for row in changing}, plan))
    tell(plan, changing, told_before, now, stood_in, at=at)
    audit.record(
        "month.published",
        by=by,
        subject=plan,
        at=at,
        before={"digest": plan.digest, "approved_by": plan.decided_by_id},
        after={"moved": sorted(row.meeting.pk for row in moved), "stand_ins": len(stood_in)},
    )
    plan.refresh_from_db(fields=["state", "published_by", "published_at"])
    return True


def _refuse(reasons: Iterable[str]) -> None:
    found = list(dict.fromkeys(reasons))
    if found:
        raise Refused(found)
