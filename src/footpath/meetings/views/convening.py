"""Convening a meeting."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from footpath.accounts.guards import Asked, signed_in
from footpath.accounts.permissions import may
from footpath.core import clock
from footpath.directory import selectors as directory
from footpath.directory.models import Area, Person
from footpath.meetings import selectors, services
from footpath.meetings.forms import ConveneForm
from footpath.meetings.models import Meeting
from footpath.meetings.views.places import place_to_convene_in
from footpath.meetings.views.refusals import REFUSALS, Refusal, refusal_of


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def convene(request: Asked) -> HttpResponse:
    """Convene a meeting, of ``?place=`` if it is given."""
    person: Person = request.person
    area, place = place_to_convene_in(request)
    initial = {"area": place, "day": clock.today()}
    form = ConveneForm(request.POST or None, person=person, near=place, initial=initial)
    if request.method == "POST" and form.is_valid():
        made = form.done(lambda: _convene(form, by=person))
        if made is not None:
            expected = made.duties.filter(elsewhere=None).count()
            messages.success(
                request,
                ngettext(
                    "The meeting is convened. %(count)s person has to attend.",
                    "The meeting is convened. %(count)s people have to attend.",
                    expected,
                )
                % {"count": expected},
            )
            return redirect(made)
    context = {
        "area": area,
        "ancestors": directory.ancestors_of(area) if area else [],
        "form": form,
        "refusal": _refusal(form),
        "may_set_aside": may(person, "meetings.extraordinary", place),
        "due": selectors.duties_due(person, area, on=clock.today()) if area else [],
    }
    return render(request, "meetings/convene.html", context, status=422 if form.errors else 200)


def _convene(form: ConveneForm, *, by: Person) -> Meeting:
    starts_at, ends_at = form.times()
    asked = form.cleaned_data
    place: Area = asked["area"]
    return services.convene_meeting(
        kind=asked["kind"],
        area=place,
        starts_at=starts_at,
        ends_at=ends_at,
        hall=asked["hall"],
        where=asked["where"],
        agenda=asked["agenda"],
        title=asked["title"],
        organization=asked["organization"],
        extraordinary_reason=asked["extraordinary_reason"],
        client_key=asked["client_key"],
        by=by,
        at=clock.now(),
    )


def _refusal(form: ConveneForm) -> Refusal | None:
    if not isinstance(form.refused, REFUSALS):
        return None
    asked = form.cleaned_data
    starts_at, ends_at = form.times()
    return refusal_of(
        form.refused,
        kind=asked["kind"],
        area=asked["area"],
        organization=asked["organization"],
        hall=asked["hall"],
        starts_at=starts_at,
        ends_at=ends_at,
    )
