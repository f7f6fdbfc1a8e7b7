"""Publishing the plan of a month: its meetings move, all of them or none. Source: S2.2, S4.5."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.assignments.models import Assignment, StandIn
from footpath.core import clock
from footpath.core.calendar import Month
from footpath.core.errors import RuleBroken, StaleState
from footpath.directory.models import Person
from footpath.meetings import notices, rules
from footpath.meetings import selectors as room
from footpath.meetings.models import Duty, Hall, HallClosure, Leave, Meeting, MonthLine, MonthPlan
from footpath.meetings.planning_month import Terms, Waived
from footpath.meetings.rules import month as parts
from footpath.meetings.selectors import months as selectors
from footpath.meetings.services.drawing import draw_many
from footpath.meetings.services.expecting import settle_elsewhere
from footpath.meetings.services.leave import decide_leave
from footpath.meetings.services.months.deciding import STATE, ChangedSince, refuse_month_over
from footpath.meetings.services.values import lock_people, snapshot, touched
from footpath.notifications.services import notify
from footpath.planning.month.problem import Rule

CHANGE = MonthLine.Change


class Refused(RuleBroken):
    """Publishing would break something; ``reasons`` name each, in words. Nothing has moved."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__(_("This plan cannot be published: nothing was moved."))
        self.reasons = tuple(reasons)


@dataclass
class _Moving:
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
    changing = _changing(plan, at)
    waivers = _waivers(plan)
    moved = [row for row in changing if row.moves]
    before = room.expected_in([row.meeting.pk for row in changing])
    told_before = _published_before(plan)
    for row in moved:
        _move(row, by=by, at=at)
    keys = {who for found in before.values() for who in found}
    _refuse(_clashes(keys, {row.meeting.pk for row in moved}, plan))
    _refuse([*_too_full(moved, plan), *_against_days(moved, plan, waivers, by=by)])
    draw_many([row.meeting for row in moved])
    stood_in = _stand_in(changing, waivers, by=by, at=at)
    now = room.expected_in([row.meeting.pk for row in changing])
    keys |= {who for found in now.values() for who in found}
    settle_elsewhere(keys)
    _refuse(_clashes(keys, {row.meeting.pk for row in changing}, plan))
    _tell(plan, changing, told_before, now, stood_in, at=at)
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


def _changing(plan: MonthPlan, at: datetime) -> list[_Moving]:
    """Return what changes, once everybody concerned is locked and nothing has changed since."""
    rows = [row for row in plan.lines.order_by("meeting_id") if _changes(row)]
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
    return [_Moving(row, meetings[row.meeting_id]) for row in rows]


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
    return row.change in (CHANGE.MOVED, CHANGE.STOOD_IN) or bool(row.stand_ins)


def _move(row: _Moving, *, by: Person, at: datetime) -> None:
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


# --- what would break -----------------------------------------------------------------------------


def _clashes(people: Collection[int], moved: Collection[int], plan: MonthPlan) -> list[str]:
    """Return who would be expected in two meetings at once, and in which; three queries."""
    first, last = room.span_of(Month.of(plan.month))
    rows = (
        room.expected(people)
        .filter(
            meeting__state=rules.State.PLANNED,
            meeting__starts_at__lt=last,
            meeting__ends_at__gt=first,
        )
        .values_list("who", "meeting_id", "meeting__starts_at", "meeting__ends_at")
        .order_by("meeting__starts_at", "meeting_id")
    )
    by_person: defaultdict[int, list[tuple[int, datetime, datetime]]] = defaultdict(list)
    for who, meeting, starts_at, ends_at in rows:
        if (meeting, starts_at, ends_at) not in by_person[who]:
            by_person[who].append((meeting, starts_at, ends_at))
    pairs = [
        (who, one[0], other[0])
        for who, held in sorted(by_person.items())
        for at, one in enumerate(held)
        for other in _until(held[at + 1 :], one[2])
        if one[0] in moved or other[0] in moved
    ]
    if not pairs:
        return []
    names = Person.objects.in_bulk({who for who, _one, _other in pairs})
    meetings = Meeting.objects.select_related("kind", "area").in_bulk(
        {pk for _who, *both in pairs for pk in both}
    )
    return [
        _("%(person)s would be expected in two places: %(one)s and %(other)s.")
        % {
            "person": names[who].name,
            "one": selectors.said(meetings[one]),
            "other": selectors.said(meetings[other]),
        }
        for who, one, other in pairs
    ]


def _until(
    held: Sequence[tuple[int, datetime, datetime]], end: datetime
) -> Iterable[tuple[int, datetime, datetime]]:
    for row in held:
        if row[1] >= end:
            return
        yield row


def _too_full(moved: Sequence[_Moving], plan: MonthPlan) -> list[str]:
    """Return which halls would hold more meetings than they can, or be closed; three queries."""
    halls = Hall.objects.in_bulk({row.meeting.hall_id for row in moved if row.meeting.hall_id})
    first, last = room.span_of(Month.of(plan.month))
    inside: defaultdict[int, list[Meeting]] = defaultdict(list)
    rows = Meeting.objects.filter(
        hall__in=halls, state=rules.State.PLANNED, starts_at__lt=last, ends_at__gt=first
    )
    for other in rows.select_related("kind", "area").order_by("starts_at", "pk"):
        if other.hall_id is not None:
            inside[other.hall_id].append(other)
    closures = list(HallClosure.objects.filter(hall__in=halls).order_by("pk"))
    found = []
    for row in moved:
        meeting = row.meeting
        if meeting.hall_id is None:
            continue
        hall = halls[meeting.hall_id]
        there = [
            other
            for other in inside[hall.pk]
            if other.pk != meeting.pk
            and other.starts_at < meeting.ends_at
            and other.ends_at > meeting.starts_at
        ]
        if len(there) >= hall.at_once:
            found.append(
                _("%(hall)s is taken: %(one)s and %(other)s.")
                % {
                    "hall": hall.name,
                    "one": selectors.said(meeting),
                    "other": "; ".join(map(selectors.said, there)),
                }
            )
        day = clock.day_of(meeting.starts_at)
        closed = (c for c in closures if c.hall_id == hall.pk and c.first <= day <= c.last)
        found += [
            _("%(hall)s is closed: %(meeting)s. %(reason)s")
            % {"hall": hall.name, "meeting": selectors.said(meeting), "reason": closure.reason}
            for closure in closed
        ]
    return found


def _against_days(
    moved: Sequence[_Moving],
    plan: MonthPlan,
    waivers: Mapping[int, Sequence[Waived]],
    *,
    by: Person,
) -> list[str]:
    """Return what day rules have against the new days; an exception makes it extraordinary."""
    if not moved:
        return []
    month = Month.of(plan.month)
    book = room.day_book(plan.path, month.first, month.last)
    broken, whose = [], []
    for row in moved:
        meeting = row.meeting
        for day in room.days_of(meeting.starts_at, meeting.ends_at):
            if month.first <= day <= month.last:
                against = book.broken(meeting.kind, meeting.area_path, day, besides={meeting.pk})
                broken += against
                whose += [row] * len(against)
    found = []
    for row, breach in zip(whose, book.explain(broken), strict=True):
        allowed = _allowed(row, waivers)
        if allowed is None or breach.final:
            found.append(
                _("%(meeting)s: %(reason)s")
                % {"meeting": selectors.said(row.meeting), "reason": breach.reason}
            )
            continue
        require(by, "meetings.extraordinary", row.meeting)
        Meeting.objects.filter(pk=row.meeting.pk).update(
            extraordinary_reason=allowed.reason[:200], extraordinary_by=allowed.by
        )
    return found


def _allowed(row: _Moving, waivers: Mapping[int, Sequence[Waived]]) -> Waived | None:
    """Return the exception that lets a meeting be held on its day against the rules of days."""
    day = clock.day_of(row.meeting.starts_at)
    for waived in waivers.get(row.meeting.pk, ()):
        about_days = Rule(waived.rules) & (Rule.KIND | Rule.CLOSED)
        if waived.slot and about_days and parts.read_slot(waived.slot)[0] == day:
            return waived
    return None


def _waivers(plan: MonthPlan) -> dict[int, list[Waived]]:
    found: dict[int, list[Waived]] = {}
    for row in Terms.from_json(plan.policy).waivers:
        found.setdefault(row.meeting, []).append(row)
    return found


# --- who comes ------------------------------------------------------------------------------------


def _stand_in(
    changing: Sequence[_Moving],
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
        duties = {d.person_id: d for d in Duty.objects.filter(meeting=row.meeting).order_by("pk")}
        for pair in _pairs(row, waivers):
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


def _pairs(row: _Moving, waivers: Mapping[int, Sequence[Waived]]) -> list[dict[str, Any]]:
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


# --- telling --------------------------------------------------------------------------------------


def _published_before(plan: MonthPlan) -> set[int]:
    """Return the meetings of the month that a plan was published for before."""
    rows = MonthLine.objects.filter(plan__state=STATE.PUBLISHED, plan__month=plan.month)
    return set(
        rows.exclude(plan=plan)
        .filter(meeting__in=plan.lines.values("meeting"))
        .values_list("meeting_id", flat=True)
    )


def _tell(
    plan: MonthPlan,
    changing: Sequence[_Moving],
    told_before: Collection[int],
    now: Mapping[int, set[int]],
    stood_in: Mapping[int, set[int]],
    *,
    at: datetime,
) -> None:
    """Tell everybody once that the month is published; and what has changed of what was told."""
    month = Month.of(plan.month)
    keys = list(plan.lines.values_list("meeting_id", flat=True))
    expected = now if plan.events else room.expected_in(keys)
    people = Person.objects.in_bulk({who for found in expected.values() for who in found})
    for row in changing:
        come, new = now[row.meeting.pk], stood_in.get(row.meeting.pk, set())
        if row.moves and row.meeting.pk in told_before:
            there = [people[pk] for pk in sorted(come - new)]
            notices.tell(there, "meeting.moved", row.meeting, at=at)
        if plan.events or row.meeting.pk in told_before:
            fresh = [people[pk] for pk in sorted(new & come)]
            notices.tell(fresh, "meeting.invited", row.meeting, at=at)
    if not plan.events:
        notify(
            {person.user_id for person in people.values() if person.user_id is not None},
            "month.published",
            key=f"month.published:{plan.area_id}:{month}",
            at=at,
            values={"month": notices.month_of(month), "place": plan.area.name},
            url=reverse("meetings:list", query={"month": str(month)}),
            subject=f"meetings.monthplan:{plan.pk}",
        )
