"""Home, figures and search: pages that show what was recorded."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from footpath.accounts.guards import signed_in
from footpath.accounts.permissions import may
from footpath.core import clock
from footpath.directory import selectors as directory
from footpath.reports import links
from footpath.reports import rules as reports_rules
from footpath.reports import selectors as reports
from footpath.web import selectors


@signed_in
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show "My day": meetings, cases waiting, places; for heads and offices what waits for them."""
    return render(request, "web/home.html", {"day": selectors.my_day(request.person)})


@signed_in
@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """Show the figures of a place; without one, of the widest the person may read."""
    area = reports.area_to_report(request.person, code=request.GET.get("place"))
    today = clock.today()
    month = reports_rules.month_asked(request.GET.get("month", ""), today)
    months = reports_rules.last_months(reports_rules.month_asked("", today), 13)
    above = directory.ancestors_of(area)
    context = {
        "board": reports.dashboard(request.person, area, month),
        "waiting": reports.waiting(area),
        "above": above,
        "readable": {place.pk for place in above if may(request.person, "reports.read", place)},
        "months": list(reversed(months)),
        "links": links,
    }
    return render(request, "web/dashboard.html", context)


@signed_in
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Find places, cases and people in one page; a group's "more" opens its own longer list."""
    typed = request.GET.get("q", "").strip()
    kind = request.GET.get("kind", "")
    found = selectors.search(request.person, typed, kind=kind, after=request.GET.get("after"))

    def more(group: str) -> str | None:
        asked = getattr(found, group)
        if asked is None or asked.next_after is None:
            return None
        query = {"q": typed, "kind": group}
        if kind == group:
            query["after"] = asked.next_after
        return reverse("web:search", query=query)

    context = {
        "typed": typed,
        "kind": kind if kind in selectors.KINDS else "",
        "found": found,
        "more": {group: more(group) for group in selectors.KINDS},
    }
    return render(request, "web/search.html", context)
