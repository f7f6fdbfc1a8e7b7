"""One's own duties to attend."""

from __future__ import annotations

from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from footpath.accounts.guards import Asked, signed_in
from footpath.core import clock
from footpath.directory.models import Person
from footpath.meetings import selectors

MOST_COMING = 20
"""So many coming duties stand on the page; the calendar shows all of them."""


@signed_in
@require_safe
def my_duties(request: Asked) -> HttpResponse:
    """The meetings one has to attend and those one had to, with one's own rate of the year."""
    person: Person = request.person
    now, today = clock.now(), clock.today()
    context = {
        "coming": selectors.my_coming_duties(person, now=now, limit=MOST_COMING),
        "past": selectors.my_past_duties(person, now=now, after=request.GET.get("after")),
        "rate": selectors.attendance_rate(person, (date(today.year, 1, 1), today)),
        "year": today.year,
        "person_": person,
    }
    return render(request, "meetings/my_duties.html", context)
