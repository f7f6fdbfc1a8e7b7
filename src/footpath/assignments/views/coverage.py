"""Pages of coverage: which places have somebody in charge, and who is in charge of one."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from footpath.accounts.guards import Asked, signed_in
from footpath.accounts.permissions import may
from footpath.assignments import selectors
from footpath.assignments.forms import DayForm
from footpath.assignments.views import asked
from footpath.core import clock
from footpath.directory import selectors as directory
from footpath.directory.models import Person


@signed_in
@require_safe
def coverage(request: Asked) -> HttpResponse:
    """Which places of a tier have a lead on a day, and which have nobody."""
    person: Person = request.person
    on = asked.day(request.GET.get("on"))
    area = asked.area(person, request.GET.get("place"))
    if area is None:
        return render(request, "assignments/nowhere.html")
    rates = selectors.coverage_rates(area.path, on=on)
    tier = asked.tier([row.tier for row in rates], request.GET.get("tier"))
    missing = asked.missing(request.GET.get("missing"))
    page, tiles, trend = None, [], []
    if tier is not None:
        page = selectors.coverage(
            person, tier, area.path, on=on, missing=missing, after=request.GET.get("after")
        )
        trend = selectors.coverage_trend(tier, area.path, on=on)
        if tier.level > area.tier.level + 1:
            tiles = [
                row for row in selectors.coverage_by_child(area, tier, on=on) if row.rate.whole
            ]
    context = {
        "area": area,
        "ancestors": directory.ancestors_of(area),
        "charge": selectors.who_is_in_charge(person, area, on=on),
        "trend": trend,
        "on": on,
        "today": clock.today(),
        "day_form": DayForm(initial={"on": on}),
        "rates": rates,
        "tier": tier,
        "missing": missing,
        "page": page,
        "tiles": tiles,
        "kept": asked.kept(request, place=area.code, tier=tier.code if tier else None),
        "may_assign": {
            row.area.pk
            for row in (page.rows if page else ())
            if may(person, "assignments.assign", row.area)
        },
    }
    return render(request, "assignments/coverage.html", context)


@signed_in
@require_safe
def place(request: Asked, code: str) -> HttpResponse:
    """Who is in charge of a place on a day, and everybody who was."""
    person: Person = request.person
    area = directory.get_area_for(person, code=code)
    on = asked.day(request.GET.get("on"))
    context = {
        "area": area,
        "ancestors": directory.ancestors_of(area),
        "on": on,
        "today": clock.today(),
        "day_form": DayForm(initial={"on": on}),
        "charge": selectors.who_is_in_charge(person, area, on=on),
        "duties": selectors.duty_lists_of(area, on=on),
        "history": selectors.history_of_area(area),
        "may_assign": may(person, "assignments.assign", area),
    }
    return render(request, "assignments/place.html", context)
