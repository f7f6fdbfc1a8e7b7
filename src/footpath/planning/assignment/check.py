"""Is a plan of assignments what its problem allows? Counted again from the words of the problem.

Plain Python over ids, on purpose: no array, no table, no line of what made the plan.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cached_property

from footpath.planning.assignment.cost import cost_of_deputies, cost_of_leads
from footpath.planning.assignment.plan import AssignmentPlan, Finding, Line, digest_of
from footpath.planning.assignment.problem import (
    AssignmentProblem,
    Held,
    Officer,
    Pin,
    Place,
    Rule,
)
from footpath.planning.checking import Violation, register

EMPTY = {"short", "nobody", "load", "spread", "open"}  # findings of places without a lead
TRIES = 50_000  # steps of a search before a question about weights is left open


@register(AssignmentPlan)
def violations(plan: AssignmentPlan, problem: AssignmentProblem) -> list[Violation]:
    """Return all that is wrong with the plan.

    Rules: the names of ``Rule`` in small letters (codes ``lead``, ``deputy``), ``capacity``,
    ``load``, ``spread``, ``pin``, ``department_of_deputy``, ``line``, ``change``, ``finding``,
    ``loads``, ``reasons``, ``cost``, ``digest``.
    """
    facts = Facts(problem)
    found = list(_check_lines(plan, facts))
    if found:  # nothing below can be asked of a plan that names what does not exist
        return found
    return [
        *_check_rules(plan, facts),
        *_check_limits(plan, facts),
        *_check_pins(plan, facts),
        *_check_changes(plan, facts),
        *_check_loads(plan, facts),
        *_check_reasons(plan, facts),
        *_check_findings(plan, facts),
        *_check_costs(plan, facts),
    ]


class Facts:
    """What a problem says, by id."""

    def __init__(self, problem: AssignmentProblem) -> None:
        """Sort the problem's things by id, waivers counted in."""
        self.problem = problem
        self.places = {place.id: place for place in problem.places}
        self.officers = {officer.id: officer for officer in problem.officers}
        self.capacity = {officer.id: officer.capacity for officer in problem.officers}
        self.limit = {officer.id: officer.load_limit for officer in problem.officers}
        self.waived: dict[tuple[str, str], Rule] = defaultdict(lambda: Rule(0))
        for waiver in problem.waivers:
            self.capacity[waiver.officer] += waiver.places_more
            limit = self.limit[waiver.officer]
            if limit is not None:
                self.limit[waiver.officer] = limit + waiver.load_more
            if waiver.place:
                self.waived[waiver.officer, waiver.place] |= waiver.rules

    @cached_property
    def anywhere(self) -> dict[str, Rule]:
        """Return what each officer breaks in every place."""
        start, policy = self.problem.start, self.problem.policy
        found = {}
        for officer in self.problem.officers:
            rules = Rule(0)
            if officer.bound or self.capacity[officer.id] < 1:
                rules |= Rule.BOUND
            if officer.department in policy.departments_left_out:
                rules |= Rule.DEPARTMENT
            if any(first <= start <= last for first, last in officer.away):
                rules |= Rule.AWAY
            found[officer.id] = rules
        return found

    def broken(self, officer: Officer, place: Place) -> Rule:
        """Return the rules an officer breaks by leading a place, waivers counted in, pins not."""
        policy = self.problem.policy
        rules = self.anywhere[officer.id]
        if place.tier in policy.officers_of and officer.tier not in policy.officers_of[place.tier]:
            rules |= Rule.TIER
        if officer.home == place.id:
            rules |= Rule.HOME
        if place.id in officer.relatives:
            rules |= Rule.RELATIVES
        if not place.needs <= officer.skills:
            rules |= Rule.SKILL
        if officer.serves is not None and place.parent not in officer.serves:
            rules |= Rule.REACH
        since = officer.since.get(place.id)
        if since and policy.term_limit_years and self.served(since) >= policy.term_limit_years:
            rules |= Rule.TERM
        return rules & ~(self.waived.get((officer.id, place.id), Rule(0)) & ~Rule.PIN)

    def served(self, since: date) -> int:
        """Return the full years from a day to the start of the plan."""
        start = self.problem.start
        return start.year - since.year - ((start.month, start.day) < (since.month, since.day))


def _check_lines(plan: AssignmentPlan, facts: Facts) -> Iterator[Violation]:
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


def _check_rules(plan: AssignmentPlan, facts: Facts) -> Iterator[Violation]:
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


def _check_limits(plan: AssignmentPlan, facts: Facts) -> Iterator[Violation]:
    """Nobody has more than their limits; departments are spread; deputies stand beside others."""
    led = Counter(line.lead for line in plan.lines if line.lead)
    deputies = Counter(line.deputy for line in plan.lines if line.deputy)
    for who in sorted(led):
        if led[who] > facts.capacity[who]:
            yield Violation("capacity", "too_many", (who,))
    for who in sorted(deputies):
        if deputies[who] > facts.capacity[who]:
            yield Violation("capacity", "too_many_as_deputy", (who,))
    for who, weight in sorted(_weights(plan, facts).items()):
        limit = facts.limit[who]
        if limit is not None and weight > limit:
            yield Violation("load", "too_heavy", (who,))
    yield from _check_spread(plan, facts)
    for line in plan.lines:
        if line.deputy and not _beside(facts, line.lead, line.deputy):
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


def _weights(plan: AssignmentPlan, facts: Facts) -> dict[str, int]:
    weights: dict[str, int] = defaultdict(int)
    for line in plan.lines:
        if line.lead:
            weights[line.lead] += facts.places[line.place].weight
    return weights


def _beside(facts: Facts, lead: str, deputy: str) -> bool:
    """Return whether the two may stand beside each other."""
    if not lead:
        return True
    one, two = facts.officers[lead], facts.officers[deputy]
    apart = facts.problem.policy.deputy_from_another_department
    return one.id != two.id and not (apart and one.department and one.department == two.department)


def _check_pins(plan: AssignmentPlan, facts: Facts) -> Iterator[Violation]:
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
    return not _beside(facts, pin.officer, other.officer)


def _check_changes(plan: AssignmentPlan, facts: Facts) -> Iterator[Violation]:
    """What changes is told as it is."""
    for line in plan.lines:
        held = facts.problem.current.get(line.place, Held())
        wanted = _wanted(facts, line.place)
        if line.change != _change(held.lead, line.lead, nothing="nobody"):
            yield Violation("change", "lead", (line.place,))
        nothing = "nobody" if wanted else "kept"
        if line.deputy_change != _change(held.deputy, line.deputy, nothing=nothing):
            yield Violation("change", "deputy", (line.place,))


def _wanted(facts: Facts, place: str) -> bool:
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


def _check_loads(plan: AssignmentPlan, facts: Facts) -> Iterator[Violation]:
    """The loads are those of the lines."""
    led = Counter(line.lead for line in plan.lines)
    weights = _weights(plan, facts)
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


def _check_reasons(plan: AssignmentPlan, facts: Facts) -> Iterator[Violation]:
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


# --- findings -------------------------------------------------------------------------------------


def _check_findings(plan: AssignmentPlan, facts: Facts) -> Iterator[Violation]:
    """Whatever is missing is explained, and every explanation is true and as small as can be."""
    explained: dict[str, set[str]] = defaultdict(set)
    for finding in plan.findings:
        role = "lead" if finding.kind in EMPTY else finding.kind
        explained[role].update([finding.name] if role == "cluster" else finding.places)
        yield from _check_finding(finding, plan, facts)
    for line in plan.lines:
        if not line.lead and line.place not in explained["lead"]:
            yield Violation("finding", "unexplained", (line.place,))
        wanted = not line.deputy and _wanted(facts, line.place)
        if wanted and line.place not in explained["deputy"]:
            yield Violation("finding", "deputy_unexplained", (line.place,))
    for cluster in sorted(_unranked(plan, facts) - explained["cluster"]):
        yield Violation("finding", "cluster_unexplained", (cluster,))


def _check_finding(finding: Finding, plan: AssignmentPlan, facts: Facts) -> Iterator[Violation]:
    """One explanation is true; those of pins are looked at with the pins."""
    if finding.kind == "cluster":
        yield from _check_cluster(finding, plan, facts)
    elif finding.kind == "deputy":
        yield from _check_deputy(finding, plan, facts)
    elif finding.kind == "open":
        if plan.status == "proven":
            yield Violation("finding", "not_blocking", finding.places)
    elif finding.kind != "pin":
        yield from _check_blocking(finding, plan, facts)


def _unranked(plan: AssignmentPlan, facts: Facts) -> set[str]:
    """Return the clusters without a lead of leading rank."""
    ranked = {
        facts.places[line.place].cluster
        for line in plan.lines
        if line.lead and facts.officers[line.lead].leads_clusters
    }
    return {place.cluster for place in facts.places.values() if place.cluster} - ranked


def _may(plan: AssignmentPlan, places: Iterable[str]) -> dict[str, list[str]]:
    """Return who may lead each place, by the reasons of the plan, which are checked themselves."""
    number = {place: n for n, place in enumerate(plan.reasons.places)}
    rules = plan.reasons.rules
    return {
        place: [
            officer
            for officer, told in zip(
                plan.reasons.officers, rules[:, number[place]].tolist(), strict=True
            )
            if not told
        ]
        for place in places
        if place in number
    }


def _check_blocking(finding: Finding, plan: AssignmentPlan, facts: Facts) -> Iterator[Violation]:
    """The places cannot all be led by the officers, and every one of them matters."""
    ids = finding.places
    may = _may(plan, ids)
    officers = sorted({officer for some in may.values() for officer in some})
    capacity = {officer: max(0, facts.capacity[officer]) for officer in officers}
    if len(may) != len(ids) or list(finding.officers) != officers:
        yield Violation("finding", "wrong_officers", ids)
    elif finding.places_left != sum(capacity.values()):
        yield Violation("finding", "wrong_places_left", ids)
    elif finding.kind in {"short", "nobody"}:
        yield from _check_count(finding, may, capacity)
    else:
        yield from _check_weights(finding, may, facts)


def _check_count(
    finding: Finding, may: Mapping[str, list[str]], capacity: Mapping[str, int]
) -> Iterator[Violation]:
    """By counting alone so many places stay empty, and one fewer without any one of them."""
    short = len(finding.places) - finding.places_left
    matched, empty = _matching(may, capacity)
    if short < 1 or len(empty) != short:
        yield Violation("finding", "not_blocking", finding.places)
        return
    critical = _could_be_empty(may, matched, empty)
    for place in finding.places:
        if place not in critical:
            yield Violation("finding", "not_minimal", (place, *finding.places))


def _matching(
    may: Mapping[str, list[str]], capacity: Mapping[str, int]
) -> tuple[dict[str, list[str]], list[str]]:
    """Return the places of each officer in a largest matching, and the places left empty."""
    matched: dict[str, list[str]] = {officer: [] for officer in capacity}

    def seat(place: str, seen: set[str]) -> bool:
        for officer in may[place]:
            if officer in seen:
                continue
            seen.add(officer)
            if len(matched[officer]) < capacity[officer]:
                matched[officer].append(place)
                return True
            for other in matched[officer]:
                if seat(other, seen):
                    matched[officer].remove(other)
                    matched[officer].append(place)
                    return True
        return False

    return matched, [place for place in sorted(may) if not seat(place, set())]


def _could_be_empty(
    may: Mapping[str, list[str]], matched: Mapping[str, list[str]], empty: list[str]
) -> set[str]:
    """Return the places that some largest matching leaves empty: those an exchange reaches."""
    reached, waiting = set(empty), list(empty)
    for place in waiting:
        for officer in may[place]:
            for other in matched[officer]:
                if other not in reached:
                    reached.add(other)
                    waiting.append(other)
    return reached


def _check_weights(
    finding: Finding, may: Mapping[str, list[str]], facts: Facts
) -> Iterator[Violation]:
    """With weights and the spread, the places cannot all be led; without any one, they can."""
    if _Attempt(finding.places, may, facts).possible() is True:
        yield Violation("finding", "not_blocking", finding.places)
        return
    for place in finding.places:
        less = [other for other in finding.places if other != place]
        if _Attempt(less, may, facts).possible() is False:
            yield Violation("finding", "not_minimal", (place, *finding.places))


class _Attempt:
    """Tries to give each place an officer, the place with the fewest first."""

    def __init__(self, places: Iterable[str], may: Mapping[str, list[str]], facts: Facts) -> None:
        self.places = sorted(places, key=lambda place: (len(may[place]), place))
        self.may = may
        self.facts = facts
        self.count: Counter[str] = Counter()
        self.weight: Counter[str] = Counter()
        self.spread: Counter[tuple[str, str]] = Counter()
        self.steps = 0

    def possible(self, number: int = 0) -> bool | None:
        """Return whether the places from ``number`` on can be led; None when it takes too long."""
        if number == len(self.places):
            return True
        place = self.facts.places[self.places[number]]
        for officer in self.may[place.id]:
            if not self._fits(officer, place):
                continue
            self.steps += 1
            if self.steps > TRIES:
                return None
            self._put(officer, place, 1)
            found = self.possible(number + 1)
            self._put(officer, place, -1)
            if found is not False:
                return found
        return False

    def _fits(self, officer: str, place: Place) -> bool:
        limit, most = self.facts.limit[officer], self.facts.problem.policy.spread
        department = self.facts.officers[officer].department
        return (
            self.count[officer] < self.facts.capacity[officer]
            and (limit is None or self.weight[officer] + place.weight <= limit)
            and (most is None or not department or self.spread[department, place.parent] < most)
        )

    def _put(self, officer: str, place: Place, by: int) -> None:
        self.count[officer] += by
        self.weight[officer] += by * place.weight
        self.spread[self.facts.officers[officer].department, place.parent] += by


def _check_cluster(finding: Finding, plan: AssignmentPlan, facts: Facts) -> Iterator[Violation]:
    """Nobody of leading rank leads in the cluster, and those who might are named."""
    places = sorted(p.id for p in facts.places.values() if p.cluster == finding.name)
    might = {
        officer
        for some in _may(plan, places).values()
        for officer in some
        if facts.officers[officer].leads_clusters
    }
    if finding.name not in _unranked(plan, facts):
        yield Violation("finding", "not_blocking", (finding.name,))
    if list(finding.places) != places or list(finding.officers) != sorted(might):
        yield Violation("finding", "wrong_officers", (finding.name,))


def _check_deputy(finding: Finding, plan: AssignmentPlan, facts: Facts) -> Iterator[Violation]:
    """By counting alone so many places have no deputy, the leads being what they are."""
    lines = {line.place: line for line in plan.lines}
    if not all(place in lines and _wanted(facts, place) for place in finding.places):
        yield Violation("finding", "wrong_places", finding.places)
        return
    may = {place: _deputies(lines[place], plan, facts) for place in finding.places}
    officers = sorted({officer for some in may.values() for officer in some})
    stay = Counter(line.deputy for line in plan.lines if not _wanted(facts, line.place))
    capacity = {o: max(0, facts.capacity[o]) - stay[o] for o in officers}
    if list(finding.officers) != officers:
        yield Violation("finding", "wrong_officers", finding.places)
    elif finding.places_left != sum(capacity.values()):
        yield Violation("finding", "wrong_places_left", finding.places)
    else:
        yield from _check_count(finding, may, capacity)


def _deputies(line: Line, plan: AssignmentPlan, facts: Facts) -> list[str]:
    """Return who may be the deputy of a place beside its lead."""
    place = facts.places[line.place]
    pins = [pin for pin in facts.problem.pins if pin.place == place.id and pin.role == "deputy"]
    away = {pin.officer for pin in pins if pin.away}
    refused = {
        finding.name
        for finding in plan.findings
        if finding.kind == "pin" and finding.role == "deputy" and place.id in finding.places
    }
    pinned = {pin.officer for pin in pins if not pin.away} - refused
    return [
        officer.id
        for officer in sorted(facts.officers.values(), key=lambda officer: officer.id)
        if not facts.broken(officer, place) & ~Rule.TERM
        and _beside(facts, line.lead, officer.id)
        and officer.id not in away
        and (not pinned or officer.id in pinned)
    ]


# --- costs ----------------------------------------------------------------------------------------


def _check_costs(plan: AssignmentPlan, facts: Facts) -> Iterator[Violation]:
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
