"""The figures of meetings: held, and duties to attend that were met. Source: S2.2."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from footpath.core import tree
from footpath.core.calendar import Month
from footpath.core.figures import Rate
from footpath.directory.models import Area, Person
from footpath.meetings import rules
from footpath.meetings.models import Duty, Meeting, MeetingQuerySet

ATTENDED = [str(mark) for mark in rules.ATTENDED]


def span_of(period: Month | tuple[date, date]) -> tuple[datetime, datetime]:
    """Return the moments between which a month or a span of days (both included) lies.

    In the organisation's time zone; the second moment is the first one after it.
    """
    first, last = (period.first, period.last) if isinstance(period, Month) else period
    start, end = (
        timezone.make_aware(datetime.combine(day, time.min))
        for day in (first, last + timedelta(days=1))
    )
    return start, end


@dataclass(frozen=True)
class MonthFigures:
    """The meetings of a month: how many in each state, and of the duties how many were met."""

    planned: int
    held: int
    cancelled: int
    attended: Rate

    @property
    def held_rate(self) -> Rate:
        """Return how many of all meetings that were not cancelled have been held."""
        return Rate(self.held, self.held + self.planned)


def month_figures(path: str, period: Month | tuple[date, date]) -> MonthFigures:
    """Return the figures of a subtree in a month or a span of days; two grouped queries.

    Late and a substitute count as attended; marks still unknown count in neither. Source: S2.2.
    """
    states = dict(
        _in_period(path, period).order_by("state").values_list("state").annotate(number=Count("pk"))
    )
    return MonthFigures(
        planned=states.get(rules.State.PLANNED, 0),
        held=states.get(rules.State.HELD, 0),
        cancelled=states.get(rules.State.CANCELLED, 0),
        attended=attendance_rate(path, period),
    )


def month_figures_by_child(
    area: Area, period: Month | tuple[date, date]
) -> dict[int, MonthFigures]:
    """Return the figures of each child of a place, by the child's key; two grouped queries.

    Meetings of the place itself stand in no child. Children without meetings are missing.
    """
    level = len(area.ancestor_ids)
    if level >= tree.LEVELS:
        return {}
    column = f"a{level}"
    states: dict[int, dict[str, int]] = {}
    counted = (
        _in_period(area.path, period)
        .exclude(**{column: None})
        .values(column, "state")
        .annotate(number=Count("pk"))
        .order_by(column)
    )
    for row in counted:
        states.setdefault(row[column], {})[row["state"]] = row["number"]
    duties = (
        _marked(area.path, period)
        .exclude(**{f"meeting__{column}": None})
        .values(child=F(f"meeting__{column}"))
        .annotate(whole=Count("pk"), part=Count("pk", filter=Q(attendance__in=ATTENDED)))
        .order_by("child")
    )
    rates = {row["child"]: Rate(row["part"], row["whole"]) for row in duties}
    return {
        pk: MonthFigures(
            planned=found.get(rules.State.PLANNED, 0),
            held=found.get(rules.State.HELD, 0),
            cancelled=found.get(rules.State.CANCELLED, 0),
            attended=rates.get(pk, Rate(0, 0)),
        )
        for pk, found in states.items()
    }


def attendance_rate(whose: Person | str, period: Month | tuple[date, date]) -> Rate:
    """Return of the duties of a person, or in a subtree (its path), how many were met.

    Only meetings held in the period and marks that are known; one query. Source: S2.2.
    """
    if isinstance(whose, Person):
        duties = _marked("", period).filter(person=whose)
    else:
        duties = _marked(whose, period)
    found = duties.aggregate(whole=Count("pk"), part=Count("pk", filter=Q(attendance__in=ATTENDED)))
    return Rate(found["part"], found["whole"])


def _in_period(path: str, period: Month | tuple[date, date]) -> MeetingQuerySet:
    start, end = span_of(period)
    return Meeting.objects.in_subtree(path).filter(starts_at__gte=start, starts_at__lt=end)


def _marked(path: str, period: Month | tuple[date, date]) -> QuerySet[Duty]:
    start, end = span_of(period)
    ids = tree.ids_of(path)
    condition = {f"meeting__a{len(ids) - 1}": ids[-1]} if ids else {}
    return Duty.objects.filter(
        meeting__state=rules.State.HELD,
        meeting__starts_at__gte=start,
        meeting__starts_at__lt=end,
        **condition,
    ).exclude(attendance=rules.Attendance.UNKNOWN)


def rates_by_meeting(keys: Iterable[int]) -> dict[int, Rate]:
    rows = (
        Duty.objects.filter(meeting__in=list(keys), meeting__state=rules.State.HELD)
        .exclude(attendance=rules.Attendance.UNKNOWN)
        .values("meeting_id")
        .annotate(whole=Count("pk"), part=Count("pk", filter=Q(attendance__in=ATTENDED)))
        .order_by("meeting_id")
    )
    return {row["meeting_id"]: Rate(row["part"], row["whole"]) for row in rows}
