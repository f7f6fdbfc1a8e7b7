"""Looking up plans: lists, one plan, its lines, its exceptions, the plan that followed."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from footpath.accounts.permissions import may
from footpath.assignments import explaining
from footpath.assignments.models import (
    Plan,
    PlanLine,
    PlanWaiver,
)
from footpath.assignments.permissions import READERS_OF_PLANS
from footpath.core import clock, tree
from footpath.core.errors import NotThere
from footpath.core.paging import Order, Page, page_of
from footpath.directory.models import Area, Person, Tier

NEWEST = Order("started_at", descending=True, read=datetime.fromisoformat)


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


def lines_of(plan: Plan) -> QuerySet[PlanLine]:
    """Return the lines of a plan with their people and places, in the order of the tree."""
    return plan.lines.select_related(
        "area__parent", "lead", "lead_today", "deputy", "deputy_today"
    ).order_by("area__path")


def counted_changes(plan: Plan) -> dict[str, int]:
    """Return how many lines there are of each kind of change. One query."""
    rows = plan.lines.values_list("change").annotate(n=Count("pk")).order_by("change")
    return dict(rows)


def lines_by_path(plan: Plan) -> QuerySet[PlanLine]:
    """Return the lines with the path of their place, for pages of the API."""
    return plan.lines.annotate(path=F("area__path"))


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
