"""A case at outside systems: how far each sending has come, and whom it concerns.

Source: decision 18.
"""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from footpath.assignments import selectors as assignments
from footpath.cases.models import Case, Endpoint, Handoff, Route
from footpath.cases.rules.chain import Rung
from footpath.cases.selectors import chain
from footpath.core import tree
from footpath.core.errors import NotThere
from footpath.directory.models import Person

LONGEST_KEY = 18
"""The most digits of a key in a form that can be one."""


def concerned(case: Case, *, on: date) -> list[Person]:
    """Return the owner of a case and who heads its unit on a day.

    When there is neither, whoever acts as lead of the nearest place that has somebody.
    """
    people = {post.holder for post in chain.posts_above(case, on=on) if post.rung == Rung.UNIT}
    if case.owner_id is not None:
        people.add(case.owner_id)
    if not people:
        ids = tree.ids_of(case.area_path)
        acting = assignments.acting_on(ids, on)
        people = set([acting[place] for place in ids[::-1] if place in acting][:1])
    return list(Person.objects.filter(pk__in=people).order_by("pk"))


def latest_of(case: Case) -> list[Handoff]:
    """Return the latest sending of a case to each outside system, sorted by its name. One query."""
    rows = case.handoffs.select_related("endpoint").order_by("endpoint__name", "endpoint", "-pk")
    latest: dict[int, Handoff] = {}
    for row in rows:
        latest.setdefault(row.endpoint_id, row)
    return list(latest.values())


def get_handoff_of(case: Case, *, pk: str) -> Handoff:
    """Return a sending of this case; NotThere for any other, and for what is no number."""
    rows = case.handoffs.select_related("endpoint", "case")
    is_key = pk.isascii() and pk.isdigit() and len(pk) <= LONGEST_KEY
    found = rows.filter(pk=int(pk)).first() if is_key else None
    if found is None:
        raise NotThere
    return found


def in_use() -> QuerySet[Endpoint]:
    """Return the outside systems to which cases can be sent, sorted by their names."""
    return Endpoint.objects.filter(is_active=True).order_by("name", "pk")


def usual_code(case: Case, endpoint: Endpoint) -> str:
    """Return the service code by which routes send cases of this category there, or ""."""
    routes = Route.objects.filter(
        endpoint=endpoint, category=case.category_id, withdrawn_at=None
    ).order_by("-pk")
    return routes.values_list("service_code", flat=True).first() or ""
