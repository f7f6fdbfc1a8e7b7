"""Cases like the one being told, while it is told, and two cases side by side to judge."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from footpath.accounts.guards import signed_in
from footpath.accounts.permissions import require
from footpath.cases import presenting, selectors
from footpath.cases.models import Attachment, Case, Category
from footpath.cases.rules import Deed
from footpath.cases.selectors.similar import Like
from footpath.core import clock
from footpath.directory.models import Area, Person

LONGEST = 2000
"""So much of the details is compared; the rest of a long text says little more."""


@require_safe
@signed_in
def similar(request: HttpRequest) -> HttpResponse:
    """Give the cases that are like what stands in the form so far; nothing when there are none."""
    person: Person = request.person
    require(person, "cases.raise")
    found: list[Like] = []
    area = _own(person, request.GET.get("area", ""))
    if area is not None:
        code = request.GET.get("category", "")
        category = Category.objects.filter(pk=int(code)).first() if _is_key(code) else None
        words = f"{request.GET.get('title', '')} {request.GET.get('text', '')[:LONGEST]}"
        found = selectors.suggest(
            person, area=area, category=category, text=words, today=clock.today()
        )
    return render(request, "cases/_similar.html", {"likes": found})


def _own(person: Person, key: str) -> Area | None:
    """Return the place of the form, if it is one that the person may raise cases in."""
    area = Area.objects.filter(pk=int(key)).first() if _is_key(key) else None
    if area is not None:
        require(person, "cases.raise", area)
    return area


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 18


@dataclass(frozen=True)
class Side:
    """One of two cases: what was told, with its photos and where it stands."""

    case: Case
    place: str
    said: presenting.Said
    last: presenting.Said | None
    pictures: list[Attachment]


@require_safe
@signed_in
def compare(request: HttpRequest, pk: int, other: int) -> HttpResponse:
    """Show two cases beside each other with their whole text and photos, to say what they are."""
    person: Person = request.person
    first = selectors.get_case_for(person, pk=pk)
    second = selectors.get_case_for(person, pk=other)
    deeds = selectors.deeds_for(person, first)
    context = {
        "case": first,
        "other": second,
        "sides": [_side(first), _side(second)],
        "may_join": Deed.MARK_DUPLICATE in deeds and second.is_open and first.pk != second.pk,
        "may_reopen": Deed.REOPEN in selectors.deeds_for(person, second),
    }
    return render(request, "cases/compare.html", context)


def _side(case: Case) -> Side:
    entries = selectors.thread_of(case)
    raised_with = list(case.attachments.filter(entry=None).order_by("pk"))
    thread = presenting.thread(case, entries, raised_with)
    return Side(
        case,
        presenting.place_of(case.area),
        thread[0],
        thread[-1] if len(thread) > 1 else None,
        [file for file in raised_with if file.is_picture],
    )
