"""Open cases go from whoever was in charge of a place to the successor. Source: S2.1, S2.3."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from footpath.assignments import handing
from footpath.assignments.models import Assignment
from footpath.assignments.selectors import places_kept
from footpath.cases import services
from footpath.cases.models import Case, CaseQuerySet
from footpath.core import clock, formats, tree
from footpath.directory.models import Person


def register() -> None:
    """Register the open cases with the room of assignments."""
    handing.register(handing.Kind("cases", title, find, give))


def title(number: int) -> str:
    """Return how many there are, in words."""
    return ngettext("%(number)s open case", "%(number)s open cases", number) % {
        "number": formats.number(number)
    }


def find(assignment: Assignment, after: date) -> Sequence[handing.OpenItem]:
    """Return the open cases of the place and below that the person owns, the most urgent first."""
    return [
        handing.OpenItem(f"{case.number} {case.title}", case.get_absolute_url(), raised)
        for case in _owned(assignment, after).order_by("due_on", "pk")
        for raised in [clock.day_of(case.raised_at)]
    ]


def give(  # noqa: PLR0917 - as the room below asks for it
    assignment: Assignment, successor: Person, by: Person, at: datetime, due_on: date, note: str
) -> int:
    """Give each of these cases to the successor; a case changed at that moment keeps its state."""
    text = _("Handed over with %(place)s.") % {
        "place": assignment.area.name if assignment.area else str(assignment.organization)
    }
    given = 0
    for case in _owned(assignment, due_on).order_by("pk"):
        given += services.hand_over_case(
            case=case, successor=successor, by=by, at=at, text=f"{text} {note}".strip()
        )
    return given


def _owned(assignment: Assignment, after: date) -> CaseQuerySet:
    rows = Case.objects.open().filter(owner=assignment.person_id)
    if assignment.area is not None:
        rows = rows.in_subtree(assignment.area.path)
    else:
        rows = rows.filter(agency=assignment.organization_id)
    kept = Q()
    for path in places_kept(assignment, after=after):
        kept |= tree.in_subtree(path)
    return rows.exclude(kept) if kept else rows
