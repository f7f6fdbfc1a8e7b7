"""What ``footpath plan assignments --area`` plans: the problem in the database, and its names."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from footpath.directory.models import Area, Tier
    from footpath.planning.assignment.problem import AssignmentProblem


@dataclass(frozen=True)
class Names:
    """How the ids of a problem read; an id without a name stands for itself."""

    places: dict[str, str] = field(default_factory=dict)
    officers: dict[str, str] = field(default_factory=dict)

    def place(self, key: str) -> str:
        """Return the name of a place."""
        return self.places.get(key, key)

    def officer(self, key: str) -> str:
        """Return the name of an officer."""
        return self.officers.get(key, key)


def problem(area: str, tier: str | None, start: date | None) -> tuple[AssignmentProblem, Names]:
    """Return the problem of the area with this code, under the policy in force for it.

    Without a tier: the places that the officers of the area's own tier take (the district grasps
    the hamlet). Without a day: today. ValueError, in one sentence, when the area or tier is not
    there, or has nothing to plan. Source: S2.1.
    """
    import django

    django.setup()
    from footpath.assignments import planning
    from footpath.core import clock
    from footpath.directory.models import Area, Person

    today = clock.today()
    day = start or today
    place = Area.objects.in_force(day).filter(code=area).select_related("tier").first()
    if place is None:
        raise ValueError(f"No place has the code {area}.")
    chosen = _tier(place, tier)
    policy = planning.policy_for(place, chosen)
    found = planning.problem_for(
        place,
        chosen,
        starts_on=day,
        eve=planning.eve_of(day, today),
        terms=planning.terms_of(policy, planning.rule_for(place, chosen)),
    )
    if not found.places:
        raise ValueError(f"No place of the tier {chosen.code} in {area} needs somebody in charge.")
    people = {officer.id for officer in found.officers}
    people |= {key for held in found.current.values() for key in (held.lead, held.deputy) if key}
    return found, Names(
        places={
            str(pk): f"{code} {name}"
            for pk, code, name in Area.objects.within(place.path).values_list("pk", "code", "name")
        },
        officers={
            str(pk): name
            for pk, name in Person.objects.filter(pk__in=people).values_list("pk", "name")
        },
    )


def _tier(place: Area, code: str | None) -> Tier:
    from footpath.directory.models import Tier

    if code is not None:
        found = Tier.objects.filter(code=code).first()
        if found is None:
            known = ", ".join(Tier.objects.values_list("code", flat=True))
            raise ValueError(f"There is no tier {code}; there are {known}.")
        return found
    below = Tier.objects.filter(level__gt=place.tier.level).order_by("level")[:2]
    return (list(below) or [place.tier])[-1]
