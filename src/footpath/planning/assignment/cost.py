"""What a plan costs, counted from the words of the problem: to hold the plan to its own figure.

The same points as in ``prices``, added up one by one, without arrays.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable

from footpath.planning.assignment.plan import Line
from footpath.planning.assignment.prices import (
    AVERAGE,
    CLUSTER,
    FAR_KM,
    KEEP,
    NO_DEPUTY,
    PROMOTED,
    SECOND_DEPUTY,
    UNCOVERED,
    VACANT,
    WISH,
)
from footpath.planning.assignment.problem import AssignmentProblem, Held, Officer, Place
from footpath.planning.assignment.table import EARTH_KM


def cost_of_leads(lines: Iterable[Line], problem: AssignmentProblem) -> int:
    """Return what the leads cost: gaps, clusters, changes, ways, wishes and overload."""
    places = {place.id: place for place in problem.places}
    officers = {officer.id: officer for officer in problem.officers}
    keep = problem.policy.weights.keep
    cost = 0
    led: dict[str, list[str]] = defaultdict(list)
    unranked = {place.cluster for place in problem.places if place.cluster}
    for line in lines:
        if not line.lead:
            cost += UNCOVERED
            continue
        place, officer = places[line.place], officers[line.lead]
        led[line.lead].append(line.place)
        cost += _shared(officer, place, problem)
        held = problem.current.get(line.place, Held())
        if not held.lead:
            cost += VACANT * keep
        if line.lead != held.lead and (held.lead or held.deputy):
            cost += (PROMOTED if line.lead == held.deputy else KEEP) * keep
        if officer.leads_clusters:
            unranked.discard(place.cluster)
    return cost + CLUSTER * len(unranked) + _overload(led, problem)


def _shared(officer: Officer, place: Place, problem: AssignmentProblem) -> int:
    """Return what one person in one place costs, whoever is there today."""
    weights = problem.policy.weights
    cost = WISH * weights.wish * len(place.wishes - officer.skills)
    if officer.at and place.at:
        cost += weights.near * round(min(_km(officer.at, place.at), FAR_KM))
    return cost


def _km(one: tuple[float, float], two: tuple[float, float]) -> float:
    north = math.radians(two[0]) - math.radians(one[0])
    east = math.radians(two[1]) - math.radians(one[1])
    east *= math.cos((math.radians(two[0]) + math.radians(one[0])) / 2)
    return EARTH_KM * math.hypot(north, east)


def _overload(led: dict[str, list[str]], problem: AssignmentProblem) -> int:
    """Return what loads above one, two, four, ... average places cost, where officers take more.

    What a single place is above such a step is left out: nobody could be spared it.
    """
    whole = sum(place.weight for place in problem.places)
    units = {
        place.id: max(1, round(place.weight * AVERAGE * len(problem.places) / max(1, whole)))
        for place in problem.places
    }
    capacity = {officer.id: officer.capacity for officer in problem.officers}
    for waiver in problem.waivers:
        capacity[waiver.officer] += waiver.places_more
    cost = 0
    for officer, some in led.items():
        step = 1
        while step < capacity[officer]:
            load = sum(min(units[place], step * AVERAGE) for place in some)
            cost += max(0, load - step * AVERAGE)
            step *= 2
    return problem.policy.weights.fair * cost


def cost_of_deputies(lines: Iterable[Line], problem: AssignmentProblem) -> int:
    """Return what the deputies cost where one is wanted; those who simply stay cost nothing."""
    places = {place.id: place for place in problem.places}
    officers = {officer.id: officer for officer in problem.officers}
    weights = problem.policy.weights
    wanting = {place.id for place in problem.places if place.wants_deputy}
    wanting |= {pin.place for pin in problem.pins if pin.role == "deputy" and not pin.away}
    cost = 0
    had: Counter[str] = Counter()
    more: Counter[str] = Counter()
    for line in lines:
        had[line.lead] += 1
        if line.place not in wanting:
            had[line.deputy] += 1
        elif not line.deputy:
            cost += NO_DEPUTY
        else:
            more[line.deputy] += 1
            cost += _shared(officers[line.deputy], places[line.place], problem)
            held = problem.current.get(line.place, Held()).deputy
            if held not in ("", line.deputy):
                cost += KEEP * weights.keep
    for officer, count in more.items():
        steps = sum(had[officer] + number for number in range(count))
        cost += SECOND_DEPUTY * weights.fair * steps
    return cost
