"""The map: where the cases of a place are, as circles on a drawing made by the server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from footpath.accounts.guards import signed_in
from footpath.accounts.rules import READERS
from footpath.cases import selectors
from footpath.cases.filters import Filter
from footpath.cases.rules.mapping import Box, Name, Sheet, names_beside, radius
from footpath.cases.selectors import reference
from footpath.cases.selectors.mapping import Circle
from footpath.cases.views.filtering import chosen_of, menus_of, place_of, ways_of
from footpath.core import clock, formats, tree
from footpath.directory.models import Area, Person

SHEETS = {"wide": (900.0, 560.0, 24.0, 40.0), "narrow": (320.0, 360.0, 15.0, 20.0)}
"""For a wide and a narrow window: width, most height, the largest circle, the free edge."""


@dataclass(frozen=True)
class Drawn:
    """One circle as it is drawn: where, how large, its number and where it leads."""

    x: float
    y: float
    r: float
    number: int
    is_late: bool
    name: str
    name_at: Name | None
    label: str
    href: str


@dataclass(frozen=True)
class Drawing:
    """The map in one size."""

    width: float
    height: float
    circles: list[Drawn]


@require_safe
@signed_in
def case_map(request: HttpRequest) -> HttpResponse:
    """Show the cases of the filter on a map of the place, with the table behind it."""
    person: Person = request.person
    asked = Filter.read(request.GET.dict())
    chosen, _path = place_of(person, asked)
    area = chosen or _widest(person)
    context: dict[str, Any] = {
        "asked": asked,
        "area": area,
        "menus": menus_of(asked, person),
        "chosen": chosen_of(asked, chosen, person),
        "ways": ways_of(asked, "map"),
        "sheets": {},
        "lines": [],
    }
    if area is not None:
        found = selectors.case_map(person, asked, area, today=clock.today())
        if found.box is not None and found.circles:
            context["sheets"] = {
                name: _drawn(found.box, found.circles, asked, area, size)
                for name, size in SHEETS.items()
            }
        context["lines"] = [
            {
                "area": line.area,
                "number": line.number,
                "overdue": line.overdue,
                "href": _ledger(asked, line.area.code),
                "late": _ledger(asked, line.area.code, view="overdue"),
                "map": None if line.area == area else f"?{asked.query(place=line.area.code)}",
            }
            for line in found.lines
        ]
    response = render(request, "cases/map.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _widest(person: Person) -> Area | None:
    """Return the place to begin with: the first of the reader's own, or the root of the tree."""
    paths = person.scope.paths(READERS)
    if not paths:
        return None
    if paths[0]:
        return reference.area(tree.ids_of(paths[0])[-1])
    return Area.objects.filter(parent=None, valid_until=None).order_by("path").first()


def _drawn(
    box: Box,
    found: Sequence[Circle],
    asked: Filter,
    area: Area,
    size: tuple[float, float, float, float],
) -> Drawing:
    width, most_high, largest, edge = size
    sheet = Sheet.across(box, width, most=most_high, edge=edge)
    most = max(circle.number for circle in found)
    circles = sorted(found, key=lambda circle: -circle.number)
    spots = []
    for circle in circles:
        x, y = sheet.place(circle.latitude, circle.longitude)
        name = circle.area.short_name if circle.area is not None else ""
        spots.append((x, y, radius(circle.number, most, largest=largest), name))
    names = names_beside(spots, sheet.width, sheet.height)
    drawn = [
        Drawn(
            x,
            y,
            r,
            circle.number,
            circle.overdue > 0,
            name,
            name_at,
            _label(circle),
            _leads_to(circle, asked, area),
        )
        for circle, (x, y, r, name), name_at in zip(circles, spots, names, strict=True)
    ]
    return Drawing(sheet.width, sheet.height, drawn)


def _label(circle: Circle) -> str:
    """Return what a circle says to somebody who does not see it."""
    said = ngettext("%(number)s case", "%(number)s cases", circle.number) % {
        "number": formats.number(circle.number)
    }
    if circle.overdue:
        said += ", " + _("%(number)s overdue") % {"number": formats.number(circle.overdue)}
    return f"{circle.area.name}: {said}" if circle.area is not None else said


def _leads_to(circle: Circle, asked: Filter, area: Area) -> str:
    if circle.area is not None and circle.area != area:
        return f"?{asked.query(place=circle.area.code)}"
    return _ledger(asked, area.code, box=str(circle.box) if circle.box is not None else "")


def _ledger(asked: Filter, code: str, **more: str) -> str:
    return f"{reverse('cases:ledger')}?{asked.query(place=code, **more)}"
