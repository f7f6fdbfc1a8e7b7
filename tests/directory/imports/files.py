"""Small files for tests of imports: a country of two provinces, and how to damage it."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable
from pathlib import Path

from footpath.accounts.audit import System
from footpath.directory.imports.outcome import Outcome
from footpath.directory.imports.run import Source, take_file
from tests.world import NOON

UNITS = (
    "province_code",
    "province",
    "province_type",
    "district_code",
    "district",
    "district_type",
    "commune_code",
    "commune",
    "commune_type",
)
Table = list[list[str]]


def units() -> Table:
    """Return 2 provinces, 6 districts and 58 communes, and one island district without communes."""
    rows: Table = [list(UNITS)]
    number = 1
    for province, (province_code, province_name) in enumerate(
        [("83", "Tỉnh Bến Tre"), ("84", "Tỉnh Trà Vinh")]
    ):
        for district in range(3):
            code = f"{831 + 10 * province + district}"
            kind = "Thành phố" if district == 0 else "Huyện"
            above = [province_code, province_name, "Tỉnh", code, f"{kind} D{code}", kind]
            for commune in range(10 if district else 9):
                word = "Phường" if district == 0 else "Thị trấn" if commune == 0 else "Xã"
                rows.append([*above, f"{28000 + 3 * number:05}", f"{word} Tân {number}A", word])
                number += 1
    rows.append(["84", "Tỉnh Trà Vinh", "Tỉnh", "849", "Huyện Cồn Cỏ", "Huyện", "", "", ""])
    return rows


def nested() -> Table:
    """Return 2 + 6 + 30 + 90 places in the form level, code, name, parent."""
    rows: Table = [["level", "code", "name", "parent"]]
    provinces = ["63", "64"]
    prefectures = [f"{above}{n:02}" for above in provinces for n in (1, 2, 3)]
    counties = [f"{above}{n:02}" for above in prefectures for n in range(1, 6)]
    townships = [f"{above}{n:03}" for above in counties for n in range(1, 4)]
    for level, codes in enumerate((provinces, prefectures, counties, townships), start=1):
        cut = {1: 0, 2: 2, 3: 4, 4: 6}[level]
        rows += [[str(level), code, f"城{code}区", code[:cut]] for code in codes]
    return rows


def write(path: Path, table: Table) -> Path:
    """Write a table as CSV, packed when the name says so, and return the path."""
    opened: Callable[..., object] = gzip.open if path.suffix == ".gz" else open
    with opened(path, "wt", encoding="utf-8", newline="") as out:  # type: ignore[attr-defined]
        csv.writer(out).writerows(table)
    return path


def take(
    path: Path, *, kind: str = "areas", dry_run: bool = False, wished: str | None = None
) -> Outcome:
    """Import a file as the command does."""
    source = Source(kind, path, path.name, wished)
    return take_file(source=source, by=System(), at=NOON, dry_run=dry_run)


def said(outcome: Outcome) -> list[tuple[int, str, str]]:
    """Return row, column and kind of each problem in order."""
    return [(wrong.row, wrong.column, wrong.code) for wrong in outcome.problems]
