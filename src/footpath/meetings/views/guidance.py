"""Guidance found again, and coffees beside the quarterly meetings."""

from __future__ import annotations

from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from footpath.accounts.guards import Asked, signed_in
from footpath.core import clock
from footpath.core.calendar import Month
from footpath.core.errors import NotThere
from footpath.directory import selectors as directory
from footpath.meetings.selectors.coffee import compare
from footpath.meetings.selectors.guidance import page_of_guidance, similar_guidance

YEARS_BACK = 4


@signed_in
@require_safe
def guidance(request: Asked) -> HttpResponse:
    """Search over what was answered in sessions; similar questions while a difficulty is typed."""
    if request.htmx and request.htmx.target == "similar":
        typed = request.GET.get("text", "")[:200]
        found = similar_guidance(request.person, typed)
        return render(request, "meetings/coffee/similar.html", {"similar": found})
    typed = " ".join(request.GET.get("q", "").split())[:200]
    page = page_of_guidance(request.person, typed=typed, after=request.GET.get("after") or None)
    return render(request, "meetings/guidance.html", {"typed": typed, "page": page})


@signed_in
@require_safe
def coffees(request: Asked) -> HttpResponse:
    """Coffees and the quarterly meetings side by side, in a year or the last twelve months."""
    person, today = request.person, clock.today()
    code = request.GET.get("place") or ""
    area = None
    if code:
        area = directory.areas_for(person).filter(code=code).first()
        if area is None:
            raise NotThere
    period = request.GET.get("period") or "12"
    first, last = _span(period, today)
    found = compare(person, path=area.path if area else None, first=first, last=last)
    periods = [("12", _("The last 12 months"))]
    periods += [(str(year), str(year)) for year in range(today.year, today.year - YEARS_BACK, -1)]
    context = {
        "found": found,
        "area": area,
        "ancestors": directory.ancestors_of(area) if area else [],
        "period": period,
        "periods": periods,
        "first": first,
        "last": last,
    }
    return render(request, "meetings/coffees.html", context)


def _span(period: str, today: date) -> tuple[date, date]:
    """Return the days of a year, or of the twelve months up to today; NotThere for anything else.

    A year that is not over ends today.
    """
    if period == "12":
        month = Month.of(today)
        for _step in range(11):
            month = month.previous
        return month.first, today
    if period in {str(today.year - back) for back in range(YEARS_BACK)}:
        return date(int(period), 1, 1), min(date(int(period), 12, 31), today)
    raise NotThere
