"""What the library and who is in charge know of each other; they lie on one floor and never meet.

Basis documents and regulations are joined by number and date: what rests on a regulation stands on
its page. What is spread to a place is told to whoever leads it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from footpath.accounts.permissions import may
from footpath.assignments import selectors as assignments
from footpath.assignments.models import Assignment, BasisDocument, DutyList, Plan
from footpath.core import clock, formats
from footpath.directory.models import Person
from footpath.knowledge import hearing, panels, rules
from footpath.knowledge.models import Regulation
from footpath.knowledge.panels import Resting

MOST = 5
"""Of each kind so many are shown, the newest first."""


def register() -> None:
    """Register both ways of the join; called in ``apps.ready``."""
    panels.register(resting_on)
    hearing.register(leads)


def resting_on(person: Person, regulation: Regulation) -> list[Resting]:
    """Return duty lists, plans and assignments whose basis is a regulation. Source: S2.7."""
    basis = [
        document.pk
        for document in BasisDocument.objects.filter(issued_on=regulation.issued_on)
        if rules.number_key(document.number) == regulation.number_key
    ]
    if not basis:
        return []
    return [*_duty_lists(basis), *_plans(person, basis), *_assignments(basis)]


def leads(area_ids: Sequence[int]) -> Iterable[tuple[int, int]]:
    """Yield each place with the user of whoever leads it today."""
    for area_id, lead in assignments.lead_of(list(area_ids), on=clock.today()).items():
        if lead.user_id is not None:
            yield area_id, lead.user_id


def _duty_lists(basis: list[int]) -> list[Resting]:
    rows = DutyList.objects.filter(basis__in=basis).select_related("area")
    return [
        Resting(row.title, reverse("assignments:duty-list", args=[row.pk]), row.area.name)
        for row in rows.order_by("-start", "-pk")[:MOST]
    ]


def _plans(person: Person, basis: list[int]) -> list[Resting]:
    rows = Plan.objects.filter(basis__in=basis).select_related("area").order_by("-pk")
    return [
        Resting(
            _("Plan of %(place)s") % {"place": plan.area.name},
            plan.get_absolute_url(),
            formats.day_year(plan.starts_on),
        )
        for plan in rows[:MOST]
        if may(person, "assignments.see_plan", plan)
    ]


def _assignments(basis: list[int]) -> list[Resting]:
    rows = (
        Assignment.objects.in_force(clock.today())
        .filter(basis__in=basis)
        .select_related("person", "area", "organization")
        .order_by("-start", "-pk")
    )
    return [
        Resting(
            f"{row.person.name}, {row.area or row.organization}",
            row.get_absolute_url(),
            row.get_role_display(),
        )
        for row in rows[:MOST]
    ]
