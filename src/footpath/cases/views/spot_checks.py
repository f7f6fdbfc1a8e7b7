"""Spot checks: the list with the draw, and one check."""

from __future__ import annotations

import secrets

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from footpath.accounts.guards import Asked, signed_in
from footpath.accounts.permissions import may, require
from footpath.accounts.rules import Role
from footpath.cases import presenting, rules, selectors, services
from footpath.cases.checking_forms import CheckForm, DrawForm
from footpath.cases.selectors import spot_checks as found_checks
from footpath.core import clock
from footpath.core.calendar import Month
from footpath.core.errors import NotThere
from footpath.directory import selectors as directory
from footpath.directory.models import Area, Person

DRAWERS = (Role.HEAD, Role.OFFICE)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def spot_checks(request: Asked) -> HttpResponse:
    """The spot checks in the reader's places; heads and offices draw new ones here."""
    person: Person = request.person
    require(person, "cases.check")
    may_draw = may(person, "cases.draw")
    posted = request.method == "POST"
    if posted:
        require(person, "cases.draw")
    last = Month.of(clock.today()).previous
    form = DrawForm(
        request.POST if posted else None,
        person=person,
        initial={
            "area": directory.home_area_of(person, DRAWERS),
            "month": str(last),
            "seed": secrets.token_hex(4),
        },
    )
    if posted and form.is_valid():
        drawn = form.done(
            lambda: services.draw_spot_checks(by=person, at=clock.now(), **form.cleaned_data)
        )
        if drawn is not None:
            number = len(drawn)
            messages.success(
                request,
                ngettext("%(number)s case is drawn.", "%(number)s cases are drawn.", number)
                % {"number": number},
            )
            return redirect("cases:spot-checks")
    shows_all = request.GET.get("view") == "all"
    page = found_checks.spot_checks_for(
        person, area=_area(request), open_only=not shows_all, after=request.GET.get("after")
    )
    context = {
        "page": page,
        "shows_all": shows_all,
        "form": form if may_draw else None,
        "results": {value: str(label) for value, label in rules_labels()},
    }
    return render(request, "cases/spot_checks.html", context, status=422 if form.errors else 200)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def spot_check(request: Asked, pk: int) -> HttpResponse:
    """One spot check: the case as it was reported, and what was found."""
    person: Person = request.person
    check = found_checks.get_spot_check_for(person, pk=pk)
    case = check.round.case
    posted = request.method == "POST"
    form = CheckForm(request.POST if posted else None, person=person)
    if posted:
        require(person, "cases.check", case)
        if form.is_valid():
            said = form.cleaned_data
            done = form.done(
                lambda: services.make_spot_check(
                    check=check, result=rules.Result(said["result"]), text=said["text"],
                    by=person, at=clock.now(),
                )
            )  # fmt: skip
            if done is not None:
                messages.success(request, _("The spot check stands in %(number)s.") % {
                    "number": case.number
                })  # fmt: skip
                return redirect("cases:spot-checks")
    reported = [
        entry
        for entry in selectors.thread_of(case)
        if entry.round_number == check.round.number and entry.deed in {"rectified", "verified"}
    ]
    context = {
        "check": check,
        "case": case,
        "may_list": may(person, "cases.check"),
        "place": presenting.place_of(case.area),
        "reported": reported,
        "form": form if not check.result and found_checks.may_check(person, case) else None,
        "result": dict(rules_labels()).get(check.result, ""),
    }
    return render(request, "cases/spot_check.html", context, status=422 if form.errors else 200)


def rules_labels() -> list[tuple[str, str]]:
    """Return the results of a check with their words."""
    return [("confirmed", _("It holds")), ("partly", _("Partly")), ("not", _("It does not hold"))]


def _area(request: Asked) -> Area | None:
    code = request.GET.get("place", "").strip()
    if not code:
        return None
    try:
        return directory.get_area_for(request.person, code=code)
    except NotThere:
        return None
