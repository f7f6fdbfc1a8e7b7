"""Pages of the month's report and of the rows behind its figures."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from footpath.accounts.guards import signed_in
from footpath.cases.models import Case
from footpath.cases.presenting import ROW_COLUMNS
from footpath.cases.presenting import rows_of as lines_of_cases
from footpath.core import clock, paging
from footpath.core.calendar import Month
from footpath.directory import selectors as directory
from footpath.directory.models import Tier
from footpath.meetings.models import Duty
from footpath.reports import exports, links, rules, selectors

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BY_PK = paging.Order("id", read=int)


@signed_in
@require_safe
def month(request: HttpRequest) -> HttpResponse:
    """Show the month's report of a place, or give it as a workbook or as comma-separated text."""
    area = selectors.area_to_report(request.person, code=request.GET.get("place"))
    asked = rules.month_asked(request.GET.get("month", ""), clock.today())
    report = selectors.month_report(request.person, area, asked)
    wanted = request.GET.get("format")
    if wanted == "xlsx":
        answer = HttpResponse(exports.workbook(report), content_type=SHEET)
        return _named(answer, exports.file_name(report, "xlsx"))
    if wanted == "csv":
        lines = HttpResponse(
            "".join(exports.comma_separated(report)), content_type="text/csv; charset=utf-8"
        )
        return _named(lines, exports.file_name(report, "csv"))
    context = {
        "report": report,
        "above": directory.ancestors_of(area),
        "earlier": links.report(area, asked.previous),
        "later": None if report.is_present else links.report(area, asked.next),
        "links": links,
    }
    return render(request, "reports/month.html", context)


@signed_in
@require_safe
def rates(request: HttpRequest) -> HttpResponse:
    """Show the three rates of a place and its parts, or give them as a file."""
    area = selectors.area_to_report(request.person, code=request.GET.get("place"))
    month_asked = rules.month_asked(request.GET.get("month", ""), clock.today())
    chosen = rules.rates_asked(request.GET)
    report = selectors.rates_of(area, month_asked, **chosen)
    wanted = request.GET.get("format")
    name = f"footpath-rates-{''.join(s if s.isalnum() else '-' for s in area.code)}-{month_asked}"
    if wanted == "xlsx":
        answer = HttpResponse(exports.rates_workbook(report), content_type=SHEET)
        return _named(answer, f"{name}.xlsx")
    if wanted == "csv":
        lines = "".join(exports.rates_comma_separated(report))
        answer = HttpResponse(lines, content_type="text/csv; charset=utf-8")
        return _named(answer, f"{name}.csv")
    filters = {key: value for key, value in chosen.items() if value is not None}
    present = month_asked == Month.of(clock.today())
    context = {
        "report": report,
        "above": directory.ancestors_of(area),
        "tiers": Tier.objects.all(),
        "filters": filters,
        "earlier": links.rates(area, month_asked.previous, **filters),
        "later": None if present else links.rates(area, month_asked.next, **filters),
        "links": links,
    }
    return render(request, "reports/rates.html", context)


@signed_in
@require_safe
def rows(request: HttpRequest) -> HttpResponse:
    """Show the rows that a figure of a month's report counts."""
    area = selectors.area_to_report(request.person, code=request.GET.get("place"))
    asked = rules.month_asked(request.GET.get("month", ""), clock.today())
    figure, filters = request.GET.get("figure", ""), rules.narrowed(request.GET)
    found = selectors.rows_of(request.person, area, asked, figure, **filters)
    after, today = request.GET.get("after"), clock.today()
    context: dict[str, Any] = {
        "area": area,
        "month": asked,
        "figure": figure,
        "number": found.count(),
        "back": links.rates(area, asked)
        if figure.startswith("rate-")
        else links.report(area, asked),
        "filters": selectors.words_of(filters),
    }
    if found.model is Case:
        page = paging.page_of(found.values(*ROW_COLUMNS), order=BY_PK, after=after)
        context["cases"] = lines_of_cases(page.rows, today)
    elif found.model is Duty:
        page = paging.page_of(
            found.select_related("person", "meeting__kind", "meeting__area"),
            order=BY_PK,
            after=after,
        )
        context["duties"] = page.rows
    else:
        page = paging.page_of(found.select_related("kind", "area"), order=BY_PK, after=after)
        context["meetings"] = page.rows
    context["next"] = (
        links.rows(area, asked, figure, **filters, after=page.next_after)
        if page.next_after
        else None
    )
    return render(request, "reports/rows.html", context)


def _named(answer: HttpResponse, name: str) -> HttpResponse:
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
