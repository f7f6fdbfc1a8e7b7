"""Measure imports: rows a second, the second run, and the most memory the process took.

    FOOTPATH_SHARED_DATA=folder python -m benchmarks.imports
    python -m benchmarks.imports --engines sqlite --rows 100000

With ``FOOTPATH_SHARED_DATA`` the official lists of units in that folder are imported: three levels
of Vietnam, five of China. Without it a tree of five levels is made up, as large as ``--rows``.
Each file is imported by ``footpath import`` itself into a new database, twice.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

OFFICIAL = (
    ("vn-units-2025-03-01-3level-official-codes.csv.gz",),
    ("cn-divisions-levels1-4.csv.gz", "cn-divisions-level5-villages.csv.gz"),
)
RESULTS = Path(__file__).parent / "imports.json"


@dataclass
class Measured:
    """One run of the command. ``peak_mb`` is the largest resident size of its process."""

    file: str
    engine: str
    run: int
    rows: int
    seconds: float
    rows_per_second: float
    peak_mb: float
    said: str


def main() -> None:
    """Import the files on the chosen engines, print a table and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engines", default="sqlite,postgresql")
    parser.add_argument("--rows", type=int, default=50_000, help="size of the made-up tree")
    chosen = parser.parse_args()
    measured: list[Measured] = []
    with tempfile.TemporaryDirectory() as folder:
        sets = _files(Path(folder), chosen.rows)
        for engine in chosen.engines.split(","):
            for files in sets:
                with _database(engine) as environment:
                    for run in (1, 2):
                        for file in files:
                            figure = _import(file, engine, run, environment)
                            measured.append(figure)
                            print(_line(figure), flush=True)
    text = json.dumps([asdict(figure) for figure in measured], indent=1)
    RESULTS.write_text(text + "\n", encoding="utf-8")


def _files(folder: Path, rows: int) -> list[list[Path]]:
    shared = os.environ.get("FOOTPATH_SHARED_DATA")
    if shared:
        return [[Path(shared) / name for name in names] for names in OFFICIAL]
    upper, lower = folder / "levels1-4.csv.gz", folder / "level5.csv.gz"
    towns = max(rows // 15, 1)
    with gzip.open(upper, "wt", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["level", "code", "name", "parent"])
        writer.writerow(["1", "11", "省11", ""])
        writer.writerow(["2", "1101", "市1101", "11"])
        counties = [f"1101{n:02}" for n in range(towns // 999 + 1)]
        writer.writerows(["3", code, f"县{code}", "1101"] for code in counties)
        codes = [f"{counties[n // 999]}{n % 999 + 1:03}" for n in range(towns)]
        writer.writerows(["4", code, f"镇{code}", code[:6]] for code in codes)
    with gzip.open(lower, "wt", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["code", "name", "parent"])
        for code in codes:
            writer.writerows([f"{code}{n:03}", f"村{n}居委会", code] for n in range(1, 16))
    return [[upper, lower]]


@contextmanager
def _database(engine: str) -> Iterator[dict[str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"FOOTPATH_DATA_DIR": folder}
        environment.pop("FOOTPATH_DATABASE_URL", None)
        if engine == "sqlite":
            _footpath(environment, "migrate")
            yield environment
            return
        from tests import postgres

        with postgres.server() as url:
            environment["FOOTPATH_DATABASE_URL"] = url
            _footpath(environment, "migrate")
            yield environment


def _footpath(environment: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, "-m", "footpath", *arguments]
    return subprocess.run(
        command, env=environment, check=True, capture_output=True, text=True
    ).stdout


def _import(file: Path, engine: str, run: int, environment: dict[str, str]) -> Measured:
    began = time.monotonic()
    command = [sys.executable, __file__, "--measured", "import", "areas", str(file)]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    seconds = time.monotonic() - began
    said, peak = done.stdout.splitlines()[-2:]
    rows = int(re.findall(r"^([\d,]+) rows in", done.stderr, re.MULTILINE)[-1].replace(",", ""))
    return Measured(
        file.name, engine, run, rows, round(seconds, 1), round(rows / seconds), float(peak), said
    )


def _measured() -> None:
    """Run ``footpath`` and then say the most memory that it took, in MB."""
    command = [sys.executable, "-m", "footpath", *sys.argv[2:]]
    status = subprocess.run(command, check=False).returncode
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(round(most / 1024, 1))
    sys.exit(status)


def _line(figure: Measured) -> str:
    return (
        f"{figure.engine:10} run {figure.run}  {figure.file:48} {figure.rows:>7,} rows "
        f"{figure.seconds:>6} s {figure.rows_per_second:>7,.0f} rows/s {figure.peak_mb:>6} MB  "
        f"{figure.said}"
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measured"]:
        _measured()
    else:
        main()
