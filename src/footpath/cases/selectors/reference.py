"""Names of small tables for menus, kept for half a minute in this process.

A list page then costs no query for its menus. Whoever edits a name sees it elsewhere after the
half minute; nothing is decided by what is kept here.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.db.models import Q

from footpath.cases.models import Category, Route
from footpath.directory.models import Area, Organization, Person, Tier

SECONDS = 30.0
MOST = 1000

_kept: dict[object, tuple[float, Any]] = {}


def categories() -> list[Category]:
    """Return all categories, also those no longer chosen, sorted by code."""
    found: list[Category] = _keep("categories", lambda: list(Category.objects.all()))
    return found


def tiers() -> list[Tier]:
    """Return the tiers from the root down."""
    found: list[Tier] = _keep("tiers", lambda: list(Tier.objects.all()))
    return found


def organizations(person: Person) -> list[tuple[int, str]]:
    """Return the person's organizations and those that routes lead to, (key, name) by name."""
    ours = person.scope.organizations()
    found: list[tuple[int, str]] = _keep(
        ("organizations", ours),
        lambda: list(
            Organization.objects.filter(
                Q(pk__in=ours)
                | Q(pk__in=Route.objects.filter(withdrawn_at=None).values("organization"))
            )
            .order_by("name", "pk")
            .values_list("pk", "name")[:60]
        ),
    )
    return found


def area(pk: int) -> Area | None:
    """Return a place with the one above it."""
    found: Area | None = _keep(
        ("area", pk), lambda: Area.objects.select_related("parent").filter(pk=pk).first()
    )
    return found


def forget() -> None:
    """Drop everything kept: after an edit in this process, and between tests."""
    _kept.clear()


def _keep(key: object, make: Callable[[], Any]) -> Any:
    now = time.monotonic()
    kept = _kept.get(key)
    if kept is not None and now - kept[0] < SECONDS:
        return kept[1]
    if len(_kept) >= MOST:
        _kept.clear()
    made = make()
    _kept[key] = (now, made)
    return made
