"""For which places somebody may read figures."""

from __future__ import annotations

from footpath.accounts.permissions import may
from footpath.accounts.rules import READERS
from footpath.core.errors import NotThere
from footpath.directory import selectors as directory
from footpath.directory.models import Area, Person, Tier


def area_to_report(person: Person, *, code: str | None) -> Area:
    """Return the place whose figures are asked for, the person's widest when none is named.

    NotThere when there is no such place, when it is not the person's, or when they have none.
    """
    if not code:
        area = widest_area_of(person)
        if area is None:
            raise NotThere
        return area
    area = directory.get_area_for(person, code=code)
    if not may(person, "reports.read", area):
        raise NotThere
    return area


def widest_area_of(person: Person) -> Area | None:
    """Return the widest place whose figures a person may read, or None."""
    paths = person.scope.paths(READERS)
    if not paths:
        return None
    widest = min(paths, key=lambda path: (len(path), path))
    places = Area.objects.select_related("tier", "parent")
    if widest == "":
        return places.filter(parent=None).order_by("valid_until", "path").first()
    return places.filter(path=widest).first()


def tier_to_cover(tiers: dict[int, Tier], level: int) -> Tier | None:
    """Return the tier by which the coverage of places of a level is told.

    The next one below that needs somebody in charge; the level's own where there is none below.
    """
    for below in sorted(tiers):
        if below > level and tiers[below].needs_lead:
            return tiers[below]
    return tiers.get(level)
