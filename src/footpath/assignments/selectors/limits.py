"""Looking up what an officer can take, and what speaks against a place. Source: S2.1."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from footpath.assignments import planning, rules
from footpath.assignments.models import Assignment, Conflict, Limit
from footpath.assignments.rules import Hindrance, Officer
from footpath.assignments.selectors.absences import span_of
from footpath.directory.models import Area, Person


def hindrances_for(person: Person, area: Area, *, role: str, start: date) -> list[Hindrance]:
    """Return what speaks against putting a person in charge of a place from a day.

    Three queries; four when a limit or a policy says how many places, five when it sets a term.
    """
    leads = role == Assignment.Role.LEAD
    if not leads and role != Assignment.Role.DEPUTY:
        return []
    relatives = Conflict.objects.filter(person=person, kind=Conflict.Kind.RELATIVES, ended_on=None)
    homes = Conflict.objects.filter(person=person, kind=Conflict.Kind.HOME, ended_on=None)
    limit = Limit.objects.filter(person=person).first() if leads else None
    policy = planning.policies_above(area, area.tier_id).first() if leads else None
    most = limit.places if limit is not None else policy.places_each if policy else None
    term = policy.term_limit_years if policy is not None else None
    declared = set((relatives | homes).filter(area=area).values_list("kind", flat=True))
    officer = Officer(
        home=area.pk if Conflict.Kind.HOME in declared else person.home_area_id,
        relatives=frozenset({area.pk} if Conflict.Kind.RELATIVES in declared else ()),
        led=_led(person, start) if most is not None else 0,
        most=most,
        bound=limit is not None and limit.bound,
        since=_since(person, area, start) if term is not None else None,
    )
    return rules.hindrances(officer, area.pk, leads=leads, start=start, term_years=term)


def _led(person: Person, on: date) -> int:
    rows = Assignment.objects.in_force(on).filter(person=person, role=Assignment.Role.LEAD)
    return rows.filter(area__isnull=False).count()


def _since(person: Person, area: Area, start: date) -> date | None:
    rows = Assignment.objects.filter(
        person=person, area=area, role=Assignment.Role.LEAD, start__lt=start
    )
    return rules.unbroken_since([span_of(row) for row in rows], start)


@dataclass(frozen=True)
class Room:
    """What an officer can take: how many places at most, how many are led on the day."""

    limit: Limit | None
    most: int | None
    led: int
    conflicts: list[Conflict]

    @property
    def free(self) -> int | None:
        """Return how many more places the officer can lead; None when nobody has set a limit."""
        if self.limit is not None and self.limit.bound:
            return 0
        return max(0, self.most - self.led) if self.most is not None else None


def room_of(person: Person, *, on: date) -> Room:
    """Return what an officer can take on a day; three queries."""
    limit = Limit.objects.filter(person=person).first()
    conflicts = Conflict.objects.filter(person=person, ended_on=None).select_related("area")
    return Room(
        limit,
        limit.places if limit is not None else None,
        _led(person, on),
        list(conflicts.order_by("area__path", "kind")),
    )


def loads_of(person_ids: list[int], *, on: date) -> Counter[int]:
    """Return how many places each of the people leads on a day; one query."""
    rows = Assignment.objects.in_force(on).filter(
        Q(person__in=person_ids), role=Assignment.Role.LEAD, area__isnull=False
    )
    return Counter(rows.values_list("person_id", flat=True))
