"""What the words of another ledger mean here: its categories, places and organizations."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models

from footpath.accounts.permissions import may
from footpath.cases.models import Category
from footpath.cases.services import routing
from footpath.core import tree
from footpath.directory.models import Area, Organization, Person


@dataclass(frozen=True, slots=True)
class Kind:
    """A category as the rows need it."""

    pk: int
    days: int
    category: Category


@dataclass(frozen=True, slots=True)
class Spot:
    """A place as the rows need it."""

    pk: int
    level: int
    ancestors: tuple[int | None, ...]
    path: str
    area: Area
    is_allowed: bool


def categories() -> dict[str, Category]:
    """Return the categories in use by code and by name in each language, folded."""
    found: dict[str, Category] = {}
    rows = list(Category.objects.filter(is_active=True))
    for row in rows:
        for name in (row.name_en, row.name_vi, row.name_zh, row.name_ru):
            if name:
                found.setdefault(fold(name), row)
    return found | {fold(row.code): row for row in rows}


def places(words: Collection[str], today: date) -> dict[str, Area]:
    """Return places in force by code, and by name where only one has it; folded words."""
    return _found(
        Area.objects.filter(models.Q(valid_until=None) | models.Q(valid_until__gte=today)), words
    )


def organizations(words: Collection[str]) -> dict[str, Organization]:
    """Return organizations by code, and by name where only one has it; folded words."""
    return _found(Organization.objects.all(), words)


def _found(rows: models.QuerySet[Any], words: Collection[str]) -> dict[str, Any]:
    wanted = sorted({word for word in words if word})
    found: dict[str, Any] = {}
    for start in range(0, len(wanted), 500):
        piece = wanted[start : start + 500]
        named: dict[str, list[Any]] = {}
        for row in rows.filter(name__in=piece):
            named.setdefault(fold(row.name), []).append(row)
        found |= {name: same[0] for name, same in named.items() if len(same) == 1}
        found |= {fold(row.code): row for row in rows.filter(code__in=piece)}
    return found


def fold(word: str) -> str:
    """Return a word so that capitals and blanks at its ends do not matter."""
    return " ".join(word.casefold().split())


class Known:
    """Finds what the words of a map's rows mean; each word is looked up once."""

    def __init__(
        self,
        words: dict[str, dict[str, str]],
        fixed: dict[str, str],
        *,
        by: Person | None,
        today: date,
    ) -> None:
        self._said = {
            name: {fold(word): code for word, code in said.items() if code}
            for name, said in words.items()
        }
        self._fixed = fixed
        self._by, self._today = by, today
        self._categories = categories()
        self._kinds: dict[str, Kind | None] = {}
        self._spots: dict[str, Spot | None] = {}
        self._offices: dict[str, int | None] = {}
        self._routes: dict[tuple[int, int], int | None] = {}

    def kind(self, word: str) -> Kind | None:
        """Return the category that a word means, None when none is set for it."""
        if word not in self._kinds:
            row = self._categories.get(fold(self._code("category", word)))
            if row is None:
                row = self._categories.get(fold(self._fixed.get("category", "")))
            self._kinds[word] = Kind(row.pk, row.days_to_close, row) if row is not None else None
        return self._kinds[word]

    def spot(self, word: str) -> Spot | None:
        """Return the place that a word means, None when none is set for it."""
        if word not in self._spots:
            code, spare = self._code("place", word), self._fixed.get("place", "")
            found = places([code, spare], self._today)
            area = found.get(fold(code)) or found.get(fold(spare))
            self._spots[word] = self._spot(area) if area is not None else None
        return self._spots[word]

    def _spot(self, area: Area) -> Spot:
        ids = tree.ids_of(area.path)
        allowed = self._by is None or may(self._by, "cases.import", area)
        ancestors = tuple(tree.ancestor_values(area.path).values())
        return Spot(area.pk, len(ids) - 1, ancestors, area.path, area, allowed)

    def office(self, word: str) -> int | None:
        """Return the organization that a word means, None when none is set for it."""
        if word not in self._offices:
            code, spare = self._code("organization", word), self._fixed.get("organization", "")
            found = organizations([code, spare])
            row = found.get(fold(code)) or found.get(fold(spare))
            self._offices[word] = row.pk if row is not None else None
        return self._offices[word]

    def routed(self, spot: Spot, kind: Kind) -> int | None:
        """Return the organization to which the routes lead; each pair is asked once."""
        key = (spot.pk, kind.pk)
        if key not in self._routes:
            found = routing.route_of(spot.area, kind.category).route
            self._routes[key] = found.organization_id if found is not None else None
        return self._routes[key]

    def _code(self, name: str, word: str) -> str:
        return self._said.get(name, {}).get(fold(word), word)
