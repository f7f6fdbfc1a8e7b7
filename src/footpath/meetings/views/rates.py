"""The rates of attendance."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from footpath.accounts.guards import Asked, signed_in
from footpath.accounts.rules import READERS
from footpath.core import clock
from footpath.core.errors import NotThere
from footpath.core.keys import key_in
from footpath.directory import selectors as directory
from footpath.directory.models import Area, Person, Tier
from footpath.meetings import selectors
from footpath.meetings.rules.periods import Period, choices
from footpath.meetings.selectors import Which

GROUPS = {
    "area": selectors.rates_by_area,
    "tier": selectors.rates_by_tier,
    "organization": selectors.rates_by_organization,
}


@signed_in
@require_safe
def rates(request: Asked) -> HttpResponse:
    """Rates by what lies in a place, tier, organization or person; or the meetings behind one."""
    person: Person = request.person
    today = clock.today()
    period = _period(request.GET.get("period", ""))
    days = (period.first, min(period.last, max(today, period.first)))
    which = _which(person, request)
    by = request.GET.get("by", "area")
    by = by if by in {*GROUPS, "person", "meetings"} else "area"
    if which.area is None and by in GROUPS:
        by = "person" if which.person is None else "meetings"
    after = request.GET.get("after")
    found: dict[str, Any] = {"table": None, "people": None, "rows": None}
    if by in GROUPS:
        found["table"] = GROUPS[by](person, which, days)
        found["total"] = found["table"].total
    else:
        found["total"] = selectors.total_rate(person, which, days)
        if by == "person":
            found["people"] = selectors.page_of_people(person, which, days, after=after)
        else:
            found["rows"] = selectors.page_of_rate_rows(person, which, days, after=after)
    context = found | {
        "which": which,
        "area": which.area,
        "ancestors": directory.ancestors_of(which.area) if which.area else [],
        "by": by,
        "period": period,
        "periods": choices(today),
        "reads": selectors.reads_rates(person, which.area),
        "kept": _kept(which, by, period),
    }
    return render(request, "meetings/rates.html", context)


def _period(typed: str) -> Period:
    """Return the period asked for; this year when none is, or none that exists."""
    try:
        return Period.parse(typed)
    except ValueError:
        return Period.parse(f"{clock.today().year:04d}")


def _which(person: Person, request: Asked) -> Which:
    """Return what is asked for; NotThere for a place, a unit or a person that is not there.

    Without a place it is the widest that the reader reads; for one's own duties it is all places.
    """
    asked = request.GET
    area: Area | None = None
    if asked.get("place"):
        area = directory.get_area_for(person, code=asked["place"])
    who = _person(person, asked.get("person", ""))
    if area is None and (who is None or who.pk != person.pk):
        area = directory.home_area_of(person, READERS) or directory.home_area_of(person)
    unit = None
    if asked.get("organization"):
        unit = directory.get_organization_for(person, code=asked["organization"])
    tier = None
    if asked.get("tier"):
        tier = next((row for row in Tier.objects.all() if row.code == asked["tier"]), None)
        if tier is None:
            raise NotThere
    return Which(area, tier, unit, who, bool(asked.get("here")) and area is not None)


def _person(person: Person, typed: str) -> Person | None:
    if not typed:
        return None
    key = key_in(typed)
    found = None
    if key is not None:
        found = person if key == person.pk else Person.objects.filter(pk=key).first()
    if found is None:
        raise NotThere
    return found


def _kept(which: Which, by: str, period: Period) -> dict[str, Any]:
    kept = {
        "place": which.area.code if which.area else "",
        "by": by,
        "period": str(period),
        "tier": which.tier.code if which.tier else "",
        "organization": which.organization.code if which.organization else "",
        "person": which.person.pk if which.person else "",
        "here": 1 if which.only_here else "",
    }
    return {name: value for name, value in kept.items() if value}
