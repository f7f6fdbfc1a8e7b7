"""What a page is asked for in its address: the place, the day, the tier."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.urls import reverse

from footpath.accounts.guards import Asked
from footpath.assignments.permissions import PLANNERS, READERS_OF_PLANS
from footpath.assignments.plan_desk import area_asked_for
from footpath.core import clock
from footpath.core.dayfield import FIRST, LAST
from footpath.core.errors import NotThere
from footpath.directory import selectors as directory
from footpath.directory.models import Area, Person, Tier


def area(person: Person, code: str | None) -> Area | None:
    """Return the place asked for, else the widest of the person's own."""
    return directory.get_area_for(person, code=code) if code else directory.home_area_of(person)


def day(typed: str | None) -> date:
    """Return the day asked for; today when none is, or none that exists."""
    try:
        found = date.fromisoformat(typed or "")
    except ValueError:
        return clock.today()
    return found if FIRST <= found <= LAST else clock.today()


def tier(tiers: list[Tier], code: str | None) -> Tier | None:
    """Return the tier asked for, else the highest below the place."""
    return next((tier for tier in tiers if tier.code == code), tiers[0] if tiers else None)


def missing(typed: str | None) -> bool | Literal["deputy"]:
    """Return which places are asked for: all, those without a lead, those without a deputy."""
    return "deputy" if typed == "deputy" else typed == "1"


def kept(request: Asked, **values: Any) -> dict[str, str]:
    """Return the filters of the list as they stand, for links that change one of them."""
    found = {key: request.GET.get(key, "") for key in ("on", "missing")} | values
    return {key: value for key, value in found.items() if value}


def readers_only(person: Person) -> None:
    if not person.scope.has(*READERS_OF_PLANS):
        raise NotThere


def area_of_planners(person: Person, code: str | None) -> Area:
    readers_only(person)
    return area_asked_for(person, code, PLANNERS)


def tier_below(tiers: list[Tier], code: str | None) -> Tier | None:
    """Return the tier asked for, else the lowest but one: the hamlet, for a district."""
    asked = next((tier for tier in tiers if tier.code == code), None)
    if asked is not None or not tiers:
        return asked
    return tiers[-2] if len(tiers) > 1 else tiers[-1]


def address(name: str, **query: str) -> str:
    return str(reverse(name, query=query))
