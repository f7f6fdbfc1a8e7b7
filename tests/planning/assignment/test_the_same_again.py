"""The same problem gives the same plan: whoever lists it, whatever it is called, on any worker."""

import os
import subprocess
import sys
from dataclasses import replace
from random import Random

import pytest

from footpath.planning import assign
from footpath.planning.assignment.problem import Held, Policy
from footpath.planning.examples import district, households
from tests.planning.assignment.small import drawn

PRINT = """
import sys
from dataclasses import replace
from footpath.planning import assign
from footpath.planning.examples import district, households
several = households(1)[:3]
joined = replace(
    several[0],
    places=tuple(place for problem in several for place in problem.places),
    officers=tuple(officer for problem in several for officer in problem.officers),
    current={name: held for problem in several for name, held in problem.current.items()},
)
workers = int(sys.argv[1])
print(assign(district(5)).digest, assign(joined, workers=workers).digest)
"""


def test_two_hash_seeds_and_two_workers_give_identical_bytes():
    printed = {
        subprocess.run(
            [sys.executable, "-c", PRINT, workers],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed, workers in (("1", "1"), ("2", "2"))
    }
    assert len(printed) == 1
    assert len(printed.pop().split()) == 2


def shuffled(problem, seed):
    random = Random(seed)

    def mixed(things):
        things = list(things)
        random.shuffle(things)
        return tuple(things)

    return replace(
        problem,
        places=mixed(problem.places),
        officers=mixed(problem.officers),
        current=dict(mixed(problem.current.items())),
        pins=mixed(problem.pins),
        waivers=mixed(problem.waivers),
    )


@pytest.mark.parametrize("seed", range(12))
def test_the_order_of_the_lists_does_not_matter(seed):
    problem = drawn(seed)
    for backend in ("highs", "none"):
        plan = assign(problem, backend=backend)
        assert assign(shuffled(problem, seed), backend=backend).digest == plan.digest


def test_the_order_of_a_district_does_not_matter():
    problem = district(5)
    assert assign(shuffled(problem, 1)).digest == assign(problem).digest


def renamed(problem, seed):
    """Return the problem with other ids, in another order."""
    random = Random(seed)
    old = [*(place.id for place in problem.places), *(officer.id for officer in problem.officers)]
    new = [f"x{number:03}" for number in range(len(old))]
    random.shuffle(new)
    name = dict(zip(old, new, strict=True))

    def named(identifier):
        return name.get(identifier, identifier)

    return replace(
        problem,
        places=tuple(replace(place, id=named(place.id)) for place in problem.places),
        officers=tuple(
            replace(
                officer,
                id=named(officer.id),
                home=named(officer.home),
                relatives=frozenset(map(named, officer.relatives)),
                since={named(place): day for place, day in officer.since.items()},
            )
            for officer in problem.officers
        ),
        current={
            named(place): Held(named(held.lead), named(held.deputy))
            for place, held in problem.current.items()
        },
        pins=(),
        waivers=(),
    )


@pytest.mark.parametrize("seed", range(20))
def test_names_do_not_matter(seed):
    problem = replace(drawn(seed, deputies=False), pins=(), waivers=())
    plan, other = assign(problem), assign(renamed(problem, seed))
    assert (other.status, other.cost) == (plan.status, plan.cost)


@pytest.mark.parametrize("seed", range(20))
def test_somebody_more_never_makes_a_plan_dearer(seed):
    problem = replace(drawn(seed, deputies=False), pins=(), waivers=())
    more = drawn(seed + 1_000, deputies=False).officers[0]
    more = replace(more, id="more")
    wider = replace(problem, officers=(*problem.officers, more))
    assert assign(wider).cost <= assign(problem).cost


def test_a_district_with_one_officer_more_is_no_dearer():
    problem = replace(district(5), policy=replace(district(5).policy, spread=None))
    problem = replace(
        problem, places=tuple(replace(place, wants_deputy=False) for place in problem.places)
    )
    more = replace(problem.officers[3], id="more", bound=False)
    wider = replace(problem, officers=(*problem.officers, more))
    assert assign(wider).cost <= assign(problem).cost


def test_among_plans_of_the_same_cost_the_shortest_ways_win():
    commune = households(2)[3]
    policy = Policy(officers_of=commune.policy.officers_of)
    free = replace(commune, policy=replace(policy, weights=replace(policy.weights, near=0)))
    plan = assign(free)
    other = assign(shuffled(free, 3), seed=7)
    assert plan.status == other.status == "proven"
    assert [line.lead for line in plan.lines] == [line.lead for line in other.lines]
