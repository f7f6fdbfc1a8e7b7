"""Districts small enough to try every plan, with every rule in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from random import Random

from footpath.planning.assignment.check.facts import Facts
from footpath.planning.assignment.check.figures import wants_deputy
from footpath.planning.assignment.check.findings import deputies_for
from footpath.planning.assignment.cost import cost_of_deputies, cost_of_leads
from footpath.planning.assignment.plan import AssignmentPlan, Line
from footpath.planning.assignment.problem import (
    AssignmentProblem,
    Held,
    Officer,
    Pin,
    Place,
    Policy,
    Rule,
    Waiver,
    Weights,
)

START = date(2026, 12, 1)
SKILLS = ("boats", "maps", "songs")


def place(identifier: str, **changes: object) -> Place:
    """Return a hamlet of the commune "north"."""
    return replace(Place(identifier, "hamlet", "north"), **changes)  # type: ignore[arg-type]


def officer(identifier: str, department: str = "roads", **changes: object) -> Officer:
    """Return an officer of the district who takes one place."""
    return replace(Officer(identifier, "district", department), **changes)  # type: ignore[arg-type]


def problem(
    places: Sequence[Place], officers: Sequence[Officer], **changes: object
) -> AssignmentProblem:
    """Return a problem that starts on 1 December 2026."""
    made = AssignmentProblem(tuple(places), tuple(officers), Policy(), START)
    return replace(made, **changes)  # type: ignore[arg-type]


def drawn(seed: int, *, most: int = 5, deputies: bool = True) -> AssignmentProblem:
    """Return a small problem drawn from a seed; many cannot be covered."""
    random = Random(seed)
    count = random.randint(1, most)
    names = [f"p{n}" for n in range(count)]
    people = [f"o{n}" for n in range(random.randint(1, 4))]
    some_places = [
        Place(
            id=name,
            tier=random.choice(("hamlet", "hamlet", "group")),
            parent=random.choice(("north", "south")),
            weight=random.randint(1, 9),
            at=None if random.random() < 0.1 else (random.random() / 4, random.random() / 4),
            needs=frozenset({random.choice(SKILLS)} if random.random() < 0.15 else ()),
            wishes=frozenset({random.choice(SKILLS)} if random.random() < 0.4 else ()),
            wants_deputy=deputies and random.random() < 0.5,
            cluster=random.choice(("", "", "east", "west")),
        )
        for name in names
    ]
    some_officers = [
        Officer(
            id=name,
            tier=random.choice(("district", "district", "district", "commune")),
            department=random.choice(("", "health", "roads")),
            capacity=random.randint(0, 4) if random.random() < 0.8 else 1,
            load_limit=random.choice((None, None, 8, 14)),
            home=random.choice(["", *names]),
            relatives=frozenset(n for n in names if random.random() < 0.1),
            at=None if random.random() < 0.1 else (random.random() / 4, random.random() / 4),
            skills=frozenset(s for s in SKILLS if random.random() < 0.5),
            bound=random.random() < 0.05,
            leads_clusters=random.random() < 0.4,
            away=((START - timedelta(3), START),) if random.random() < 0.05 else (),
            serves=frozenset({"north"}) if random.random() < 0.1 else None,
            since={n: START - timedelta(random.randint(1, 3000)) for n in names[:2]},
        )
        for name in people
    ]
    policy = Policy(
        weights=Weights(*(random.randint(0, 3) for _ in range(4))),
        officers_of={"hamlet": frozenset({"district"})} if random.random() < 0.5 else {},
        departments_left_out=frozenset({"health"} if random.random() < 0.1 else ()),
        spread=random.choice((None, 1, 2)),
        term_limit_years=random.choice((None, 5)),
        deputy_from_another_department=random.random() < 0.7,
    )
    known = ["", "gone", *people]
    return AssignmentProblem(
        places=tuple(some_places),
        officers=tuple(some_officers),
        policy=policy,
        start=START,
        current={
            name: Held(random.choice(known), random.choice(known) if deputies else "")
            for name in names
            if random.random() < 0.7
        },
        pins=tuple(_pins(random, names, people, deputies=deputies)),
        waivers=tuple(_waivers(random, names, people)),
    )


def _pins(random: Random, names: list[str], people: list[str], *, deputies: bool) -> Iterator[Pin]:
    for _ in range(random.choice((0, 0, 1, 2))):
        role = random.choice(("lead", "lead", "deputy")) if deputies else "lead"
        yield Pin(random.choice(names), random.choice(people), role, random.random() < 0.3)


def _waivers(random: Random, names: list[str], people: list[str]) -> Iterator[Waiver]:
    if random.random() < 0.3:
        rules = random.choice((Rule.HOME | Rule.SKILL, Rule.RELATIVES, Rule.TIER | Rule.REACH))
        yield Waiver(random.choice(people), random.choice(names), rules)
    if random.random() < 0.2:
        yield Waiver(random.choice(people), places_more=1, load_more=random.choice((0, 5)))


# --- every plan there is --------------------------------------------------------------------------


def least_cost(plan: AssignmentPlan, asked: AssignmentProblem) -> int:
    """Return what the best leads cost."""
    facts = Facts(asked)
    rules = plan.reasons.rules
    choices = []
    for column, name in enumerate(plan.reasons.places):
        able = [o for row, o in enumerate(plan.reasons.officers) if not rules[row, column]]
        pinned = _pinned(plan, asked, name, "lead")
        choices.append(pinned or ["", *able])
    return min(
        cost_of_leads(_lines(plan.reasons.places, leads), asked)
        for leads in product(*choices)
        if _within(plan.reasons.places, leads, facts)
    )


def _pinned(plan: AssignmentPlan, asked: AssignmentProblem, name: str, role: str) -> list[str]:
    refused = {(f.places[0], f.name, f.role) for f in plan.findings if f.kind == "pin"}
    return [
        pin.officer
        for pin in asked.pins
        if pin.place == name
        and pin.role == role
        and not pin.away
        and (pin.place, pin.officer, role) not in refused
    ][:1]


def _lines(places: Sequence[str], leads: Sequence[str]) -> list[Line]:
    return [
        Line(name, lead, "", "kept", "kept", (), (), None)
        for name, lead in zip(places, leads, strict=True)
    ]


def _within(places: Sequence[str], leads: Sequence[str], facts: Facts) -> bool:
    most = facts.problem.policy.spread
    count: Counter[str] = Counter()
    weight: Counter[str] = Counter()
    spread: Counter[tuple[str, str]] = Counter()
    for name, lead in zip(places, leads, strict=True):
        if lead:
            count[lead] += 1
            weight[lead] += facts.places[name].weight
            if facts.officers[lead].department:
                spread[facts.officers[lead].department, facts.places[name].parent] += 1
    return (
        all(count[o] <= facts.capacity[o] for o in count)
        and all((limit := facts.limit[o]) is None or weight[o] <= limit for o in weight)
        and (most is None or max(spread.values(), default=0) <= most)
    )


def least_deputy_cost(plan: AssignmentPlan, asked: AssignmentProblem) -> int:
    """Return what the best deputies beside the leads of this plan cost."""
    facts = Facts(asked)
    choices = [
        _pinned(plan, asked, line.place, "deputy") or ["", *deputies_for(line, plan, facts)]
        if wants_deputy(facts, line.place)
        else [line.deputy]
        for line in plan.lines
    ]
    least = None
    for deputies in product(*choices):
        count = Counter(deputy for deputy in deputies if deputy)
        if all(count[o] <= max(0, facts.capacity[o]) for o in count):
            lines = [
                replace(line, deputy=deputy)
                for line, deputy in zip(plan.lines, deputies, strict=True)
            ]
            cost = cost_of_deputies(lines, asked)
            least = cost if least is None else min(least, cost)
    assert least is not None
    return least
