"""Who comes for whom in the meetings of a published plan, and who is excused. Source: S4.5."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from footpath.directory.models import Person
from footpath.meetings import rules
from footpath.meetings.models import Duty, Leave
from footpath.meetings.planning_month import Waived
from footpath.meetings.services.leave import decide_leave
from footpath.meetings.services.months.moving import Moving


def stand_in(
    changing: Sequence[Moving],
    waivers: Mapping[int, Sequence[Waived]],
    *,
    by: Person,
    at: datetime,
) -> dict[int, set[int]]:
    """Write down who comes for whom and who is excused; return who newly comes, by meeting.

    Leave that somebody asked for is granted where the plan says who comes instead, or nobody.
    """
    keys = [row.meeting.pk for row in changing]
    asked = Leave.objects.filter(duty__meeting__in=keys, state=Leave.State.ASKED)
    asked = asked.select_related("duty__person", "duty__meeting__kind", "duty__meeting__area")
    leaves = {leave.duty_id: leave for leave in asked.select_related("deputy")}
    came: dict[int, set[int]] = {}
    for row in changing:
        pairs = _pairs(row, waivers)
        if not pairs:
            continue
        duties = {d.person_id: d for d in Duty.objects.filter(meeting=row.meeting).order_by("pk")}
        for pair in pairs:
            duty, instead = duties.get(pair["for"]), pair["by"]
            new = instead is not None and instead not in duties
            leave = leaves.get(duty.pk) if duty is not None else None
            if leave is not None and duty is not None:
                other = leave.deputy_id != instead
                decide_leave(leave=leave, grant=True, without_deputy=other, by=by, at=at)
                duty.refresh_from_db(fields=["attendance", "substitute"])
            if duty is not None:
                _mark(duty, instead if new else None, pair["reason"], granted=leave is not None)
            elif new:
                duties[instead] = Duty.objects.create(meeting=row.meeting, person_id=instead)
            if new:
                came.setdefault(row.meeting.pk, set()).add(instead)
    return came


def _pairs(row: Moving, waivers: Mapping[int, Sequence[Waived]]) -> list[dict[str, Any]]:
    """Return who is replaced by whom in a meeting (None: by nobody), and why."""
    pairs = [{"reason": _("Away"), **pair} for pair in row.line.stand_ins]
    return pairs + [
        {"for": waived.person, "by": None, "reason": waived.reason}
        for waived in waivers.get(row.meeting.pk, ())
        if waived.person
    ]


def _mark(duty: Duty, instead: int | None, reason: str, *, granted: bool) -> None:
    """Write who comes instead of somebody; what was marked before stays, but for leave."""
    excused = granted and duty.attendance == rules.Attendance.EXCUSED
    if duty.attendance != rules.Attendance.UNKNOWN and not (excused and instead):
        return
    mark = rules.Attendance.EXCUSED if instead is None else rules.Attendance.SUBSTITUTE
    Duty.objects.filter(pk=duty.pk).update(
        attendance=mark,
        substitute=instead,
        elsewhere=None,
        reason=duty.reason if granted else reason[:200],
    )
