"""The order and the names of what goes in do not matter; neither do hash seed and workers."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from footpath.planning import files, schedule
from footpath.planning.examples import month as district
from footpath.planning.month.problem import MonthProblem
from tests.planning.month.small import drawn

PRINT = """
from datetime import date
from footpath.planning import files, repair, schedule
from footpath.planning.examples import month
from footpath.planning.month import Absent
for backend in ("highs", "none"):
    problem = month(3)
    plan = schedule(problem, backend=backend)
    print(files.digest(plan))
    leave = Absent("K03", date(2026, 12, 3), date(2026, 12, 6))
    print(files.digest(repair(problem, plan, [leave], backend=backend)))
"""


def shuffled(problem: MonthProblem, seed: int) -> MonthProblem:
    random = Random(seed)

    def mixed(things):
        return tuple(random.sample(things, len(things)))

    return replace(
        problem,
        meetings=tuple(
            replace(m, attendees=mixed(m.attendees), invited=mixed(m.invited))
            for m in mixed(problem.meetings)
        ),
        slots=mixed(problem.slots),
        people=mixed(problem.people),
        spots=mixed(problem.spots),
        halls=mixed(problem.halls),
        pools=tuple(replace(pool, people=mixed(pool.people)) for pool in mixed(problem.pools)),
        pins=mixed(problem.pins),
        waivers=mixed(problem.waivers),
    )


def renamed(problem: MonthProblem, new) -> MonthProblem:
    """Return the problem with other names for meetings and people."""

    def them(names):
        return tuple(map(new, names))

    return replace(
        problem,
        meetings=tuple(
            replace(
                m,
                id=new(m.id),
                attendees=them(m.attendees),
                invited=them(m.invited),
                essential=frozenset(them(m.essential)),
                deputies={new(p): them(d) for p, d in m.deputies.items()},
            )
            for m in problem.meetings
        ),
        people=tuple(replace(p, id=new(p.id)) for p in problem.people),
        pools=tuple(replace(pool, people=them(pool.people)) for pool in problem.pools),
        pins=tuple(replace(pin, meeting=new(pin.meeting)) for pin in problem.pins),
        waivers=tuple(
            replace(w, meeting=new(w.meeting), excused=new(w.excused) if w.excused else "")
            for w in problem.waivers
        ),
    )


@pytest.mark.parametrize("seed", range(20))
def test_shuffled_input_gives_the_same_plan(seed):
    problem = drawn(seed)
    assert schedule(shuffled(problem, seed)) == schedule(problem)


def test_a_shuffled_district_gives_the_same_plan():
    assert schedule(shuffled(district(2), 7)) == schedule(district(2))


@pytest.mark.parametrize("seed", range(20))
def test_other_names_in_the_same_order_give_the_same_slots(seed):
    problem = drawn(seed)
    plan, other = schedule(problem), schedule(renamed(problem, lambda name: f"x{name}"))
    assert other.cost == plan.cost
    assert [(e.meeting, e.slot) for e in other.entries] == [
        (f"x{e.meeting}", e.slot) for e in plan.entries
    ]


@pytest.mark.parametrize("seed", range(20))
def test_names_in_another_order_give_the_same_cost(seed):
    problem = drawn(seed)
    turned = str.maketrans("0123456789", "9876543210")
    other = renamed(problem, lambda name: name.translate(turned))
    assert schedule(other).cost == schedule(problem).cost


@pytest.mark.parametrize("seed", range(40))
def test_a_person_fewer_at_a_meeting_never_raises_the_cost(seed):
    problem = replace(drawn(seed), waivers=())
    random = Random(seed)
    chosen = random.choice([m for m in problem.meetings if m.attendees])
    led = chosen.chairs and {p for pool in problem.pools for p in pool.people}
    leaving = [p for p in chosen.attendees if not (led and p in led)]
    if leaving:
        gone = random.choice(leaving)
        fewer = replace(
            chosen,
            attendees=tuple(p for p in chosen.attendees if p != gone),
            essential=chosen.essential - {gone},
            invited=tuple(p for p in chosen.invited if p != gone),
        )
        meetings = tuple(fewer if m is chosen else m for m in problem.meetings)
        assert schedule(replace(problem, meetings=meetings)).cost <= schedule(problem).cost


def test_two_hash_seeds_give_the_same_bytes():
    said = [
        subprocess.run(
            [sys.executable, "-c", PRINT],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": "src"},
            cwd=Path(__file__).parents[3],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert said[0] == said[1]
    assert len(said[0].split()) == 4


def test_one_worker_and_two_give_the_same_bytes():
    months = [district(seed) for seed in (1, 2)]
    alone = [files.dumps(schedule(month)) for month in months]
    with ThreadPoolExecutor(2) as threads:
        together = [files.dumps(plan) for plan in threads.map(schedule, months)]
    assert alone == together
