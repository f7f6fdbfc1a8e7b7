"""Looking up plans: lists, the proposal as its page shows it, and why not somebody else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from footpath.accounts.permissions import may
from footpath.assignments import explaining, planning
from footpath.assignments.explaining import Names
from footpath.assignments.models import (
    Absence,
    Assignment,
    Cluster,
    Conflict,
    CoverageRule,
    Letter,
    Plan,
    PlanFinding,
    PlanLine,
    PlanPin,
    PlanWaiver,
    Policy,
)
from footpath.assignments.permissions import READERS_OF_PLANS
from footpath.core import clock, formats, tree
from footpath.core.errors import NotThere
from footpath.core.figures import Rate
from footpath.core.paging import Order, Page, page_of
from footpath.directory.models import Area, Organization, Person, Tier
from footpath.planning.assignment.eligibility import tabulate
from footpath.planning.assignment.problem import AssignmentProblem, Officer, Rule

NEWEST = Order("started_at", descending=True, read=datetime.fromisoformat)
BY_PATH = Order("path")
COLOURS = 12
"""So many officers are told apart by colour; with more, one part of the area is shown."""

MOST_TILES = 150
"""So many places of a cluster are shown at once; with more, one place below the area."""

Change = PlanLine.Change


# --- which plans ----------------------------------------------------------------------------------


def plans_for(person: Person) -> QuerySet[Plan]:
    """Return the plans of the places that the person heads, works for or looks after."""
    paths = person.scope.paths(READERS_OF_PLANS)
    inside = Q()
    for path in paths:
        inside |= tree.within(path)
    rows = Plan.objects.defer("problem", "reasons", "progress", "loads")
    return rows.filter(inside) if paths else rows.none()


def page_of_plans(person: Person, *, after: str | None = None, size: int = 20) -> Page[Plan]:
    """Return a page of the person's plans, the newest first. One query."""
    rows = plans_for(person).select_related("area", "tier", "started_by", "decided_by")
    return page_of(rows, order=NEWEST, after=after, size=size)


def get_plan_for(person: Person, *, pk: int) -> Plan:
    """Return a plan with its people and papers; NotThere when it is not in the person's places."""
    found = (
        plans_for(person)
        .select_related(
            "area__tier", "tier", "started_by", "decided_by", "basis", "previous__started_by"
        )
        .defer("problem", "reasons")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise NotThere
    return found


def plans_to_approve(person: Person, *, limit: int = 5) -> list[Plan]:
    """Return the proposals that the person may approve, the newest first; older ones are left out.

    A proposal that has been planned again waits for nobody.
    """
    rows = (
        plans_for(person)
        .filter(state=Plan.State.PROPOSED)
        .exclude(next_plans__state__in=[Plan.State.PROPOSED, Plan.State.APPROVED])
        .select_related("area", "tier")
        .order_by("-started_at", "-pk")
    )
    return [plan for plan in rows[: limit * 4] if may(person, "assignments.approve_plan", plan)][
        :limit
    ]


def tiers_to_plan(area: Area) -> list[Tier]:
    """Return the tiers below a place whose places need somebody in charge, the highest first."""
    rows = Tier.objects.filter(
        pk__in=Area.objects.in_force(clock.today()).within(area.path).values("tier"),
        level__gt=area.tier.level,
        needs_lead=True,
    )
    return list(rows.order_by("level"))


# --- the proposal ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Badge:
    """An officer on the picture: initials and a colour from 1 to 12."""

    person: Person
    initials: str
    colour: int


@dataclass(frozen=True)
class Tile:
    """One place on the picture."""

    line: PlanLine
    badge: Badge | None

    @property
    def changed(self) -> bool:
        """Return whether somebody else would lead it."""
        return self.line.change in (Change.MOVED, Change.NEW)


@dataclass(frozen=True)
class Group:
    """The places below one parent."""

    area: Area
    tiles: tuple[Tile, ...]

    @property
    def rate(self) -> Rate:
        """Return how many of them would have a lead."""
        return Rate(sum(tile.line.lead_id is not None for tile in self.tiles), len(self.tiles))


@dataclass(frozen=True)
class Part:
    """A cluster or a place below the area, to look at one at a time."""

    key: str
    name: str
    paths: tuple[str, ...]
    changes: int
    places: int

    def holds(self, path: str) -> bool:
        """Return whether a place lies in it."""
        return path.startswith(self.paths)


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
class WayOut:
    """A way out of a finding that a person may allow."""

    number: int
    kind: str
    text: str

    @property
    def needs_reason(self) -> bool:
        """Return whether whoever allows it has to say why: a rule is waived."""
        return self.kind == "rule"


@dataclass(frozen=True)
class FindingRow:
    """A finding in words, with the people and places in it and the ways out."""

    finding: PlanFinding
    title: str
    sentence: str
    places: tuple[Area, ...]
    officers: tuple[tuple[Person, int | None], ...]
    funnels: tuple[tuple[Area, str], ...]
    ways: tuple[WayOut, ...]
    parent: str


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
    more_loads: tuple[LoadRow, ...]
    findings: tuple[FindingRow, ...]
    pins: tuple[PlanPin, ...]
    counts: Mapping[str, int] = field(default_factory=dict)

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
    parts = _parts(plan, lines)
    shown = _shown(parts, part, findings, lines) if parts else None
    inside = [line for line in lines if shown is None or shown.holds(line.area.path)]
    people = _people(plan, lines, findings)
    badges = _badges(inside, people)
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
        if kept or _is_change(line)
    }
    loads = _loads(plan, people, badges)
    mine = {line.lead_id for line in inside} | {line.lead_today_id for line in inside}
    mine |= {key for row in findings for key in row.data.get("officers", ())}
    everybody = everybody or shown is None
    return Proposal(
        plan=plan,
        lines=lines,
        groups=_groups(inside, badges),
        parts=parts,
        part=shown,
        changes=tuple(rows[line.pk] for line in inside if _is_change(line)),
        kept=tuple(rows[line.pk] for line in inside if kept and not _is_change(line)),
        loads=tuple(row for row in loads if row.places or row.badge.person.pk in mine)
        if everybody
        else tuple(row for row in loads if row.badge.person.pk in mine),
        more_loads=(),
        findings=tuple(_finding(row, plan, names, people, lines) for row in findings),
        pins=pins,
        counts={
            str(change): sum(line.change == change for line in inside) for change in Change.values
        },
    )


def lines_of(plan: Plan) -> QuerySet[PlanLine]:
    """Return the lines of a plan with their people and places, in the order of the tree."""
    return plan.lines.select_related(
        "area__parent", "lead", "lead_today", "deputy", "deputy_today"
    ).order_by("area__path")


def _is_change(line: PlanLine) -> bool:
    return line.change != Change.KEPT or line.deputy_change not in ("", Change.KEPT)


def _parts(plan: Plan, lines: Sequence[PlanLine]) -> tuple[Part, ...]:
    """Return clusters or places to look at one at a time; nothing when one picture is enough."""
    if len({line.lead_id for line in lines if line.lead_id}) <= COLOURS:
        return ()
    depth = len(plan.area.path) + tree.STEP
    clusters = Cluster.objects.filter(area=plan.area).prefetch_related("members").order_by("pk")
    found = [
        (f"c{row.pk}", row.name, tuple(sorted(area.path for area in row.members.all())))
        for row in clusters
    ]
    if any(sum(line.area.path.startswith(row[2]) for line in lines) > MOST_TILES for row in found):
        found = []
    missing = {line.area.path[:depth] for line in lines}
    missing -= {path for _key, _name, paths in found for path in paths}
    found += [
        (area.code, area.name, (area.path,))
        for area in Area.objects.filter(path__in=missing).order_by("path")
    ]
    parts = [
        Part(
            key,
            name,
            paths,
            sum(_is_change(line) for line in lines if line.area.path.startswith(paths)),
            sum(line.area.path.startswith(paths) for line in lines),
        )
        for key, name, paths in found
        if paths
    ]
    parts = [part for part in parts if part.places]
    return tuple(parts) if len(parts) > 1 else ()


def _shown(
    parts: Sequence[Part],
    asked: str,
    findings: Iterable[PlanFinding],
    lines: Sequence[PlanLine],
) -> Part:
    """Return the part asked for, else the first one with a finding or a change."""
    for part in parts:
        if part.key == asked:
            return part
    short = {place for row in findings for place in row.data.get("places", ())}
    for line in lines:
        if line.area_id in short:
            return next((part for part in parts if part.holds(line.area.path)), parts[0])
    return next((part for part in parts if part.changes), parts[0])


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


def _badges(lines: Sequence[PlanLine], people: Mapping[int, Person]) -> dict[int, Badge]:
    """Return initials and colour of each lead; officers of one parent never share a colour."""
    order: list[int] = []
    beside: dict[int, set[int]] = defaultdict(set)
    for line in lines:
        if line.lead_id is not None:
            beside[line.area.parent_id or 0].add(line.lead_id)
            if line.lead_id not in order:
                order.append(line.lead_id)
    near: dict[int, set[int]] = defaultdict(set)
    for group in beside.values():
        for key in group:
            near[key] |= group - {key}
    colours: dict[int, int] = {}
    for number, key in enumerate(order):
        taken = {colours[other] for other in near[key] if other in colours}
        wished = number % COLOURS
        free = [c for c in range(COLOURS) if (c + wished) % COLOURS + 1 not in taken]
        colours[key] = (free[0] + wished) % COLOURS + 1 if free else wished + 1
    return {
        key: Badge(people[key], formats.initials(people[key].name), colour)
        for key, colour in colours.items()
    }


def _groups(lines: Iterable[PlanLine], badges: Mapping[int, Badge]) -> tuple[Group, ...]:
    groups: dict[int, list[Tile]] = defaultdict(list)
    parents: dict[int, Area] = {}
    for line in lines:
        parent = line.area.parent or line.area
        parents[parent.pk] = parent
        groups[parent.pk].append(Tile(line, badges.get(line.lead_id or 0)))
    return tuple(Group(parents[key], tuple(tiles)) for key, tiles in groups.items())


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
                found[person, line.area_id] = _declared(row)
                break
    return found


def _declared(row: Conflict) -> str:
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


def _finding(
    row: PlanFinding,
    plan: Plan,
    names: Names,
    people: Mapping[int, Person],
    lines: Iterable[PlanLine],
) -> FindingRow:
    places = {line.area_id: line.area for line in lines}
    shown = tuple(places[key] for key in row.data.get("places", ()) if key in places)
    left = {int(load["officer"]): int(load["capacity"]) for load in plan.loads}
    officers = tuple(
        (people[key], left.get(key)) for key in row.data.get("officers", ()) if key in people
    )
    parents = {area.parent.name for area in shown if area.parent is not None}
    return FindingRow(
        finding=row,
        title=explaining.finding_title(row),
        sentence=explaining.finding_sentence(row, names, plan.tier.counted(len(shown))),
        places=shown,
        officers=officers,
        funnels=tuple(
            (places[funnel["place"]], _funnel(funnel))
            for funnel in row.data.get("funnels", ())
            if funnel["place"] in places
        ),
        ways=tuple(
            WayOut(number, offer["kind"], text)
            for number, offer in enumerate(row.data.get("offers", ()))
            if (text := explaining.offer_in_words(offer, names))
        ),
        parent=parents.pop() if len(parents) == 1 else "",
    )


def _funnel(funnel: Mapping[str, Any]) -> str:
    """Return why nobody else: "of 12 officers, 5 are bound to their desk; 3 are left and full"."""
    steps = [explaining.funnel_step(Rule(rule), number) for rule, number in funnel["steps"]]
    left = len(funnel["left"])
    said = ngettext(
        "of %(officers)s officer, %(steps)s",
        "of %(officers)s officers, %(steps)s",
        funnel["officers"],
    ) % {
        "officers": formats.number(funnel["officers"]),
        "steps": ", ".join(step for step in steps if step) or _("all may lead it"),
    }
    if not left:
        return _("%(said)s; nobody is left.") % {"said": said}
    return ngettext(
        "%(said)s; %(left)s is left and full.", "%(said)s; %(left)s are left and full.", left
    ) % {"said": said, "left": formats.number(left)}


# --- one place, and why not somebody --------------------------------------------------------------


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


def why_not(plan: Plan, *, person: Person, area: Area) -> list[str]:
    """Return why somebody does not lead a place in the plan, rule by rule with its source.

    An officer whom no rule keeps away: how much they lead already. Somebody who was not among the
    officers is told so. NotThere for a place outside the plan.
    """
    row = Plan.objects.filter(pk=plan.pk).values_list("problem", "reasons").first()
    if row is None or not row[0] or not row[1]:
        raise NotThere
    problem, reasons = planning.unpacked(bytes(row[0])), planning.unpacked_reasons(bytes(row[1]))
    officer = next((one for one in problem.officers if one.id == str(person.pk)), None)
    if officer is None or str(area.pk) not in reasons.places:
        return [
            _("%(officer)s works for no organization whose officers take these places.")
            % {"officer": person.name}
        ]
    line, column = reasons.officers.index(officer.id), reasons.places.index(str(area.pk))
    mask = int(reasons.rules[line, column])
    if not mask:
        return [_no_rule(plan, person, area)]
    facts = _Facts(plan, problem, officer, person, area)
    return [facts.sentence(rule) for rule in explaining.rules_in(mask)]


def _no_rule(plan: Plan, person: Person, area: Area) -> str:
    load = next((row for row in plan.loads if int(row["officer"]) == person.pk), None)
    if plan.lines.filter(area=area, lead=person).exists():
        return _("%(officer)s leads %(place)s in this plan.") % {
            "officer": person.name,
            "place": area.short_name,
        }
    if load is not None and load["places"] >= load["capacity"]:
        return _(
            "No rule keeps %(officer)s away, but all places are taken: %(places)s of %(most)s."
        ) % {"officer": person.name, "places": load["places"], "most": load["capacity"]}
    return _(
        "No rule keeps %(officer)s away. The plan found somebody who suits the policy better; "
        "pin %(officer)s here to see what changes."
    ) % {"officer": person.name}


@dataclass(frozen=True)
class _Facts:
    """What is known of an officer and a place, to say why not."""

    plan: Plan
    problem: AssignmentProblem
    officer: Officer
    person: Person
    area: Area

    def sentence(self, rule: Rule) -> str:
        """Return one rule as a sentence, with where it is known from."""
        name = "FULL" if rule == Rule.BOUND and not self.officer.bound else str(rule.name)
        return explaining.excluded(name, self.person.name, self._source(rule))

    def _source(self, rule: Rule) -> str:
        ask = {
            Rule.RELATIVES: self._relatives,
            Rule.HOME: self._home,
            Rule.TERM: self._term,
            Rule.AWAY: self._absence,
            Rule.BOUND: self._bound,
            Rule.DEPARTMENT: self._organization,
            Rule.REACH: self._organization,
            Rule.PIN: self._pins,
        }.get(rule)
        return ask() if ask is not None else ""

    def _relatives(self) -> str:
        return self._conflict(Conflict.Kind.RELATIVES) or self._conflict(Conflict.Kind.HOME)

    def _home(self) -> str:
        return self._conflict(Conflict.Kind.HOME) or _("home as the directory has it")

    def _term(self) -> str:
        since = self.officer.since.get(str(self.area.pk))
        if since is None:
            return ""
        return _("since %(day)s, the limit is %(years)s years") % {
            "day": formats.day_year(since),
            "years": self.problem.policy.term_limit_years or 0,
        }

    def _bound(self) -> str:
        return "" if self.officer.bound else _("full with places outside this plan")

    def _organization(self) -> str:
        row = Organization.objects.filter(pk=int(self.officer.department or 0)).first()
        return row.name if row is not None else ""

    def _pins(self) -> str:
        pins = self.plan.pins.filter(area=self.area, noted=False).select_related("by", "person")
        return "; ".join(_("pinned by %(person)s") % {"person": pin.by.name} for pin in pins)

    def _conflict(self, kind: str) -> str:
        rows = Conflict.objects.filter(person=self.person, kind=kind, ended_on=None)
        near = tree.within(self.area.path, column="area__path")
        row = rows.filter(near | Q(area__in=self.area.ancestor_ids)).order_by("declared_on").first()
        return _declared(row) if row is not None else ""

    def _absence(self) -> str:
        row = (
            Absence.objects.in_force(self.problem.start)
            .filter(person=self.person)
            .order_by("start")
            .first()
        )
        if row is None:
            return ""
        return _("from %(start)s to %(until)s") % {
            "start": formats.day_year(row.start),
            "until": formats.day_year(row.until),
        }


# --- before it is decided -------------------------------------------------------------------------


def changed_since(plan: Plan) -> list[str]:
    """Return what has changed since the plan was made, a sentence each; [] when nothing has.

    Who leads and who is the deputy in each place on the eve of the plan, and the places
    themselves. Two queries.
    """
    eve = planning.eve_of(plan.starts_on, clock.day_of(plan.started_at))
    lines = list(lines_of(plan))
    held: dict[tuple[int, str], Assignment] = {}
    rows = Assignment.objects.in_force(eve).filter(
        area__in=[line.area_id for line in lines],
        role__in=(Assignment.Role.LEAD, Assignment.Role.DEPUTY),
    )
    for row in rows.select_related("person"):
        held[row.area_id or 0, str(row.role)] = row
    found = []
    for line in lines:
        if line.area.valid_until is not None and line.area.valid_until < plan.starts_on:
            found.append(_("%(place)s no longer exists on that day.") % {"place": line.area.name})
        for role, planned in (
            (Assignment.Role.LEAD, line.lead_today),
            (Assignment.Role.DEPUTY, line.deputy_today),
        ):
            now = held.get((line.area_id, str(role)))
            if (now.person_id if now else None) != (planned.pk if planned else None):
                found.append(
                    _("%(place)s, %(role)s: %(before)s when the plan was made, now %(now)s.")
                    % {
                        "place": line.area.name,
                        "role": str(role.label).lower(),
                        "before": planned.name if planned else _("nobody"),
                        "now": now.person.name if now else _("nobody"),
                    }
                )
    return found


def broken_since(plan: Plan, lines: Sequence[PlanLine]) -> list[str]:
    """Return who may no longer be put in charge as the plan says, a sentence each.

    What was declared, limited or ended since the plan was made: relatives, the desk, an absence, a
    post in another organization. As many queries as it takes to read the problem.
    """
    table = tabulate(planning.problem_of(plan))
    found = []
    for line in lines:
        for person, before, rules in (
            (line.lead, line.lead_today_id, table.rules),
            (line.deputy, line.deputy_today_id, table.deputy_rules),
        ):
            if person is None or person.pk == before:
                continue
            row = table.officer_number.get(str(person.pk))
            column = table.place_number.get(str(line.area_id))
            if row is None or column is None:
                broken = _("is no longer in office here")
            else:
                masks = explaining.rules_in(int(rules[row, column]))
                broken = ", ".join(explaining.rule_in_words(rule) for rule in masks)
            if broken:
                found.append(
                    _("%(place)s: %(officer)s %(broken)s.")
                    % {"place": line.area.name, "officer": person.name, "broken": broken}
                )
    return found


def counted_changes(plan: Plan) -> dict[str, int]:
    """Return how many lines there are of each kind of change. One query."""
    rows = plan.lines.values_list("change").annotate(n=Count("pk")).order_by("change")
    return dict(rows)


def lines_by_path(plan: Plan) -> QuerySet[PlanLine]:
    """Return the lines with the path of their place, for pages of the API."""
    return plan.lines.annotate(path=F("area__path"))


def consequences_of(plan: Plan) -> list[str]:
    """Return what approving would do, in words: "3 change hands, 1 is new, 5 open cases there"."""
    counted = counted_changes(plan)
    said = []
    moved, new = counted.get(Change.MOVED, 0), counted.get(Change.NEW, 0)
    if moved:
        said.append(
            ngettext("%(num)s changes hands", "%(num)s change hands", moved) % {"num": moved}
        )
    if new:
        said.append(ngettext("%(num)s is new", "%(num)s are new", new) % {"num": new})
    deputies = plan.lines.exclude(deputy_change__in=["", Change.KEPT]).count()
    if deputies:
        said.append(
            ngettext("%(num)s deputy changes", "%(num)s deputies change", deputies)
            % {"num": deputies}
        )
    moving = list(
        plan.lines.filter(change__in=(Change.MOVED, Change.ENDED)).values_list(
            "area__path", flat=True
        )
    )
    cases = sum(planning.open_at(plan.area, set(moving)).values()) if moving else 0
    if cases:
        said.append(
            ngettext("%(num)s open case there", "%(num)s open cases there", cases)
            % {"num": formats.number(cases)}
        )
    return said or [_("nothing changes")]


def next_of(plan: Plan) -> Plan | None:
    """Return the newest plan that was made after this one, or None."""
    rows = plan.next_plans.exclude(state__in=[Plan.State.CANCELLED, Plan.State.FAILED])
    return rows.only("pk", "state", "started_at").order_by("-started_at", "-pk").first()


def waivers_of(plan: Plan) -> list[tuple[PlanWaiver, str]]:
    """Return the exceptions that a plan was made with, each in words. One query."""
    rows = plan.waivers.select_related("person", "area", "by").order_by("pk")
    found = []
    for row in rows:
        if row.places_more:
            said = ngettext(
                "%(officer)s: %(num)s place more",
                "%(officer)s: %(num)s places more",
                row.places_more,
            ) % {"officer": row.person.name, "num": row.places_more}
        else:
            rules = map(explaining.rule_in_words, explaining.rules_in(row.rules))
            said = _("%(officer)s in %(place)s, although: %(rules)s") % {
                "officer": row.person.name,
                "place": row.area.name if row.area is not None else "",
                "rules": ", ".join(rules),
            }
        found.append((row, said))
    return found


def letters_of(plan: Plan) -> list[Letter]:
    """Return the letters of an approved plan by number. One query."""
    return list(
        plan.letters.select_related("assignment__person", "assignment__area").order_by("number")
    )


def letter_of(person: Person, assignment: Assignment) -> Letter | None:
    """Return the letter of an assignment if there is one and the person may read it."""
    own = assignment.person_id == person.pk
    if not own and not may(person, "assignments.see_plan", assignment):
        return None
    return Letter.objects.filter(assignment=assignment).first()


def get_letter_for(person: Person, *, pk: int) -> Letter:
    """Return a letter: for whom it is addressed to, and for readers of plans in that place."""
    found = (
        Letter.objects.select_related(
            "assignment__person", "assignment__area", "assignment__organization__area", "plan"
        )
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise NotThere
    own = found.assignment.person_id == person.pk
    if not own and not may(person, "assignments.see_plan", found.assignment):
        raise NotThere
    return found


# --- policy and progress --------------------------------------------------------------------------


def organizations_asked(area: Area, policy: Policy) -> list[Organization]:
    """Return the organizations of a place and of the places above, and those left out already."""
    here = Q(area__in=area.ancestor_ids)
    if policy.pk:
        here |= Q(pk__in=policy.organizations_left_out.values("pk"))
    return list(Organization.objects.filter(here).order_by("name", "pk"))


def policy_in_words(
    policy: Policy, terms: planning.Terms, tier: Tier, rule: CoverageRule | None
) -> list[str]:
    """Return what a policy means, a sentence each."""
    source = (
        Tier.objects.filter(pk=terms.officers_of).first() if terms.officers_of is not None else None
    )
    said = [_("No place is left without a lead to please another wish.")]
    if source is not None:
        said.append(
            _("%(places)s are led by officers of the tier %(tier)s, at most %(number)s each.")
            % {"places": tier.many, "tier": source.name, "number": terms.places_each}
        )
    weighed = sorted(
        (
            (-int(value), label)
            for value, label in (
                (policy.keep, _("that officers stay where they are")),
                (policy.fair, _("that the load is shared fairly")),
                (policy.near, _("that officers live near")),
            )
            if value
        ),
        key=lambda row: row[0],
    )
    if weighed:
        said.append(
            _("Then counts: %(wishes)s.")
            % {
                "wishes": "; ".join(
                    f"{label} ({Policy.Weight(-weight).label})" for weight, label in weighed
                )
            }
        )
    if rule is not None and rule.needs_deputy:
        said.append(_("Each place gets a deputy, from another organization."))
    if policy.spread:
        said.append(
            _("No organization leads more than %(number)s of the places of one parent.")
            % {"number": policy.spread}
        )
    if policy.term_limit_years:
        said.append(
            ngettext(
                "After %(num)s year in a place somebody else comes.",
                "After %(num)s years in a place somebody else comes.",
                policy.term_limit_years,
            )
            % {"num": policy.term_limit_years}
        )
    return said


@dataclass(frozen=True)
class Point:
    """How far the plan was after some seconds: cost, bound, and the gap in percent."""

    seconds: float
    cost: float | None
    bound: float | None
    gap: Decimal | None
    x: float = 0.0
    y_cost: float | None = None
    y_bound: float | None = None


@dataclass(frozen=True)
class Progress:
    """The steps of a plan that is being made, and where they lie on a picture 300 wide, 90 high."""

    points: tuple[Point, ...]

    @property
    def last(self) -> Point | None:
        """Return the newest step."""
        return self.points[-1] if self.points else None

    def path(self, which: str) -> str:
        """Return the line of "cost" or "bound" as the path of an SVG, in steps."""
        drawn = ""
        for point in self.points:
            y = point.y_cost if which == "cost" else point.y_bound
            if y is not None:
                drawn += f"H{point.x} V{y} " if drawn else f"M{point.x} {y} "
        return drawn.strip()


WIDE, HIGH = 300.0, 90.0


def progress_of(plan: Plan) -> Progress:
    """Return the steps of a plan with their gap, and where they are drawn."""
    steps = [(float(row[0]), row[1], row[2]) for row in plan.progress]
    known = [value for _t, cost, bound in steps for value in (cost, bound) if value is not None]
    low, high = min(known, default=0.0), max(known, default=1.0)
    longest = max((t for t, _cost, _bound in steps), default=0.0) or 1.0

    def y(value: float | None) -> float | None:
        if value is None:
            return None
        share = (value - low) / (high - low) if high > low else 0.5
        return round(HIGH - 4 - share * (HIGH - 8), 1)

    return Progress(
        tuple(
            Point(
                t, cost, bound, _gap(cost, bound), round(t / longest * WIDE, 1), y(cost), y(bound)
            )
            for t, cost, bound in steps
        )
    )


def _gap(cost: float | None, bound: float | None) -> Decimal | None:
    if cost is None or bound is None:
        return None
    if cost <= bound or not cost:
        return Decimal("0.00")
    share = Decimal(100) * (Decimal(cost) - Decimal(bound)) / abs(Decimal(cost))
    return min(share, Decimal(100)).quantize(Decimal("0.01"))
