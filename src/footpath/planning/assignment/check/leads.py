"""Are the lines what the rules, limits and spreads allow?"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from footpath.planning.assignment.check.facts import Facts
from footpath.planning.assignment.plan import AssignmentPlan
from footpath.planning.assignment.problem import (
    Rule,
)
from footpath.planning.checking import Violation


def check_lines(plan: AssignmentPlan, facts: Facts) -> Iterator[Violation]:
    """Every place has one line, and every line names people and places that exist."""
    if [line.place for line in plan.lines] != sorted(facts.places):
        count = Counter(line.place for line in plan.lines)
        for place in sorted({*count, *facts.places}):
            if place not in facts.places:
                yield Violation("line", "unknown_place", (place,))
            elif count[place] != 1:
                yield Violation("line", "missing" if not count[place] else "twice", (place,))
        if all(count[place] == 1 for place in facts.places) and len(count) == len(facts.places):
            yield Violation("line", "out_of_order")
    for line in plan.lines:
        for officer in (line.lead, line.deputy):
            if officer and officer not in facts.officers:
                yield Violation("line", "unknown_officer", (officer, line.place))


def check_rules(plan: AssignmentPlan, facts: Facts) -> Iterator[Violation]:
    """Nobody leads, or stands in for the lead of, a place against a rule."""
    for line in plan.lines:
        place = facts.places[line.place]
        for role, who in (("lead", line.lead), ("deputy", line.deputy)):
            if not who:
                continue
            broken = facts.broken(facts.officers[who], place)
            if role == "deputy":
                broken &= ~Rule.TERM
            for rule in broken:
                yield Violation(str(rule.name).lower(), role, (who, line.place))


def check_limits(plan: AssignmentPlan, facts: Facts) -> Iterator[Violation]:
    """Nobody has more than their limits; departments are spread; deputies stand beside others."""
    led = Counter(line.lead for line in plan.lines if line.lead)
    deputies = Counter(line.deputy for line in plan.lines if line.deputy)
    for who in sorted(led):
        if led[who] > facts.capacity[who]:
            yield Violation("capacity", "too_many", (who,))
    for who in sorted(deputies):
        if deputies[who] > facts.capacity[who]:
            yield Violation("capacity", "too_many_as_deputy", (who,))
    for who, weight in sorted(weights_of(plan, facts).items()):
        limit = facts.limit[who]
        if limit is not None and weight > limit:
            yield Violation("load", "too_heavy", (who,))
    yield from _check_spread(plan, facts)
    for line in plan.lines:
        if line.deputy and not may_stand_beside(facts, line.lead, line.deputy):
            yield Violation("department_of_deputy", "same", (line.deputy, line.place))


def _check_spread(plan: AssignmentPlan, facts: Facts) -> Iterator[Violation]:
    """No department leads more in one parent than the policy allows."""
    most = facts.problem.policy.spread
    if most is None:
        return
    spread = Counter(
        (facts.officers[line.lead].department, facts.places[line.place].parent)
        for line in plan.lines
        if line.lead and facts.officers[line.lead].department
    )
    for (department, parent), leads in sorted(spread.items()):
        if leads > most:
            yield Violation("spread", "too_many", (department, parent))


def weights_of(plan: AssignmentPlan, facts: Facts) -> dict[str, int]:
    """Return the weight of all that each officer leads, by the officer's id."""
    weights: dict[str, int] = defaultdict(int)
    for line in plan.lines:
        if line.lead:
            weights[line.lead] += facts.places[line.place].weight
    return weights


def may_stand_beside(facts: Facts, lead: str, deputy: str) -> bool:
    """Return whether the two may stand beside each other."""
    if not lead:
        return True
    one, two = facts.officers[lead], facts.officers[deputy]
    apart = facts.problem.policy.deputy_from_another_department
    return one.id != two.id and not (apart and one.department and one.department == two.department)
