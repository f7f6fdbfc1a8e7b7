"""Places, organizations and people over the API."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Query, Router, Schema

from footpath.api import pages
from footpath.api.reading import Day
from footpath.assignments import selectors as assignments
from footpath.assignments.models import Assignment, StandIn
from footpath.core import clock, search
from footpath.core.paging import Order
from footpath.directory import selectors
from footpath.directory.models import Area, Organization, Person

router = Router()

BY_NAME = Order("name")
AREA_COLUMNS = ("id", "code", "name", "type_name", "tier__code", "parent__code", "valid_until")


class AreaRow(Schema):
    """A place in a list."""

    code: str
    name: str
    type: str
    tier: str
    parent: str | None


class AreaPage(Schema):
    """One page of places."""

    items: list[AreaRow]
    next: str | None


class AreaOut(AreaRow):
    """A place with the places above it, from the root down."""

    ancestors: list[AreaRow]
    valid_from: date | None
    valid_until: date | None
    latitude: float | None
    longitude: float | None


class InChargeRow(Schema):
    """Somebody in charge of a place."""

    person: int
    name: str
    role: str
    start: date
    until: date | None
    basis: str | None


class ActingOut(Schema):
    """Who acts as lead while the lead is absent, from a day until a day (both included)."""

    person: int
    name: str
    instead_of: int
    start: date
    until: date


class AboveOut(Schema):
    """Who leads the nearest place above: told when the place itself has no lead."""

    area: str
    area_name: str
    person: int
    name: str


class InChargeOut(Schema):
    """Who is in charge of a place on a day; who acts; who leads above when nobody does here."""

    area: str
    on: date
    in_charge: list[InChargeRow]
    acting: ActingOut | None
    nearest_above: AboveOut | None


class OrganizationRow(Schema):
    """An organization in a list."""

    code: str
    name: str
    kind: str
    area: str


class OrganizationPage(Schema):
    """One page of organizations."""

    items: list[OrganizationRow]
    next: str | None


class PersonRow(Schema):
    """Somebody in office, in a list."""

    id: int
    code: str | None
    name: str


class PersonPage(Schema):
    """One page of people."""

    items: list[PersonRow]
    next: str | None


class AreaFilter(Schema):
    """Which places: the children of one, of one tier, found by words."""

    parent: str | None = None
    within: str | None = None
    tier: str | None = None
    q: str = ""
    after: str | None = None
    limit: int = pages.ROWS


class WordFilter(Schema):
    """Which rows: found by words."""

    q: str = ""
    after: str | None = None
    limit: int = pages.ROWS


@router.get("/areas", response=AreaPage, summary="List places")
def list_areas(request: HttpRequest, filters: Query[AreaFilter]) -> HttpResponse:
    """List places in force by name: all, the children of one, or everything below one."""
    person: Person = request.person
    rows = selectors.areas_for(person)
    if filters.parent is not None:
        parent = selectors.get_area_for(person, code=filters.parent)
        rows = rows.filter(parent=parent)
    if filters.within is not None:
        rows = rows.within(selectors.get_area_for(person, code=filters.within).path)
    if filters.tier is not None:
        rows = rows.filter(tier__code=filters.tier)
    if filters.q:
        rows = rows.matching(filters.q)
    return pages.answer(
        request,
        rows.values(*AREA_COLUMNS),
        order=BY_NAME,
        after=filters.after,
        limit=filters.limit,
        shape=_area_row,
    )


@router.get("/areas/{code}", response=AreaOut, summary="Read a place")
def get_area(request: HttpRequest, code: str) -> HttpResponse:
    """Read a place with the places above it."""
    person: Person = request.person
    area = selectors.get_area_for(person, code=code)
    above = {
        row["id"]: _area_row(row)
        for row in Area.objects.filter(pk__in=area.ancestor_ids[:-1]).values(*AREA_COLUMNS)
    }
    return JsonResponse(
        {
            "code": area.code,
            "name": area.name,
            "type": area.type_name,
            "tier": area.tier.code,
            "parent": area.parent.code if area.parent is not None else None,
            "ancestors": [above[pk] for pk in area.ancestor_ids[:-1]],
            "valid_from": area.valid_from,
            "valid_until": area.valid_until,
            "latitude": area.latitude,
            "longitude": area.longitude,
        }
    )


@router.get("/areas/{code}/in-charge", response=InChargeOut, summary="Who is in charge here?")
def in_charge(request: HttpRequest, code: str, on: Day | None = None) -> HttpResponse:
    """Say who is in charge of a place today or on a day: lead, deputy, cluster lead, monitors.

    While the lead is absent, ``acting`` stands in; a place without a lead names the nearest above.
    """
    person: Person = request.person
    area = selectors.get_area_for(person, code=code)
    day = on or clock.today()
    charge = assignments.who_is_in_charge(person, area, on=day)
    return JsonResponse(
        {
            "area": area.code,
            "on": day,
            "in_charge": [
                {
                    "person": row.person_id,
                    "name": row.person.name,
                    "role": row.role,
                    "start": row.start,
                    "until": row.until,
                    "basis": row.basis.number if row.basis is not None else None,
                }
                for row in charge.rows
            ],
            "acting": _acting(charge.acting),
            "nearest_above": _above(charge.above),
        }
    )


def _acting(row: StandIn | None) -> Mapping[str, Any] | None:
    if row is None:
        return None
    return {
        "person": row.person_id,
        "name": row.person.name,
        "instead_of": row.assignment.person_id,
        "start": row.start,
        "until": row.until,
    }


def _above(row: Assignment | None) -> Mapping[str, Any] | None:
    if row is None or row.area is None:
        return None
    return {
        "area": row.area.code,
        "area_name": row.area.name,
        "person": row.person_id,
        "name": row.person.name,
    }


@router.get("/organizations", response=OrganizationPage, summary="List organizations")
def list_organizations(request: HttpRequest, filters: Query[WordFilter]) -> HttpResponse:
    """List organizations by name."""
    rows = search.matching(Organization.objects.all(), filters.q)
    return pages.answer(
        request,
        rows.values("id", "code", "name", "kind", "area__code"),
        order=BY_NAME,
        after=filters.after,
        limit=filters.limit,
        shape=lambda row: {
            "code": row["code"],
            "name": row["name"],
            "kind": row["kind"],
            "area": row["area__code"],
        },
    )


@router.get("/people", response=PersonPage, summary="List people in office")
def list_people(request: HttpRequest, filters: Query[WordFilter]) -> HttpResponse:
    """List people in office by name."""
    rows = search.matching(Person.objects.all(), filters.q)
    return pages.answer(
        request,
        rows.values("id", "code", "name"),
        order=BY_NAME,
        after=filters.after,
        limit=filters.limit,
    )


def _area_row(row: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "code": row["code"],
        "name": row["name"],
        "type": row["type_name"],
        "tier": row["tier__code"],
        "parent": row["parent__code"],
    }
