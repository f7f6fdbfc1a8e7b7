"""Looking up which places have somebody in charge, and which have nobody. Source: S2.1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from django.db.models import Count, Exists, FilteredRelation, OuterRef, Q, QuerySet
from django.db.models.functions import Substr

from footpath.assignments.models import Assignment, CoverageRule, StandIn
from footpath.assignments.selectors.absences import stand_ins_of
from footpath.assignments.selectors.charge import lead_of
from footpath.core import tree
from footpath.core.calendar import Month
from footpath.core.figures import Rate
from footpath.core.paging import Order, Page, page_of
from footpath.directory.models import Area, AreaQuerySet, Person, Tier

BY_PATH = Order("path")
NOBODY = Q(pk__in=())


@dataclass(frozen=True)
class Covered:
    """A place, who leads it on the day (None: nobody) and who is its deputy.

    ``needs_deputy`` says whether a rule asks for one; ``acting`` stands in for the absent lead.
    """

    area: Area
    lead: Assignment | None
    deputy: Assignment | None = None
    needs_deputy: bool = False
    acting: StandIn | None = None

    @property
    def no_deputy(self) -> bool:
        """Return whether a deputy is asked for and missing."""
        return self.needs_deputy and self.deputy is None


@dataclass(frozen=True)
class TierCoverage:
    """How many places of a tier have a lead; of those that need a deputy, how many have one."""

    tier: Tier
    rate: Rate
    deputies: Rate = field(default=Rate(0, 0))


@dataclass(frozen=True)
class ChildCoverage:
    """How many places of a tier in one child have a lead, and who leads the child itself."""

    area: Area
    rate: Rate
    lead: Person | None


def rules_for(path: str) -> list[CoverageRule]:
    """Return the rules of cover that bear on a subtree, those of the widest places first."""
    above = Q(area__in=tree.ids_of(path)) if path else Q()
    inside = tree.within(path, column="area__path")
    rows = CoverageRule.objects.filter(above | inside) if path else CoverageRule.objects.all()
    return list(rows.select_related("area", "tier").order_by("area__path", "pk"))


def needs(what: Literal["needs_lead", "needs_deputy"], known: Sequence[CoverageRule]) -> Q:
    """Return the condition on places that a rule asks for a lead, or a deputy, there.

    The rule of the nearest place above decides; without any the tier does, and no tier asks for a
    deputy by itself. ``known`` as ``rules_for`` returns them.
    """
    tiers = {rule.tier_id for rule in known}
    default = Q(tier__needs_lead=True) if what == "needs_lead" else NOBODY
    found = default & ~Q(tier__in=tiers) if tiers else default
    for tier_id in sorted(tiers):
        asked = default
        for rule in known:
            if rule.tier_id == tier_id:
                inside = tree.within(rule.area.path)
                asked = asked | inside if getattr(rule, what) else asked & ~inside
        found |= Q(tier=tier_id) & asked
    return found


def places_of_tier(
    person: Person,
    tier: Tier,
    path: str,
    *,
    on: date,
    missing: bool | Literal["deputy"] = False,
    known: Sequence[CoverageRule] | None = None,
) -> AreaQuerySet:
    """Return the places of a tier in a subtree that exist on the day and need a lead.

    ``missing``: nobody leads; "deputy": a deputy is asked for and there is none.
    """
    known = rules_for(path) if known is None else known
    rows = Area.objects.in_force(on).within(path).filter(tier=tier)
    if any(rule.tier_id == tier.pk for rule in known):
        rows = rows.filter(needs("needs_lead", known))
    if missing == "deputy":
        rows = rows.filter(needs("needs_deputy", known))
        rows = rows.filter(~Exists(_deputies(on).filter(area=OuterRef("pk"))))
    elif missing:
        rows = rows.filter(~Exists(_leads(on).filter(area=OuterRef("pk"))))
    return rows


def coverage(
    person: Person,
    tier: Tier,
    path: str,
    *,
    on: date,
    missing: bool | Literal["deputy"] = False,
    after: str | None = None,
    size: int = 50,
) -> Page[Covered]:
    """Return a page of the places of a tier in a subtree, each with its lead on the day.

    In the order of the tree; four queries, whatever the size; a fifth where deputies are asked
    for. Source: S2.1.
    """
    known = rules_for(path)
    rows = places_of_tier(person, tier, path, on=on, missing=missing, known=known)
    page = page_of(rows.select_related("parent"), order=BY_PATH, after=after, size=size)
    keys = [row.pk for row in page.rows]
    roles = (Assignment.Role.LEAD, Assignment.Role.DEPUTY)
    found: dict[tuple[int | None, str], Assignment] = {
        (row.area_id, row.role): row
        for row in Assignment.objects.in_force(on)
        .filter(area__in=keys, role__in=roles)
        .select_related("person")
    }
    acting = stand_ins_of(keys, on=on)
    asked: set[int] = set()
    if any(rule.needs_deputy for rule in known):
        asked = set(
            Area.objects.filter(needs("needs_deputy", known), pk__in=keys).values_list(
                "pk", flat=True
            )
        )
    return Page(
        [
            Covered(
                row,
                found.get((row.pk, Assignment.Role.LEAD)),
                found.get((row.pk, Assignment.Role.DEPUTY)),
                row.pk in asked,
                acting.get(row.pk),
            )
            for row in page.rows
        ],
        page.next_after,
    )


def coverage_rates(path: str, *, on: date) -> list[TierCoverage]:
    """Return for each tier below the place how many of its places have a lead on the day.

    From the highest tier down, places and tiers that need no lead left out. One query over the
    rules, one grouped over the places, one over the tiers; one more where deputies are asked for.
    Source: S2.1.
    """
    level = len(path) // tree.STEP - 1
    known = rules_for(path)
    asked = (
        Area.objects.in_force(on)
        .within(path)
        .filter(needs("needs_lead", known), tier__level__gt=level)
    )
    found = {
        row["tier_id"]: Rate(row["part"], row["whole"])
        for row in _with_lead(asked, on)
        .values("tier_id")
        .annotate(whole=Count("pk"), part=Count("in_lead"))
        .order_by("tier_id")
    }
    deputies = _rates_of_deputies(asked, known, on)
    tiers = Tier.objects.in_bulk(found)
    rates = [
        TierCoverage(tiers[pk], rate, deputies.get(pk, Rate(0, 0))) for pk, rate in found.items()
    ]
    return sorted(rates, key=lambda row: row.tier.level)


def _rates_of_deputies(
    rows: AreaQuerySet, known: Sequence[CoverageRule], on: date
) -> dict[int, Rate]:
    if not any(rule.needs_deputy for rule in known):
        return {}
    counted = (
        _with_role(rows.filter(needs("needs_deputy", known)), on, Assignment.Role.DEPUTY)
        .values("tier_id")
        .annotate(whole=Count("pk"), part=Count("in_role"))
        .order_by("tier_id")
    )
    return {row["tier_id"]: Rate(row["part"], row["whole"]) for row in counted}


@dataclass(frozen=True)
class Past:
    """How many places of a tier had a lead on a day."""

    day: date
    rate: Rate


MONTHS = 12


def coverage_trend(tier: Tier, path: str, *, on: date) -> list[Past]:
    """Return how many places of a tier in a subtree had a lead at the ends of the last months.

    Twelve days, the last one ``on`` itself; counted anew from the spans of places and assignments,
    so that it is true however late something was written down. Today's rules decide which places
    count. Three queries: the rules, one over the places, one over their leads. Source: S2.1.
    """
    month = Month.of(on)
    days = [on]
    while len(days) < MONTHS:
        month = month.previous
        days.append(month.last)
    days.reverse()
    rows = places_of_every_day(tier, path)
    leads = rows.filter(
        Q(assignments__until=None) | Q(assignments__until__gte=days[0]),
        assignments__role=Assignment.Role.LEAD,
        assignments__start__lte=days[-1],
    )
    wholes = rows.aggregate(
        **{f"d{at}": Count("pk", filter=_exists(day)) for at, day in enumerate(days)}
    )
    # At most one lead holds on a day, so that no place is counted twice.
    parts = leads.aggregate(
        **{f"d{at}": Count("pk", filter=_exists(day) & _led(day)) for at, day in enumerate(days)}
    )
    return [Past(day, Rate(parts[f"d{at}"], wholes[f"d{at}"])) for at, day in enumerate(days)]


def places_of_every_day(tier: Tier, path: str) -> AreaQuerySet:
    """Return the places of a tier in a subtree that need a lead, whenever they existed."""
    known = rules_for(path)
    rows = Area.objects.within(path).filter(tier=tier)
    if any(rule.tier_id == tier.pk for rule in known):
        rows = rows.filter(needs("needs_lead", known))
    return rows


def _exists(day: date) -> Q:
    return (Q(valid_from=None) | Q(valid_from__lte=day)) & (
        Q(valid_until=None) | Q(valid_until__gte=day)
    )


def _led(day: date) -> Q:
    return Q(assignments__start__lte=day) & (
        Q(assignments__until=None) | Q(assignments__until__gte=day)
    )


def coverage_by_child(area: Area, tier: Tier, *, on: date) -> list[ChildCoverage]:
    """Return for each child of a place how many of its places of a tier have a lead on the day.

    The children in the order of their names; a child without such places has an empty rate.
    Four queries: the rules, the children, one grouped over the places, the children's own leads.
    """
    known = rules_for(area.path)
    children = list(
        Area.objects.in_force(on).filter(parent=area).select_related("tier").order_by("name", "pk")
    )
    length = len(area.path) + tree.STEP
    rates = {
        row["child"]: Rate(row["part"], row["whole"])
        for row in _with_lead(Area.objects.in_force(on).within(area.path), on)
        .filter(needs("needs_lead", known) if known else Q(), tier=tier)
        .annotate(child=Substr("path", 1, length))
        .values("child")
        .annotate(whole=Count("pk"), part=Count("in_lead"))
        .order_by("child")
    }
    leads = lead_of([child.pk for child in children], on=on)
    return [
        ChildCoverage(child, rates.get(child.path, Rate(0, 0)), leads.get(child.pk))
        for child in children
    ]


def rates_of_children(area_ids: list[int], *, on: date) -> dict[int, TierCoverage]:
    """Return for each place how many of the places right below it have a lead on the day.

    By the place's key; places with nothing below that needs a lead are missing. Three queries.
    """
    known = rules_for("")
    rows = list(
        _with_lead(Area.objects.in_force(on), on)
        .filter(needs("needs_lead", known), parent__in=area_ids)
        .values("parent_id", "tier_id")
        .annotate(whole=Count("pk"), part=Count("in_lead"))
        .order_by("parent_id", "tier_id")
    )
    tiers = Tier.objects.in_bulk({row["tier_id"] for row in rows})
    return {
        row["parent_id"]: TierCoverage(tiers[row["tier_id"]], Rate(row["part"], row["whole"]))
        for row in rows
    }


def rate_of(person: Person, tier: Tier, path: str, *, on: date) -> Rate:
    """Return how many places of a tier in a subtree have a lead on the day."""
    found = _with_lead(places_of_tier(person, tier, path, on=on), on).aggregate(
        whole=Count("pk"), part=Count("in_lead")
    )
    return Rate(found["part"], found["whole"])


def _leads(on: date) -> QuerySet[Assignment]:
    return Assignment.objects.in_force(on).filter(role=Assignment.Role.LEAD)


def _deputies(on: date) -> QuerySet[Assignment]:
    return Assignment.objects.in_force(on).filter(role=Assignment.Role.DEPUTY)


def _with_lead(rows: AreaQuerySet, on: date) -> AreaQuerySet:
    """Join each place with its lead on the day: at most one, so that rows are never doubled."""
    return _with_role(rows, on, Assignment.Role.LEAD, "in_lead")


def _with_role(rows: AreaQuerySet, on: date, role: str, name: str = "in_role") -> AreaQuerySet:
    joined = FilteredRelation(
        "assignments",
        condition=Q(assignments__role=role, assignments__start__lte=on)
        & (Q(assignments__until=None) | Q(assignments__until__gte=on)),
    )
    return rows.annotate(**{name: joined})


@dataclass(frozen=True)
class Asked:
    """What the places of a tier need in a place, and which rule says so (None: the tier)."""

    tier: Tier
    needs_lead: bool
    needs_deputy: bool
    rule: CoverageRule | None


def asked_of_tiers(area: Area) -> list[Asked]:
    """Return what each tier from the place's own down asks for there: two queries."""
    nearest: dict[int, CoverageRule] = {}
    for rule in rules_for(area.path):
        if area.path.startswith(rule.area.path):
            nearest[rule.tier_id] = rule
    found = []
    for tier in Tier.objects.filter(level__gte=area.tier.level).order_by("level"):
        rule_here = nearest.get(tier.pk)
        found.append(
            Asked(
                tier,
                rule_here.needs_lead if rule_here else tier.needs_lead,
                rule_here.needs_deputy if rule_here else False,
                rule_here,
            )
        )
    return found
