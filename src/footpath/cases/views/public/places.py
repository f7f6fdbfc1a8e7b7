"""How a place does, for everybody: its figures, its public cases, one of them."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from footpath.cases import presenting
from footpath.cases.rules import openness
from footpath.cases.selectors import public
from footpath.cases.views.public.common import open_to_caches
from footpath.core.figures import Rate

FEWER = f"<{openness.LEAST}"


@require_safe
@open_to_caches
def places(request: HttpRequest) -> HttpResponse:
    """Find a place by its name or code."""
    typed = request.GET.get("q", "").strip()[:80]
    found = public.find_places(typed) if typed else public.places_at_the_top()
    return render(request, "public/places.html", {"typed": typed, "found": found})


@require_safe
@open_to_caches
def place(request: HttpRequest, code: str) -> HttpResponse:
    """Show the figures of a place."""
    area = public.place(code)
    context = {
        "area": area,
        "figures": public.figures(area),
        "below": public.places_below(area),
        "fewer": FEWER,
        "least": openness.LEAST,
    }
    return render(request, "public/place.html", context)


@require_safe
@open_to_caches
def cases(request: HttpRequest, code: str) -> HttpResponse:
    """List the public cases of a place, the newest first."""
    area = public.place(code)
    after = request.GET.get("after")
    page = public.page_of_cases(area, after=after)
    context = {
        "area": area,
        "page": page,
        "next": f"?after={page.next_after}" if page.next_after else None,
        "first": "?" if after else None,
        "heading_of": public.heading_of,
        "place_of": presenting.place_of,
    }
    return render(request, "public/cases.html", context)


@require_safe
@open_to_caches
def case(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one public case: what was reported, where it stands, what was answered."""
    found = public.get_case(pk)
    other = found.duplicate_of
    context = {
        "case": found,
        "heading": public.heading_of(found),
        "words": public.words_of(found),
        "state": public.state_of(found),
        "place": presenting.place_of(found.area),
        "entries": public.said_in_public(found),
        "name_of": presenting.name_of,
        "other": other if other is not None and other.is_public else None,
    }
    return render(request, "public/case.html", context)


@require_safe
@open_to_caches
def figures_json(request: HttpRequest, code: str) -> HttpResponse:
    """Give the figures of a place to programs; "<5" is a number too small to be shown."""
    area = public.place(code)
    found = public.figures(area)
    return JsonResponse(
        {
            "place": area.code,
            "name": area.name,
            "on": found.on.isoformat(),
            "raised": _number(found.raised),
            "open": _number(found.open),
            "overdue": _number(found.overdue),
            "closed_verified": _number(found.closed),
            "median_days": found.median_days,
            "closed_in_time": _rate(found.in_time),
            "fixed_as_reporters_say": _rate(found.fixed),
            "months": [
                {
                    "month": str(row.month),
                    "raised": _number(row.raised),
                    "closed_verified": _number(row.closed),
                }
                for row in found.months
            ],
            "categories": [
                {
                    "code": row.code,
                    "name": row.name,
                    "raised": _number(row.raised),
                    "open": _number(row.open),
                    "overdue": _number(row.overdue),
                    "closed_verified": _number(row.closed),
                    "median_days": row.median_days,
                }
                for row in found.by_category
            ],
        }
    )


@require_safe
@open_to_caches
def figures_csv(request: HttpRequest, code: str) -> HttpResponse:
    """Give the same figures as a table: one line a month, then one a kind of case."""
    area = public.place(code)
    found = public.figures(area)
    written = io.StringIO()
    lines = csv.writer(written)
    lines.writerow(["place", "row", "raised", "open", "overdue", "closed_verified", "median_days"])
    for month in found.months:
        lines.writerow(
            [area.code, month.month, _number(month.raised), "", "", _number(month.closed), ""]
        )
    for row in found.by_category:
        numbers = [_number(row.raised), _number(row.open), _number(row.overdue)]
        median = "" if row.median_days is None else row.median_days
        lines.writerow([area.code, f"category {row.code}", *numbers, _number(row.closed), median])
    numbers = [_number(found.raised), _number(found.open), _number(found.overdue)]
    median = "" if found.median_days is None else found.median_days
    lines.writerow([area.code, "total", *numbers, _number(found.closed), median])
    response = HttpResponse(written.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="place-{area.pk}-figures.csv"'
    return response


def _number(value: int | None) -> int | str:
    return FEWER if value is None else value


def _rate(value: Rate | None) -> dict[str, Any] | None:
    if value is None:
        return None
    return {"part": value.part, "whole": value.whole, "percent": float(value.percent or 0)}
