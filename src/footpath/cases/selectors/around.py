"""Who stands around cases: for whom each clock runs. Source: S2.3, S4.3."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from django.db.models import Q

from footpath.accounts.rules import Role
from footpath.assignments import selectors as assignments
from footpath.cases.models import Case, Clock, Participant
from footpath.cases.rules import ladder
from footpath.core import tree
from footpath.directory.models import Membership, Person


def waiting_of(clocks: Sequence[Clock], *, on: date) -> dict[int, Person]:
    """Return whom each clock waits for on a day, by the clock's key; nobody known is missing.

    The clocks come with their cases. At most ten queries, however many there are.
    """
    around = _around([clock.case for clock in clocks], on=on)
    found = {clock.pk: ladder.waits_for(clock.kind, around[clock.case_id]) for clock in clocks}
    people = Person.objects.in_bulk({pk for pk in found.values() if pk is not None})
    return {key: people[pk] for key, pk in found.items() if pk is not None}


def _around(cases: Sequence[Case], *, on: date) -> dict[int, ladder.Around]:
    keys = {case.pk for case in cases}
    above = {case.pk: tree.ids_of(case.area_path)[::-1] for case in cases}
    acting = assignments.acting_on(sorted({pk for ids in above.values() for pk in ids}), on)
    heads = _heads({case.organization_id for case in cases} - {None}, on)
    worked: dict[int, set[int]] = defaultdict(set)
    responsible: dict[int, int] = {}
    wanted = (*Participant.WORKED, Participant.Part.RESPONSIBLE)
    parts = Participant.objects.filter(case__in=keys, part__in=wanted).order_by("since", "pk")
    for case_id, person_id, part in parts.values_list("case_id", "person_id", "part"):
        if part == Participant.Part.RESPONSIBLE:
            responsible[case_id] = person_id
        else:
            worked[case_id].add(person_id)
    around = {
        case.pk: ladder.Around(
            owner=case.owner_id,
            responsible=responsible.get(case.pk),
            leads=tuple(acting[pk] for pk in above[case.pk] if pk in acting),
            heads=tuple(heads.get(case.organization_id or 0, ())),
            worked=frozenset(worked[case.pk]),
        )
        for case in cases
    }
    absent = assignments.absent_people(
        {
            pk
            for one in around.values()
            for pk in (one.owner, one.responsible, *one.heads, *one.leads)
            if pk is not None
        },
        on=on,
    )
    return {
        key: ladder.Around(
            owner=one.owner,
            responsible=one.responsible,
            leads=one.leads,
            heads=one.heads,
            worked=one.worked,
            absent=absent,
        )
        for key, one in around.items()
    }


def _heads(organizations: set[int | None], on: date) -> dict[int, list[int]]:
    """Return who heads each organization on a day: keys of people, by the organization's key."""
    found: dict[int, list[int]] = defaultdict(list)
    if organizations:
        rows = Membership.objects.filter(
            Q(until=None) | Q(until__gte=on),
            start__lte=on,
            organization__in=organizations,
            post__role=Role.HEAD,
        ).order_by("start", "pk")
        for organization_id, person_id in rows.values_list("organization_id", "person_id"):
            found[organization_id].append(person_id)
    return found
