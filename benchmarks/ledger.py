"""Measure the import of a ledger, the pages over it, and intake.

    FOOTPATH_SHARED_DATA=folder python -m benchmarks.ledger import
    FOOTPATH_SHARED_DATA=folder python -m benchmarks.ledger pages --cases 3000000
    python -m benchmarks.ledger intake

With ``FOOTPATH_SHARED_DATA`` the ledger is the casework of the New York City Council in that
folder; without it one of the same shape is made up. Its 51 offices become places and organizations,
its types categories. Results are merged into ``results.json`` by name, engine and size.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from benchmarks import load
from benchmarks.__main__ import Figure, database, merge, run, served, signed_in

OFFICIAL = "nyc-council-casework-2015-2025.csv.gz"
COLUMNS = (
    "unique_key", "account", "opendate", "closedate", "complaint_type", "descriptor", "zip",
    "borough", "city", "council_dist", "community_board",
)  # fmt: skip
MAP = {
    "ledger": "nyc",
    "columns": {
        "key": "unique_key",
        "title": "complaint_type",
        "title_more": "descriptor",
        "category": "complaint_type",
        "place": "account",
        "organization": "account",
        "raised_on": "opendate",
        "closed_on": "closedate",
        "address": "city",
    },
    "fixed": {"category": "other"},
    "date_format": "%Y-%m-%d",
}


def main() -> None:
    """Measure the wished part and merge the figures into the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", choices=["import", "pages", "intake"])
    parser.add_argument("--engines", default="sqlite,postgresql")
    parser.add_argument("--rows", type=int, default=20_000, help="size of a made-up ledger")
    parser.add_argument("--cases", type=int, default=0, help="multiply the ledger to so many")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--times", type=int, default=200)
    chosen = parser.parse_args()
    figures: list[Figure] = []
    for engine in chosen.engines.split(","):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            file = ledger(folder, chosen.rows)
            with database(engine, folder) as environment:
                run(environment, "-m", "footpath", "migrate")
                run(environment, "-m", "benchmarks.ledger_city", "build", str(file))
                parts = {"import": of_import, "pages": of_pages, "intake": of_intake}
                figures += parts[chosen.part](environment, engine, file, folder, chosen)
    merge(figures)


def ledger(folder: Path, rows: int) -> Path:
    """Return the file to import: the official one, or one of the same shape."""
    shared = os.environ.get("FOOTPATH_SHARED_DATA")
    if shared:
        return Path(shared) / OFFICIAL
    file = folder / "made-up-casework.csv.gz"
    write(file, rows)
    return file


def write(file: Path, rows: int, *, seed: int = 1) -> None:
    """Write a ledger of the same shape: 51 offices, 59 types, one key in 3,000 repeated."""
    chance = random.Random(seed)  # noqa: S311 - made-up rows
    with gzip.open(file, "wt", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(COLUMNS)
        first = date(2015, 1, 1)
        for number in range(rows):
            office = f"NYCC{chance.randint(1, 51):02}"
            key = f"{office}{number:07}" if number % 3000 or not number else f"{office}0000000"
            opened = first + timedelta(days=number * 3600 // rows)
            closed = opened + timedelta(days=int(chance.expovariate(0.02)))
            kind = f"Type {chance.randint(1, 59)}"
            done = "" if chance.random() < 0.04 else closed.isoformat()
            writer.writerow(
                [key, office, opened.isoformat(), done, kind, f"Matter {number % 1259}",
                 "10001", "", "New York", "", ""]
            )  # fmt: skip


def of_import(
    environment: dict[str, str], engine: str, file: Path, folder: Path, _chosen: Any
) -> list[Figure]:
    """Import the ledger, again, and killed in the middle; and insert the same rows plainly."""
    chart = folder / "map.toml"
    chart.write_text(toml(MAP), encoding="utf-8")
    figures = []
    began = time.monotonic()
    said, peak = command(environment, file, chart)
    seconds = time.monotonic() - began
    rows = sum(int(number) for number in re.findall(r"=(\d+)", said))
    print(engine, said, f"{seconds:.1f} s, {rows / seconds:,.0f} rows/s, {peak:.0f} MB", flush=True)
    plain = json.loads(run(environment, "-m", "benchmarks.ledger_city", "plain", str(file)))
    figures.append(Figure("cases.import.rows_per_s", engine, rows, round(rows / seconds), "rows/s",
                          baseline=plain["rows_per_s"],
                          ratio=round(rows / seconds / plain["rows_per_s"], 3)))  # fmt: skip
    figures.append(Figure("cases.import.plain_rows_per_s", engine, rows, plain["rows_per_s"],
                          "rows/s"))  # fmt: skip
    figures.append(Figure("cases.import.peak_mb", engine, rows, round(peak), "MB",
                          baseline=plain["peak_mb"], ratio=round(peak / plain["peak_mb"], 3)))  # fmt: skip
    began = time.monotonic()
    again, _peak = command(environment, file, chart)
    print(engine, "again", again, f"{time.monotonic() - began:.1f} s", flush=True)
    figures.append(Figure("cases.import.again_s", engine, rows,
                          round(time.monotonic() - began, 1), "s"))  # fmt: skip
    return figures


def command(environment: dict[str, str], file: Path, chart: Path) -> tuple[str, float]:
    """Run the import; return its last line and the most memory it took, in MB."""
    words = [sys.executable, "-m", "benchmarks.ledger_city", "measured", "import", "ledger",
             str(file), "--map", str(chart)]  # fmt: skip
    said = subprocess.run(words, env=environment, check=True, capture_output=True, text=True)
    lines = said.stdout.splitlines()
    return lines[-2], float(lines[-1])


def toml(chart: dict[str, Any]) -> str:
    """Return a map as TOML."""
    lines = [f"{name} = {json.dumps(value)}" for name, value in chart.items()
             if not isinstance(value, dict)]  # fmt: skip
    for name, table in chart.items():
        if isinstance(table, dict):
            lines.append(f"[{name}]")
            lines += [f"{key} = {json.dumps(value)}" for key, value in table.items()]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
