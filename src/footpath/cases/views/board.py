"""The board: open cases by the state they stand in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from footpath.accounts.guards import signed_in
from footpath.accounts.permissions import may
from footpath.cases import presenting, selectors
from footpath.cases.filters import Filter
from footpath.cases.models import Case
from footpath.cases.views.filtering import (
    chosen_of,
    menus_of,
    own_place,
    place_of,
    ways_of,
)
from footpath.core import clock
from footpath.directory.models import Person


@require_safe
@signed_in
def board(request: HttpRequest) -> HttpResponse:
    """Show the cases of the filter in a column a state, each with its first cases by due date."""
    person: Person = request.person
    asked = Filter.read(request.GET.dict())
    area, path = place_of(person, asked)
    columns = selectors.columns_of(person, asked, path=path, today=clock.today())
    context = {
        "asked": asked,
        "area": area or own_place(person),
        "chosen_area": area,
        "columns": columns,
        "words": dict(Case.State.choices),
        "next_words": {column.state: presenting.next_word(column.state) for column in columns},
        "menus": menus_of(asked, person),
        "chosen": chosen_of(asked, area, person),
        "ways": ways_of(asked, "board"),
        "may_raise": may(person, "cases.raise", area),
    }
    response = render(request, "cases/board.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response
