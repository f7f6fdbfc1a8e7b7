"""Series of meetings over the API: list, read, begin."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Header, Query, Router, Schema
from pydantic import ConfigDict, Field

from footpath.api import pages
from footpath.api.lookups import hall_of, kind_of, organization_of
from footpath.api.reading import Day, Key
from footpath.core import clock
from footpath.directory import selectors as directory
from footpath.directory.models import Person
from footpath.meetings import selectors, services
from footpath.meetings.models import Series

router = Router()


class SeriesRow(Schema):
    """A meeting that comes again by a rule (RRULE of iCalendar)."""

    id: int
    kind: str
    title: str
    area: str
    area_name: str
    rrule: str
    first_day: date
    last_day: date | None
    begins: time
    minutes: int
    hall: int | None
    where: str
    coming: int
    next_at: datetime | None


class SeriesPage(Schema):
    """One page of series."""

    items: list[SeriesRow]
    next: str | None


class SeriesOut(Schema):
    """A series with what its meetings are given."""

    id: int
    kind: str
    title: str
    area: str
    area_name: str
    organization: str | None
    rrule: str
    first_day: date
    last_day: date | None
    begins: time
    minutes: int
    hall: int | None
    where: str
    agenda: str
    made_until: date | None
    ended_at: datetime | None


class SeriesFilter(Schema):
    """Which series: of a place and everything below it, those that have ended."""

    area: str | None = None
    ended: bool = False
    after: str | None = None
    limit: int = pages.ROWS


class SeriesIn(Schema):
    """A series to begin; ``begins`` is the time of day by the organisation's clock."""

    kind: str
    area: str
    rrule: Annotated[str, Field(max_length=200)]
    first_day: Day
    last_day: Day | None = None
    begins: time
    minutes: Annotated[int, Field(ge=1, le=1440)] = 90
    title: str = ""
    organization: str | None = None
    hall: Key | None = None
    where: str = ""
    agenda: str = ""
    client_key: UUID | None = None

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "kind": "cell",
                "area": "28804-01",
                "rrule": "FREQ=MONTHLY;BYMONTHDAY=3",
                "first_day": "2026-03-03",
                "begins": "08:00",
                "minutes": 90,
            }
        }
    )


@router.get("/series", response=SeriesPage, summary="List series of meetings")
def list_series(request: HttpRequest, filters: Query[SeriesFilter]) -> HttpResponse:
    """List the series you may read, in the order of the tree."""
    person: Person = request.person
    area = directory.get_area_for(person, code=filters.area) if filters.area else None
    page = selectors.series_for(
        person,
        area,
        now=clock.now(),
        ended=filters.ended,
        after=filters.after,
        size=max(1, min(filters.limit, pages.MOST_ROWS)),
    )
    following = None
    if page.next_after is not None:
        query = request.GET.copy()
        query["after"] = page.next_after
        following = f"{request.path}?{query.urlencode()}"
    return JsonResponse({"items": [_row(row) for row in page.rows], "next": following})


@router.get("/series/{pk}", response=SeriesOut, summary="Read a series")
def get_series(request: HttpRequest, pk: int) -> HttpResponse:
    """Read a series; its meetings are in the list of meetings."""
    return JsonResponse(_whole(selectors.get_series_for(request.person, pk=pk)))


@router.post("/series", response={201: SeriesOut}, summary="Begin a series")
def begin_series(
    request: HttpRequest,
    said: SeriesIn,
    idempotency_key: Annotated[UUID | None, Header()] = None,
) -> HttpResponse:
    """Begin a series and make its meetings 13 months ahead. With the same key it is the same."""
    person: Person = request.person
    made = services.create_series(
        kind=kind_of(said.kind),
        area=directory.get_area_for(person, code=said.area),
        rrule=said.rrule,
        first_day=said.first_day,
        last_day=said.last_day,
        begins=said.begins.replace(tzinfo=None),
        minutes=said.minutes,
        title=said.title,
        organization=organization_of(person, said.organization),
        hall=hall_of(person, said.hall),
        where=said.where,
        agenda=said.agenda,
        client_key=idempotency_key or said.client_key,
        by=person,
        at=clock.now(),
    )
    return JsonResponse(_whole(selectors.get_series_for(person, pk=made.pk)), status=201)


def _row(series: Any) -> dict[str, Any]:
    return _common(series) | {"coming": series.coming, "next_at": series.next_at}


def _whole(series: Series) -> dict[str, Any]:
    return _common(series) | {
        "organization": series.organization.code if series.organization else None,
        "agenda": series.agenda,
        "made_until": series.made_until,
        "ended_at": series.ended_at,
    }


def _common(series: Series) -> dict[str, Any]:
    return {
        "id": series.pk,
        "kind": series.kind.code,
        "title": series.title,
        "area": series.area.code,
        "area_name": series.area.name,
        "rrule": series.rrule,
        "first_day": series.first_day,
        "last_day": series.last_day,
        "begins": f"{series.begins:%H:%M}",
        "minutes": series.minutes,
        "hall": series.hall_id,
        "where": series.where,
    }
