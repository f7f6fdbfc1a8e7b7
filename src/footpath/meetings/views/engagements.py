"""Every dated demand on a unit in a month: what clashes, what stands close, what it costs."""

from __future__ import annotations

from datetime import date, timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from footpath.accounts.guards import Asked, signed_in
from footpath.core import clock
from footpath.core.calendar import Month
from footpath.core.errors import NotThere
from footpath.directory import selectors as directory
from footpath.directory.models import Area, Organization, Person
from footpath.meetings import selectors
from footpath.meetings.engagements import Engagement, Unit
from footpath.meetings.rules.engagements import CLOSE_DAYS, CLOSE_NUMBER


@signed_in
@require_safe
def engagements(request: Asked) -> HttpResponse:
    """The engagements of ``?place=`` or ``?organization=``, of the reader's own place without."""
    person: Person = request.person
    month = _month(request.GET.get("month"))
    area, organization = _unit(request, person)
    unit = Unit(area, organization)
    whose: Area | Organization | None = area or organization
    if whose is None:
        raise NotThere
    months = [month.previous, month, month.next]
    # The weeks at both ends are read whole, so that what stands close across a month is seen.
    demands = selectors.demands_of(person, unit, months[0].first, months[-1].last)
    inside = [row for row in demands.rows if Month.of(clock.day_of(row.starts_at)) == month]
    key = {"place": area.code} if area else {"organization": organization.code}  # type: ignore[union-attr]
    context = {
        "whose": whose,
        "area": area,
        "organization": organization,
        "ancestors": directory.ancestors_of(area) if area else [],
        "month": month,
        "months": months,
        "this_month": Month.of(clock.today()),
        "key": key,
        "number": len(inside),
        "weeks": _weeks(month, inside),
        "weekdays": selectors.day_names(),
        "days": _by_day(inside),
        "overlaps": [
            (pair, sorted(demands.people[who] for who in pair.people))
            for pair in demands.overlaps
            if Month.of(clock.day_of(pair.second.starts_at)) == month
        ],
        "clusters": [
            row
            for row in demands.clusters
            if any(Month.of(clock.day_of(one.starts_at)) == month for one in row.rows)
        ],
        "close_days": CLOSE_DAYS,
        "close_number": CLOSE_NUMBER,
        "bearers": selectors.burdens_of(demands.rows, area, months, whose.name),
        "page": reverse("meetings:engagements"),
    }
    return render(request, "meetings/engagements.html", context)


def _unit(request: Asked, person: Person) -> tuple[Area | None, Organization | None]:
    code = request.GET.get("organization")
    if code:
        return None, directory.get_organization_for(person, code=code)
    code = request.GET.get("place")
    area = directory.get_area_for(person, code=code) if code else directory.home_area_of(person)
    if area is None:
        raise NotThere
    return area, None


def _month(typed: str | None) -> Month:
    try:
        return Month.parse(typed or "")
    except ValueError:
        return Month.of(clock.today())


def _by_day(rows: list[Engagement]) -> list[tuple[date, list[Engagement]]]:
    found: dict[date, list[Engagement]] = {}
    for row in rows:
        found.setdefault(clock.day_of(row.starts_at), []).append(row)
    return sorted(found.items())


def _weeks(month: Month, rows: list[Engagement]) -> list[list[tuple[date, bool, int, float]]]:
    """Return the weeks of a month: each day with whether it lies inside, its number and hours."""
    zone = timezone.get_current_timezone()
    known: dict[date, tuple[int, float]] = {}
    for row in rows:
        if row.cancelled:
            continue
        day = row.starts_at.astimezone(zone).date()
        number, hours = known.get(day, (0, 0.0))
        known[day] = number + 1, hours + row.hours
    first = month.first - timedelta(days=month.first.weekday())
    last = month.last + timedelta(days=6 - month.last.weekday())
    days = [first + timedelta(days=at) for at in range((last - first).days + 1)]
    cells = [(day, month.first <= day <= month.last, *known.get(day, (0, 0.0))) for day in days]
    return [cells[at : at + 7] for at in range(0, len(cells), 7)]
