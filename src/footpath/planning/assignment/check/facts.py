"""What a problem says, by id."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from functools import cached_property

from footpath.planning.assignment.problem import (
    AssignmentProblem,
    Officer,
    Place,
    Rule,
)


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
