"""The order and the names of what goes in do not matter; neither does the hash seed."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from random import Random

from footpath.planning.visits import Group, VisitPlan, VisitProblem, plan_visits
from footpath.planning.visits.plan import Trip
from tests.planning.visits.cases import district, drawn


def shuffled(problem: VisitProblem, seed: int) -> VisitProblem:
    random = Random(seed)
    return replace(
        problem,
        units=tuple(random.sample(problem.units, len(problem.units))),
        groups=tuple(random.sample(problem.groups, len(problem.groups))),
        areas=tuple(random.sample(problem.areas, len(problem.areas))),
        pins=tuple(random.sample(problem.pins, len(problem.pins))),
    )


def renamed(problem: VisitProblem) -> VisitProblem:
    """Return the problem with an x before every id, which keeps their order."""
    return replace(
        problem,
        units=tuple(
            replace(
                unit,
                id=f"x{unit.id}",
                area=f"x{unit.area}",
                owners=frozenset(f"x{owner}" for owner in unit.owners),
            )
            for unit in problem.units
        ),
        groups=tuple(replace(group, id=f"x{group.id}") for group in problem.groups),
        areas=tuple(replace(area, id=f"x{area.id}") for area in problem.areas),
        pins=tuple(
            replace(pin, unit=f"x{pin.unit}", group=f"x{pin.group}") for pin in problem.pins
        ),
    )


def test_shuffled_input_gives_the_same_plan() -> None:
    for seed in range(8):
        problem = drawn(seed)
        assert plan_visits(shuffled(problem, seed)) == plan_visits(problem)


def test_other_names_in_the_same_order_give_the_same_plan_under_other_names() -> None:
    def named(plan: VisitPlan) -> list[Trip]:
        return [
            Trip(t.day, f"x{t.group}", f"x{t.area}", tuple(f"x{u}" for u in t.units))
            for t in plan.trips
        ]

    for seed in range(8):
        plan, other = plan_visits(drawn(seed)), plan_visits(renamed(drawn(seed)))
        assert (list(other.trips), other.cost) == (named(plan), plan.cost)


def test_names_in_another_order_give_the_same_cost() -> None:
    for seed in range(8):
        problem = replace(drawn(seed), pins=())
        names = {unit.id: f"v{9 - n}" for n, unit in enumerate(problem.units)}
        other = replace(
            problem, units=tuple(replace(unit, id=names[unit.id]) for unit in problem.units)
        )
        assert plan_visits(other).cost == plan_visits(problem).cost


def test_an_added_group_never_raises_the_cost() -> None:
    for seed in range(12):
        problem = replace(drawn(seed), pins=())
        more = replace(problem, groups=(*problem.groups, Group("new", 1)))
        assert plan_visits(more).cost <= plan_visits(problem).cost


def test_two_hash_seeds_give_the_same_bytes() -> None:
    script = (
        "from tests.planning.visits.cases import district\n"
        "from footpath.planning.visits import plan_visits\n"
        "print(plan_visits(district(1, owners=(2, 3))))"
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", script],
            env=os.environ | {"PYTHONHASHSEED": seed},
            cwd=Path(__file__).parents[3],
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert said[0] == said[1]
    assert b"status='proven'" in said[0]


def test_another_seed_gives_a_plan_of_the_same_cost() -> None:
    plans = [plan_visits(district(2), seed=seed) for seed in (0, 1)]
    assert [plan.status for plan in plans] == ["proven", "proven"]
    assert plans[0].cost == plans[1].cost
