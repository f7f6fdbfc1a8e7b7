"""What every file of places has in common: its places, and how they are written."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db import connection

from footpath.core import tree
from footpath.directory.imports.checking import CheckedFile
from footpath.directory.imports.mapping import Map, TierOfMap
from footpath.directory.imports.outcome import PREVIEW_ROWS, Outcome, Progress
from footpath.directory.imports.problems import Problem
from footpath.directory.imports.reading import Row, Sheet
from footpath.directory.models import Area, Tier

BATCH = 2_000
_EVERY = 2_000


@dataclass(frozen=True, slots=True)
class Place:
    """A place as the file has it. ``further`` are the values of optional columns, if filled."""

    row: int
    level: int
    code: str
    name: str
    type_name: str
    parent: str
    further: tuple[tuple[str, Any], ...] = ()


class AreaFile(CheckedFile):
    """A file of places."""

    def __init__(self, sheet: Sheet, mapping: Map, progress: Progress) -> None:
        super().__init__(sheet, progress)
        self.mapping = mapping
        self.tiers: dict[int, Tier] = {tier.level: tier for tier in Tier.objects.all()}

    @abstractmethod
    def batches(self) -> Iterator[list[Place]]:
        """Return the places in lists of one level each, places above before those below."""

    @abstractmethod
    def parent_column(self, level: int) -> str:
        """Return the column that holds the code of the place above a place of the level."""

    @abstractmethod
    def code_column(self, level: int) -> str:
        """Return the column that holds the code of a place of the level."""

    def preview_columns(self) -> list[str]:
        return ["code", "name", "parent", "tier"]

    def _rows(self, share: float, done: float) -> Iterator[Row]:
        """Return the rows, saying on the way how much of the whole work is done."""
        for row in self.sheet.rows():
            if self.total and row.number % _EVERY == 0:
                self.progress(min(self.total, int(self.total * done + row.number * share)))
            yield row

    # -- taking -------------------------------------------------------------------------------

    def apply(self, outcome: Outcome, *, write: bool) -> None:
        """Compare every place with what is here; count, and with ``write`` also change it."""
        if write:
            self._make_tiers()
        done = 0
        for batch in self.batches():
            self._compare(batch, outcome, write=write)
            done += len(batch)
            self.progress(min(self.total, done))

    def _make_tiers(self) -> None:
        for named in self.mapping.tiers:
            if named.level in self.tiers or not self._uses(named.level):
                continue
            taken = Tier.objects.filter(code=named.code).exists()
            self.tiers[named.level] = Tier.objects.create(
                code=f"{named.code}-{named.level}" if taken else named.code,
                level=named.level,
                **{f"name_{lang}": text for lang, text in named.names.items()},
            )

    @abstractmethod
    def _uses(self, level: int) -> bool:
        """Return whether the file holds places of the level."""

    def tier_name(self, level: int) -> str:
        """Return the tier's name in the reader's language, of the map where it is not yet made."""
        tier = self.tiers.get(level)
        if tier is not None:
            return tier.name
        named = self.mapping.tier_at(level)
        return _name_of(named) if named else str(level)

    def _compare(self, batch: list[Place], outcome: Outcome, *, write: bool) -> None:
        level = batch[0].level
        here = {
            area.code: area
            for area in Area.objects.filter(
                code__in=[place.code for place in batch], valid_until=None
            ).select_related("parent", "tier")
        }
        new: list[Place] = []
        changed: list[Area] = []
        for place in batch:
            area = here.get(place.code)
            if area is None:
                new.append(place)
                outcome.created += 1
                action = "created"
            elif self._refused(place, area):
                continue
            elif self._change(area, place):
                changed.append(area)
                outcome.updated += 1
                action = "updated"
            else:
                outcome.unchanged += 1
                action = "unchanged"
            if place.row <= PREVIEW_ROWS + 1:
                outcome.preview.append(self._preview(place, action))
        if write and not self.problems:
            _insert(new, self.tiers[level])
            Area.objects.bulk_update(
                changed,
                ["name", "type_name", "valid_from", "latitude", "longitude", "search"],
                batch_size=500,
            )

    def _preview(self, place: Place, action: str) -> dict[str, Any]:
        return {
            "row": place.row,
            "level": place.level,
            "action": action,
            "cells": [place.code, place.name, place.parent, self.tier_name(place.level)],
        }

    def _refused(self, place: Place, area: Area) -> bool:
        if area.tier.level != place.level:
            return self.blame(
                Problem(
                    place.row,
                    self.code_column(place.level),
                    place.code,
                    "other_tier_here",
                    {"name": area.name, "tier": area.tier.name},
                )
            )
        here = area.parent.code if area.parent else ""
        if here != place.parent:
            return self.blame(
                Problem(
                    place.row,
                    self.parent_column(place.level),
                    place.parent,
                    "moved",
                    {"here": here or "-", "there": place.parent or "-"},
                )
            )
        return False

    @staticmethod
    def _change(area: Area, place: Place) -> bool:
        wanted = {"name": place.name, **dict(place.further)}
        if place.type_name:
            wanted["type_name"] = place.type_name
        changed = {key: value for key, value in wanted.items() if getattr(area, key) != value}
        for key, value in changed.items():
            setattr(area, key, value)
        if "name" in changed:
            area.search = area.searchable()
        return bool(changed)


def _insert(places: list[Place], tier: Tier) -> None:
    """Write new places whose places above are already there, each with its path."""
    if not places:
        return
    above: dict[str, tuple[int, str]] = {
        code: (pk, path)
        for code, pk, path in Area.objects.filter(
            code__in={place.parent for place in places if place.parent}, valid_until=None
        ).values_list("code", "pk", "path")
    }
    areas = []
    for pk, place in zip(_new_keys(len(places)), places, strict=True):
        parent = above[place.parent] if place.parent else None
        area = Area(
            pk=pk,
            tier=tier,
            code=place.code,
            name=place.name,
            type_name=place.type_name,
            parent_id=parent[0] if parent else None,
            path=(parent[1] if parent else "") + tree.step(pk),
            **dict(place.further),
        )
        area.search = area.searchable()
        areas.append(area)
    Area.objects.bulk_create(areas)


def _new_keys(count: int) -> list[int]:
    """Return unused primary keys, so that a path can be written together with its row."""
    table = Area._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                [table, count],
            )
            return [row[0] for row in cursor.fetchall()]
        # The transaction holds the one writer's lock: nobody else takes a key meanwhile.
        cursor.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = %s", [table])
        first = cursor.fetchone()[0] + 1
        return list(range(first, first + count))


def _name_of(named: TierOfMap) -> str:
    from django.utils.translation import get_language  # noqa: PLC0415

    return named.names.get((get_language() or "en")[:2]) or named.names["en"]


def _in_batches(places: Iterable[Place]) -> Iterator[list[Place]]:
    source = iter(places)
    while batch := list(islice(source, BATCH)):
        yield batch


# --- one row for the lowest place, places above beside it --------------------------------------
