"""Pages of what an officer can take, and of what each tier asks for. Source: S2.1."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from footpath.accounts.guards import Asked, signed_in
from footpath.accounts.permissions import may, require
from footpath.assignments import selectors, services
from footpath.assignments.forms import ConflictForm, CoverForm, LimitForm
from footpath.assignments.models import Conflict, CoverageRule
from footpath.assignments.views import asked
from footpath.core import clock
from footpath.core.errors import NotThere
from footpath.directory import selectors as directory
from footpath.directory.models import Area, Person


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def officer(request: Asked, pk: int) -> HttpResponse:
    """What an officer can take: places at most, the desk, conflicts of interest."""
    person: Person = request.person
    shown = directory.get_person_for(person, pk=pk)
    if not may(person, "assignments.declare", shown):
        raise NotThere
    today = clock.today()
    room = selectors.room_of(shown, on=today)
    what = request.POST.get("what", "")
    posted = request.method == "POST"
    limit = LimitForm(
        request.POST if posted and what == "limit" else None,
        person=person,
        initial={
            "places": room.limit.places if room.limit else 3,
            "bound": bool(room.limit and room.limit.bound),
        },
    )
    conflict = ConflictForm(request.POST if posted and what == "conflict" else None, person=person)
    if posted:
        said = _done(what, shown, limit, conflict, room, request)
        if said:
            messages.success(request, said)
            return redirect("assignments:officer", shown.pk)
    context = {
        "shown": shown,
        "room": room,
        "limit": limit if may(person, "assignments.limit", shown) else None,
        "conflict": conflict,
        "led": [row for row in selectors.assignments_of(shown, on=today) if row.role == "lead"],
    }
    status = 422 if limit.errors or conflict.errors else 200
    return render(request, "assignments/officer.html", context, status=status)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def cover(request: Asked) -> HttpResponse:
    """What the places of each tier need in ``?place=`` and below."""
    person: Person = request.person
    area = asked.area(person, request.GET.get("place"))
    if area is None:
        return render(request, "assignments/nowhere.html")
    posted = request.method == "POST"
    taken_back = request.POST.get("remove")
    form = CoverForm(request.POST if posted and not taken_back else None, person=person, area=area)
    if posted:
        require(person, "assignments.cover", area)
        if taken_back:
            _remove(area, taken_back, by=person)
            said = _("The rule is taken back.")
        else:
            said = _set(form, area, by=person)
        if said:
            messages.success(request, said)
            return redirect(reverse("assignments:cover", query={"place": area.code}))
    context = {
        "area": area,
        "ancestors": directory.ancestors_of(area),
        "tiers": selectors.asked_of_tiers(area),
        "form": form if may(person, "assignments.cover", area) else None,
    }
    status = 422 if form.errors else 200
    return render(request, "assignments/cover.html", context, status=status)


def _done(  # noqa: PLR0917 - the forms of one page
    what: str,
    shown: Person,
    limit: LimitForm,
    conflict: ConflictForm,
    room: selectors.Room,
    request: Asked,
) -> str:
    by, now = cast("Person", request.person), clock.now()
    if what == "limit":
        require(by, "assignments.limit", shown)
        if limit.is_valid():
            limit.done(
                lambda: services.set_limit(person=shown, by=by, at=now, **limit.cleaned_data)
            )
        return _("The limit is set.") if limit.is_valid() else ""
    if what == "conflict":
        if conflict.is_valid():
            typed = conflict.cleaned_data
            conflict.done(
                lambda: services.declare_conflict(
                    person=shown, area=typed["area"], kind=typed["kind"], on=clock.today(),
                    by=by, at=now,
                )
            )  # fmt: skip
        return _("It is declared.") if conflict.is_valid() else ""
    ended: Conflict | None = next((row for row in room.conflicts if str(row.pk) == what), None)
    if ended is None:
        raise NotThere
    services.end_conflict(conflict=ended, on=clock.today(), by=by, at=now)
    return _("It no longer counts.")


def _set(form: CoverForm, area: Area, *, by: Person) -> str:
    if form.is_valid():
        form.done(
            lambda: services.set_coverage_rule(
                area=area, by=by, at=clock.now(), **form.cleaned_data
            )
        )
    return _("The rule is set.") if form.is_valid() else ""


def _remove(area: Area, key: str, *, by: Person) -> None:
    rules = {str(rule.pk): rule for rule in CoverageRule.objects.filter(area=area)}
    if key not in rules:
        raise NotThere
    rules[key].area = area
    services.remove_coverage_rule(rule=rules[key], by=by, at=clock.now())
