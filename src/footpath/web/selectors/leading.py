"""What waits in a place that somebody heads or works for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from footpath.accounts.rules import Role
from footpath.assignments import selectors as assignments
from footpath.directory.models import Area, Person
from footpath.reports import links
from footpath.reports import selectors as reports
from footpath.reports.selectors import Figure, Waiting
from footpath.web.selectors.places import figure_of

LEADERS = (Role.HEAD, Role.OFFICE)


@dataclass(frozen=True)
class Leading:
    """What waits for a place that the person heads or works for."""

    area: Area
    waiting: Waiting
    nobody: tuple[tuple[str, Figure], ...]

    @property
    def nothing(self) -> bool:
        """Return whether nothing waits."""
        figures = (self.waiting.overdue, self.waiting.unowned, self.waiting.verify)
        return not any(figure.rows for figure in figures) and not self.nobody


def leading_of(person: Person, today: date) -> Leading | None:
    """Return what waits in the widest place that the person heads or works for, if any."""
    paths = person.scope.paths(LEADERS)
    if not paths:
        return None
    area = _area_of(min(paths, key=lambda path: (len(path), path)))
    if area is None:
        return None
    nobody = tuple(
        (
            found.tier.name,
            figure_of(found.rate.missing, links.coverage(area, tier=found.tier.code, missing=1)),
        )
        for found in assignments.coverage_rates(area.path, on=today)
        if found.rate.missing
    )
    return Leading(area, reports.waiting(area), nobody)


def _area_of(path: str) -> Area | None:
    places = Area.objects.select_related("tier")
    return places.filter(path=path).first() if path else places.filter(parent=None).first()
