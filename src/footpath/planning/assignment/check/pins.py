"""Is every pin respected that could be?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from footpath.planning.assignment.check.facts import Facts
from footpath.planning.assignment.check.leads import may_stand_beside
from footpath.planning.assignment.plan import AssignmentPlan, Line
from footpath.planning.assignment.problem import (
    Pin,
    Rule,
)
from footpath.planning.checking import Violation


def check_pins(plan: AssignmentPlan, facts: Facts) -> Iterator[Violation]:
    """Every pin is respected, or a finding says with reason why not."""
    lines = {line.place: line for line in plan.lines}
    refused = {
        (finding.places[0], finding.name, finding.role)
        for finding in plan.findings
        if finding.kind == "pin"
    }
    respected = []
    for pin in sorted(set(facts.problem.pins), key=_pin_key):
        who = _of_role(lines[pin.place], pin.role)
        if pin.away:
            if who == pin.officer:
                yield Violation("pin", "not_away", (pin.officer, pin.place))
        elif (pin.place, pin.officer, pin.role) not in refused:
            respected.append(pin)
            if who != pin.officer:
                yield Violation("pin", "not_respected", (pin.officer, pin.place))
    pins = {(pin.place, pin.officer, pin.role): pin for pin in facts.problem.pins if not pin.away}
    for key in sorted(refused):
        if key not in pins:
            yield Violation("finding", "unknown_pin", key)
        elif not _stands_against(pins[key], respected, facts):
            yield Violation("finding", "pin_could_be_respected", key)


def _pin_key(pin: Pin) -> tuple[str, str, str, bool]:
    return pin.place, pin.officer, pin.role, pin.away


def _of_role(line: Line, role: str) -> str:
    return line.lead if role == "lead" else line.deputy


def _stands_against(pin: Pin, respected: list[Pin], facts: Facts) -> bool:
    """Return whether a rule, a limit or another pin stands against this pin."""
    place, officer = facts.places[pin.place], facts.officers[pin.officer]
    broken = facts.broken(officer, place)
    if broken & ~Rule.TERM or (broken and pin.role == "lead"):
        return True
    if any(_clash(pin, other, facts) for other in [*respected, *_aways(facts.problem.pins)]):
        return True
    own = [o for o in respected if o.officer == pin.officer and o.role == pin.role]
    if len(own) >= facts.capacity[pin.officer]:
        return True
    if pin.role == "deputy":
        return False
    limit, most = facts.limit[pin.officer], facts.problem.policy.spread
    weight = place.weight + sum(facts.places[other.place].weight for other in own)
    beside = [
        other
        for other in respected
        if other.role == "lead"
        and facts.places[other.place].parent == place.parent
        and facts.officers[other.officer].department == officer.department
    ]
    crowded = most is not None and bool(officer.department) and len(beside) >= most
    return (limit is not None and weight > limit) or crowded


def _aways(pins: Iterable[Pin]) -> list[Pin]:
    return [pin for pin in pins if pin.away]


def _clash(pin: Pin, other: Pin, facts: Facts) -> bool:
    """Return whether two pins at one place cannot both hold."""
    if pin.place != other.place or pin == other:
        return False
    if other.away:
        return pin.officer == other.officer and pin.role == other.role
    if pin.role == other.role:
        return pin.officer != other.officer
    return not may_stand_beside(facts, pin.officer, other.officer)
