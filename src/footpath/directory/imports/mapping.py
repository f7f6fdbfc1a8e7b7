"""Maps: small TOML files that say which columns of a file make which tier."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from footpath.core.tree import LEVELS
from footpath.directory.imports.problems import Unreadable

BUILT_IN = Path(__file__).parent / "maps"
OWN = "own"
LANGUAGES = ("en", "vi", "zh", "ru")


@dataclass(frozen=True)
class TierOfMap:
    """A tier as a map names it; in the form "columns" also the columns that hold its places."""

    level: int
    code: str
    names: dict[str, str]
    columns: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Map:
    """How a file is read.

    The form "columns" has one row for the lowest place with all places above it beside it; the
    form "parent" has one row for each place with the code of the place above it. ``codes_nest``
    says that every code begins with the code of the place above.
    """

    name: str
    form: str
    tiers: tuple[TierOfMap, ...]
    columns: dict[str, str] = field(default_factory=dict)
    first_level: int = 0
    codes_nest: bool = False

    @property
    def wanted(self) -> list[str]:
        """Return the columns that a file must have, in the order of the map."""
        if self.form == "columns":
            return [
                tier.columns[part]
                for tier in self.tiers
                for part in ("code", "name", "type")
                if part in tier.columns
            ]
        needed = ("level", "tier", "code", "name", "parent")
        return [self.columns[part] for part in needed if part in self.columns]

    @property
    def optional(self) -> list[str]:
        """Return the further columns that are read when the file has them."""
        parts = ("type", "valid_from", "latitude", "longitude")
        return [self.columns[part] for part in parts if part in self.columns]

    def tier_at(self, level: int) -> TierOfMap | None:
        """Return the map's tier of a level, or None when it names none."""
        return next((tier for tier in self.tiers if tier.level == level), None)


def built_in() -> list[str]:
    """Return the names of the maps that come with Footpath, sorted."""
    return sorted(path.stem for path in BUILT_IN.glob("*.toml"))


def load(name_or_file: str) -> Map:
    """Return a built-in map by name, or the map in a TOML file; Unreadable when there is none."""
    if name_or_file in built_in():
        path = BUILT_IN / f"{name_or_file}.toml"
    else:
        path = Path(name_or_file)
        if path.suffix != ".toml" or not path.is_file():
            raise Unreadable("unknown_map", column=name_or_file, known=", ".join(built_in()))
    try:
        return parse(path.stem, tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError, ValueError) as wrong:
        raise Unreadable("bad_map", column=name_or_file, reason=str(wrong)) from wrong


def parse(name: str, data: dict[str, Any]) -> Map:
    """Return the map that a TOML file holds; ValueError says in English what it lacks."""
    form = data.get("form")
    if form not in {"columns", "parent"}:
        raise ValueError('form must be "columns" or "parent"')
    tiers = tuple(
        TierOfMap(
            level=int(tier["level"]),
            code=str(tier["code"]),
            names={lang: str(tier["names"].get(lang, "")) for lang in LANGUAGES},
            columns={key: str(column) for key, column in tier.get("columns", {}).items()},
        )
        for tier in data.get("tier", [])
    )
    levels = [tier.level for tier in tiers]
    if levels != sorted(set(levels)) or not all(0 <= level < LEVELS for level in levels):
        raise ValueError(f"levels of tiers go up from 0 to at most {LEVELS - 1}, each once")
    columns = {key: str(column) for key, column in data.get("columns", {}).items()}
    if form == "columns":
        if not tiers or any({"code", "name"} - set(tier.columns) for tier in tiers):
            raise ValueError("every tier needs the columns of its code and its name")
        if levels != list(range(levels[0], levels[0] + len(levels))) or levels[0] != 0:
            raise ValueError("the tiers begin at level 0 and leave none out")
    elif missing := {"code", "name", "parent"} - set(columns):
        raise ValueError(f"columns lacks {', '.join(sorted(missing))}")
    return Map(
        name, form, tiers, columns, int(data.get("first_level", 0)), bool(data.get("codes_nest"))
    )


def choose(header: Sequence[str], wished: str | None = None) -> Map:
    """Return the wished map, else the built-in one that fits the header best.

    Raises Unreadable when a wished map misses a column in the header, or when none fits.
    """
    present = set(header)
    if wished:
        chosen = load(wished)
        for column in chosen.wanted:
            if column not in present:
                raise Unreadable("no_column", row=1, column=column, found=", ".join(header))
        return chosen
    fitting = [found for found in map(load, built_in()) if set(found.wanted) <= present]
    if not fitting:
        raise Unreadable("no_map", row=1, found=", ".join(header))
    return max(fitting, key=lambda found: len(found.wanted))
