"""To which organizations people belong today, as double supervision asks."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from footpath.cases.models import Case
from footpath.cases.rules.life import Refused
from footpath.cases.rules.supervision import check_group
from footpath.core import clock
from footpath.directory.models import Membership


def organizations_of(person_ids: Iterable[int]) -> dict[int, set[int]]:
    """Return the organizations to which each person belongs today; nobody's are left out."""
    today = clock.today()
    rows = Membership.objects.filter(
        Q(until=None) | Q(until__gte=today), person__in=list(person_ids), start__lte=today
    )
    found: dict[int, set[int]] = {}
    for person, unit in rows.values_list("person", "organization"):
        found.setdefault(person, set()).add(unit)
    return found


def of_another_group(case: Case, person_id: int, worked: Iterable[int]) -> bool:
    """Return whether double supervision lets the person verify; True where it is not asked."""
    if not case.category.double_supervision:
        return True
    worked = list(worked)
    units = organizations_of([person_id, *worked])
    try:
        check_group(units.get(person_id, ()), [units.get(pk, ()) for pk in worked])
    except Refused:
        return False
    return True
