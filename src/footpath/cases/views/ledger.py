"""The ledger: its list, its counts, its export and saved views."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http import StreamingHttpResponse as Streaming
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from footpath.accounts.guards import signed_in
from footpath.accounts.permissions import may
from footpath.cases import exporting, presenting, selectors, services
from footpath.cases.filters import Filter
from footpath.cases.views.filtering import (
    can_be_saved,
    chosen_of,
    menus_of,
    own_place,
    place_of,
    query_of,
    tabs_of,
    ways_of,
)
from footpath.core import clock, formats
from footpath.core.errors import InvalidValue
from footpath.directory.models import Person


@require_safe
@signed_in
def ledger(request: HttpRequest) -> HttpResponse:
    """Show one page of the cases that the filter in the address means."""
    person: Person = request.person
    asked = Filter.read(request.GET.dict())
    area, path = place_of(person, asked)
    today = clock.today()
    after = request.GET.get("after")
    page = selectors.page(person, asked, path=path, today=today, after=after)
    views = selectors.views_of(person)
    more = asked.query() + f"&after={page.next_after}" if page.next_after else ""
    context = {
        "asked": asked,
        "area": area or own_place(person),
        "chosen_area": area,
        "rows": presenting.rows_of(page.rows, today),
        "steps": presenting.steps(),
        "tabs": tabs_of(asked, views),
        "menus": menus_of(asked, person),
        "chosen": chosen_of(asked, area, person),
        "query": asked.query(),
        "next": f"?{more}" if more else None,
        "first": f"?{asked.query()}" if after else None,
        "save_as": can_be_saved(asked, views),
        "open_view": next((view for view in views if view.query == asked.query()), None),
        "ways": ways_of(asked, "ledger"),
        "may_raise": may(person, "cases.raise", area),
        "may_assign": may(person, "cases.assign"),
        "may_remind": may(person, "cases.remind"),
        "others": _other_pages(person),
    }
    name = "cases/_ledger.html" if request.htmx else "cases/ledger.html"
    response = render(request, name, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _other_pages(person: Person) -> list[dict[str, str]]:
    """Return the further pages of cases that a person may open, as a menu of links."""
    pages = (
        ("cases.check", "cases:spot-checks", "eye-check", _("Spot checks")),
        ("cases.route", "cases:routes", "building", _("Where cases belong")),
        ("cases.route", "cases:escalation-rules", "arrow-up-right", _("When cases go up")),
        ("cases.see", "cases:targets", "clock", _("How long cases may take")),
        ("cases.see", "cases:ladder", "bell", _("How people are reminded")),
    )
    return [
        {"href": reverse(name), "icon": icon, "text": text}
        for deed, name, icon, text in pages
        if may(person, deed)
    ]


@require_safe
@signed_in
def counts(request: HttpRequest) -> HttpResponse:
    """Give the tabs of the ledger again, with how many cases each holds: "1,000+" at most."""
    person: Person = request.person
    asked = Filter.read(request.GET.dict())
    _area, path = place_of(person, asked)
    today = clock.today()
    tabs = tabs_of(asked, selectors.views_of(person))
    for tab in tabs:
        if tab["filter"] is not None and tab["view"] != "all":
            most = selectors.MOST_COUNTED
            found = selectors.count(person, tab["filter"], path=path, today=today, most=most)
            tab["count"] = f"{formats.number(most)}+" if found > most else found
    return render(request, "cases/_tabs.html", {"tabs": tabs})


@require_safe
@signed_in
def export(request: HttpRequest) -> Any:
    """Give exactly the cases that the filter shows, as CSV or XLSX."""
    person: Person = request.person
    asked = Filter.read(request.GET.dict())
    _area, path = place_of(person, asked)
    today = clock.today()
    most = selectors.MOST_EXPORTED
    found = selectors.count(person, asked, path=path, today=today, most=most)
    if found > most:
        raise InvalidValue(
            _("The filter shows more than %(count)s cases. Choose a smaller place or a month.")
            % {"count": formats.number(most)}
        )
    rows = selectors.ledger(person, asked, path=path, today=today)
    rows = rows.order_by(*selectors.order_of(asked).terms)
    name = f"cases-{today:%Y-%m-%d}"
    if request.GET.get("format") == "xlsx":
        return FileResponse(
            exporting.xlsx(rows, today=today), as_attachment=True, filename=f"{name}.xlsx"
        )
    response = Streaming(exporting.csv_lines(rows, today=today), content_type="text/csv")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


@require_POST
@signed_in
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep the filter under a name."""
    query = Filter.read(query_of(request)).query()
    name = request.POST.get("name", "")
    try:
        view = services.save_view(name=name, query=query, by=request.person)
    except InvalidValue as invalid:
        messages.error(request, str(invalid))
    else:
        messages.success(request, _("Kept as “%(name)s”.") % {"name": view.name})
    return redirect(f"{reverse('cases:ledger')}?{query}")


@require_POST
@signed_in
def delete_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Drop one's own view; the filter itself stays on the page."""
    services.delete_view(pk=pk, by=request.person)
    messages.success(request, _("The view is deleted. No case has changed."))
    return redirect("cases:ledger")
