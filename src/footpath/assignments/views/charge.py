"""Pages of one assignment: putting somebody in charge, and ending it."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from footpath.accounts.guards import Asked, signed_in
from footpath.accounts.permissions import may, require
from footpath.assignments import handing, rules, selectors, services
from footpath.assignments.forms import AssignForm, EndForm
from footpath.assignments.models import Assignment, DutyList
from footpath.assignments.views import asked
from footpath.core import clock
from footpath.core.keys import key_in
from footpath.directory import selectors as directory
from footpath.directory.models import Area, Organization, Person

MOST_SUCCESSORS = 12


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
    """One assignment with its duties and history; whoever may ends it here and hands it over."""
    person: Person = request.person
    found = selectors.get_assignment_for(person, pk=pk)
    today = clock.today()
    form = EndForm(
        request.POST or None, person=person, initial={"last_day": max(today, found.start)}
    )
    left: services.Left | None = None
    if request.method == "POST":
        require(person, "assignments.end", found)
        if form.is_valid():
            form.done(lambda: _end(form, found, by=person))
        if form.is_valid():
            messages.success(request, _("The last day is set. Whoever comes next reads the note."))
            return redirect(found)
    thing = found.area or found.organization
    over = found.until is not None and found.until < today
    may_end = not over and may(person, "assignments.end", found)
    if may_end:
        left = services.left_open(found, _asked_day(form, today))
    context = {
        "assignment": found,
        "thing": thing,
        "ancestors": directory.ancestors_of(found.area) if found.area else [],
        "history": selectors.history_of(found),
        "handover": selectors.handover_of(found),
        "letter": selectors.letter_of(person, found),
        "duties": _duties(found, today),
        "form": form if may_end else None,
        "left": left,
        "candidates": _successors(found, today) if may_end else [],
        "chosen": _chosen_successor(form),
        "may_assign": may(person, "assignments.assign", thing),
        "over": over,
        "today": today,
    }
    status = 422 if form.errors else 200
    return render(request, "assignments/assignment.html", context, status=status)


@signed_in
@require_safe
def handover(request: Asked, pk: int) -> HttpResponse:
    """The handover sheet: the note, what is open or was handed over, contacts, duties."""
    person: Person = request.person
    found = selectors.get_assignment_for(person, pk=pk)
    today = clock.today()
    given = selectors.handover_of(found)
    done = given is not None and given.done_at is not None
    # What is open is read in the place by those who work there.
    reads = may(person, "assignments.end", found) or (
        person.pk in {found.person_id, given.successor_id if given is not None else None}
    )
    last_day = found.until or today
    context = {
        "assignment": found,
        "thing": found.area or found.organization,
        "ancestors": directory.ancestors_of(found.area) if found.area else [],
        "handover": given,
        "counts": handing.said(given.counts) if given is not None else [],
        "left": services.left_open(found, last_day) if reads and not done else None,
        "reads": reads,
        "duties": _duties(found, today),
        "contacts": selectors.contacts_of(found.area, on=today) if found.area else [],
        "today": today,
    }
    return render(request, "assignments/handover.html", context)


def _end(form: EndForm, found: Assignment, *, by: Person) -> None:
    typed, now = form.cleaned_data, clock.now()
    successor = form.chosen()
    if successor is not None and typed["in_charge"] and found.area is not None:
        services.move(
            assignment=found,
            to_person=successor,
            from_day=typed["last_day"] + timedelta(days=1),
            note=typed["handover_note"],
            exception=typed["exception"],
            by=by,
            at=now,
        )
        return
    services.end_assignment(
        assignment=found,
        last_day=typed["last_day"],
        handover_note=typed["handover_note"],
        successor=successor,
        by=by,
        at=now,
    )


def _asked_day(form: EndForm, today: date) -> date:
    typed = getattr(form, "cleaned_data", {}).get("last_day")
    return typed if isinstance(typed, date) else today


def _duties(found: Assignment, today: date) -> list[DutyList]:
    if found.area is None:
        return []
    return selectors.duty_lists_of(found.area, role=found.role, on=max(today, found.start))


def _successors(found: Assignment, today: date) -> list[selectors.Candidate]:
    """Return who is proposed as successor: the deputy first, then those of the offices near."""
    home = found.area or (found.organization.area if found.organization else None)
    near = selectors.candidates("", near=home.path if home else "", on=today)
    here = selectors.in_charge_of(found.person, found.area, on=today) if found.area else []
    deputies = [row.person for row in here if row.role == Assignment.Role.DEPUTY]
    first = [selectors.Candidate(who, _("Deputy here"), 0) for who in deputies]
    known = {who.pk for who in deputies}
    rows = [*first, *(row for row in near if row.person.pk not in known)]
    return [row for row in rows if row.person.pk != found.person_id][:MOST_SUCCESSORS]


def _chosen_successor(form: EndForm) -> str:
    return str(form["successor"].value() or "") if form.is_bound else ""


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
    if typed["replaces"] and area is not None and typed["role"] in rules.ONE_AT_A_TIME:
        return services.replace(
            area=area,
            role=typed["role"],
            successor=typed["who"],
            from_day=typed["start"],
            until=typed["until"],
            basis=basis,
            exception=typed["exception"],
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
        exception=typed["exception"],
        by=by,
        at=now,
    )


def _thing(person: Person, request: Asked) -> tuple[Area | None, Organization | None]:
    if code := request.GET.get("place"):
        return directory.get_area_for(person, code=code), None
    if code := request.GET.get("organization"):
        return None, directory.get_organization_for(person, code=code)
    return None, None


def _chosen(form: AssignForm, request: Asked) -> Person | None:
    typed = form["who"].value() if form.is_bound else request.GET.get("person")
    key = key_in(typed)
    return Person.objects.filter(pk=key).first() if key is not None else None
