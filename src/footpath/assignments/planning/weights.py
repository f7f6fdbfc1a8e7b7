"""What is open at places adds to their weight; rooms above say how much."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping

from footpath.assignments.planning.points import upwards
from footpath.directory.models import Area

WeightOf = Callable[[str], Mapping[str, int]]
_weights: list[WeightOf] = []


def register_weight(weigh: WeightOf) -> None:
    """Let a room above add to the weights of places.

    ``weigh(path)`` counts what is open at the place with this path and below (open cases), by the
    path of the place where it lies.
    """
    if weigh not in _weights:
        _weights.append(weigh)


def open_at(area: Area, places: Collection[str]) -> dict[str, int]:
    """Return how much is open at each of the places (by path) and below; one query a room."""
    found: dict[str, int] = defaultdict(int)
    for weigh in _weights:
        for path, count in weigh(area.path).items():
            place = next((above for above in upwards(path) if above in places), None)
            if place is not None:
                found[place] += count
    return found
