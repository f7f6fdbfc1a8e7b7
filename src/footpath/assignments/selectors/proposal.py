"""A plan as its page shows it: the changes with their reasons, loads, one place by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _

from footpath.assignments import explaining, planning
from footpath.assignments.explaining import Names
from footpath.assignments.models import (
    Assignment,
    Conflict,
    Plan,
    PlanFinding,
    PlanLine,
    PlanPin,
)
from footpath.assignments.selectors.findings import FindingRow, finding_row
from footpath.assignments.selectors.picture import (
    Badge,
    Group,
    Part,
    badges_of,
    groups_of,
    is_change,
    part_shown,
    parts_of,
)
from footpath.assignments.selectors.plans import lines_of
from footpath.core import formats
from footpath.core.errors import NotThere
from footpath.core.figures import Rate
from footpath.directory.models import Organization, Person, Tier

Change = PlanLine.Change


@dataclass(frozen=True)
class ChangeRow:
    """One line of the table of changes, with its reasons in words."""

    line: PlanLine
    why: tuple[str, ...]
    deputy_why: tuple[str, ...]
    since_previous: str


@dataclass(frozen=True)
class LoadRow:
    """How many places an officer leads in the plan, of how many."""

    badge: Badge
    places: int
    capacity: int
    today: int


@dataclass(frozen=True)
class Proposal:
    """A plan as its page shows it."""

    plan: Plan
    lines: tuple[PlanLine, ...]
    groups: tuple[Group, ...]
    parts: tuple[Part, ...]
    part: Part | None
    changes: tuple[ChangeRow, ...]
    kept: tuple[ChangeRow, ...]
    loads: tuple[LoadRow, ...]
    findings: tuple[FindingRow, ...]
    pins: tuple[PlanPin, ...]
    counts: Mapping[str, int]

    @cached_property
    def covered(self) -> Rate:
        """Return how many places would have a lead."""
        figures = self.plan.figures
        return Rate(figures.get("covered", 0), figures.get("places", 0))

    @cached_property
    def covered_today(self) -> Rate:
        """Return how many places have a lead today."""
        figures = self.plan.figures
        return Rate(figures.get("covered_today", 0), figures.get("places", 0))

    @cached_property
    def staying(self) -> Rate:
        """Return how many of the places led today stay with their officer."""
        figures = self.plan.figures
        return Rate(figures.get("kept", 0), figures.get("covered_today", 0))

    @cached_property
    def used(self) -> Rate:
        """Return how many of the places that the officers could lead are used."""
        figures = self.plan.figures
        used, most = figures.get("used", 0), figures.get("capacity", 0)
        return Rate(min(used, most), most)

    @cached_property
    def noted(self) -> tuple[PlanPin, ...]:
        """Return what was noted for the next plan: pins set or taken off."""
        return tuple(pin for pin in self.pins if pin.noted or pin.off)

    @cached_property
    def wants_deputies(self) -> bool:
        """Return whether the plan names deputies."""
        return any(line.deputy_change for line in self.lines)


def proposal_of(
    plan: Plan, *, part: str = "", kept: bool = False, everybody: bool = False
) -> Proposal:
    """Return a plan as its page shows it: a fixed number of queries.

    ``part`` is the key of the part to show when more than twelve officers lead; ``kept`` asks for
    the places that stay as they are, too.
    """
    lines = tuple(lines_of(plan))
    findings = list(plan.findings.select_related("open_by").all())
    pins = tuple(plan.pins.select_related("area", "person", "by").order_by("pk"))
    parts = parts_of(plan, lines)
    shown = part_shown(parts, part, findings, lines) if parts else None
    inside = [line for line in lines if shown is None or shown.holds(line.area.path)]
    people = _people(plan, lines, findings)
    badges = badges_of(inside, people)
    names = _names(plan, lines, findings, people)
    sources = sources_of(lines, plan.tier)
    earlier = _earlier(plan)
    rows = {
        line.pk: ChangeRow(
            line,
            *(_in_words(line, names, sources, pins)),
            since_previous=_since_previous(line, earlier, names),
        )
        for line in inside
        if kept or is_change(line)
    }
    loads = _loads(plan, people, badges)
    mine = {line.lead_id for line in inside} | {line.lead_today_id for line in inside}
    mine |= {key for row in findings for key in row.data.get("officers", ())}
    everybody = everybody or shown is None
    return Proposal(
        plan=plan,
        lines=lines,
        groups=groups_of(inside, badges),
        parts=parts,
        part=shown,
        changes=tuple(rows[line.pk] for line in inside if is_change(line)),
        kept=tuple(rows[line.pk] for line in inside if kept and not is_change(line)),
        loads=tuple(
            row for row in loads if row.badge.person.pk in mine or (everybody and row.places)
        ),
        findings=tuple(finding_row(row, plan, names, people, lines) for row in findings),
        pins=pins,
        counts={
            str(change): sum(line.change == change for line in inside) for change in Change.values
        },
    )


def _people(
    plan: Plan, lines: Iterable[PlanLine], findings: Iterable[PlanFinding]
) -> dict[int, Person]:
    """Return everybody the plan speaks of, by key: one query for those that no line names."""
    found: dict[int, Person] = {}
    wanted = {int(load["officer"]) for load in plan.loads}
    for line in lines:
        for person in (line.lead, line.lead_today, line.deputy, line.deputy_today):
            if person is not None:
                found[person.pk] = person
        for reason in [*line.why, *line.deputy_why]:
            wanted |= {int(reason["officer"])} if str(reason.get("officer") or "") else set()
    for row in findings:
        wanted |= set(row.data.get("officers", ()))
        wanted |= {int(o["officer"]) for o in row.data.get("offers", ()) if o.get("officer")}
        wanted |= {int(row.data["name"])} if str(row.data.get("name", "")).isdecimal() else set()
    return found | Person.objects.in_bulk(wanted - found.keys())


def _names(
    plan: Plan,
    lines: Iterable[PlanLine],
    findings: Iterable[PlanFinding],
    people: Mapping[int, Person],
) -> Names:
    """Return the names of everybody and everything that the reasons and findings speak of."""
    wanted = {
        int(reason["department"])
        for line in lines
        for reason in line.why
        if str(reason.get("department", "")).isdecimal()
    }
    wanted |= {
        int(row.data["name"])
        for row in findings
        if row.kind == "spread" and str(row.data.get("name", "")).isdecimal()
    }
    organizations = Organization.objects.in_bulk(wanted) if wanted else {}
    return Names(
        people={key: person.name for key, person in people.items()},
        places={line.area_id: line.area.short_name for line in lines},
        organizations={key: row.name for key, row in organizations.items()},
    )


def sources_of(lines: Iterable[PlanLine], tier: Tier) -> dict[tuple[int, int], str]:
    """Return where a rule that moved somebody is known from, by person and place. One query."""
    pairs = {
        (int(reason["officer"]), line)
        for line in lines
        for reason in line.why
        if reason.get("code") == "excluded"
        and reason.get("rule") in ("HOME", "RELATIVES")
        and str(reason.get("officer") or "").isdecimal()
    }
    if not pairs:
        return {}
    rows = list(
        Conflict.objects.filter(person__in=[person for person, _line in pairs], ended_on=None)
        .select_related("area")
        .order_by("declared_on", "pk")
    )
    found = {}
    for person, line in pairs:
        for row in rows:
            one, other = row.area.path, line.area.path
            if row.person_id == person and (one.startswith(other) or other.startswith(one)):
                found[person, line.area_id] = declared(row)
                break
    return found


def declared(row: Conflict) -> str:
    return _("declared on %(day)s") % {"day": formats.day_year(row.declared_on)}


def _in_words(
    line: PlanLine,
    names: Names,
    sources: Mapping[tuple[int, int], str],
    pins: Iterable[PlanPin],
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    said = []
    for role, reasons in (
        (Assignment.Role.LEAD, line.why),
        (Assignment.Role.DEPUTY, line.deputy_why),
    ):
        pinned = next(
            (
                pin.by.name
                for pin in pins
                if pin.area_id == line.area_id
                and pin.role == role
                and not pin.away
                and not pin.noted
            ),
            "",
        )
        said.append(
            tuple(
                explaining.reasons_in_words(
                    reasons, names, sources=sources, pinned_by=pinned, place=line.area_id
                )
            )
        )
    return said[0], said[1]


def _earlier(plan: Plan) -> dict[int, int | None] | None:
    """Return who would lead each place in the plan before this one; None when there is none."""
    if plan.previous_id is None:
        return None
    rows = PlanLine.objects.filter(plan=plan.previous_id).values_list("area_id", "lead_id")
    return dict(rows)


def _since_previous(line: PlanLine, earlier: Mapping[int, int | None] | None, names: Names) -> str:
    if earlier is None or line.area_id not in earlier or earlier[line.area_id] == line.lead_id:
        return ""
    before = earlier[line.area_id]
    if before is None:
        return _("Nobody in the plan before.")
    return _("In the plan before: %(officer)s.") % {"officer": names.person(before)}


def _loads(plan: Plan, people: Mapping[int, Person], badges: Mapping[int, Badge]) -> list[LoadRow]:
    found = []
    for load in plan.loads:
        person = people.get(int(load["officer"]))
        if person is None or not (load["capacity"] or load["places"]):
            continue
        badge = badges.get(person.pk) or Badge(person, formats.initials(person.name), 0)
        found.append(LoadRow(badge, load["places"], load["capacity"], load["places_today"]))
    return sorted(found, key=lambda row: (row.badge.person.name, row.badge.person.pk))


@dataclass(frozen=True)
class Choice:
    """An officer at a place: the rules in the way, and the places led in the plan."""

    person: Person
    rules: tuple[str, ...]
    places: int
    capacity: int

    @property
    def free(self) -> bool:
        """Return whether no rule stands in the way."""
        return not self.rules


@dataclass(frozen=True)
class PlaceInPlan:
    """One place of a plan: today, proposed, who else could lead it, and the pins at it."""

    line: PlanLine
    row: ChangeRow
    choices: tuple[Choice, ...]
    excluded: tuple[Choice, ...]
    pins: tuple[PlanPin, ...]


def place_in(plan: Plan, proposal: Proposal, *, code: str) -> PlaceInPlan:
    """Return a place of a plan with everybody who could lead it; NotThere for another place."""
    line = next((line for line in proposal.lines if line.area.code == code), None)
    kept = Plan.objects.filter(pk=plan.pk).values_list("reasons", flat=True).first()
    if line is None or not kept:
        raise NotThere
    reasons = planning.unpacked_reasons(bytes(kept))
    column = reasons.places.index(str(line.area_id))
    masks = {
        int(officer): int(mask)
        for officer, mask in zip(reasons.officers, reasons.rules[:, column], strict=True)
    }
    people = Person.objects.in_bulk(masks)
    loads = {int(load["officer"]): load for load in plan.loads}
    choices = [
        Choice(
            people[key],
            tuple(explaining.rule_in_words(rule) for rule in explaining.rules_in(mask)),
            loads.get(key, {}).get("places", 0),
            loads.get(key, {}).get("capacity", 0),
        )
        for key, mask in masks.items()
        if key in people
    ]
    choices.sort(key=lambda choice: (choice.places >= choice.capacity, choice.person.name))
    names = Names(
        {key: person.name for key, person in people.items()},
        {row.area_id: row.area.short_name for row in proposal.lines},
        {},
    )
    sources = sources_of([line], plan.tier)
    why = _in_words(line, names, sources, proposal.pins)
    earlier = _earlier(plan)
    return PlaceInPlan(
        line=line,
        row=ChangeRow(line, *why, since_previous=_since_previous(line, earlier, names)),
        choices=tuple(choice for choice in choices if choice.free),
        excluded=tuple(choice for choice in choices if not choice.free),
        pins=tuple(pin for pin in proposal.pins if pin.area_id == line.area_id),
    )
