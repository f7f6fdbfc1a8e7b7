"""Are the changes, loads, reasons and costs those of the lines?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from footpath.planning.assignment.check.facts import Facts
from footpath.planning.assignment.check.leads import weights_of
from footpath.planning.assignment.cost import cost_of_deputies, cost_of_leads
from footpath.planning.assignment.plan import AssignmentPlan, digest_of
from footpath.planning.assignment.problem import (
    Held,
    Rule,
)
from footpath.planning.checking import Violation


def check_changes(plan: AssignmentPlan, facts: Facts) -> Iterator[Violation]:
    """What changes is told as it is."""
    for line in plan.lines:
        held = facts.problem.current.get(line.place, Held())
        wanted = wants_deputy(facts, line.place)
        if line.change != _change(held.lead, line.lead, nothing="nobody"):
            yield Violation("change", "lead", (line.place,))
        nothing = "nobody" if wanted else "kept"
        if line.deputy_change != _change(held.deputy, line.deputy, nothing=nothing):
            yield Violation("change", "deputy", (line.place,))


def wants_deputy(facts: Facts, place: str) -> bool:
    """Return whether the place should have a deputy: it wants one, or one is pinned to it."""
    return facts.places[place].wants_deputy or any(
        pin.place == place and pin.role == "deputy" and not pin.away for pin in facts.problem.pins
    )


def _change(before: str, after: str, nothing: str) -> str:
    if before == after:
        return "kept" if after else nothing
    if not before:
        return "new"
    return "moved" if after else "ended"


def check_loads(plan: AssignmentPlan, facts: Facts) -> Iterator[Violation]:
    """The loads are those of the lines."""
    led = Counter(line.lead for line in plan.lines)
    weights = weights_of(plan, facts)
    today = Counter(
        held.lead for place, held in facts.problem.current.items() if place in facts.places
    )
    told = {load.officer: load for load in plan.loads}
    for who in sorted({*told, *facts.officers}):
        load = told.get(who)
        right = (
            led[who],
            facts.capacity.get(who),
            weights.get(who, 0),
            facts.limit.get(who),
            today[who],
        )
        if load is None or right != (
            load.places,
            load.capacity,
            load.weight,
            load.load_limit,
            load.places_today,
        ):
            yield Violation("loads", "wrong", (who,))


def check_reasons(plan: AssignmentPlan, facts: Facts) -> Iterator[Violation]:
    """A reason is kept for every pair that is left out, and for no other; pins left aside."""
    reasons = plan.reasons
    if reasons.officers != tuple(sorted(facts.officers)) or reasons.places != tuple(
        sorted(facts.places)
    ):
        yield Violation("reasons", "incomplete")
        return
    for officer, row in zip(reasons.officers, reasons.rules.tolist(), strict=True):
        for place, told in zip(reasons.places, row, strict=True):
            right = facts.broken(facts.officers[officer], facts.places[place])
            if told & ~int(Rule.PIN) != int(right):
                yield Violation("reasons", "wrong", (officer, place))


def check_costs(plan: AssignmentPlan, facts: Facts) -> Iterator[Violation]:
    """The bound is no more than the cost, "proven" means equal, and the digest is the plan's."""
    if plan.bound > plan.cost:
        yield Violation("cost", "below_bound")
    if plan.status == "proven" and plan.bound != plan.cost:
        yield Violation("cost", "not_proven")
    if plan.cost != cost_of_leads(plan.lines, facts.problem):
        yield Violation("cost", "wrong")
    if plan.deputy_cost != cost_of_deputies(plan.lines, facts.problem):
        yield Violation("cost", "wrong_of_deputies")
    if plan.digest != digest_of(plan):
        yield Violation("digest", "wrong")
