"""Does every finding say the truth, and is none missing?"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from footpath.planning.assignment.check.facts import Facts
from footpath.planning.assignment.check.figures import wants_deputy
from footpath.planning.assignment.check.leads import may_stand_beside
from footpath.planning.assignment.plan import AssignmentPlan, Finding, Line
from footpath.planning.assignment.problem import (
    Place,
    Rule,
)
from footpath.planning.checking import Violation

EMPTY = {"short", "nobody", "load", "spread", "open"}  # findings of places without a lead
TRIES = 50_000  # steps of a search before a question about weights is left open


def check_findings(plan: AssignmentPlan, facts: Facts) -> Iterator[Violation]:
    """Whatever is missing is explained, and every explanation is true and as small as can be."""
    explained: dict[str, set[str]] = defaultdict(set)
    for finding in plan.findings:
        role = "lead" if finding.kind in EMPTY else finding.kind
        explained[role].update([finding.name] if role == "cluster" else finding.places)
        yield from _check_finding(finding, plan, facts)
    for line in plan.lines:
        if not line.lead and line.place not in explained["lead"]:
            yield Violation("finding", "unexplained", (line.place,))
        wanted = not line.deputy and wants_deputy(facts, line.place)
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
    if not all(place in lines and wants_deputy(facts, place) for place in finding.places):
        yield Violation("finding", "wrong_places", finding.places)
        return
    may = {place: deputies_for(lines[place], plan, facts) for place in finding.places}
    officers = sorted({officer for some in may.values() for officer in some})
    stay = Counter(line.deputy for line in plan.lines if not wants_deputy(facts, line.place))
    capacity = {o: max(0, facts.capacity[o]) - stay[o] for o in officers}
    if list(finding.officers) != officers:
        yield Violation("finding", "wrong_officers", finding.places)
    elif finding.places_left != sum(capacity.values()):
        yield Violation("finding", "wrong_places_left", finding.places)
    else:
        yield from _check_count(finding, may, capacity)


def deputies_for(line: Line, plan: AssignmentPlan, facts: Facts) -> list[str]:
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
        and may_stand_beside(facts, line.lead, officer.id)
        and officer.id not in away
        and (not pinned or officer.id in pinned)
    ]
