"""The place that a page of convening is opened for."""

from __future__ import annotations

from footpath.accounts.guards import Asked
from footpath.accounts.permissions import require
from footpath.directory import selectors as directory
from footpath.directory.models import Area, Person
from footpath.meetings.permissions import KEEPERS


def place_to_convene_in(request: Asked) -> tuple[Area | None, Area | None]:
    """Return the place of ``?place=``, if one is given, and the place that the form begins with.

    Raises NotAllowed unless the person may convene there; without a place, anywhere.
    """
    person: Person = request.person
    require(person, "meetings.convene")
    code = request.GET.get("place")
    area = directory.get_area_for(person, code=code) if code else None
    if area is not None:
        require(person, "meetings.convene", area)
    return area, area or directory.home_area_of(person, KEEPERS)
