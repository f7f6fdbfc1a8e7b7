"""The minutes of a series over a period, as a page and on paper."""

from __future__ import annotations

from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from footpath.accounts.guards import Asked, signed_in
from footpath.core import clock
from footpath.directory import selectors as directory
from footpath.meetings import printing, selectors
from footpath.meetings.forms import PeriodForm


@signed_in
@require_safe
def series_minutes(request: Asked, pk: int) -> HttpResponse:
    """All meetings of a series that were held in a period: items, cases, attendance."""
    form, first, last = _period(request)
    compiled = selectors.compile_series(request.person, pk=pk, first=first, last=last)
    context = {
        "compiled": compiled,
        "series": compiled.series,
        "ancestors": directory.ancestors_of(compiled.series.area),
        "form": form,
        "today": clock.today(),
    }
    return render(request, "meetings/series_minutes.html", context)


@signed_in
@require_safe
def series_minutes_pdf(request: Asked, pk: int) -> HttpResponse:
    """The same on paper, as it stands today."""
    _form, first, last = _period(request)
    compiled = selectors.compile_series(request.person, pk=pk, first=first, last=last)
    series = compiled.series
    place = selectors.frozen_place(series.area)
    body = printing.series_pdf(
        [
            (
                selectors.frozen_meeting(row.meeting, place=place),
                row.attended,
                [selectors.frozen_item(item) for item in row.items],
            )
            for row in compiled.sittings
        ],
        place=place,
        name=series.name,
        period=(first, last),
        language=get_language() or "en",
        day=clock.today(),
    )
    response = HttpResponse(body, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="minutes-series-{pk}.pdf"'
    return response


def _period(request: Asked) -> tuple[PeriodForm, date, date]:
    """Return the form with its period: the year that ends today unless others days are given."""
    today = clock.today()
    form = PeriodForm.of_year(request.GET, today=today, person=request.person)
    return form, *form.period()
