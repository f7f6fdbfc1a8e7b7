"""Districts that cannot be covered, each for one known reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

from footpath.planning.assignment.problem import AssignmentProblem, Officer, Pin
from footpath.planning.examples.district import district
from footpath.planning.examples.drawing import drawing

CASES = 30


def infeasible(seed: int) -> AssignmentProblem:
    """Return one of thirty districts (seed 1 to 30) that lack something; six reasons in turn.

    In this order: six hamlets that three officers reach; a hamlet nobody may lead; one place of
    capacity too few in all; pins that contradict rules, capacity or each other; a cluster nobody
    of leading rank may enter; a heavy hamlet above every officer's limit.
    """
    makers: tuple[Callable[[Random, AssignmentProblem], AssignmentProblem], ...] = (
        _reached_by_three,
        _nobody,
        _one_short,
        _pins,
        _no_leader,
        _too_heavy,
    )
    random = drawing("infeasible", seed)
    return makers[(seed - 1) % len(makers)](random, district(100 + seed))


def _reached_by_three(random: Random, problem: AssignmentProblem) -> AssignmentProblem:
    """Six hamlets, three officers who may lead them, four places left; the rest have relatives."""
    hamlets = sorted(place.id for place in random.sample(problem.places, 6))
    free = [officer.id for officer in problem.officers if not officer.bound]
    three = sorted(random.sample(free, 3))
    capacity = dict(zip(three, (1, 1, 2), strict=True))

    def changed(officer: Officer) -> Officer:
        if officer.id not in capacity:
            return replace(officer, relatives=officer.relatives | frozenset(hamlets))
        return _open(officer, hamlets, capacity=capacity[officer.id])

    places = tuple(
        replace(place, needs=frozenset()) if place.id in hamlets else place
        for place in problem.places
    )
    officers = tuple(map(changed, problem.officers))
    return replace(problem, places=places, officers=officers)


def _nobody(random: Random, problem: AssignmentProblem) -> AssignmentProblem:
    """One or two hamlets need a language that nobody speaks."""
    hamlets = {place.id for place in random.sample(problem.places, random.randint(1, 2))}
    places = tuple(
        replace(place, needs=place.needs | {"language-north"}) if place.id in hamlets else place
        for place in problem.places
    )
    return replace(problem, places=places)


def _one_short(random: Random, problem: AssignmentProblem) -> AssignmentProblem:
    """All officers who are there together take 116 places, and there are 117."""
    free = [officer.id for officer in problem.officers if not officer.bound and not officer.away]
    random.shuffle(free)
    capacity = dict.fromkeys(free, 1)
    more = len(problem.places) - 1 - len(free)
    for officer in free * (more // len(free)) + free[: more % len(free)]:
        capacity[officer] += 1
    officers = tuple(
        replace(officer, capacity=capacity[officer.id], load_limit=None)
        if officer.id in capacity
        else officer
        for officer in problem.officers
    )
    return replace(problem, officers=officers)


def _pins(random: Random, problem: AssignmentProblem) -> AssignmentProblem:
    """Pins against a rule, two leads pinned to one hamlet, and one pinned above the capacity."""
    free = [officer for officer in problem.officers if not officer.bound and officer.relatives]
    kin, first, second, full = random.sample(free, 4)
    hamlets = [place.id for place in problem.places if place.id not in kin.relatives]
    chosen = random.sample(hamlets, 1 + full.capacity + 1)
    pins = [
        Pin(min(kin.relatives), kin.id),
        Pin(chosen[0], first.id),
        Pin(chosen[0], second.id),
        *(Pin(hamlet, full.id) for hamlet in chosen[1:]),
    ]
    return replace(problem, pins=tuple(pins))


def _no_leader(random: Random, problem: AssignmentProblem) -> AssignmentProblem:
    """Everybody of leading rank has relatives in every hamlet of one cluster."""
    cluster = random.choice(sorted({place.cluster for place in problem.places}))
    hamlets = frozenset(place.id for place in problem.places if place.cluster == cluster)
    officers = tuple(
        replace(officer, relatives=officer.relatives | hamlets)
        if officer.leads_clusters
        else officer
        for officer in problem.officers
    )
    return replace(problem, officers=officers)


def _too_heavy(random: Random, problem: AssignmentProblem) -> AssignmentProblem:
    """One hamlet weighs more than any officer may carry."""
    heavy = random.choice(problem.places).id
    most = max(officer.load_limit or 0 for officer in problem.officers)
    places = tuple(
        replace(place, weight=most + 1) if place.id == heavy else place for place in problem.places
    )
    return replace(problem, places=places)


def _open(officer: Officer, hamlets: list[str], *, capacity: int) -> Officer:
    """Return the officer without anything that keeps them from these hamlets."""
    since = {place: day for place, day in officer.since.items() if place not in hamlets}
    return replace(
        officer,
        capacity=capacity,
        load_limit=None,
        home="" if officer.home in hamlets else officer.home,
        relatives=officer.relatives - frozenset(hamlets),
        serves=None,
        away=(),
        since=since,
    )
