"""The three rates of cases over the API."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema

from footpath.core import clock
from footpath.core.calendar import Month
from footpath.core.errors import InvalidValue
from footpath.core.figures import Rate
from footpath.reports import rules, selectors
from footpath.reports.selectors.rates import Counts

router = Router()


class FractionOut(Schema):
    """A rate with its fraction; the percentage has two decimals and is null without data."""

    part: int
    of: int
    percent: str | None


class UnitOut(Schema):
    """The rates of a unit; the rank is null without data, and equal rates share it."""

    code: str
    name: str
    rank: int | None
    raised: int
    response: FractionOut
    resolution: FractionOut
    satisfaction: FractionOut
    superficial: int
    elsewhere: int


class MonthOut(Schema):
    """The rates of the whole place in one month."""

    month: str
    raised: int
    response: FractionOut
    resolution: FractionOut
    satisfaction: FractionOut


class CaseRates(Schema):
    """The place, its parts from the best to those without data, and twelve months."""

    total: UnitOut
    items: list[UnitOut]
    trend: list[MonthOut]


class CaseRateFilter(Schema):
    """Of which place and month, divided by what, over one month or the twelve up to it."""

    area: str | None = None
    month: str | None = None
    by: Literal["place", "organization", "tier"] = "place"
    months: Literal[1, 12] = 1
    sort: Literal["response", "resolution", "satisfaction"] = "resolution"
    level: int | None = None


@router.get(
    "/case-rates", response=CaseRates, summary="Rates of response, resolution, satisfaction"
)
def list_case_rates(request: HttpRequest, filters: Query[CaseRateFilter]) -> HttpResponse:
    """Say how many cases of a place and its parts were accepted and verified in time.

    Of the cases raised in the month; "closed elsewhere" counts in no rate. The definitions are in
    the reference.
    """
    area = selectors.area_to_report(request.person, code=filters.area)
    month = _month(filters.month)
    if filters.level is not None and not 0 <= filters.level <= 9:
        raise InvalidValue(_("There is no such tier."), field="level")
    report = selectors.rates_of(
        area,
        month,
        by=filters.by,
        span=filters.months,
        sort=filters.sort,
        level=filters.level,
    )
    return JsonResponse(
        {
            "total": _unit(report.total),
            "items": [_unit(line) for line in report.lines],
            "trend": [
                {"month": str(point.month), **_rates(point.counts)} for point in report.trend
            ],
        }
    )


def _month(text: str | None) -> Month:
    if text is not None:
        try:
            Month.parse(text)
        except ValueError as wrong:
            raise InvalidValue(_("Write the month as 2026-03."), field="month") from wrong
    return rules.month_asked(text or "", clock.today())


def _unit(line: Any) -> dict[str, Any]:
    return {
        "code": line.code,
        "name": line.name,
        "rank": line.rank,
        **_rates(line.counts),
        "superficial": line.counts["superficial"],
        "elsewhere": line.counts["elsewhere"],
    }


def _rates(counts: Counts) -> dict[str, Any]:
    return {
        "raised": counts["raised"],
        "response": _fraction(counts.response),
        "resolution": _fraction(counts.resolution),
        "satisfaction": _fraction(counts.satisfaction),
    }


def _fraction(rate: Rate) -> dict[str, Any]:
    percent = rate.percent
    return {
        "part": rate.part,
        "of": rate.whole,
        "percent": str(percent) if percent is not None else None,
    }
