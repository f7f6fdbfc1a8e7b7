"""The lines of a plan: what becomes of each meeting. Source: S2.2, S4.5."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from footpath.core import clock
from footpath.meetings import planning_month as planning
from footpath.meetings.models import Meeting, MonthLine, MonthPin, MonthPlan
from footpath.meetings.planning_month import Picture, key_of
from footpath.meetings.services.months.working import Made
from footpath.planning.month.plan import Entry, Reason
from footpath.planning.month.problem import Rule


def line_of(  # noqa: PLR0917 - all that one line is made from
    plan: MonthPlan,
    picture: Picture,
    entry: Entry,
    refused: bool,
    pins: dict[int, MonthPin],
    made: Made,
) -> MonthLine:
    """Return what becomes of a meeting that may move; of a repair only who concerns it.

    ``refused`` meetings stand in the way of what stands fast: they are not held.
    """
    meeting = picture.rows.movers[entry.meeting]
    starts_at, ends_at = _times(meeting, entry, pins) if not refused else (None, None)
    stand_ins = [
        {"for": key_of(pair.attendee), "by": key_of(pair.deputy)} for pair in entry.stand_ins
    ] + [{"for": key_of(who), "by": None} for who in entry.missing]
    if made.changes is not None:
        concerned = {
            key_of(change.person)
            for change in made.changes
            if change.meeting == entry.meeting and change.person
        }
        stand_ins = [pair for pair in stand_ins if pair["for"] in concerned]
    change = MonthLine.Change.KEPT
    if starts_at is None:
        change = MonthLine.Change.NOT_HELD
    elif starts_at != meeting.starts_at:
        change = MonthLine.Change.MOVED
    elif stand_ins:
        change = MonthLine.Change.STOOD_IN
    before = picture.rows.last_month.get(meeting.pk)
    return MonthLine(
        plan=plan,
        meeting=meeting,
        starts_before=meeting.starts_at,
        ends_before=meeting.ends_at,
        sequence_before=meeting.sequence,
        starts_at=starts_at,
        ends_at=ends_at,
        hall_id=None if _outside_hall(plan, meeting, entry.slot) else meeting.hall_id,
        last_month_at=before.starts_at if before is not None else None,
        change=change,
        why=[] if refused else [_why(reason) for reason in entry.why],
        stand_ins=stand_ins if starts_at is not None else [],
    )


def _times(
    meeting: Meeting, entry: Entry, pins: dict[int, MonthPin]
) -> tuple[datetime | None, datetime | None]:
    """Return when a line is held; a pin's own time where one put it there."""
    if not entry.slot:
        return None, None
    pin = pins.get(meeting.pk)
    if pin is not None and planning.slot_at(pin) == entry.slot:
        return pin.starts_at, pin.starts_at + (meeting.ends_at - meeting.starts_at)
    return planning.times_in(meeting, entry.slot) or (None, None)


def _outside_hall(plan: MonthPlan, meeting: Meeting, slot: str) -> bool:
    """Return whether somebody allowed that the meeting is held elsewhere than in its hall."""
    return any(
        row.meeting == meeting.pk and row.slot == slot and Rule(row.rules) & Rule.HALL
        for row in planning.Terms.from_json(plan.policy).waivers
    )


def lines_aside(plan: MonthPlan, picture: Picture) -> list[MonthLine]:
    """Return lines for meetings that stand fast and lose somebody by a repair's absence.

    Their time stays; the first deputy who is free then stands in.
    """
    found = []
    for meeting in picture.rows.stand:
        if meeting.opened_at is not None:
            continue
        day = clock.day_of(meeting.starts_at)
        gone = {
            int(event["absent"])
            for event in plan.events
            if event["first"] <= day.isoformat() <= event["last"]
        } & {one.person for one in picture.rows.people.get(meeting.pk, ())}
        if gone:
            found.append(
                MonthLine(
                    plan=plan,
                    meeting=meeting,
                    starts_before=meeting.starts_at,
                    ends_before=meeting.ends_at,
                    sequence_before=meeting.sequence,
                    starts_at=meeting.starts_at,
                    ends_at=meeting.ends_at,
                    hall_id=meeting.hall_id,
                    change=MonthLine.Change.STOOD_IN,
                    stand_ins=[
                        {"for": who, "by": _free_deputy(picture, who, meeting)}
                        for who in sorted(gone)
                    ],
                )
            )
    return found


def _free_deputy(picture: Picture, who: int, meeting: Meeting) -> int | None:
    day = clock.day_of(meeting.starts_at)
    for deputy in picture.rows.deputies.get((who, meeting.pk), ()):
        busy = any(
            starts < meeting.ends_at and ends > meeting.starts_at and pk != meeting.pk
            for starts, ends, pk in picture.busy.get(deputy, ())
        )
        if not busy and not picture.rows.is_away(deputy, day):
            return deputy
    return None


def _why(reason: Reason) -> dict[str, Any]:
    return {"code": reason.code, **dict(reason.values)}


def as_last_month(line: MonthLine) -> bool:
    """Return whether the engine kept a meeting as it was held last month."""
    return any(reason["code"] == "as_before" for reason in line.why) and (
        line.last_month_at is not None
    )
