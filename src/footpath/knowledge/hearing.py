"""Who hears for a place, as other rooms know it.

The library lies beside the room that knows who is in charge of a place, so that room's people are
told through whoever stands above both (in ``apps.ready``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

Hearer = Callable[[Sequence[int]], Iterable[tuple[int, int]]]
"""Takes keys of places, gives pairs of such a key and the key of a user who hears for it."""

_hearers: list[Hearer] = []


def register(hearer: Hearer) -> None:
    """Add people who are told what is spread to a place."""
    _hearers.append(hearer)


def users_of(area_ids: Sequence[int]) -> dict[int, set[int]]:
    """Return the users who hear for each of the places, as other rooms know them."""
    found: dict[int, set[int]] = {pk: set() for pk in area_ids}
    if area_ids:
        for hearer in _hearers:
            for area_id, user_id in hearer(area_ids):
                found[area_id].add(user_id)
    return found
