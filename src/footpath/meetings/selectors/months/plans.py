"""Plans of months for somebody, and what has changed since one was made. Source: S4.5."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from footpath.accounts.permissions import may
from footpath.accounts.rules import READERS
from footpath.assignments.models import Absence
from footpath.assignments.selectors import absences_in
from footpath.core import clock, formats, tree
from footpath.core.errors import NotThere
from footpath.core.paging import Order, Page, page_of
from footpath.directory.models import Area, Person
from footpath.meetings import rules
from footpath.meetings.models import Leave, Meeting, MonthLine, MonthPin, MonthPlan

NEWEST = Order("started_at", descending=True, read=datetime.fromisoformat)
STATE = MonthPlan.State


def months_for(person: Person) -> QuerySet[MonthPlan]:
    """Return the plans of months of the places where the person may read meetings."""
    paths = person.scope.paths(READERS)
    inside = Q()
    for path in paths:
        inside |= tree.within(path)
    rows = MonthPlan.objects.defer("problem", "progress")
    return rows.filter(inside) if paths else rows.none()


def page_of_months(
    person: Person, *, area: Area | None = None, after: str | None = None, size: int = 20
) -> Page[MonthPlan]:
    """Return a page of the person's plans, of a place or all, the newest first. One query."""
    rows = months_for(person).select_related("area", "started_by", "decided_by", "published_by")
    if area is not None:
        rows = rows.filter(area=area)
    return page_of(rows, order=NEWEST, after=after, size=size)


def get_month_for(person: Person, *, pk: int) -> MonthPlan:
    """Return a plan with its people; NotThere when it is not in the person's places."""
    found = (
        months_for(person)
        .select_related(
            "area__tier", "started_by", "decided_by", "published_by", "previous__started_by"
        )
        .defer("problem")
        .filter(pk=pk)
        .first()
    )
    if found is None or not may(person, "meetings.see_month", found):
        raise NotThere
    return found


def months_to_approve(person: Person, *, limit: int = 5) -> list[MonthPlan]:
    """Return the proposals that the person may approve, of months not over, the newest first."""
    rows = (
        months_for(person)
        .filter(state=STATE.PROPOSED, month__gte=clock.today().replace(day=1))
        .exclude(next_plans__state__in=[STATE.PROPOSED, STATE.APPROVED, STATE.PUBLISHED])
        .select_related("area")
        .order_by("-started_at", "-pk")
    )
    return [row for row in rows[: limit * 4] if may(person, "meetings.approve_month", row)][:limit]


def lines_of(plan: MonthPlan) -> QuerySet[MonthLine]:
    """Return the lines of a plan with their meetings, by the time they are to be held."""
    return plan.lines.select_related(
        "meeting__kind", "meeting__area__parent", "meeting__hall"
    ).order_by("starts_at", "starts_before", "meeting_id")


def pins_of(plan: MonthPlan) -> list[MonthPin]:
    """Return the pins of a plan, with their meetings and who set them."""
    rows = plan.pins.select_related("meeting__kind", "meeting__area", "by")
    return list(rows.order_by("starts_at", "pk"))


def absences_to_repair(person: Person, area: Area, *, limit: int = 10) -> list[Absence]:
    """Return absences of people of a place that are not over, the latest first. One query.

    For those who plan its months: they lead it, and may know who is away.
    """
    return list(absences_in(person, area.path, on=clock.today(), size=limit).rows)


def leaves_to_repair(person: Person, area: Area, *, limit: int = 10) -> list[Leave]:
    """Return one leave that is asked for of each person, in meetings of a place still to come."""
    coming = Meeting.objects.in_subtree(area.path).filter(
        state=rules.State.PLANNED, starts_at__gt=clock.now()
    )
    rows = Leave.objects.filter(state=Leave.State.ASKED, duty__meeting__in=coming.values("pk"))
    rows = rows.select_related("duty__person", "duty__meeting__kind", "duty__meeting__area")
    found: dict[int, Leave] = {}
    for row in rows.order_by("duty__meeting__starts_at", "pk")[: limit * 5]:
        if may(person, "meetings.decide_leave", row):
            found.setdefault(row.duty.person_id, row)
    return list(found.values())[:limit]


def next_of(plan: MonthPlan) -> MonthPlan | None:
    """Return the newest plan that was made after this one, if there is any."""
    rows = plan.next_plans.exclude(state__in=[STATE.CANCELLED, STATE.FAILED])
    return rows.defer("problem", "progress").order_by("-started_at", "-pk").first()


def published_in(area: Area, month: date) -> MonthPlan | None:
    """Return the plan of a month of a place that was published last, repairs included."""
    rows = MonthPlan.objects.filter(area=area, month=month, state=STATE.PUBLISHED)
    return rows.defer("problem", "progress").order_by("-published_at", "-pk").first()


def said(meeting: Meeting) -> str:
    """Return a meeting with its time: "Cell meeting, Ấp Tân Huề (Sat 11 April, 19:00)"."""
    return _("%(meeting)s (%(when)s)") % {
        "meeting": meeting.name,
        "when": formats.day_time(meeting.starts_at),
    }


def changed_since(plan: MonthPlan, *, at: datetime) -> list[str]:
    """Return which meetings of a plan are no longer as they were when it was made, in words.

    One query. Meetings that the plan leaves alone count as well: it was made around them.
    """
    rows = plan.lines.select_related("meeting__kind", "meeting__area").order_by("meeting_id")
    found = []
    for row in rows:
        meeting = row.meeting
        if meeting.state == rules.State.CANCELLED:
            sentence = _("%(meeting)s was cancelled.")
        elif meeting.state != rules.State.PLANNED or meeting.opened_at is not None:
            sentence = _("%(meeting)s was held or has begun.")
        elif (meeting.starts_at, meeting.ends_at) != (row.starts_before, row.ends_before):
            sentence = _("%(meeting)s was moved to %(when)s.")
        elif meeting.sequence != row.sequence_before:
            sentence = _("%(meeting)s was changed.")
        elif row.starts_at != row.starts_before and row.starts_before <= at:
            sentence = _("%(meeting)s should have been held already.")
        else:
            continue
        found.append(
            sentence % {"meeting": meeting.name, "when": formats.day_time(meeting.starts_at)}
        )
    return found
