"""Who waits for whom: deeds that meet at a place or a person queue here, always in one order."""

from __future__ import annotations

from collections.abc import Iterable

from footpath.directory.models import Area, Organization, Person


def lock(
    *,
    areas: Iterable[int] = (),
    organizations: Iterable[int] = (),
    people: Iterable[int] = (),
) -> None:
    """Make other deeds on these places and people wait until this transaction has ended.

    Places first, then organizations, then people, each by key, so that no two deeds ever wait for
    each other. FOR NO KEY UPDATE: others may still point to the rows.
    """
    for model, keys in ((Area, areas), (Organization, organizations), (Person, people)):
        wanted = sorted(set(keys))
        if wanted:
            rows = model._default_manager.select_for_update(no_key=True)
            list(rows.filter(pk__in=wanted).order_by("pk").values_list("pk", flat=True))
