"""The list of meetings."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from footpath.accounts.guards import Asked, signed_in
from footpath.accounts.permissions import may
from footpath.accounts.rules import READERS
from footpath.core import clock
from footpath.core.calendar import Month
from footpath.directory import selectors as directory
from footpath.directory.models import Person
from footpath.meetings import selectors
from footpath.meetings.models import Meeting


@signed_in
@require_safe
def meeting_list(request: Asked) -> HttpResponse:
    """The meetings of a month that the reader may see, filtered by place, state and kind."""
    person: Person = request.person
    month = _month(request.GET.get("month"))
    state = request.GET.get("state", "")
    state = state if state in Meeting.State.values else ""
    kinds = selectors.kinds()
    kind = next((row for row in kinds if row.code == request.GET.get("kind")), None)
    code = request.GET.get("place")
    area = directory.get_area_for(person, code=code) if code else None
    home = area or directory.home_area_of(person)
    rows = selectors.meetings_for(
        person,
        path=area.path if area else None,
        month=month,
        state=state,
        kind=kind.code if kind else None,
    )
    figures = None
    if area is not None and person.scope.covers(area.path, READERS):
        figures = selectors.month_figures(area.path, month)
    kept = {
        "place": area.code if area else "",
        "month": str(month),
        "state": state,
        "kind": kind.code if kind else "",
    }
    context = {
        "area": area,
        "ancestors": directory.ancestors_of(area) if area else [],
        "below": list(directory.areas_for(person).filter(parent=home).order_by("name")[:60])
        if home
        else [],
        "month": month,
        "this_month": Month.of(clock.today()),
        "state": state,
        "states": Meeting.State.choices,
        "kind": kind,
        "kinds": kinds,
        "kept": {name: value for name, value in kept.items() if value},
        "figures": figures,
        "page": selectors.page_of_meetings(rows, after=request.GET.get("after")),
        "may_convene": may(person, "meetings.convene", area),
        "may_see_months": may(person, "meetings.see_month", area),
    }
    return render(request, "meetings/list.html", context)


def _month(typed: str | None) -> Month:
    """Return the month asked for; the present one when none is, or none that exists."""
    try:
        return Month.parse(typed or "")
    except ValueError:
        return Month.of(clock.today())
