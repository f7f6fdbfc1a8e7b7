"""Halls: the list, and the page of one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from footpath.accounts.guards import Asked, signed_in
from footpath.accounts.permissions import may, require
from footpath.accounts.rules import Role
from footpath.core import clock
from footpath.core.errors import NotThere
from footpath.directory import selectors as directory
from footpath.directory.models import Person
from footpath.meetings import selectors, services
from footpath.meetings.forms.halls import ChangeHallForm, CloseHallForm, HallForm
from footpath.meetings.models import Hall

SETTERS = (Role.HEAD, Role.OFFICE, Role.ADMINISTRATOR)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def hall_list(request: Asked) -> HttpResponse:
    """The halls of a place and below, or of everywhere; a new one is added here."""
    person: Person = request.person
    code = request.GET.get("place")
    area = directory.get_area_for(person, code=code) if code else None
    if request.method == "POST":
        require(person, "meetings.set_days")
    home = area or directory.home_area_of(person, SETTERS)
    sent = request.POST if request.method == "POST" else None
    form = HallForm(sent, person=person, initial={"area": home})
    if request.method == "POST" and form.is_valid():
        made = form.done(lambda: _add(form, by=person))
        if made is not None:
            messages.success(request, _("%(hall)s is on the list.") % {"hall": made.name})
            return redirect("meetings:hall", made.pk)
    context = {
        "area": area,
        "ancestors": directory.ancestors_of(area) if area else [],
        "page": selectors.halls_for(person, area, after=request.GET.get("after")),
        "form": form,
        "may_set": may(person, "meetings.set_days", area),
    }
    return render(request, "meetings/halls.html", context, status=422 if form.errors else 200)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def hall(request: Asked, pk: int) -> HttpResponse:
    """A hall: the meetings in it, the days on which it is closed; change it."""
    person: Person = request.person
    found = selectors.get_hall_for(person, pk=pk)
    deed = request.POST.get("deed", "")
    if request.method == "POST":
        require(person, "meetings.set_days", found)
    change = ChangeHallForm(
        request.POST if deed == "change" else None,
        person=person,
        auto_id="id_change_%s",
        initial={
            "name": found.name,
            "seats": found.seats,
            "at_once": found.at_once,
            "is_active": found.is_active,
        },
    )
    today = clock.today()
    close = CloseHallForm(
        request.POST if deed == "close" else None,
        person=person,
        auto_id="id_close_%s",
        initial={"first": today, "last": today},
    )
    if request.method == "POST":
        said = _do(request, deed, found, change, close)
        if said:
            messages.success(request, said)
            return redirect("meetings:hall", found.pk)
    context = {
        "hall": found,
        "area": found.area,
        "ancestors": directory.ancestors_of(found.area),
        "closures": [row for row in found.closures.all() if row.last >= today],
        "meetings": selectors.coming_in_hall(person, found, now=clock.now()),
        "may_set": may(person, "meetings.set_days", found),
        "change": change,
        "close": close,
        "deed": deed,
    }
    refused = bool(change.errors or close.errors)
    return render(request, "meetings/hall.html", context, status=422 if refused else 200)


def _add(form: HallForm, *, by: Person) -> Hall:
    asked = form.cleaned_data
    return services.add_hall(
        area=asked["area"],
        name=asked["name"],
        seats=asked["seats"],
        at_once=asked["at_once"],
        by=by,
        at=clock.now(),
    )


def _do(
    request: Asked, deed: str, found: Hall, change: ChangeHallForm, close: CloseHallForm
) -> str:
    """Do what was sent and return what to say; "" when a form says what is wrong."""
    person: Person = request.person
    if deed == "change":
        if not change.is_valid():
            return ""
        asked = change.cleaned_data

        def changed() -> str:
            services.change_hall(
                hall=Hall.objects.get(pk=found.pk), by=person, at=clock.now(), **asked
            )
            return _("The hall is changed.")

        return change.done(changed) or ""
    if deed == "close":
        if not close.is_valid():
            return ""

        def closed() -> str:
            services.close_hall(hall=found, by=person, at=clock.now(), **close.cleaned_data)
            return _("The hall is closed on these days.")

        return close.done(closed) or ""
    sent = request.POST.get("closure")
    closure = next((row for row in found.closures.all() if str(row.pk) == sent), None)
    if deed != "open" or closure is None:
        raise NotThere
    services.open_hall(closure=closure, by=person, at=clock.now())
    return _("The hall is open again on these days.")
