"""When the offices of a place work: noted hours, inherited down the tree, with its days."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q, QuerySet

from footpath.accounts.permissions import may
from footpath.core import tree
from footpath.core.errors import NotThere
from footpath.core.officehours import OfficeCalendar, Week, week_of
from footpath.core.workdays import Noted, Special, Workdays
from footpath.directory.models import CalendarYear, OfficeHours, Person, SpecialDay
from footpath.directory.selectors.calendar import ancestors_and_self

_MORNING, _AFTERNOON = ["07:30", "11:30"], ["13:30", "17:00"]
USUAL_HOURS = {str(day): [_MORNING, _AFTERNOON] for day in range(5)}
"""The hours of offices where nothing is noted: Monday to Friday, with a break at noon."""


def office_calendar_for(path: str, years: Iterable[int]) -> OfficeCalendar:
    """Return hours, working days and blocked days of a place from the first of these years on.

    Three queries. Calendars with the same content are one object, which keeps what it has worked
    out: nothing is ever out of date, because the content is read each time.
    """
    return office_calendars_below(path, years, only=True)(path)


def office_calendars_below(
    path: str, years: Iterable[int], *, only: bool = False
) -> Callable[[str], OfficeCalendar]:
    """Return a function from the path of a place to its calendar, for a whole subtree.

    It answers for the place and everything below it (``only``: for the place alone) without
    further queries; three queries.
    """
    above = Q(path__in=ancestors_and_self(path))
    condition = above if only else above | tree.within(path) if path else Q()
    if only and not path:
        condition = above
    first = min(years)
    settled = tuple(
        CalendarYear.objects.filter(year__gte=first).order_by("year").values_list("year", flat=True)
    )
    notes = sorted(
        SpecialDay.objects.filter(condition, withdrawn_at=None, last__gte=date(first, 1, 1))
        .order_by("pk")
        .values_list("path", "kind", "first", "last", "reason", "area__name"),
        key=lambda row: len(row[0]),
    )
    hours = sorted(
        OfficeHours.objects.filter(condition).values_list("path", "hours", "time_zone"),
        key=lambda row: len(row[0]),
    )

    def of(place: str) -> OfficeCalendar:
        week, zone = _week_of(USUAL_HOURS), settings.TIME_ZONE
        for where, noted, zone_noted in hours:
            if place.startswith(where):
                week, zone = _week_of(noted), zone_noted or settings.TIME_ZONE
        mine = [row for row in notes if place.startswith(row[0])]
        blocked = tuple(_special(row) for row in mine if row[1] == SpecialDay.Kind.BLOCKED)
        specials = tuple(_special(row) for row in mine if row[1] != SpecialDay.Kind.BLOCKED)
        return _calendar(settings.COUNTRY, settled, specials, blocked, week, zone)

    return of


def hours_noted() -> QuerySet[OfficeHours]:
    """Return all noted hours, the whole country first, then by place."""
    return OfficeHours.objects.select_related("area__parent", "noted_by").order_by("path")


def get_hours_for(person: Person, *, pk: int) -> OfficeHours:
    """Return noted hours; NotThere when there are none. They are no secret."""
    found = hours_noted().filter(pk=pk).first()
    if found is None or not may(person, "directory.see"):
        raise NotThere
    return found


def _week_of(noted: dict[str, list[list[str]]]) -> Week:
    return _week(tuple((day, tuple((a, b) for a, b in spans)) for day, spans in noted.items()))


@lru_cache(maxsize=64)
def _week(noted: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]) -> Week:
    return week_of(dict(noted))


@lru_cache(maxsize=64)
def _calendar(  # noqa: PLR0917 - what a calendar is made of, to be kept by
    country: str,
    settled: tuple[int, ...],
    specials: tuple[Special, ...],
    blocked: tuple[Special, ...],
    week: Week,
    zone: str,
) -> OfficeCalendar:
    workdays = Workdays(country, settled=settled, specials=specials)
    return OfficeCalendar(workdays, week, ZoneInfo(zone), blocked=blocked)


def _special(row: tuple[str, str, date, date, str, str | None]) -> Special:
    _path, kind, first, last, reason, place = row
    noted = Noted.CLOSED if kind == SpecialDay.Kind.BLOCKED else Noted(kind)
    return Special(noted, first, last, reason, place or "")
