"""A district drawn from a seed: its hamlets and household groups, and who may lead them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from footpath.planning.assignment.problem import (
    AssignmentProblem,
    Held,
    Officer,
    Place,
    Policy,
)
from footpath.planning.examples.drawing import drawing

COMMUNES = 21
HAMLETS = 117
GROUPS = 1_100
DISTRICT_OFFICERS = 150
COMMUNE_OFFICERS = 600
START = date(2026, 12, 1)
DEPARTMENTS = (
    "agriculture", "chapter", "culture", "education", "farmers", "finance", "health", "inspection",
    "justice", "labour", "land", "office", "roads", "women", "youth",
)  # fmt: skip
COMMUNE_DEPARTMENTS = DEPARTMENTS[::2]
LANGUAGES = ("language-east", "language-west")
SUBJECTS = ("land", "roads", "schools", "water")
CENTRE = (13.9, 108.4)

_Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune, its centre, and its hamlets."""

    id: str
    at: _Point
    hamlets: tuple[Place, ...]


def district(seed: int, *, bound: float = 0.5) -> AssignmentProblem:
    """Return who might lead the 117 hamlets of a district: 150 officers, today's leads, policy.

    ``bound`` is the share of the officers who are bound to the desk. Everything can be covered.
    """
    random = drawing("district", seed)
    drawn = communes(random)
    places = tuple(hamlet for commune in drawn for hamlet in commune.hamlets)
    officers = _district_officers(random, drawn, places, bound)
    policy = Policy(officers_of={"hamlet": frozenset({"district"})}, spread=2, term_limit_years=5)
    return _with_leads(random, AssignmentProblem(places, officers, policy, START))


def households(seed: int) -> list[AssignmentProblem]:
    """Return, for each of the 21 communes, who might lead its household groups.

    1,100 groups and 600 officers in all; the communes are those of ``district(seed)``.
    """
    drawn = communes(drawing("district", seed))
    random = drawing("households", seed)
    hamlets = [len(commune.hamlets) for commune in drawn]
    groups = _parts(GROUPS, hamlets)
    officers = _parts(COMMUNE_OFFICERS, hamlets)
    return [
        _commune(random, commune, groups[number], officers[number])
        for number, commune in enumerate(drawn)
    ]


def province(seeds: Iterable[int]) -> Iterator[AssignmentProblem]:
    """Yield one district for each seed; made one at a time, so that none waits in memory."""
    return (district(seed) for seed in seeds)


def communes(random: Random) -> list[Commune]:
    """Return the communes on a grid of 7 by 3, about 7 km apart, each with 3 to 8 hamlets."""
    sizes = [3] * COMMUNES
    while sum(sizes) < HAMLETS:
        number = random.randrange(COMMUNES)
        if sizes[number] < 8:
            sizes[number] += 1
    found = []
    for number, size in enumerate(sizes):
        row, column = divmod(number, 7)
        at = _near(random, (CENTRE[0] + row * 0.065, CENTRE[1] + column * 0.065), 0.02)
        name = f"C{number + 1:02}"
        language = random.choice(LANGUAGES) if random.random() < 0.2 else ""
        hamlets = tuple(
            Place(
                id=f"{name}-H{n + 1:02}",
                tier="hamlet",
                parent=name,
                weight=random.randint(40, 320) + random.randint(0, 25),
                at=_near(random, at, 0.028),
                needs=frozenset({language} if language and random.random() < 0.6 else ()),
                wishes=frozenset({random.choice(SUBJECTS)} if random.random() < 0.4 else ()),
                wants_deputy=True,
                cluster=f"K{number + 1:02}",
            )
            for n in range(size)
        )
        found.append(Commune(name, at, hamlets))
    return found


def _district_officers(
    random: Random, drawn: Sequence[Commune], places: Sequence[Place], bound: float
) -> tuple[Officer, ...]:
    """Return the officers; the hamlets that need a language get at least eight who speak it."""
    officers = []
    fair = sum(place.weight for place in places) / len(places)
    for number in range(DISTRICT_OFFICERS):
        capacity = random.choice((1, 2, 2, 2, 3, 3, 4))
        skills = {subject for subject in SUBJECTS if random.random() < 0.25}
        skills |= {language for language in LANGUAGES if random.random() < 0.15}
        in_town = random.random() < 0.4
        home = "" if in_town else random.choice(places).id
        officers.append(
            Officer(
                id=f"D{number + 1:03}",
                tier="district",
                department=DEPARTMENTS[number % len(DEPARTMENTS)],
                capacity=capacity,
                load_limit=int(fair * (capacity * 0.9 + 0.8)),
                home=home,
                relatives=_some(random, places, random.choice((0, 1, 1, 2, 3))),
                at=_near(random, _at(drawn, home), 0.01),
                skills=frozenset(skills),
                leads_clusters=number % 4 == 0,
                serves=_serves(random, drawn) if random.random() < 0.1 else None,
                away=((START - timedelta(10), START + timedelta(random.randint(5, 90))),)
                if random.random() < 0.03
                else (),
            )
        )
    desk = set(random.sample(range(DISTRICT_OFFICERS), round(DISTRICT_OFFICERS * bound)))
    officers = [replace(officer, bound=n in desk) for n, officer in enumerate(officers)]
    for language in LANGUAGES:
        free = [n for n, officer in enumerate(officers) if not officer.bound]
        for n in random.sample(free, 8):
            officers[n] = replace(officers[n], skills=officers[n].skills | {language}, serves=None)
    return tuple(officers)


def _commune(random: Random, commune: Commune, groups: int, officers: int) -> AssignmentProblem:
    """Return who might lead the household groups of one commune; few live without relatives."""
    shares = _parts(groups, [1] * len(commune.hamlets))
    places = tuple(
        Place(
            id=f"{hamlet.id}-G{n + 1:02}",
            tier="group",
            parent=hamlet.id,
            weight=random.randint(8, 26) + random.randint(0, 4),
            at=_near(random, hamlet.at or commune.at, 0.008),
            wishes=frozenset({random.choice(SUBJECTS)} if random.random() < 0.2 else ()),
            wants_deputy=random.random() < 0.25,
        )
        for hamlet, share in zip(commune.hamlets, shares, strict=True)
        for n in range(share)
    )
    fair = sum(place.weight for place in places) / len(places)
    found = []
    for number in range(officers):
        capacity = random.choice((2, 2, 3, 3, 4))
        home = random.choice(places)
        found.append(
            Officer(
                id=f"{commune.id}-O{number + 1:02}",
                tier="commune",
                department=COMMUNE_DEPARTMENTS[number % len(COMMUNE_DEPARTMENTS)],
                capacity=capacity,
                load_limit=int(fair * (capacity + 0.5)),
                home=home.id,
                relatives=_some(random, places, random.randint(1, 5)),
                at=_near(random, home.at or commune.at, 0.004),
                skills=frozenset(s for s in SUBJECTS if random.random() < 0.25),
                bound=random.random() < 0.1,
            )
        )
    policy = Policy(officers_of={"group": frozenset({"commune"})}, spread=4, term_limit_years=5)
    return _with_leads(random, AssignmentProblem(places, tuple(found), policy, START))


def _with_leads(random: Random, problem: AssignmentProblem) -> AssignmentProblem:
    """Add today's leads and deputies: mostly near, some beyond the term, some who have left."""
    takers = [officer for officer in problem.officers if not officer.bound]
    left = {officer.id: officer.capacity for officer in takers}
    since: dict[str, dict[str, date]] = {officer.id: {} for officer in takers}
    current: dict[str, Held] = {}
    for place in problem.places:
        chance = random.random()
        if chance < 0.06:
            continue
        near = sorted(takers, key=lambda officer: (_apart(officer, place), officer.id))
        able = [officer for officer in near if _might_lead(officer, place) and left[officer.id]]
        if chance < 0.1 or not able:
            current[place.id] = Held(lead=f"left-{place.id}")
            continue
        lead = random.choice(able[:6])
        left[lead.id] -= 1
        since[lead.id][place.id] = START - timedelta(random.randint(60, 2_000))
        others = [officer for officer in near[:20] if officer.department != lead.department]
        deputy = random.choice(others).id if others and random.random() < 0.7 else ""
        current[place.id] = Held(lead.id, deputy if place.wants_deputy else "")
    officers = tuple(
        replace(officer, since=since[officer.id]) if since.get(officer.id) else officer
        for officer in problem.officers
    )
    return replace(problem, officers=officers, current=current)


def _might_lead(officer: Officer, place: Place) -> bool:
    """Return whether the officer might have led the place until now."""
    return (
        place.needs <= officer.skills
        and place.id != officer.home
        and place.id not in officer.relatives
        and (officer.serves is None or place.parent in officer.serves)
    )


def _serves(random: Random, drawn: Sequence[Commune]) -> frozenset[str]:
    """Return a stretch of eight communes."""
    first = random.randrange(len(drawn) - 7)
    return frozenset(commune.id for commune in drawn[first : first + 8])


def _some(random: Random, places: Sequence[Place], count: int) -> frozenset[str]:
    return frozenset(place.id for place in random.sample(places, min(count, len(places))))


def _at(drawn: Sequence[Commune], home: str) -> _Point:
    """Return where somebody lives: the commune of the home, or the town in the middle."""
    names = {commune.id: commune.at for commune in drawn}
    return names.get(home.partition("-")[0], drawn[len(drawn) // 2].at)


def _near(random: Random, point: _Point, reach: float) -> _Point:
    """Return a point at most ``reach`` degrees away in each direction, to about a metre."""
    return (
        round(point[0] + random.uniform(-reach, reach), 5),
        round(point[1] + random.uniform(-reach, reach), 5),
    )


def _apart(officer: Officer, place: Place) -> float:
    first, second = officer.at or CENTRE, place.at or CENTRE
    return (first[0] - second[0]) ** 2 + (first[1] - second[1]) ** 2


def _parts(whole: int, shares: Sequence[int]) -> list[int]:
    """Return ``whole`` cut in proportion to the shares, the first ones rounded up: sums exactly."""
    total, done, cut = sum(shares), 0, []
    for n in range(len(shares)):
        until = -(-whole * sum(shares[: n + 1]) // total)
        cut.append(until - done)
        done = until
    return cut
