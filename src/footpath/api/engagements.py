"""Engagements of units and rates of attendance over the API."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema

from footpath.api.reading import Day
from footpath.core.errors import InvalidValue
from footpath.core.figures import Rate
from footpath.directory import selectors as directory
from footpath.directory.models import Person
from footpath.meetings import selectors
from footpath.meetings.engagements import Engagement, Unit

router = Router()

LONGEST = timedelta(days=400)


class EngagementOut(Schema):
    """One dated demand on a unit."""

    starts_at: datetime
    ends_at: datetime
    title: str
    kind: str
    area: int
    area_name: str
    url: str
    people: int
    state: str
    cancelled: bool


class OverlapOut(Schema):
    """Two engagements (by their position in the list) at the same time, and what both want."""

    first: int
    second: int
    people: list[int]
    same_hall: bool


class EngagementList(Schema):
    """The engagements of a unit in a span, what clashes and what stands close (by position)."""

    items: list[EngagementOut]
    overlaps: list[OverlapOut]
    clusters: list[list[int]]


class EngagementFilter(Schema):
    """Whose engagements, of a place or of an organization, from one day to another (included)."""

    area: str | None = None
    organization: str | None = None
    first: Day
    last: Day


class RateOut(Schema):
    """A rate with its fraction; the percentage has two decimals and is null without data."""

    code: str | None
    name: str
    attended: int
    of: int
    percent: str | None


class RateList(Schema):
    """The rate of all, and of groups by name; rates of fewer than five people may be hidden."""

    total: RateOut | None
    items: list[RateOut]
    hidden: int


class RateFilter(Schema):
    """Of which place, by what, in meetings held from one day to another (included)."""

    area: str
    by: Literal["area", "tier", "organization"] = "area"
    first: Day
    last: Day


@router.get("/engagements", response=EngagementList, summary="List engagements of a unit")
def list_engagements(request: HttpRequest, filters: Query[EngagementFilter]) -> HttpResponse:
    """List every dated demand on a place (and everything below it) or on an organization."""
    person: Person = request.person
    if (filters.area is None) == (filters.organization is None):
        raise InvalidValue(_("Name a place or an organization."), field="area")
    _check_span(filters.first, filters.last)
    unit = Unit(
        directory.get_area_for(person, code=filters.area) if filters.area else None,
        directory.get_organization_for(person, code=filters.organization)
        if filters.organization
        else None,
    )
    demands = selectors.demands_of(person, unit, filters.first, filters.last)
    position = {id(row): number for number, row in enumerate(demands.rows)}
    return JsonResponse(
        {
            "items": [_engagement(row) for row in demands.rows],
            "overlaps": [
                {
                    "first": position[id(pair.first)],
                    "second": position[id(pair.second)],
                    "people": sorted(pair.people),
                    "same_hall": pair.same_hall,
                }
                for pair in demands.overlaps
            ],
            "clusters": [[position[id(row)] for row in one.rows] for one in demands.clusters],
        }
    )


@router.get("/rates", response=RateList, summary="Rates of attendance")
def list_rates(request: HttpRequest, filters: Query[RateFilter]) -> HttpResponse:
    """Say how many of the duties to attend were met, of a place and by its parts.

    Rates of fewer than five people are shown only to who reads them there; ``hidden`` counts the
    others.
    """
    person: Person = request.person
    _check_span(filters.first, filters.last)
    area = directory.get_area_for(person, code=filters.area)
    find = {
        "area": selectors.rates_by_area,
        "tier": selectors.rates_by_tier,
        "organization": selectors.rates_by_organization,
    }[filters.by]
    table = find(person, selectors.Which(area=area), (filters.first, filters.last))
    total = table.total
    return JsonResponse(
        {
            "total": _rate(area.code, area.name, total.rate) if total.shown else None,
            "items": [
                _rate(getattr(line.thing, "code", None), line.thing.name, line.rate)
                for line in table.lines
                if line.shown
            ],
            "hidden": table.hidden,
        }
    )


def _check_span(first: date, last: date) -> None:
    if not timedelta() <= last - first <= LONGEST:
        raise InvalidValue(_("The last day lies up to 400 days after the first."), field="last")


def _engagement(row: Engagement) -> dict[str, Any]:
    return {
        "starts_at": row.starts_at,
        "ends_at": row.ends_at,
        "title": row.title,
        "kind": row.kind,
        "area": row.area_id,
        "area_name": row.area_name,
        "url": row.href,
        "people": len(row.people),
        "state": row.state,
        "cancelled": row.cancelled,
    }


def _rate(code: str | None, name: str, rate: Rate) -> dict[str, Any]:
    percent = rate.percent
    return {
        "code": code,
        "name": name,
        "attended": rate.part,
        "of": rate.whole,
        "percent": None if percent is None else str(percent),
    }
