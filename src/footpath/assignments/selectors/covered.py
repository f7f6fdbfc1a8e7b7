"""Looking up which places have somebody in charge, and which have nobody. Source: S2.1."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, FilteredRelation, OuterRef, Q, QuerySet
from django.db.models.functions import Substr

from footpath.assignments.models import Assignment
from footpath.assignments.selectors.charge import lead_of
from footpath.core import tree
from footpath.core.figures import Rate
from footpath.core.paging import Order, Page, page_of
from footpath.directory.models import Area, AreaQuerySet, Person, Tier

BY_PATH = Order("path")


@dataclass(frozen=True)
class Covered:
    """A place and who leads it on the day; ``lead`` is None when nobody does."""

    area: Area
    lead: Assignment | None


@dataclass(frozen=True)
class TierCoverage:
    """How many places of a tier have a lead."""

    tier: Tier
    rate: Rate


@dataclass(frozen=True)
class ChildCoverage:
    """How many places of a tier in one child have a lead, and who leads the child itself."""

    area: Area
    rate: Rate
    lead: Person | None


def places_of_tier(
    person: Person, tier: Tier, path: str, *, on: date, missing: bool = False
) -> AreaQuerySet:
    """Return the places of a tier in a subtree that exist on the day; ``missing``: nobody leads."""
    rows = Area.objects.in_force(on).within(path).filter(tier=tier)
    if missing:
        rows = rows.filter(~Exists(_leads(on).filter(area=OuterRef("pk"))))
    return rows


def coverage(
    person: Person,
    tier: Tier,
    path: str,
    *,
    on: date,
    missing: bool = False,
    after: str | None = None,
    size: int = 50,
) -> Page[Covered]:
    """Return a page of the places of a tier in a subtree, each with its lead on the day.

    In the order of the tree; two queries, whatever the size. Source: S2.1.
    """
    rows = places_of_tier(person, tier, path, on=on, missing=missing).select_related("parent")
    page = page_of(rows, order=BY_PATH, after=after, size=size)
    found = _leads(on).filter(area__in=[row.pk for row in page.rows]).select_related("person")
    leads = {row.area_id: row for row in found}
    return Page([Covered(row, leads.get(row.pk)) for row in page.rows], page.next_after)


def coverage_rates(path: str, *, on: date) -> list[TierCoverage]:
    """Return for each tier below the place how many of its places have a lead on the day.

    From the highest tier down, tiers that need no lead left out. One grouped query over the
    places and one over the tiers. Source: S2.1.
    """
    level = len(path) // tree.STEP - 1
    found = {
        row["tier_id"]: Rate(row["part"], row["whole"])
        for row in _with_lead(Area.objects.in_force(on).within(path), on)
        .filter(tier__needs_lead=True, tier__level__gt=level)
        .values("tier_id")
        .annotate(whole=Count("pk"), part=Count("in_lead"))
        .order_by("tier_id")
    }
    tiers = Tier.objects.in_bulk(found)
    rates = [TierCoverage(tiers[pk], rate) for pk, rate in found.items()]
    return sorted(rates, key=lambda row: row.tier.level)


def coverage_by_child(area: Area, tier: Tier, *, on: date) -> list[ChildCoverage]:
    """Return for each child of a place how many of its places of a tier have a lead on the day.

    The children in the order of their names; a child without such places has an empty rate.
    Three queries: the children, one grouped over the places, the children's own leads.
    """
    children = list(
        Area.objects.in_force(on).filter(parent=area).select_related("tier").order_by("name", "pk")
    )
    length = len(area.path) + tree.STEP
    rates = {
        row["child"]: Rate(row["part"], row["whole"])
        for row in _with_lead(Area.objects.in_force(on).within(area.path), on)
        .filter(tier=tier)
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

    By the place's key; places with nothing below that needs a lead are missing. Two queries.
    """
    rows = list(
        _with_lead(Area.objects.in_force(on), on)
        .filter(parent__in=area_ids, tier__needs_lead=True)
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


def _with_lead(rows: AreaQuerySet, on: date) -> AreaQuerySet:
    """Join each place with its lead on the day: at most one, so that rows are never doubled."""
    return rows.annotate(
        in_lead=FilteredRelation(
            "assignments",
            condition=Q(assignments__role=Assignment.Role.LEAD, assignments__start__lte=on)
            & (Q(assignments__until=None) | Q(assignments__until__gte=on)),
        )
    )
