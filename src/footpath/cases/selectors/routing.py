"""Looking up the tables of routes and of rules of escalation."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from footpath.accounts.permissions import may
from footpath.cases.models import Entry, Escalation, EscalationRule, Route
from footpath.core import tree
from footpath.core.errors import NotThere
from footpath.core.paging import Order, Page, page_of
from footpath.directory.models import Area, Person

BY_PLACE = Order("path", read=str)
PAGE_SIZE = 50


def routes_for(
    person: Person, *, area: Area | None, after: str | None, size: int = PAGE_SIZE
) -> Page[Route]:
    """Return the routes in force, by place: of a place with those above and below it, or of all."""
    rows = Route.objects.filter(withdrawn_at=None).select_related(
        "area__parent", "category", "organization", "endpoint"
    )
    if not may(person, "cases.route"):
        rows = rows.none()
    if area is not None:
        above = [area.path[:end] for end in range(0, len(area.path), tree.STEP)]
        rows = rows.filter(Q(path__in=above) | tree.within(area.path))
    return page_of(rows, order=BY_PLACE, after=after, size=size)


def misrouted_from(organization_ids: list[int], *, since: datetime) -> dict[int, int]:
    """Return how often each organization said "not ours" since a moment, those that did."""
    rows = (
        Entry.objects.filter(
            deed=Entry.Deed.MISROUTED, from_organization__in=organization_ids, at__gte=since
        )
        .order_by()
        .values_list("from_organization")
        .annotate(number=Count("pk"))
    )
    return dict(rows)


def get_route_for(person: Person, *, pk: int) -> Route:
    """Return a route with all it names; NotThere for somebody who sets none."""
    found = (
        Route.objects.select_related(
            "area__parent", "category", "organization", "endpoint", "made_by"
        )
        .filter(pk=pk)
        .first()
    )
    if found is None or not may(person, "cases.route"):
        raise NotThere
    return found


def escalation_rules_for(person: Person) -> list[EscalationRule]:
    """Return the rules of escalation in force, by what they wait for."""
    if not may(person, "cases.route"):
        return []
    held = Escalation.objects.filter(rule=OuterRef("pk")).order_by().values("rule")
    counted = Subquery(held.annotate(n=Count("pk")).values("n"), output_field=IntegerField())
    rows = EscalationRule.objects.filter(withdrawn_at=None).annotate(held=Coalesce(counted, 0))
    return list(
        rows.select_related("area__parent", "category", "agency").order_by(
            "trigger", "number", "pk"
        )
    )


def get_escalation_rule_for(person: Person, *, pk: int) -> EscalationRule:
    """Return a rule of escalation; NotThere for somebody who sets none."""
    found = (
        EscalationRule.objects.select_related("area__parent", "category", "agency", "made_by")
        .filter(pk=pk)
        .first()
    )
    if found is None or not may(person, "cases.route"):
        raise NotThere
    return found
