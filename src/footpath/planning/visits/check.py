"""Is a round of visits what its problem allows? Shares no line with what makes plans."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from footpath.planning.checking import Violation, register
from footpath.planning.visits.plan import Finding, Trip, VisitPlan
from footpath.planning.visits.problem import Group, Pin, Unit, VisitProblem


@register(VisitPlan)
def check(plan: VisitPlan, problem: VisitProblem) -> list[Violation]:
    """Return all that is wrong with the plan; ``[]`` when it may be stored. Source: S4.5.

    Rules: ``unknown`` (an id or day that the problem does not have), ``blocked``, ``group`` (in two
    areas on one day), ``cluster`` (two groups in one area on one day), ``area``, ``capacity``,
    ``empty`` (a trip to nobody), ``owner``, ``closed``, ``gap``, ``needs`` (too many, or too few
    and no finding says so), ``pin`` (neither kept nor explained), ``finding``, ``cost``, ``order``.
    """
    checking = _Checking(plan, problem)
    unknown = list(checking.unknown())
    if unknown:
        return unknown
    return [
        *checking.trips(),
        *checking.days(),
        *checking.visits(),
        *checking.needs(),
        *checking.pins(),
        *checking.sums(),
    ]


class _Checking:
    """One plan beside its problem."""

    def __init__(self, plan: VisitPlan, problem: VisitProblem) -> None:
        self.plan = plan
        self.problem = problem
        self.units: dict[str, Unit] = {unit.id: unit for unit in problem.units}
        self.groups: dict[str, Group] = {group.id: group for group in problem.groups}
        self.dates: dict[str, list[date]] = {unit.id: [] for unit in problem.units}
        for trip in plan.trips:
            for unit in trip.units:
                self.dates.setdefault(unit, []).append(trip.day)

    def unknown(self) -> Iterator[Violation]:
        """Names that the problem does not have."""
        areas = {area.id for area in self.problem.areas}
        for trip in self.plan.trips:
            if trip.day not in self.problem.days:
                yield Violation("unknown", "day", (trip.day.isoformat(),))
            if trip.group not in self.groups:
                yield Violation("unknown", "group", (trip.group,))
            if trip.area not in areas:
                yield Violation("unknown", "area", (trip.area,))
        named = {*self.dates, *(finding.unit for finding in self.plan.findings)}
        for unit in sorted(named - set(self.units)):
            yield Violation("unknown", "unit", (unit,))

    def trips(self) -> Iterator[Violation]:
        """Each trip by itself."""
        for trip in self.plan.trips:
            group, when = self.groups[trip.group], trip.day.isoformat()
            if trip.day in group.blocked:
                yield Violation("blocked", "group_away", (trip.group, when))
            if not trip.units:
                yield Violation("empty", "no_units", (trip.group, when))
            if len(trip.units) > group.capacity:
                yield Violation("capacity", "too_many", (trip.group, when))
            for unit in trip.units:
                yield from self.visit(trip, self.units[unit])

    @staticmethod
    def visit(trip: Trip, unit: Unit) -> Iterator[Violation]:
        """One visit by itself."""
        when = trip.day.isoformat()
        if unit.area != trip.area:
            yield Violation("area", "elsewhere", (unit.id, trip.area))
        if trip.group in unit.owners:
            yield Violation("owner", "own_work", (unit.id, trip.group))
        if trip.day in unit.closed:
            yield Violation("closed", "takes_no_visits", (unit.id, when))

    def days(self) -> Iterator[Violation]:
        """Trips of one day beside each other, and their order."""
        for (group, day), count in Counter((t.group, t.day) for t in self.plan.trips).items():
            if count > 1:
                yield Violation("group", "two_areas", (group, day.isoformat()))
        for (area, day), count in Counter((t.area, t.day) for t in self.plan.trips).items():
            if count > 1:
                yield Violation("cluster", "two_groups", (area, day.isoformat()))
        keys = [(trip.day, trip.area, trip.group) for trip in self.plan.trips]
        if keys != sorted(keys) or any(
            list(trip.units) != sorted(trip.units) for trip in self.plan.trips
        ):
            yield Violation("order", "not_sorted")

    def visits(self) -> Iterator[Violation]:
        """The visits to one unit beside each other, and beside those before and after."""
        for unit in self.units.values():
            dates = sorted(self.dates[unit.id])
            pairs = [*pairwise(dates)]
            pairs += [(day, other) for day in dates for other in unit.visited]
            for day, other in pairs:
                if abs((day - other).days) < self.problem.gap_days:
                    yield Violation("gap", "too_near", (unit.id, day.isoformat()))

    def needs(self) -> Iterator[Violation]:
        """As many visits as needed, or a finding that says how many are missing."""
        short = [finding for finding in self.plan.findings if finding.kind == "short"]
        found = {finding.unit: finding for finding in short}
        if len(found) != len(short):
            yield Violation("finding", "twice")
        kept = Counter(pin.unit for pin in self.kept())
        for unit in self.units.values():
            needs, planned = max(unit.needs, kept[unit.id]), len(self.dates[unit.id])
            finding = found.get(unit.id)
            if planned > needs:
                yield Violation("needs", "too_many", (unit.id,))
            elif planned < needs and finding is None:
                yield Violation("needs", "missing", (unit.id,))
            elif finding and not self.adds_up(finding, needs, planned):
                yield Violation("finding", "does_not_add_up", (unit.id,))

    def adds_up(self, finding: Finding, needs: int, planned: int) -> bool:
        """Return whether a finding tells the truth: needed, planned, and every other day lost."""
        days = sum(step.days for step in finding.steps)
        return (
            (finding.needs, finding.planned) == (needs, planned)
            and planned < needs
            and planned <= finding.most
            and days == len(self.problem.days) - planned
        )

    def is_kept(self, pin: Pin) -> bool:
        """Return whether the plan follows a pin."""
        return any(
            pin.day == trip.day and pin.unit in trip.units and pin.group in {"", trip.group}
            for trip in self.plan.trips
        )

    def kept(self) -> set[Pin]:
        """Return one pin for each pinned visit that the plan makes."""
        return {Pin(pin.unit, pin.day) for pin in self.problem.pins if self.is_kept(pin)}

    def pins(self) -> Iterator[Violation]:
        """Every pin is kept, or a finding names it and a rule that truly forbids it."""
        told = {f.pin: f.rule for f in self.plan.findings if f.kind == "pin"}
        for pin in sorted({*self.problem.pins}, key=lambda pin: (pin.day, pin.unit, pin.group)):
            if not self.is_kept(pin) and not self.forbids(told.get(pin), pin):
                yield Violation("pin", "dropped", (pin.unit, pin.day.isoformat(), pin.group))
        for named in told:
            if named not in self.problem.pins:
                yield Violation("finding", "no_such_pin")

    def forbids(self, rule: str | None, pin: Pin) -> bool:
        """Return whether the rule forbids the pin."""
        unit = self.units[pin.unit]
        going = [
            group
            for group in self.problem.groups
            if pin.group in {"", group.id} and group.capacity and pin.day not in group.blocked
        ]
        near = [(pin.day - day).days for day in unit.visited]
        return {
            "no_group": pin.day not in self.problem.days or not going,
            "closed": pin.day in unit.closed,
            "owner": all(group.id in unit.owners for group in going),
            "gap": any(abs(days) < self.problem.gap_days for days in near),
            "pin": any(self.rivals(pin, other) for other in self.problem.pins if other != pin),
        }.get(rule or "", False)

    def rivals(self, pin: Pin, other: Pin) -> bool:
        """Return whether two pins can stand in each other's way."""
        apart = abs((pin.day - other.day).days)
        return apart == 0 or (pin.unit == other.unit and apart < self.problem.gap_days)

    def sums(self) -> Iterator[Violation]:
        """The cost is that of the trips and of what is missing; the bound does not exceed it."""
        plan, problem = self.plan, self.problem
        price = {
            area.id: problem.trip_cost + round(area.km * problem.km_cost) for area in problem.areas
        }
        missing = sum(f.needs - f.planned for f in plan.findings if f.kind == "short")
        cost = sum(price[trip.area] for trip in plan.trips) + missing * plan.missing_cost
        if plan.cost != cost:
            yield Violation("cost", "does_not_add_up")
        if plan.bound > plan.cost or (plan.status == "proven") != (plan.bound == plan.cost):
            yield Violation("cost", "bound")
        if plan.missing_cost <= sum(price[unit.area] * unit.needs for unit in problem.units):
            yield Violation("cost", "missing_too_cheap")
