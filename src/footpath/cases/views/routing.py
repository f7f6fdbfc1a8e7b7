"""Where cases belong and when they go up: the two tables, and the bench to try routes."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from footpath.accounts import selectors as accounts
from footpath.accounts.guards import Asked, signed_in
from footpath.accounts.permissions import may, require
from footpath.cases import services
from footpath.cases.models import EscalationRule
from footpath.cases.routing_forms import (
    BenchForm,
    EscalationRuleForm,
    RouteForm,
    TargetOfRouteForm,
)
from footpath.cases.rules.routing import Why
from footpath.cases.selectors import routing
from footpath.cases.services.routing import deed_on, owner_by
from footpath.core import clock
from footpath.core.errors import NotThere
from footpath.directory import selectors as directory
from footpath.directory.models import Area, Person

COUNTED_BACK = timedelta(days=365)


@signed_in
@require_safe
def routes(request: Asked) -> HttpResponse:
    """The table of routes: of a place, those above and below it; of everywhere without one."""
    person: Person = request.person
    require(person, "cases.route")
    area = _area(request)
    page = routing.routes_for(person, area=area, after=request.GET.get("after"))
    units = [route.organization_id for route in page.rows]
    context = {
        "area": area,
        "typed": request.GET.get("place", "").strip()[:40],
        "page": page,
        "places": {route.pk: place_word(route.area) for route in page.rows},
        "misrouted": routing.misrouted_from(units, since=clock.now() - COUNTED_BACK),
    }
    return render(request, "cases/routes.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def route_new(request: Asked) -> HttpResponse:
    """A new route."""
    person: Person = request.person
    require(person, "cases.route")
    sent = request.POST if request.method == "POST" else None
    form = RouteForm(sent, person=person, initial={"area": _area(request)})
    if sent is not None and form.is_valid():
        made = form.done(lambda: services.add_route(by=person, at=clock.now(), **form.cleaned_data))
        if made is not None:
            messages.success(request, _("The route holds for cases raised from now on."))
            return redirect("cases:routes")
    return render(request, "cases/route.html", {"form": form, "route": None}, status=_status(form))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def route(request: Asked, pk: int) -> HttpResponse:
    """A route: change whom it leads to, or withdraw it."""
    person: Person = request.person
    found = routing.get_route_for(person, pk=pk)
    posted = request.method == "POST"
    withdraws = posted and request.POST.get("deed") == "withdraw"
    form = TargetOfRouteForm(
        request.POST if posted and not withdraws else None,
        person=person,
        initial={
            "organization": found.organization,
            "owner": found.owner,
            "endpoint": found.endpoint_id,
            "service_code": found.service_code,
        },
    )
    if withdraws:
        services.withdraw_route(route=found, by=person, at=clock.now())
        messages.success(request, _("The route no longer counts."))
        return redirect("cases:routes")
    if posted and form.is_valid():
        changed = form.done(
            lambda: services.change_route(
                route=found, by=person, at=clock.now(), **form.cleaned_data
            )
        )
        if changed is not None:
            messages.success(request, _("The route holds for cases raised from now on."))
            return redirect("cases:routes")
    context = {
        "form": form,
        "route": found,
        "place": place_word(found.area),
        "may_set": may(person, *deed_on(found.area)),
        "chain": accounts.chain_of(found),
        "may_read_trail": may(person, "trail.read"),
    }
    return render(request, "cases/route.html", context, status=_status(form))


@signed_in
@require_safe
def routes_test(request: Asked) -> HttpResponse:
    """The test bench: where a case of a place and a category would go, and why."""
    person: Person = request.person
    require(person, "cases.route")
    asked = {name: request.GET.get(name, "") for name in ("place", "category")}
    form = BenchForm(asked if any(asked.values()) else None, person=person)
    context: dict[str, object] = {"form": form, "found": None}
    if form.is_bound and form.is_valid():
        area, category = form.cleaned_data["place"], form.cleaned_data["category"]
        found = services.route_of(area, category)
        counts = found.route
        context |= {
            "area": area,
            "category": category,
            "found": found,
            "owner": owner_by(counts, area.pk, at=clock.now()) if counts is not None else None,
            "looked": [
                (row, place_word(row.area), str(looked.why), why_word(looked.why))
                for row, looked in found.looked
            ],
        }
    return render(request, "cases/routes_test.html", context, status=_status(form))


@signed_in
@require_safe
def escalation_rules(request: Asked) -> HttpResponse:
    """The rules by which cases go up."""
    person: Person = request.person
    require(person, "cases.route")
    rows = routing.escalation_rules_for(person)
    context = {
        "rows": rows,
        "places": {rule.pk: place_word(rule.area) for rule in rows},
        "words": {rule.pk: rule_word(rule) for rule in rows},
    }
    return render(request, "cases/escalation_rules.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def escalation_rule_new(request: Asked) -> HttpResponse:
    """A new rule of escalation."""
    person: Person = request.person
    require(person, "cases.route")
    sent = request.POST if request.method == "POST" else None
    initial = {"trigger": EscalationRule.Trigger.OVERDUE, "number": 3}
    form = EscalationRuleForm(sent, person=person, initial=initial)
    if sent is not None and form.is_valid():
        made = form.done(
            lambda: services.add_escalation_rule(by=person, at=clock.now(), **form.cleaned_data)
        )
        if made is not None:
            messages.success(request, _("The rule is looked at every hour from now on."))
            return redirect("cases:escalation-rules")
    return render(
        request, "cases/escalation_rule.html", {"form": form, "rule": None}, status=_status(form)
    )


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def escalation_rule(request: Asked, pk: int) -> HttpResponse:
    """A rule of escalation: read it, withdraw it."""
    person: Person = request.person
    found = routing.get_escalation_rule_for(person, pk=pk)
    if request.method == "POST":
        services.withdraw_escalation_rule(rule=found, by=person, at=clock.now())
        messages.success(request, _("The rule no longer carries cases up."))
        return redirect("cases:escalation-rules")
    context = {
        "rule": found,
        "word": rule_word(found),
        "place": place_word(found.area),
        "may_set": may(person, *deed_on(found.area)),
        "chain": accounts.chain_of(found),
        "may_read_trail": may(person, "trail.read"),
    }
    return render(request, "cases/escalation_rule.html", context)


def place_word(area: Area | None) -> str:
    """Return a place with the one above it, or the word for everywhere."""
    if area is None:
        return _("Everywhere")
    return f"{area.name}, {area.parent.short_name}" if area.parent is not None else area.name


def rule_word(rule: EscalationRule) -> str:
    """Return what a rule waits for, in words."""
    if rule.trigger == EscalationRule.Trigger.OVERDUE:
        return _("%(days)s days overdue") % {"days": rule.number}
    return _("%(rounds)s rounds without success") % {"rounds": rule.number}


def why_word(why: Why) -> str:
    """Return why a route counts or does not, as a sentence."""
    return {
        Why.COUNTS: _("This one counts."),
        Why.ANOTHER_PLACE: _("It is for another place."),
        Why.ANOTHER_CATEGORY: _("It is for another category."),
        Why.DEEPER_PLACE: _("A route of a place below counts first."),
        Why.CATEGORY_FIRST: _("The route of the category counts before the one of everything."),
    }[why]


def _area(request: Asked) -> Area | None:
    code = request.GET.get("place", "").strip()
    if not code:
        return None
    try:
        return directory.get_area_for(request.person, code=code)
    except NotThere:
        return None


def _status(form: object) -> int:
    return 422 if getattr(form, "errors", None) else 200
