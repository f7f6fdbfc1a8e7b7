"""Pages of being in charge: coverage, putting somebody in charge, one assignment, one place."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from footpath.accounts.guards import Asked, signed_in
from footpath.accounts.permissions import may, require
from footpath.assignments import selectors, services
from footpath.assignments.forms import AssignForm, DayForm, EndForm
from footpath.assignments.models import Assignment
from footpath.core import clock
from footpath.core.dayfield import FIRST, LAST
from footpath.directory import selectors as directory
from footpath.directory.models import Area, Organization, Person, Tier


@signed_in
@require_safe
def coverage(request: Asked) -> HttpResponse:
    """Which places of a tier have a lead on a day, and which have nobody."""
    person: Person = request.person
    on = _day(request.GET.get("on"))
    area = _area(person, request.GET.get("place"))
    if area is None:
        return render(request, "assignments/nowhere.html")
    rates = selectors.coverage_rates(area.path, on=on)
    tier = _tier([row.tier for row in rates], request.GET.get("tier"))
    missing = request.GET.get("missing") == "1"
    page, tiles = None, []
    if tier is not None:
        page = selectors.coverage(
            person, tier, area.path, on=on, missing=missing, after=request.GET.get("after")
        )
        if tier.level > area.tier.level + 1:
            tiles = [
                row for row in selectors.coverage_by_child(area, tier, on=on) if row.rate.whole
            ]
    context = {
        "area": area,
        "ancestors": directory.ancestors_of(area),
        "in_charge": selectors.in_charge_of(person, area, on=on),
        "on": on,
        "today": clock.today(),
        "day_form": DayForm(initial={"on": on}),
        "rates": rates,
        "tier": tier,
        "missing": missing,
        "page": page,
        "tiles": tiles,
        "kept": _kept(request, place=area.code, tier=tier.code if tier else None),
        "may_assign": {
            row.area.pk
            for row in (page.rows if page else ())
            if may(person, "assignments.assign", row.area)
        },
    }
    return render(request, "assignments/coverage.html", context)


@signed_in
@require_safe
def place(request: Asked, code: str) -> HttpResponse:
    """Who is in charge of a place on a day, and everybody who was."""
    person: Person = request.person
    area = directory.get_area_for(person, code=code)
    on = _day(request.GET.get("on"))
    context = {
        "area": area,
        "ancestors": directory.ancestors_of(area),
        "on": on,
        "today": clock.today(),
        "day_form": DayForm(initial={"on": on}),
        "in_charge": selectors.in_charge_of(person, area, on=on),
        "history": selectors.history_of_area(area),
        "may_assign": may(person, "assignments.assign", area),
    }
    return render(request, "assignments/place.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def assign(request: Asked) -> HttpResponse:
    """Put somebody in charge of ``?place=`` or ``?organization=``."""
    person: Person = request.person
    area, organization = _thing(person, request)
    thing = area or organization
    if thing is None:
        return redirect("assignments:coverage")
    require(person, "assignments.assign", thing)
    today = clock.today()
    start = max(_day(request.GET.get("start")), today)
    initial = {"role": request.GET.get("role", Assignment.Role.LEAD), "start": start}
    form = AssignForm(request.POST or None, person=person, initial=initial)
    if request.method == "POST" and form.is_valid():
        made = form.done(lambda: _put_in_charge(form, area, organization, by=person))
        if made is not None:
            messages.success(
                request,
                _("%(person)s is in charge of %(place)s.")
                % {"person": made.person.name, "place": thing.name},
            )
            return redirect(made)
    typed = request.GET.get("q", "")
    home = thing if isinstance(thing, Area) else thing.area
    found = selectors.candidates(typed, near=home.path if home else "", on=today)
    chosen = _chosen(form, request)
    if chosen is not None and chosen.pk not in {row.person.pk for row in found}:
        found.insert(0, selectors.Candidate(chosen, "", 0))
    context = {
        "area": area,
        "organization": organization,
        "thing": thing,
        "ancestors": directory.ancestors_of(home) if home else [],
        "in_charge": selectors.in_charge_of(person, area, on=today) if area else [],
        "form": form,
        "typed": typed,
        "candidates": found,
        "chosen": chosen,
    }
    status = 422 if form.errors else 200
    return render(request, "assignments/assign.html", context, status=status)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def assignment(request: Asked, pk: int) -> HttpResponse:
    """One assignment with its history; whoever may ends it here."""
    person: Person = request.person
    found = selectors.get_assignment_for(person, pk=pk)
    today = clock.today()
    form = EndForm(
        request.POST or None, person=person, initial={"last_day": max(today, found.start)}
    )
    if request.method == "POST":
        require(person, "assignments.end", found)
        if form.is_valid():
            form.done(
                lambda: services.end_assignment(
                    assignment=found,
                    last_day=form.cleaned_data["last_day"],
                    handover_note=form.cleaned_data["handover_note"],
                    by=person,
                    at=clock.now(),
                )
            )
        if form.is_valid():
            messages.success(request, _("The last day is set. Whoever comes next reads the note."))
            return redirect(found)
    thing = found.area or found.organization
    over = found.until is not None and found.until < today
    context = {
        "assignment": found,
        "thing": thing,
        "ancestors": directory.ancestors_of(found.area) if found.area else [],
        "history": selectors.history_of(found),
        "form": form if not over and may(person, "assignments.end", found) else None,
        "may_assign": may(person, "assignments.assign", thing),
        "over": over,
        "today": today,
    }
    status = 422 if form.errors else 200
    return render(request, "assignments/assignment.html", context, status=status)


def _put_in_charge(
    form: AssignForm, area: Area | None, organization: Organization | None, *, by: Person
) -> Assignment:
    asked, now = form.cleaned_data, clock.now()
    basis = asked["basis"]
    if asked["number"]:
        basis = services.create_basis_document(
            number=asked["number"],
            issued_on=asked["issued_on"],
            issuer=asked["issuer"],
            title=asked["title"],
            by=by,
            at=now,
        )
    return services.put_in_charge(
        person=asked["who"],
        area=area,
        organization=organization,
        role=asked["role"],
        basis=basis,
        start=asked["start"],
        until=asked["until"],
        by=by,
        at=now,
    )


def _thing(person: Person, request: Asked) -> tuple[Area | None, Organization | None]:
    if code := request.GET.get("place"):
        return directory.get_area_for(person, code=code), None
    if code := request.GET.get("organization"):
        return None, directory.get_organization_for(person, code=code)
    return None, None


def _area(person: Person, code: str | None) -> Area | None:
    """Return the place asked for, else the widest of the person's own."""
    return directory.get_area_for(person, code=code) if code else directory.home_area_of(person)


def _day(typed: str | None) -> date:
    """Return the day asked for; today when none is, or none that exists."""
    try:
        day = date.fromisoformat(typed or "")
    except ValueError:
        return clock.today()
    return day if FIRST <= day <= LAST else clock.today()


def _tier(tiers: list[Tier], code: str | None) -> Tier | None:
    """Return the tier asked for, else the highest below the place."""
    return next((tier for tier in tiers if tier.code == code), tiers[0] if tiers else None)


def _chosen(form: AssignForm, request: Asked) -> Person | None:
    typed = form["who"].value() if form.is_bound else request.GET.get("person")
    known = str(typed or "")
    return (
        Person.objects.filter(pk=int(known)).first()
        if known.isdecimal() and len(known) < 19
        else None
    )


def _kept(request: Asked, **values: Any) -> dict[str, str]:
    """Return the filters of the list as they stand, for links that change one of them."""
    kept = {key: request.GET.get(key, "") for key in ("on", "missing")} | values
    return {key: value for key, value in kept.items() if value}
