"""Looking up duty lists and clusters. Source: S2.1, S2.7."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Prefetch, Q

from footpath.accounts.permissions import may
from footpath.assignments.models import Assignment, Cluster, DutyList
from footpath.core.errors import NotThere
from footpath.core.paging import Order, Page, page_of
from footpath.directory.models import Area, Person

BY_TITLE = Order("title")
BY_NAME = Order("name")


def duty_lists_of(area: Area, *, role: str | None = None, on: date) -> list[DutyList]:
    """Return the duty lists that hold for a place on a day, those of the widest places first.

    Lists of the place and of all places above it; two queries, items included.
    """
    rows = DutyList.objects.filter(
        Q(until=None) | Q(until__gte=on), area__in=area.ancestor_ids, start__lte=on
    )
    if role is not None:
        rows = rows.filter(role=role)
    return list(
        rows.select_related("basis", "area")
        .prefetch_related("items")
        .order_by("area__path", "role", "title", "pk")
    )


def duty_lists_for_roles(rows: Iterable[Assignment], *, on: date) -> list[DutyList]:
    """Return the duty lists of everything somebody is in charge of, each once; two queries."""
    wanted = Q()
    for row in rows:
        if row.area is not None:
            wanted |= Q(role=row.role, area__in=row.area.ancestor_ids)
    if not wanted:
        return []
    found = DutyList.objects.filter(wanted, Q(until=None) | Q(until__gte=on), start__lte=on)
    return list(
        found.select_related("basis", "area")
        .prefetch_related("items")
        .order_by("area__path", "role", "title", "pk")
    )


def get_duty_list_for(person: Person, *, pk: int) -> DutyList:
    """Return a duty list with its items; what is asked of those in charge is no secret."""
    found = (
        DutyList.objects.select_related("area__tier", "basis")
        .prefetch_related("items")
        .filter(pk=pk)
        .first()
    )
    if found is None or not may(person, "directory.see"):
        raise NotThere
    return found


def duty_lists_in(
    person: Person, area: Area, *, on: date, after: str | None = None, size: int = 50
) -> Page[DutyList]:
    """Return a page of the lists of a place, of those above it and below it, by title."""
    rows = DutyList.objects.filter(
        Q(until=None) | Q(until__gte=on),
        Q(area__in=area.ancestor_ids) | Q(area__in=Area.objects.within(area.path).values("pk")),
    )
    rows = rows.select_related("area", "basis").prefetch_related("items")
    return page_of(rows, order=BY_TITLE, after=after, size=size)


def clusters_in(
    person: Person, area: Area, *, after: str | None = None, size: int = 50
) -> Page[Cluster]:
    """Return a page of the clusters of a place and below, with lead and places, by name."""
    rows = Cluster.objects.filter(area__in=Area.objects.within(area.path).values("pk"))
    rows = rows.select_related("area", "lead").prefetch_related(
        Prefetch("members", Area.objects.order_by("path"))
    )
    return page_of(rows, order=BY_NAME, after=after, size=size)


def get_cluster_for(person: Person, *, pk: int) -> Cluster:
    """Return a cluster with its lead and places; who is in charge is no secret."""
    found = (
        Cluster.objects.select_related("area__tier", "lead")
        .prefetch_related(Prefetch("members", Area.objects.select_related("tier").order_by("path")))
        .filter(pk=pk)
        .first()
    )
    if found is None or not may(person, "directory.see"):
        raise NotThere
    return found
