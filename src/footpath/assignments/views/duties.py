"""Pages of duty lists: what those in charge have to do. Source: S2.7."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from footpath.accounts.guards import Asked, signed_in
from footpath.accounts.permissions import may, require
from footpath.assignments import selectors, services
from footpath.assignments.forms import DutyListForm, LastDayForm
from footpath.assignments.models import DutyList
from footpath.assignments.views import asked
from footpath.core import clock
from footpath.directory import selectors as directory
from footpath.directory.models import Area, Person


@signed_in
@require_safe
def duty_lists(request: Asked) -> HttpResponse:
    """The lists of a place, of those above it and below it."""
    person: Person = request.person
    area = asked.area(person, request.GET.get("place"))
    if area is None:
        return render(request, "assignments/nowhere.html")
    today = clock.today()
    context = {
        "area": area,
        "ancestors": directory.ancestors_of(area),
        "page": selectors.duty_lists_in(person, area, on=today, after=request.GET.get("after")),
        "today": today,
        "may_write": may(person, "assignments.duties", area),
    }
    return render(request, "assignments/duty_lists.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: Asked) -> HttpResponse:
    """Write a new list for ``?place=``."""
    person: Person = request.person
    area = asked.area(person, request.GET.get("place"))
    if area is None:
        return redirect("assignments:duty-lists")
    require(person, "assignments.duties", area)
    form = DutyListForm(request.POST or None, person=person, initial={"start": clock.today()})
    if request.method == "POST" and form.is_valid():
        made = form.done(lambda: _create(form, area, by=person))
        if made is not None:
            messages.success(request, _("The list “%(title)s” is written.") % {"title": made.title})
            return redirect("assignments:duty-list", made.pk)
    return _form(request, form, area, None)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def duty_list(request: Asked, pk: int) -> HttpResponse:
    """One list with its duties; whoever may ends it here."""
    person: Person = request.person
    found = selectors.get_duty_list_for(person, pk=pk)
    today = clock.today()
    form = LastDayForm(
        request.POST or None, person=person, initial={"last_day": max(today, found.start)}
    )
    if request.method == "POST":
        require(person, "assignments.duties", found)
        if form.is_valid():
            last_day = form.cleaned_data["last_day"]
            form.done(
                lambda: services.end_duty_list(
                    duty_list=found, last_day=last_day, by=person, at=clock.now()
                )
            )
        if form.is_valid():
            messages.success(request, _("The last day is set."))
            return redirect("assignments:duty-list", found.pk)
    over = found.until is not None and found.until < today
    context = {
        "list": found,
        "ancestors": directory.ancestors_of(found.area),
        "may_write": may(person, "assignments.duties", found) and not over,
        "form": form,
        "over": over,
        "today": today,
    }
    status = 422 if form.errors else 200
    return render(request, "assignments/duty_list.html", context, status=status)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def rewrite(request: Asked, pk: int) -> HttpResponse:
    """Write a new version of a list, in force from a day on."""
    person: Person = request.person
    found = selectors.get_duty_list_for(person, pk=pk)
    require(person, "assignments.duties", found)
    initial = {
        "title": found.title,
        "role": found.role,
        "items": "\n".join(item.text for item in found.items.all()),
        "start": max(clock.today(), found.start),
        "basis": found.basis_id,
    }
    form = DutyListForm(request.POST or None, person=person, initial=initial)
    for name in ("role", "until"):
        del form.fields[name]
    if request.method == "POST" and form.is_valid():
        made = form.done(lambda: _change(form, found, by=person))
        if made is not None:
            messages.success(request, _("The new version is written."))
            return redirect("assignments:duty-list", made.pk)
    return _form(request, form, found.area, found)


def _form(request: Asked, form: DutyListForm, area: Area, found: DutyList | None) -> HttpResponse:
    context = {
        "form": form,
        "area": area,
        "list": found,
        "ancestors": directory.ancestors_of(area),
    }
    status = 422 if form.errors else 200
    return render(request, "assignments/duty_form.html", context, status=status)


def _create(form: DutyListForm, area: Area, *, by: Person) -> DutyList:
    typed = form.cleaned_data
    return services.create_duty_list(
        area=area,
        role=typed["role"],
        title=typed["title"],
        items=form.lines(),
        start=typed["start"],
        until=typed["until"],
        basis=typed["basis"],
        by=by,
        at=clock.now(),
    )


def _change(form: DutyListForm, found: DutyList, *, by: Person) -> DutyList:
    typed = form.cleaned_data
    return services.change_duty_list(
        duty_list=found,
        title=typed["title"],
        items=form.lines(),
        start=typed["start"],
        basis=typed["basis"],
        by=by,
        at=clock.now(),
    )
