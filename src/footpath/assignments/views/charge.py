"""Pages of one assignment: putting somebody in charge, and ending it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from footpath.accounts.guards import Asked, signed_in
from footpath.accounts.permissions import may, require
from footpath.assignments import selectors, services
from footpath.assignments.forms import AssignForm, EndForm
from footpath.assignments.models import Assignment
from footpath.assignments.views import asked
from footpath.core import clock
from footpath.directory import selectors as directory
from footpath.directory.models import Area, Organization, Person


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
    start = max(asked.day(request.GET.get("start")), today)
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


def _thing(person: Person, request: Asked) -> tuple[Area | None, Organization | None]:
    if code := request.GET.get("place"):
        return directory.get_area_for(person, code=code), None
    if code := request.GET.get("organization"):
        return None, directory.get_organization_for(person, code=code)
    return None, None


def _chosen(form: AssignForm, request: Asked) -> Person | None:
    typed = form["who"].value() if form.is_bound else request.GET.get("person")
    known = str(typed or "")
    return (
        Person.objects.filter(pk=int(known)).first()
        if known.isdecimal() and len(known) < 19
        else None
    )


def _put_in_charge(
    form: AssignForm, area: Area | None, organization: Organization | None, *, by: Person
) -> Assignment:
    typed, now = form.cleaned_data, clock.now()
    basis = typed["basis"]
    if typed["number"]:
        basis = services.create_basis_document(
            number=typed["number"],
            issued_on=typed["issued_on"],
            issuer=typed["issuer"],
            title=typed["title"],
            by=by,
            at=now,
        )
    return services.put_in_charge(
        person=typed["who"],
        area=area,
        organization=organization,
        role=typed["role"],
        basis=basis,
        start=typed["start"],
        until=typed["until"],
        by=by,
        at=now,
    )
