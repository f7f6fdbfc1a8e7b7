"""Is a problem whole enough to be planned? What is wrong is named by field and id."""

from __future__ import annotations

from collections.abc import Iterable

from footpath.planning.assignment.problem import AssignmentProblem, Officer, Place, Policy

ROLES = ("lead", "deputy")


class ProblemError(ValueError):
    """Something in the problem cannot be meant: ``field`` and ``id`` say where."""

    def __init__(self, field: str, identifier: str, what: str) -> None:
        """Keep the field ("pins"), the id concerned and what is wrong with it."""
        super().__init__(f"{field}: {identifier!r} {what}")
        self.field = field
        self.id = identifier
        self.what = what


def validate(problem: AssignmentProblem) -> None:
    """Raise ProblemError for the first thing that cannot be meant; return None when all is well.

    Ids of homes, relatives and leads of today may lie outside the problem: people live elsewhere,
    and those in charge until now may have left.
    """
    places = _unique("places", (place.id for place in problem.places))
    officers = _unique("officers", (officer.id for officer in problem.officers))
    for place in problem.places:
        _check_place(place)
    for officer in problem.officers:
        _check_officer(officer)
    _check_policy(problem.policy)
    for identifier in sorted(problem.current):
        _known("current", identifier, places)
    for pin in problem.pins:
        _known("pins", pin.place, places)
        _known("pins", pin.officer, officers)
        if pin.role not in ROLES:
            raise ProblemError("pins", pin.place, f"has the role {pin.role!r}")
    _check_waivers(problem, places, officers)


def _check_waivers(problem: AssignmentProblem, places: set[str], officers: set[str]) -> None:
    for waiver in problem.waivers:
        _known("waivers", waiver.officer, officers)
        if waiver.place:
            _known("waivers", waiver.place, places)
        elif waiver.rules:
            raise ProblemError("waivers", waiver.officer, "waives rules for no place")
        if waiver.places_more < 0:
            raise ProblemError("waivers", waiver.officer, "takes places away")
        if waiver.load_more < 0:
            raise ProblemError("waivers", waiver.officer, "takes weight away")


def _check_place(place: Place) -> None:
    if place.weight < 1:
        raise ProblemError("places", place.id, f"has the weight {place.weight}")
    _check_point("places", place.id, place.at)


def _check_officer(officer: Officer) -> None:
    if officer.capacity < 0:
        raise ProblemError("officers", officer.id, f"has the capacity {officer.capacity}")
    if officer.load_limit is not None and officer.load_limit < 0:
        raise ProblemError("officers", officer.id, f"has the load limit {officer.load_limit}")
    for first, last in officer.away:
        if last < first:
            raise ProblemError("officers", officer.id, f"is back on {last}, away from {first}")
    _check_point("officers", officer.id, officer.at)


def _check_policy(policy: Policy) -> None:
    for name in ("keep", "fair", "near", "wish"):
        if not 0 <= getattr(policy.weights, name) <= 3:
            raise ProblemError("policy", name, "is not from 0 to 3")
    if policy.spread is not None and policy.spread < 0:
        raise ProblemError("policy", "spread", "is below 0")
    if policy.term_limit_years is not None and policy.term_limit_years < 1:
        raise ProblemError("policy", "term_limit_years", "is below 1")


def _check_point(field: str, identifier: str, at: tuple[float, float] | None) -> None:
    if at is not None and not (-90 <= at[0] <= 90 and -180 <= at[1] <= 180):
        raise ProblemError(field, identifier, f"lies at {at}")


def _unique(field: str, identifiers: Iterable[str]) -> set[str]:
    seen: set[str] = set()
    for identifier in identifiers:
        if not identifier or identifier in seen:
            raise ProblemError(
                field, identifier, "is empty" if not identifier else "is there twice"
            )
        seen.add(identifier)
    return seen


def _known(field: str, identifier: str, known: set[str]) -> None:
    if identifier not in known:
        raise ProblemError(field, identifier, "is unknown")
