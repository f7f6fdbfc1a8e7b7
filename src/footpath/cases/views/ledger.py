"""The ledger: its list, its counts, its export, saved views, and deeds on many cases at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict
from django.http import StreamingHttpResponse as Streaming
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from footpath.accounts.guards import signed_in
from footpath.accounts.permissions import may
from footpath.accounts.rules import READERS
from footpath.cases import exporting, presenting, rules, selectors, services
from footpath.cases.filters import NOBODY, VIEWS, Filter
from footpath.cases.forms import BulkForm
from footpath.cases.models import Case, SavedView
from footpath.cases.on_places import age_word
from footpath.cases.selectors import reference
from footpath.core import clock, formats, tree
from footpath.core.calendar import Month
from footpath.core.errors import InvalidValue, NotAllowed, NotThere, RuleBroken
from footpath.directory import selectors as directory
from footpath.directory.models import Area, Person

MOST_AT_ONCE = 200
BULK_DEEDS = (rules.Deed.ACCEPT, rules.Deed.ASSIGN, rules.Deed.ESCALATE, rules.Deed.NOTE)


@require_safe
@signed_in
def ledger(request: HttpRequest) -> HttpResponse:
    """Show one page of the cases that the filter in the address means."""
    person: Person = request.person
    asked = Filter.read(request.GET.dict())
    area, path = _place(person, asked)
    today = clock.today()
    after = request.GET.get("after")
    page = selectors.page(person, asked, path=path, today=today, after=after)
    views = selectors.views_of(person)
    more = asked.query() + f"&after={page.next_after}" if page.next_after else ""
    context = {
        "asked": asked,
        "area": area or _own_place(person),
        "chosen_area": area,
        "rows": presenting.rows_of(page.rows, today),
        "steps": presenting.steps(),
        "tabs": _tabs(asked, views),
        "menus": _menus(asked, person),
        "chosen": _chosen(asked, area, person),
        "query": asked.query(),
        "next": f"?{more}" if more else None,
        "first": f"?{asked.query()}" if after else None,
        "save_as": _can_be_saved(asked, views),
        "open_view": next((view for view in views if view.query == asked.query()), None),
        "may_raise": may(person, "cases.raise", area),
        "may_assign": may(person, "cases.assign"),
    }
    name = "cases/_ledger.html" if request.htmx else "cases/ledger.html"
    response = render(request, name, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
@signed_in
def counts(request: HttpRequest) -> HttpResponse:
    """Give the tabs of the ledger again, with how many cases each holds: "1,000+" at most."""
    person: Person = request.person
    asked = Filter.read(request.GET.dict())
    _area, path = _place(person, asked)
    today = clock.today()
    tabs = _tabs(asked, selectors.views_of(person))
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
    _area, path = _place(person, asked)
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
    query = Filter.read(_query_of(request)).query()
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


@dataclass(frozen=True)
class Reported:
    """What became of one case of many: done, or refused with the sentence that says why."""

    number: str
    title: str
    url: str
    refusal: str = ""


@require_POST
@signed_in
def bulk(request: HttpRequest) -> HttpResponse:
    """Do one deed on each chosen case, and report each refusal by its case."""
    person: Person = request.person
    keys = [key for key in request.POST.getlist("case") if key.isascii() and key.isdigit()]
    keys = list(dict.fromkeys(key for key in keys if len(key) < 18))[:MOST_AT_ONCE]
    back = f"{reverse('cases:ledger')}?{Filter.read(_query_of(request)).query()}"
    deed = request.POST.get("deed", "")
    if not keys:
        messages.warning(request, _("Choose at least one case first."))
        return redirect(back)
    if deed == rules.Deed.VERIFY:
        sentence = _("Verifying is done one by one, on the spot.")
        reported = [_reported(person, int(key), sentence) for key in keys]
        return _report(request, deed, reported, back)
    if deed not in BULK_DEEDS:
        raise InvalidValue(_("This cannot be done with several cases at once."), field="deed")
    sent = request.POST if "go" in request.POST or deed == rules.Deed.ACCEPT else None
    owners: list[Person] = []
    if deed == rules.Deed.ASSIGN:
        owners = _proposed(person, int(keys[0]))
    form = BulkForm(sent, owners=owners, initial={"deed": deed})
    if sent is not None and form.is_valid():
        at = clock.now()
        reported = [
            _reported(person, int(key), values=form.cleaned_data, deed=deed, at=at) for key in keys
        ]
        return _report(request, deed, reported, back)
    context = {
        "form": form,
        "deed": deed,
        "word": presenting.deed_word(rules.Deed(deed)),
        "keys": keys,
        "query": request.POST.get("query", ""),
        "back": back,
    }
    return render(request, "cases/bulk.html", context, status=200 if sent is None else 422)


def _proposed(person: Person, pk: int) -> list[Person]:
    try:
        case = selectors.get_case_for(person, pk=pk)
    except NotThere:
        return []
    return selectors.possible_owners(person, case, on=clock.today())


def _reported(
    person: Person,
    pk: int,
    refusal: str = "",
    *,
    values: dict[str, Any] | None = None,
    deed: str = "",
    at: datetime | None = None,
) -> Reported:
    """Do the deed on one case, unless it is refused from the start, and say what became of it."""
    try:
        case = selectors.get_case_for(person, pk=pk)
    except NotThere:
        return Reported(presenting.number_of(pk), "", "", _("There is no such case."))
    if values is not None and at is not None:
        try:
            _do(deed, case, person, at, values)
        except (RuleBroken, NotAllowed) as refused:
            refusal = str(refused)
    return Reported(case.number, case.title, case.get_absolute_url(), refusal)


def _do(deed: str, case: Case, by: Person, at: datetime, values: dict[str, Any]) -> None:
    text = values.get("text", "")
    if deed == rules.Deed.ACCEPT:
        services.accept_case(case=case, by=by, at=at, text=text)
    elif deed == rules.Deed.ASSIGN:
        services.assign_owner(case=case, owner=values["owner"], by=by, at=at, text=text)
    elif deed == rules.Deed.ESCALATE:
        services.escalate_case(case=case, by=by, at=at, text=text)
    else:
        services.add_note(case=case, by=by, at=at, text=text)


def _report(
    request: HttpRequest, deed: str, reported: Sequence[Reported], back: str
) -> HttpResponse:
    refused = [row for row in reported if row.refusal]
    context = {
        "word": presenting.deed_word(rules.Deed(deed)),
        "refused": refused,
        "done": [row for row in reported if not row.refusal],
        "total": len(reported),
        "back": back,
    }
    return render(request, "cases/bulk_report.html", context)


def _query_of(request: HttpRequest) -> dict[str, str]:
    return QueryDict(request.POST.get("query", "")).dict()


def _place(person: Person, asked: Filter) -> tuple[Area | None, str | None]:
    if not asked.place:
        return None, None
    area = directory.get_area_for(person, code=asked.place)
    return area, area.path


def _own_place(person: Person) -> Area | None:
    """Return the place the list is about when the filter names none: the one of the reader."""
    paths = person.scope.paths(READERS)
    return reference.area(tree.ids_of(paths[0])[-1]) if len(paths) == 1 and paths[0] else None


def _tabs(asked: Filter, views: Sequence[SavedView]) -> list[dict[str, Any]]:
    words = {
        "open": _("All open"),
        "overdue": _("Overdue"),
        "verify": _("To verify"),
        "returned": _("Came back"),
        "unowned": _("Without owner"),
        "mine": _("I take part"),
        "closed": _("Closed"),
        "all": _("All"),
    }
    here = asked.query()
    saved = {view.query for view in views}
    tabs: list[dict[str, Any]] = []
    for view in VIEWS:
        query = asked.query(view=view)
        if view == "all" and asked.view != "all":
            continue
        active = view == asked.view and here not in saved
        tabs.append(
            {
                "href": f"?{query}",
                "text": words[view],
                "active": active,
                "view": view,
                "filter": Filter.read({**asked.chosen, "view": view}),
            }
        )
    tabs += [
        {
            "href": f"?{kept.query}",
            "text": kept.name,
            "active": kept.query == here,
            "view": "",
            "filter": None,
        }
        for kept in views
    ]
    return tabs


def _menus(asked: Filter, person: Person) -> list[dict[str, Any]]:
    """Return the filters that are not set, each as a menu of links."""

    def menu(name: str, label: str, values: Iterable[tuple[str, Any]]) -> dict[str, Any] | None:
        if getattr(asked, name):
            return None
        rest = asked.query()
        return {
            "label": label,
            "items": [{"href": f"?{rest}&{name}={key}", "text": text} for key, text in values],
        }

    found = (
        menu("state", _("Step"), Case.State.choices),
        menu("owner", _("Owner"), [(str(person.pk), _("Me")), (NOBODY, _("Nobody"))]),
        menu("category", _("Kind"), [(row.code, row.name) for row in reference.categories()]),
        menu("source", _("Source"), Case.Source.choices),
        menu(
            "age",
            _("Age"),
            [(age.code.replace("+", "%2B"), age_word(age.code)) for age in rules.AGES],
        ),
        menu("level", _("Tier"), [(str(row.level), row.name) for row in reference.tiers()]),
    )
    return [row for row in found if row is not None]


def _chosen(asked: Filter, area: Area | None, person: Person) -> list[dict[str, str]]:
    """Return the filters that are set, each with the address of the list without it."""
    words = {
        "place": lambda value: _("Place: %(name)s") % {"name": area.short_name if area else value},
        "state": lambda value: _("Step: %(name)s") % {"name": Case.State(value).label},
        "owner": lambda value: _("Owner: %(name)s") % {"name": _owner_name(value, person)},
        "category": lambda value: _("Kind: %(name)s") % {"name": _kind_name(value)},
        "source": lambda value: _("Source: %(name)s") % {"name": Case.Source(value).label},
        "age": lambda value: _("Age: %(name)s") % {"name": age_word(value)},
        "level": lambda value: _("Tier: %(name)s") % {"name": _tier_name(value)},
        "raised": lambda value: _("Raised: %(month)s") % {"month": _month(value)},
        "closed": lambda value: _("Closed: %(month)s") % {"month": _month(value)},
        "reopened": lambda value: _("Reopened: %(month)s") % {"month": _month(value)},
    }
    return [
        {"text": words[name](value), "href": f"?{asked.query(**{name: ''})}"}
        for name, value in asked.chosen.items()
        if name in words
    ]


def _owner_name(value: str, person: Person) -> str:
    if value == NOBODY:
        return _("nobody")
    if value == str(person.pk):
        return _("me")
    return Person.objects.filter(pk=int(value)).values_list("name", flat=True).first() or value


def _kind_name(code: str) -> str:
    return next((row.name for row in reference.categories() if row.code == code), code)


def _tier_name(level: str) -> str:
    return next((row.name for row in reference.tiers() if str(row.level) == level), level)


def _month(text: str) -> str:
    return formats.month(Month.parse(text))


def _can_be_saved(asked: Filter, views: Sequence[SavedView]) -> bool:
    return bool(asked.chosen) and asked.query() not in {view.query for view in views}
