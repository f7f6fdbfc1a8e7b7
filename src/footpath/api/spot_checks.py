"""Spot checks over the API: list, draw, make."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from footpath.api.reading import Key
from footpath.cases import rules, services
from footpath.cases.models import SpotCheck
from footpath.cases.selectors import spot_checks as found_checks
from footpath.core import clock
from footpath.core.calendar import Month
from footpath.core.errors import InvalidValue
from footpath.directory import selectors as directory
from footpath.directory.models import Person

router = Router()


class DrawIn(Schema):
    """From what is drawn, how many, and by which seed; the month is 2026-03."""

    area: str
    month: Annotated[str, Field(max_length=7)]
    number: Annotated[int, Field(ge=0, le=1000)] = 5
    seed: str


class CheckIn(Schema):
    """What a spot check found."""

    result: Literal["confirmed", "partly", "not"]
    text: str


class CheckOut(Schema):
    """A spot check: the case and its round, the seed, and what was found."""

    id: int
    case: int
    number: str
    title: str
    round: int
    seed: str
    drawn_at: datetime
    result: str
    checked_at: datetime | None
    text: str


class CheckPage(Schema):
    """One page of spot checks."""

    items: list[CheckOut]
    next: str | None


class CheckFilter(Schema):
    """Which spot checks: of a place and below, only those still to be made."""

    area: str | None = None
    open: bool = True
    after: str | None = None


@router.get("/spot-checks", response=CheckPage, summary="List spot checks")
def list_spot_checks(request: HttpRequest, filters: Query[CheckFilter]) -> HttpResponse:
    """List the spot checks in your places, the newest first."""
    person: Person = request.person
    area = directory.get_area_for(person, code=filters.area) if filters.area else None
    page = found_checks.spot_checks_for(
        person, area=area, open_only=filters.open, after=filters.after
    )
    following = None
    if page.next_after is not None:
        query = request.GET.copy()
        query["after"] = page.next_after
        following = f"{request.path}?{query.urlencode()}"
    return JsonResponse({"items": [_shape(row) for row in page.rows], "next": following})


@router.post("/spot-checks", response={201: CheckPage}, summary="Draw spot checks")
def draw_spot_checks(request: HttpRequest, said: DrawIn) -> HttpResponse:
    """Draw confirmed rounds of a place and month by lot; the seed lets anybody draw again."""
    person: Person = request.person
    try:
        month = Month.parse(said.month)
    except ValueError as wrong:
        raise InvalidValue(_("Write year and month, such as 2026-03."), field="month") from wrong
    drawn = services.draw_spot_checks(
        area=directory.get_area_for(person, code=said.area),
        month=month,
        number=said.number,
        seed=said.seed,
        by=person,
        at=clock.now(),
    )
    return JsonResponse({"items": [_shape(row) for row in drawn], "next": None}, status=201)


@router.post("/spot-checks/{pk}", response=CheckOut, summary="Make a spot check")
def make_spot_check(request: HttpRequest, pk: Key, said: CheckIn) -> HttpResponse:
    """Say what a spot check found; "not" opens the next round of the case."""
    person: Person = request.person
    check = found_checks.get_spot_check_for(person, pk=pk)
    services.make_spot_check(
        check=check,
        result=rules.Result(said.result),
        text=said.text,
        by=person,
        at=clock.now(),
    )
    return JsonResponse(_shape(check))


def _shape(check: SpotCheck) -> dict[str, object]:
    case = check.round.case
    return {
        "id": check.pk,
        "case": case.pk,
        "number": case.number,
        "title": case.title,
        "round": check.round.number,
        "seed": check.seed,
        "drawn_at": check.drawn_at,
        "result": str(check.result),
        "checked_at": check.checked_at,
        "text": check.text,
    }
