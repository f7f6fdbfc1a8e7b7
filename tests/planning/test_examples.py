"""The made-up districts: of the promised size, and the same for the same seed."""

from __future__ import annotations

import subprocess
import sys

from footpath.planning import files
from footpath.planning.assignment.problem import AssignmentProblem
from footpath.planning.examples import district, households, infeasible, province, visits

PRINT = """
from footpath.planning import files
from footpath.planning.examples import district, households, infeasible, visits
made = [district(1), visits(1), *households(1)[:2], *map(infeasible, range(1, 7))]
print(*map(files.digest, made))
"""


def test_a_district_has_the_promised_size() -> None:
    problem = district(1)
    assert len(problem.places) == 117
    assert len({place.parent for place in problem.places}) == 21
    assert len(problem.officers) == 150
    assert sum(officer.bound for officer in problem.officers) == 75
    assert len({place.id for place in problem.places}) == 117


def test_its_communes_have_their_household_groups_and_officers() -> None:
    communes = households(1)
    assert len(communes) == 21
    assert sum(len(problem.places) for problem in communes) == 1_100
    assert sum(len(problem.officers) for problem in communes) == 600
    hamlets = {place.id for place in district(1).places}
    assert {place.parent for problem in communes for place in problem.places} == hamlets


def test_there_is_room_for_every_place_of_a_district() -> None:
    for problem in [*province(range(1, 4)), *households(3)]:
        able = [officer for officer in problem.officers if not officer.bound]
        assert sum(officer.capacity for officer in able) >= len(problem.places)
        load = sum(place.weight for place in problem.places)
        assert sum(officer.load_limit or 0 for officer in able) >= load


def test_thirty_districts_lack_something_each() -> None:
    problems = [infeasible(seed) for seed in range(1, 31)]
    assert len({files.digest(problem) for problem in problems}) == 30
    short = problems[2]
    assert _capacity(short) == len(short.places) - 1
    assert len(problems[3].pins) >= 5


def test_a_month_of_visits_has_the_promised_size() -> None:
    problem = visits(1)
    assert (len(problem.units), len(problem.days), len(problem.groups)) == (117, 22, 6)
    assert {unit.id for unit in problem.units} == {place.id for place in district(1).places}
    assert {unit.area for unit in problem.units} == {area.id for area in problem.areas}


def test_the_same_seed_gives_the_same_district_under_every_hash_seed() -> None:
    said = {
        subprocess.run(
            [sys.executable, "-c", PRINT],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1


def _capacity(problem: AssignmentProblem) -> int:
    return sum(
        officer.capacity for officer in problem.officers if not officer.bound and not officer.away
    )
