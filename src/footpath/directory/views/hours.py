"""The hours in which offices work: noted for places, inherited down the tree."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from footpath.accounts.guards import Asked, signed_in
from footpath.accounts.permissions import may, require
from footpath.core import clock
from footpath.core.errors import NotThere, RuleBroken
from footpath.directory import selectors, services
from footpath.directory.forms import OfficeHoursForm
from footpath.directory.models import OfficeHours, Person
from footpath.directory.views.calendar import weekday_names


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def hours(request: Asked) -> HttpResponse:
    """Show where which hours are noted; note hours for a place, or take them back."""
    person: Person = request.person
    require(person, "directory.hours")
    if request.POST.get("deed") == "withdraw":
        return _withdrawn(request)
    changed = _asked_for(person, request.GET.get("change"))
    sent = request.POST if request.method == "POST" else None
    form = OfficeHoursForm(sent, person=person, noted=changed)
    if request.method == "POST" and form.is_valid():
        made = form.done(
            lambda: services.note_hours(
                area=form.cleaned_data["place"],
                hours=form.hours,
                time_zone=form.cleaned_data["time_zone"],
                by=person,
                at=clock.now(),
            )
        )
        if made is not None:
            messages.success(request, _("The hours are noted."))
            return redirect("directory:hours")
    context = {
        "rows": [(row, _week(row.hours), _may_change(person, row)) for row in _noted()],
        "usual": _week(selectors.USUAL_HOURS),
        "zone": settings.TIME_ZONE,
        "form": form,
        "changed": changed,
    }
    return render(request, "directory/hours.html", context, status=422 if form.errors else 200)


def _noted() -> list[OfficeHours]:
    return list(selectors.hours_noted())


def _asked_for(person: Person, typed: str | None) -> OfficeHours | None:
    if not typed:
        return None
    if not (typed.isascii() and typed.isdecimal() and len(typed) < 18):
        raise NotThere
    return selectors.get_hours_for(person, pk=int(typed))


def _may_change(person: Person, row: OfficeHours) -> bool:
    if row.area is None:
        return may(person, "directory.settle_year")
    return may(person, "directory.hours", row.area)


def _week(noted: dict[str, list[list[str]]]) -> list[tuple[str, str]]:
    """Return the days with hours in words, neighbours with the same hours in one line."""
    names = [short for short, _wide in weekday_names()]
    found: list[tuple[int, int, str]] = []
    for number in range(7):
        words = ", ".join(f"{a}–{b}" for a, b in noted.get(str(number), []))
        if not words:
            continue
        if found and found[-1][1] == number - 1 and found[-1][2] == words:
            found[-1] = (found[-1][0], number, words)
        else:
            found.append((number, number, words))
    return [(names[a] if a == b else f"{names[a]} – {names[b]}", words) for a, b, words in found]


def _withdrawn(request: Asked) -> HttpResponse:
    row = _asked_for(request.person, request.POST.get("hours") or "0")
    if row is None:
        raise NotThere
    try:
        services.withdraw_hours(hours=row, by=request.person, at=clock.now())
    except RuleBroken as broken:
        messages.warning(request, str(broken))
    else:
        messages.success(request, _("The hours are taken back."))
    return redirect("directory:hours")
