"""What would break if the plan of a month were published, in words. Source: S2.2, S4.5."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from footpath.accounts.permissions import require
from footpath.core import clock
from footpath.core.calendar import Month
from footpath.directory.models import Person
from footpath.meetings import rules
from footpath.meetings import selectors as room
from footpath.meetings.models import Hall, HallClosure, Meeting, MonthPlan
from footpath.meetings.planning_month import Terms, Waived
from footpath.meetings.rules import month as parts
from footpath.meetings.selectors import months as selectors
from footpath.meetings.services.months.moving import Moving
from footpath.planning.month.problem import Rule


def clashes(people: Collection[int], moved: Collection[int], plan: MonthPlan) -> list[str]:
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


def too_full(moved: Sequence[Moving], plan: MonthPlan) -> list[str]:
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
        if rules.most_at_once((one.starts_at, one.ends_at) for one in there) >= hall.at_once:
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


def against_days(
    moved: Sequence[Moving],
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


def _allowed(row: Moving, waivers: Mapping[int, Sequence[Waived]]) -> Waived | None:
    """Return the exception that lets a meeting be held on its day against the rules of days."""
    day = clock.day_of(row.meeting.starts_at)
    for waived in waivers.get(row.meeting.pk, ()):
        about_days = Rule(waived.rules) & (Rule.KIND | Rule.CLOSED)
        if waived.slot and about_days and parts.read_slot(waived.slot)[0] == day:
            return waived
    return None


def waivers_of(plan: MonthPlan) -> dict[int, list[Waived]]:
    """Return the exceptions of a plan by the key of their meeting."""
    found: dict[int, list[Waived]] = {}
    for row in Terms.from_json(plan.policy).waivers:
        found.setdefault(row.meeting, []).append(row)
    return found
