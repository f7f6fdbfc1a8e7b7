"""The meetings that the plan of a month moves, locked and put where it wants them. Source: S2.2."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from footpath.accounts import audit
from footpath.assignments.models import Assignment, StandIn
from footpath.core.calendar import Month
from footpath.directory.models import Person
from footpath.meetings import rules
from footpath.meetings import selectors as room
from footpath.meetings.models import Hall, Meeting, MonthLine, MonthPlan
from footpath.meetings.selectors import months as selectors
from footpath.meetings.services.months.deciding import ChangedSince
from footpath.meetings.services.values import lock_people, snapshot, touched


@dataclass
class Moving:
    """A line of the plan that changes something, and its meeting as it is now."""

    line: MonthLine
    meeting: Meeting

    @property
    def moves(self) -> bool:
        """Return whether the meeting gets another time or leaves its hall."""
        line = self.line
        return line.starts_at is not None and (
            line.starts_at != line.starts_before or line.hall_id != self.meeting.hall_id
        )


def changing_of(plan: MonthPlan, at: datetime) -> list[Moving]:
    """Return what changes, once everybody concerned is locked and nothing has changed since.

    Halls are locked before people, as when a meeting is convened: nobody takes their last room
    meanwhile.
    """
    rows = [row for row in plan.lines.order_by("meeting_id") if _changes(row)]
    halls = {row.hall_id for row in rows if row.hall_id is not None}
    rooms = Hall.objects.select_for_update(no_key=True).filter(pk__in=halls).order_by("pk")
    list(rooms.values_list("pk", flat=True))
    keys = [row.meeting_id for row in rows]
    people = {who for found in room.expected_in(keys).values() for who in found}
    people |= {pair["by"] for row in rows for pair in row.stand_ins if pair["by"]}
    lock_people(people | _in_charge(keys, Month.of(plan.month)))
    locked = Meeting.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk")
    list(locked.values_list("pk", flat=True))
    changed = selectors.changed_since(plan, at=at)
    if changed:
        raise ChangedSince(changed)
    meetings = Meeting.objects.select_related("kind", "area", "hall").in_bulk(keys)
    return [Moving(row, meetings[row.meeting_id]) for row in rows]


def _in_charge(meetings: Sequence[int], month: Month) -> set[int]:
    """Return who is in charge of the places of meetings in a month, or stands in there.

    They are locked with the others, once and by key: their duties may be drawn anew.
    """
    areas = Meeting.objects.filter(pk__in=meetings).values("area")
    held = Assignment.objects.filter(
        Q(until=None) | Q(until__gte=month.first), start__lte=month.last, area__in=areas
    )
    acting = StandIn.objects.filter(
        start__lte=month.last, until__gte=month.first, assignment__area__in=areas
    )
    return {
        *held.values_list("person_id", flat=True),
        *acting.values_list("person_id", flat=True),
    }


def _changes(row: MonthLine) -> bool:
    return row.change in (MonthLine.Change.MOVED, MonthLine.Change.STOOD_IN) or bool(row.stand_ins)


def move(row: Moving, *, by: Person, at: datetime) -> None:
    """Put a meeting where its line wants it; ChangedSince when somebody touched it meanwhile."""
    line, meeting = row.line, row.meeting
    before = snapshot(meeting)
    found = Meeting.objects.filter(
        pk=meeting.pk,
        state=rules.State.PLANNED,
        opened_at=None,
        sequence=line.sequence_before,
        starts_at=line.starts_before,
        ends_at=line.ends_before,
    )
    values = {"starts_at": line.starts_at, "ends_at": line.ends_at, "hall": line.hall_id}
    if not found.update(**values, **touched(meeting, at)):
        raise ChangedSince(selectors.changed_since(line.plan, at=at))
    assert line.starts_at is not None  # noqa: S101 - it moves
    assert line.ends_at is not None  # noqa: S101
    meeting.starts_at, meeting.ends_at = line.starts_at, line.ends_at
    if line.hall_id != meeting.hall_id:
        meeting.hall = None
    audit.record(
        "meeting.moved", by=by, subject=meeting, at=at, before=before, after=snapshot(meeting)
    )
