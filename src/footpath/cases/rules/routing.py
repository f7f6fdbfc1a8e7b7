"""Which route counts for a place and a category, and why the others do not. No Django here.

The most particular route counts: the deepest place first, and in one place the route of the
category before the one of all categories. Source: S2.3.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Why(StrEnum):
    """Why a route counts or does not."""

    COUNTS = "counts"
    ANOTHER_PLACE = "another_place"
    ANOTHER_CATEGORY = "another_category"
    DEEPER_PLACE = "deeper_place"
    CATEGORY_FIRST = "category_first"


@dataclass(frozen=True)
class RouteLine:
    """One line of the table: its key, the path of its place ("" is everywhere), its category.

    ``category`` None stands for all categories.
    """

    key: int
    path: str
    category: int | None


@dataclass(frozen=True)
class Looked:
    """A line that was looked at, and what came of it."""

    line: RouteLine
    why: Why


def look(lines: Iterable[RouteLine], *, path: str, category: int) -> list[Looked]:
    """Return the lines in the order in which they are looked at, each with its reason.

    At most one line counts; those of another category or place stand after those that could.
    """
    looked: list[Looked] = []
    counts: RouteLine | None = None
    for line in sorted(lines, key=lambda line: _order(line, path, category)):
        why = _misses(line, path, category)
        if why is None:
            if counts is None:
                counts, why = line, Why.COUNTS
            elif line.path == counts.path:
                why = Why.CATEGORY_FIRST
            else:
                why = Why.DEEPER_PLACE
        looked.append(Looked(line, why))
    return looked


def counting(looked: Iterable[Looked]) -> RouteLine | None:
    """Return the line that counts, or None."""
    return next((row.line for row in looked if row.why == Why.COUNTS), None)


def _misses(line: RouteLine, path: str, category: int) -> Why | None:
    if not path.startswith(line.path):
        return Why.ANOTHER_PLACE
    if line.category not in (None, category):
        return Why.ANOTHER_CATEGORY
    return None


def _order(line: RouteLine, path: str, category: int) -> tuple[int, int, int, int]:
    miss = _misses(line, path, category)
    rank = {None: 0, Why.ANOTHER_CATEGORY: 1}.get(miss, 2)
    return rank, -len(line.path), 0 if line.category is not None else 1, line.key
