"""Reporting a problem without an account, in three steps of plain links: where, what, say it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from footpath.cases import selectors, services
from footpath.cases.models import Case, Category
from footpath.cases.public_forms import ReportForm
from footpath.cases.rules import codes
from footpath.cases.selectors import positions, public
from footpath.cases.views.public.common import is_too_often, kept_by_nobody, open_to_caches
from footpath.core import clock
from footpath.core.errors import NotThere, RuleBroken
from footpath.directory.models import Area

MOST_SIMILAR = 3


@require_safe
@open_to_caches
def home(request: HttpRequest) -> HttpResponse:
    """Show the three doors: report, follow a report, see how a place does."""
    return render(request, "public/home.html", {"places": public.places_at_the_top()})


@sensitive_variables("form", "said")
@sensitive_post_parameters("email", "name", "phone")
@require_http_methods(["GET", "POST"])
@kept_by_nobody
def report(request: HttpRequest) -> HttpResponse:
    """Ask where, then what, then take the report; the same post twice makes one case."""
    position = _position(request)
    area = _area(request)
    if area is None:
        return _choose_place(request, position)
    category = public.category(request.GET.get("category", ""))
    if category is None:
        context = {"area": area, "groups": _groups(), "position": position}
        return render(request, "public/report_what.html", context)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ReportForm(*sent, category=category, initial=dict(position))
    status = 200
    similar = _similar(area, category, form, position)
    asks_again = False
    if request.method == "POST":
        status = 422
        if form.is_valid():
            said = form.cleaned_data
            # Files would have to be chosen again: who sends any is not asked.
            asks_again = any(
                is_strong and not said["anyway"] and not said["files"]
                for _case, is_strong in similar
            )
            if asks_again:
                status = 200
            elif is_too_often(request, "report") or is_too_often(
                request, "report_place", key=str(area.pk)
            ):
                form.add_error(
                    None,
                    _("Too many reports came from here just now. Wait an hour, and send it again."),
                )
                status = 429
            else:
                try:
                    return _received(request, form, area, category)
                except RuleBroken as broken:
                    field = getattr(broken, "field", None)
                    form.add_error(field if field in form.fields else None, str(broken))
                    status = broken.status
    context = {
        "form": form,
        "area": area,
        "category": category,
        "similar": [case for case, _is_strong in similar],
        "asks_again": asks_again,
        "heading_of": public.heading_of,
        "state_of": public.state_of,
    }
    return render(request, "public/report.html", context, status=status)


def _received(
    request: HttpRequest, form: ReportForm, area: Area, category: Category
) -> HttpResponse:
    """Take the report and show its receipt: the code stands nowhere but on this page."""
    said = form.cleaned_data
    case, code = services.report_case(
        title=said["title"],
        text=said["text"],
        area=area,
        category=category,
        at=clock.now(),
        name=said["name"],
        email=said["email"],
        phone=said["phone"],
        language=get_language() or "",
        latitude=said["latitude"],
        longitude=said["longitude"],
        address=said["address"],
        answers=said["answers"],
        uploads=said["files"],
        is_confidential=said["is_confidential"],
        client_key=said["client_key"],
    )
    context = {
        "case": case,
        "area": area,
        "code": codes.grouped(code),
        "has_email": bool(said["email"]),
        "is_confidential": said["is_confidential"],
        "handler": case.handler,
        "status_url": request.build_absolute_uri(reverse("public:status")),
    }
    return render(request, "public/received.html", context)


def _choose_place(request: HttpRequest, position: dict[str, float]) -> HttpResponse:
    if position:
        near = positions.nearest_place(
            position["latitude"], position["longitude"], on=clock.today()
        )
        if near is not None:
            query = {"place": near.code, "lat": position["latitude"], "lon": position["longitude"]}
            return redirect(reverse("public:report", query=query))
    typed = request.GET.get("q", "").strip()[:80]
    context = {
        "typed": typed,
        "found": public.find_places(typed) if typed else [],
        "nowhere_near": bool(position),
    }
    return render(request, "public/report_where.html", context)


def _area(request: HttpRequest) -> Area | None:
    """Return the place that the address names, as the code on a poster does."""
    code = request.GET.get("place", "")
    if not code:
        return None
    try:
        return public.place(code)
    except NotThere:
        return None


def _position(request: HttpRequest) -> dict[str, float]:
    """Return the position that the telephone has given, {} without one that can be on earth."""
    try:
        latitude, longitude = float(request.GET["lat"]), float(request.GET["lon"])
    except (KeyError, ValueError):
        return {}
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return {}
    return {"latitude": round(latitude, 6), "longitude": round(longitude, 6)}


def _groups() -> list[tuple[str, list[Category]]]:
    found: dict[str, list[Category]] = {}
    for category in public.categories():
        found.setdefault(category.group, []).append(category)
    return list(found.items())


def _similar(
    area: Area, category: Category, form: ReportForm, position: dict[str, float]
) -> list[tuple[Case, bool]]:
    """Return open public cases like this one, each with whether it is probably the same.

    First those like the words, then the latest of the kind, so that nobody reports what is known.
    """
    title, text = form["title"].value() or "", form["text"].value() or ""
    likes = selectors.suggest(
        None,
        area=area,
        category=category,
        text=f"{title} {text}".strip(),
        today=clock.today(),
        position=(position["latitude"], position["longitude"]) if position else None,
        most=MOST_SIMILAR,
    )
    found = {like.row.pk: like.is_strong for like in likes if not like.is_closed}
    rows = public.cases_of(area).open().filter(category=category).order_by("-raised_at", "-pk")
    for pk in rows.values_list("pk", flat=True)[:MOST_SIMILAR]:
        found.setdefault(pk, False)
    return [(public.get_case(pk), is_strong) for pk, is_strong in found.items()][:MOST_SIMILAR]
