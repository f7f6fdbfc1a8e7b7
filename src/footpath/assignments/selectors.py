"""Looking up who is in charge, and which places have nobody."""

from __future__ import annotations

from datetime import date

from footpath.accounts.rules import Grant, Role
from footpath.assignments.models import Assignment
from footpath.core import clock
from footpath.directory.models import Area, Person


def grants_of_assignments(person_id: int) -> list[Grant]:
    """Return the officer's role over every place or organization the person is in charge of today."""
    rows = (
        Assignment.objects.in_force(clock.today())
        .filter(person_id=person_id)
        .select_related("area", "organization__area")
        .order_by("pk")
    )
    grants = []
    for row in rows:
        if row.area is not None:
            grants.append(Grant(Role.OFFICER, row.area.path))
        elif row.organization is not None:
            grants.append(Grant(Role.OFFICER, row.organization.area.path, row.organization_id))
    return grants


def in_charge_of(person: Person, area: Area, *, on: date) -> list[Assignment]:
    """Return who is in charge of the place on a day: lead, deputy, cluster lead, monitors."""
    order = {role: at for at, role in enumerate(Assignment.Role.values)}
    rows = (
        Assignment.objects.in_force(on).filter(area=area).select_related("person", "basis", "area")
    )
    return sorted(rows, key=lambda row: (order[row.role], row.start, row.pk))


def lead_of(area_ids: list[int], *, on: date) -> dict[int, Person]:
    """Return the lead of each place on a day, by the place's key; places without one are missing."""
    rows = (
        Assignment.objects.in_force(on)
        .filter(area__in=area_ids, role=Assignment.Role.LEAD)
        .select_related("person")
    )
    return {row.area_id: row.person for row in rows if row.area_id is not None}
