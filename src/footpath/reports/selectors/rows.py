"""The rows behind the figures: each figure counts one of these and nothing else.

Past months: what stood open at the end is told from the thread of each case, because a case may
have been closed and reopened since.
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from footpath.cases.models import Case, CaseQuerySet, Category, Entry
from footpath.core import clock, tree
from footpath.core.calendar import Month
from footpath.core.errors import NotThere
from footpath.directory.models import Area, Organization, Person, Tier
from footpath.meetings.models import Duty, Meeting, MeetingQuerySet
from footpath.meetings.rules import ATTENDED, Attendance
from footpath.reports import rules

CLOSING = (Entry.Deed.VERIFIED, Entry.Deed.DUPLICATE)
EXPECTED = tuple(mark for mark in Attendance if mark is not Attendance.UNKNOWN)


def beginning(day: date) -> datetime:
    """Return the first moment of a day in the organisation's time zone."""
    return timezone.make_aware(datetime.combine(day, time.min))


def span(month: Month) -> tuple[datetime, datetime]:
    """Return the first moment of a month and the first moment after it."""
    return beginning(month.first), beginning(month.next.first)


def during(month: Month, column: str) -> Q:
    """Return the condition that a moment lies in the month."""
    start, end = span(month)
    return Q(**{f"{column}__gte": start, f"{column}__lt": end})


def raised(path: str, month: Month) -> CaseQuerySet:
    """Return the cases of a subtree raised in the month."""
    return Case.objects.in_subtree(path).filter(during(month, "raised_at"))


def closed(path: str, month: Month) -> CaseQuerySet:
    """Return the cases closed in the month that are closed still."""
    return Case.objects.in_subtree(path).filter(during(month, "closed_at"))


def with_entry(path: str, month: Month, deed: Entry.Deed) -> CaseQuerySet:
    """Return the cases to which a deed was done in the month, each once."""
    entries = Entry.objects.filter(during(month, "at"), case=OuterRef("pk"), deed=deed)
    return Case.objects.in_subtree(path).filter(Exists(entries))


def open_at_end(path: str, month: Month) -> CaseQuerySet:
    """Return the cases open when the month was over; in the present month, those open now.

    Of the cases raised before the end, those that are open still or were closed later are left;
    out of these fall the ones that were closed at the end and reopened later, whose first closing
    or reopening after the end is therefore a reopening.
    """
    rows = Case.objects.in_subtree(path)
    if month >= Month.of(clock.today()):
        return rows.open()
    _start, end = span(month)
    next_event = (
        Entry.objects.filter(
            case=OuterRef("pk"), at__gte=end, deed__in=(*CLOSING, Entry.Deed.REOPENED)
        )
        .order_by("at", "pk")
        .values("deed")[:1]
    )
    return (
        rows.filter(Q(is_open=True) | Q(closed_at__gte=end), raised_at__lt=end)
        .alias(next_event=Coalesce(Subquery(next_event), Value("")))
        .exclude(next_event=Entry.Deed.REOPENED)
    )


def overdue(month: Month) -> Q:
    """Return the condition on open cases that they were overdue when the month was over, or now."""
    return Q(due_on__lt=rules.counted_on(month, clock.today()))


def meetings(path: str, month: Month) -> MeetingQuerySet:
    """Return the meetings of a subtree that begin in the month, in whatever state."""
    return Meeting.objects.in_subtree(path).filter(during(month, "starts_at"))


def duties(path: str, month: Month) -> QuerySet[Duty]:
    """Return the duties whose attendance is known, of the meetings held in the month."""
    held = meetings(path, month).filter(state=Meeting.State.HELD)
    return Duty.objects.filter(meeting__in=held, attendance__in=EXPECTED)


def cases_of(area: Area, month: Month, figure: str) -> CaseQuerySet | None:
    """Return the cases that a figure counts, or None when it counts no cases."""
    path = area.path
    if figure == "overdue":
        return open_at_end(path, month).filter(overdue(month))
    if figure == "reopened":
        return with_entry(path, month, Entry.Deed.REOPENED)
    if figure == "escalated":
        return with_entry(path, month, Entry.Deed.ESCALATED)
    maker = {"raised": raised, "closed": closed, "open": open_at_end}.get(figure)
    return maker(path, month) if maker is not None else None


def duties_of(area: Area, month: Month, figure: str) -> QuerySet[Duty] | None:
    """Return the duties that a figure counts, or None when it counts no duties."""
    marks = {
        "duties": EXPECTED,
        "attended": tuple(ATTENDED),
        "excused": (Attendance.EXCUSED,),
        "absent": (Attendance.ABSENT,),
    }.get(figure)
    return duties(area.path, month).filter(attendance__in=marks) if marks is not None else None


def own(area: Area, column: str, day: date) -> Q:
    """Return the condition that a row lies in the place, but in none of its children of the day."""
    children = Area.objects.in_force(day).filter(parent=area).values("pk")
    return Q(**{column: None}) | ~Q(**{f"{column}__in": children})


def child_column(area: Area) -> str:
    """Return the ancestor column that names the child of the area in which a row lies."""
    return f"a{min(len(area.ancestor_ids), tree.LEVELS - 1)}"


def rows_of(
    person: Person, area: Area, month: Month, figure: str, **filters: Any
) -> QuerySet[Any, Any]:
    """Return the rows that a figure counts: cases, duties or meetings; NotThere if it has none.

    ``filters`` narrow cases by ``level``, ``category`` (code) and ``outcome``; ``own`` keeps only
    rows of no place below. The place must be one whose figures the person may read
    (``area_to_report``).
    """
    from footpath.reports.selectors import rates  # noqa: PLC0415 - which counts by these rows

    day = rules.covered_on(month, clock.today())
    column = child_column(area)
    if figure == "meetings":
        found: QuerySet[Any, Any] | None = meetings(area.path, month).filter(
            state=Meeting.State.HELD
        )
    else:
        found = (
            rates.cases_of(area, month, figure, filters)
            if rates.is_rate(figure)
            else cases_of(area, month, figure)
        )
        if found is not None:
            columns = {"level": "level", "category": "category__code", "outcome": "outcome"}
            wanted = {columns[key]: value for key, value in filters.items() if key in columns}
            found = found.filter(**wanted)
        else:
            found, column = duties_of(area, month, figure), f"meeting__{column}"
    if found is None:
        raise NotThere
    return found.filter(own(area, column, day)) if filters.get("own") else found


def words_of(filters: dict[str, str]) -> list[str]:
    """Return in words what a figure's rows are narrowed by: tier, category, outcome."""
    words = []
    if "level" in filters:
        words += [tier.name for tier in Tier.objects.filter(level=int(filters["level"]))]
    if "category" in filters:
        words += [row.name for row in Category.objects.filter(code=filters["category"])]
    if filters.get("outcome") in Case.Outcome.values:
        words.append(str(Case.Outcome(filters["outcome"]).label))
    if "organization" in filters:
        words += [row.name for row in Organization.objects.filter(code=filters["organization"])]
    if filters.get("span") == "12":
        words.append(_("and the eleven months before"))
    return words
