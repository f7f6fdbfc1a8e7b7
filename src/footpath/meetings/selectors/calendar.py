"""The meetings of a span of days as plain rows: for the calendar, feeds and engagements."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from footpath.core import tree
from footpath.core.calendar import Month
from footpath.core.workdays import Workdays
from footpath.directory import selectors as directory
from footpath.directory.models import Area, Organization, Person
from footpath.meetings import rules
from footpath.meetings.models import DayRule, Hall, Meeting, MeetingQuerySet, MonthPlan
from footpath.meetings.selectors.duties import expected
from footpath.meetings.selectors.figures import span_of
from footpath.meetings.selectors.meetings import meetings_for

UNPUBLISHED = (
    MonthPlan.State.WAITING,
    MonthPlan.State.RUNNING,
    MonthPlan.State.PROPOSED,
    MonthPlan.State.APPROVED,
)
ROW = (
    "id",
    "kind_id",
    "title",
    "area_id",
    "area__name",
    "organization_id",
    "starts_at",
    "ends_at",
    "hall_id",
    "hall__name",
    "where",
    "state",
)
"""What every reader of a span needs of a meeting."""

PATH = tuple(f"a{level}" for level in range(tree.LEVELS))
"""Where a meeting's place lies in the tree: for those who ask more than once in a long list."""


def expects(person: Person) -> Q:
    """Return the condition on meetings at which a person is expected, as deputy too."""
    return Q(pk__in=expected([person.pk]).values("meeting_id"))


def meetings_between(
    person: Person,
    first: date,
    last: date,
    *,
    area: Area | None = None,
    organization: Organization | None = None,
    own: bool = False,
    kind: str | None = None,
    hall: Hall | None = None,
) -> MeetingQuerySet:
    """Return the meetings that begin on a day of the span (both included) and the person may read.

    Of a place and everything below it, of an organization, of a kind (code), in a hall; ``own``
    leaves those at which the person is expected. In the order of their beginning. The calendar
    and the feeds of a reader take their meetings from here, so that they show the same.
    """
    start, end = span_of((first, last))
    if own:
        rows = Meeting.objects.filter(expects(person))
        if area is not None:
            rows = rows.in_subtree(area.path)
    else:
        rows = meetings_for(person, path=None if area is None else area.path)
    rows = rows.filter(starts_at__gte=start, starts_at__lt=end)
    if organization is not None:
        rows = rows.filter(organization=organization)
    if kind:
        rows = rows.filter(kind__code=kind)
    if hall is not None:
        rows = rows.filter(hall=hall)
    return rows.order_by("starts_at", "pk")


def rows_of(meetings: MeetingQuerySet, *more: str) -> QuerySet[Any, dict[str, Any]]:
    """Return meetings as plain rows with the columns of ``ROW``, and more if asked for."""
    rows: QuerySet[Any, dict[str, Any]] = meetings.select_related(None).values(*ROW, *more)
    return rows


@dataclass(frozen=True)
class Provisional:
    """Which planned meetings may still change their day: nobody has settled it yet.

    Those in a year whose days off nobody has settled, and those of a month that is being planned
    for the first time.
    """

    unknown_years: Collection[int]
    months: frozenset[tuple[str, Month]]

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns that a row has to have besides those of ``ROW``."""
        return PATH if self.months else ()

    def __contains__(self, row: object) -> bool:
        """Return whether the meeting (a row of ``rows_of`` with ``columns``) is provisional."""
        if not (self.months or self.unknown_years):
            return False
        if not isinstance(row, Mapping) or row["state"] != rules.State.PLANNED:
            return False
        day = timezone.localtime(row["starts_at"]).date()
        if day.year in self.unknown_years:
            return True
        if not self.months:
            return False
        path, month = tree.path_of_row(row), Month.of(day)
        return any(month == planned and path.startswith(place) for place, planned in self.months)


def provisional_between(first: date, last: date) -> Provisional:
    """Return which meetings between two days are provisional; two queries."""
    years = range(first.year, last.year + 1)
    workdays = directory.workdays_for("", years)
    plans = MonthPlan.objects.filter(month__gte=first.replace(day=1), month__lte=last).values_list(
        "path", "month", "state"
    )
    published = {
        (path, month) for path, month, state in plans if state == MonthPlan.State.PUBLISHED
    }
    open_ = {(path, month) for path, month, state in plans if state in UNPUBLISHED}
    return Provisional(
        frozenset(year for year in years if not workdays.knows(year)),
        frozenset((path, Month.of(month)) for path, month in open_ - published),
    )


@dataclass(frozen=True)
class DayNote:
    """What is particular about a day: why it is off, why it is worked, and which rules name it."""

    off: str = ""
    stops: bool = False
    worked: str = ""
    rules: tuple[str, ...] = ()


def notes_of(area: Area | None, first: date, last: date) -> tuple[dict[date, DayNote], list[int]]:
    """Return the particular days of a place in a span, and the years nobody has settled.

    Without a place those of the whole country. Rules that keep meetings to some days of the month
    stand on those days. Five queries at most.
    """
    path = "" if area is None else area.path
    years = range(first.year, last.year + 1)
    workdays = directory.workdays_for(path, years)
    found = {}
    named = _days_of_rules(path, first, last, workdays)
    day = first
    while day <= last:
        note = _note(day, workdays, tuple(named.get(day, ())))
        if note != DayNote():
            found[day] = note
        day += timedelta(days=1)
    return found, [year for year in years if not workdays.knows(year)]


def _note(day: date, workdays: Workdays, named: tuple[str, ...]) -> DayNote:
    if not workdays.knows(day.year):
        return DayNote(rules=named)
    off, worked = workdays.day_off(day), workdays.extra_day(day)
    return DayNote(
        off=directory.words_of_day_off(off) if off else "",
        stops=off is not None and off.stops_meetings,
        worked=directory.words_of_extra_day(worked) if worked else "",
        rules=named,
    )


def _days_of_rules(path: str, first: date, last: date, workdays: Workdays) -> dict[date, list[str]]:
    """Return the days that rules name ("only on the 9th and the 15th"), with their titles."""
    if not path:
        return {}
    above = [path[: end + tree.STEP] for end in range(0, len(path), tree.STEP)]
    rows = DayRule.objects.filter(
        path__in=above, test=DayRule.Test.ONLY_DAYS, valid_from__lte=last
    ).exclude(valid_until__lt=first)
    nearest: dict[str, DayRule] = {}
    for rule in sorted(rows, key=lambda row: len(row.path)):
        nearest[rule.code] = rule
    found: dict[date, list[str]] = {}
    for rule in sorted(nearest.values(), key=lambda row: row.code):
        month = Month.of(first)
        while month.first <= last:
            for number in sorted(rule.days):
                day = _day_named(rule, month, number, workdays)
                if day is not None and first <= day <= last:
                    found.setdefault(day, []).append(rule.title)
            month = month.next
    return found


def _day_named(rule: DayRule, month: Month, number: int, workdays: Workdays) -> date | None:
    if number > month.last.day:
        return None
    day = month.first.replace(day=number)
    if not rule.valid_from <= day or (rule.valid_until and day > rule.valid_until):
        return None
    if rule.next_working_day and workdays.knows(day.year) and not workdays.is_working(day):
        following = day + timedelta(days=1)
        while workdays.knows(following.year) and not workdays.is_working(following):
            following += timedelta(days=1)
        return following
    return day
