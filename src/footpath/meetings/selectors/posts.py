"""The posts of people on a day, for lists that are printed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from footpath.directory.models import Membership


def posts_of(people: Iterable[int], *, on: date) -> dict[int, str]:
    """Return what each of the people is on a day, by key: post and organization; one query.

    The first of several memberships by the name of the organization; people without one miss.
    """
    rows = (
        Membership.objects.filter(
            Q(until=None) | Q(until__gte=on), person__in=set(people), start__lte=on
        )
        .select_related("post", "organization")
        .order_by("organization__name", "pk")
    )
    found: dict[int, str] = {}
    for row in rows:
        said = (row.post.title if row.post else "", row.organization.name)
        found.setdefault(row.person_id, ", ".join(part for part in said if part))
    return found
