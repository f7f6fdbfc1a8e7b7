"""Organizations from a file; one may stand under another of the same file, in any order."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils import translation

from footpath.accounts.services import scope_changed
from footpath.directory.imports.outcome import PREVIEW_ROWS, Outcome, Progress
from footpath.directory.imports.problems import Problem
from footpath.directory.imports.reading import Sheet
from footpath.directory.imports.records import CHUNK, Record, RecordsFile
from footpath.directory.models import Area, Membership, Organization


class OrganizationsFile(RecordsFile):
    """Columns: code, name, kind, parent (code of an organization), place (code of a place)."""

    required: ClassVar[tuple[str, ...]] = ("code", "name", "place")
    optional: ClassVar[tuple[str, ...]] = ("kind", "parent")
    filled: ClassVar[tuple[str, ...]] = ("code", "name", "place")

    def __init__(self, sheet: Sheet, progress: Progress) -> None:
        super().__init__(sheet, progress)
        self._kinds = words_of(Organization.Kind)
        self._places: dict[str, Area] = {}
        self._here: dict[str, Organization] = {}

    def check(self) -> None:
        self._read()
        first: dict[str, int] = {}
        for record in self.records:
            code = record["code"]
            if code and record.row not in self.problems:
                other = first.setdefault(code, record.row)
                if other != record.row:
                    self.blame(Problem(record.row, "code", code, "twice", {"row": other}))
            kind = record["kind"]
            if kind and kind.casefold() not in self._kinds:
                known = ", ".join(Organization.Kind.values)
                self.blame(Problem(record.row, "kind", kind, "bad_choice", {"known": known}))
        self._places = self.places("place")
        self._look_up()
        self._check_parents({record["code"]: record for record in self.records if record["code"]})

    def _look_up(self) -> None:
        codes = {record["code"] for record in self.records}
        codes |= {record["parent"] for record in self.records}
        wanted = sorted(codes - {""})
        for at in range(0, len(wanted), CHUNK):
            rows = Organization.objects.filter(code__in=wanted[at : at + CHUNK])
            self._here |= {row.code: row for row in rows.select_related("parent", "area")}

    def _check_parents(self, by_code: dict[str, Record]) -> None:
        for record in self.good():
            parent = record["parent"]
            if parent and parent not in by_code and parent not in self._here:
                self.blame(Problem(record.row, "parent", parent, "unknown_upper"))
        settled: set[str] = set()
        for record in self.good():
            chain: list[str] = []
            code = record["code"]
            while code and code not in settled and code not in chain:
                chain.append(code)
                code = self._above(code, by_code)
            if code in chain:
                circle = chain[chain.index(code) :]
                last = max(
                    (by_code[one] for one in circle if one in by_code), key=lambda one: one.row
                )
                shown = " → ".join([*circle, code])
                self.blame(
                    Problem(
                        last.row, "parent", last["parent"], "organization_cycle", {"chain": shown}
                    )
                )
            settled.update(chain)

    def _above(self, code: str, by_code: dict[str, Record]) -> str:
        record = by_code.get(code)
        if record is not None and record["parent"]:
            return record["parent"]
        here = self._here.get(code)
        if here is None or here.parent is None:
            return ""
        self._here.setdefault(here.parent.code, here.parent)
        return here.parent.code

    def apply(self, outcome: Outcome, *, write: bool) -> None:
        moved: list[int] = []
        new: list[Organization] = []
        changed: list[Organization] = []
        for record in self.good():
            here = self._here.get(record["code"])
            row = here or Organization(code=record["code"])
            values = self._values(record, is_new=here is None)
            different = {key for key, value in values.items() if getattr(row, key) != value}
            parent = record["parent"]
            above = here.parent.code if here is not None and here.parent is not None else ""
            if parent and parent != above:
                different.add("parent")
            if here is None:
                action = "created"
                new.append(row)
            else:
                action = "updated" if different else "unchanged"
                if different:
                    changed.append(row)
                if "area_id" in different:
                    moved.append(row.pk)
            if write:
                for key, value in values.items():
                    setattr(row, key, value)
                row.search = row.searchable()
            count(outcome, action, record, self.preview_columns())
        if write and not self.problems:
            self._write(new, changed, moved)
        self.progress(self.total)

    def _values(self, record: Record, *, is_new: bool) -> dict[str, Any]:
        values: dict[str, Any] = {
            "name": record["name"],
            "area_id": self._places[record["place"]].pk,
        }
        if record["kind"] or is_new:
            values["kind"] = self._kinds.get(record["kind"].casefold(), Organization.Kind.OFFICE)
        return values

    def _write(
        self, new: list[Organization], changed: list[Organization], moved: list[int]
    ) -> None:
        Organization.objects.bulk_create(new, batch_size=1_000)
        known = self._here | {row.code: row for row in new}
        parents = {record["code"]: record["parent"] for record in self.good()}
        for row in [*new, *changed]:
            if parents[row.code]:
                row.parent = known[parents[row.code]]
        Organization.objects.bulk_update(
            [*(row for row in new if row.parent_id), *changed],
            ["name", "kind", "area", "parent", "search"],
            batch_size=500,
        )
        if moved:
            holders = Membership.objects.filter(organization__in=moved)
            scope_changed(holders.values_list("person__user_id", flat=True))


def words_of(choices: Any) -> dict[str, str]:
    """Return the values of choices by everything they may be called, folded, in four languages."""
    words = {value.casefold(): value for value in choices.values}
    for language in ("en", "vi", "zh-hans", "ru"):
        with translation.override(language):
            words |= {str(label).casefold(): value for value, label in choices.choices}
    return words


def count(outcome: Outcome, action: str, record: Record, columns: list[str]) -> None:
    """Count a row and keep it for the preview if it is among the first."""
    setattr(outcome, action, getattr(outcome, action) + 1)
    if len(outcome.preview) < PREVIEW_ROWS:
        outcome.preview.append(
            {
                "row": record.row,
                "action": action,
                "columns": columns,
                "cells": [record[column] for column in columns],
            }
        )
