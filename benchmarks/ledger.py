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
import contextlib
import csv
import gzip
import http.client
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
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
    parser.add_argument("--keep-results", action="store_true", help="write no results")
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
    if not chosen.keep_results:
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
    chance = random.Random(seed)
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
    began = time.monotonic()
    said, peak = command(environment, file, chart)
    seconds = time.monotonic() - began
    rows = sum(int(number) for number in re.findall(r"=(\d+)", said))
    print(engine, said, f"{seconds:.1f} s, {rows / seconds:,.0f} rows/s, {peak:.0f} MB", flush=True)
    plain = json.loads(run(environment, "-m", "benchmarks.ledger_city", "plain", str(file)))
    speed = round(rows / seconds)
    base, room = plain["rows_per_s"], plain["peak_mb"]
    began = time.monotonic()
    again, _peak = command(environment, file, chart)
    once_more = round(time.monotonic() - began, 1)
    print(engine, "again", again, f"{once_more} s", flush=True)
    told = (
        ("cases.import.rows_per_s", speed, "rows/s", base, round(speed / base, 3)),
        ("cases.import.plain_rows_per_s", base, "rows/s", None, None),
        ("cases.import.peak_mb", round(peak), "MB", room, round(peak / room, 3)),
        ("cases.import.again_s", once_more, "s", None, None),
    )
    return [
        Figure(name, engine, rows, value, unit, None, None, baseline, ratio)
        for name, value, unit, baseline, ratio in told
    ]


def command(environment: dict[str, str], file: Path, chart: Path) -> tuple[str, float]:
    """Run the import; return its last line and the most memory it took, in MB."""
    words = [sys.executable, "-m", "benchmarks.ledger_city", "measured", "import", "ledger",
             str(file), "--map", str(chart)]  # fmt: skip
    said = subprocess.run(words, env=environment, check=True, capture_output=True, text=True)
    lines = said.stdout.splitlines()
    return lines[-2], float(lines[-1])


PAGES = {
    "cases.city.ledger": "/cases/?place=P",
    "cases.city.board": "/cases/board/?place=P",
    "cases.city.overdue": "/cases/?place={office}&view=overdue",
    "cases.city.rates": "/figures/rates/?place=P&month=2024-12&span=12",
    "cases.city.search": "/cases/?place=P&view=all&q={word}",
}
"""The pages measured, as the officer of the city asks for them."""


def of_pages(
    environment: dict[str, str], engine: str, file: Path, folder: Path, chosen: Any
) -> list[Figure]:
    """Measure each page at the size of the ledger, and again when it is multiplied."""
    chart = folder / "map.toml"
    chart.write_text(toml(MAP), encoding="utf-8")
    command(environment, file, chart)
    figures = measured(environment, engine, chosen.times, {})
    if chosen.cases:
        run(environment, "-m", "benchmarks.ledger_city", "multiply", str(chosen.cases))
        small = {figure.name: figure.value for figure in figures}
        figures += measured(environment, engine, chosen.times, small)
    return figures


def measured(
    environment: dict[str, str], engine: str, times: int, small: dict[str, float]
) -> list[Figure]:
    """Return p50 and p95 of each page; beside ``small``, the same at the ledger's own size."""
    run(environment, "-m", "benchmarks.ledger_city", "settle")
    size = int(json.loads(run(environment, "-m", "benchmarks.ledger_city", "count"))["cases"])
    figures = []
    with served(environment, "footpath.config.wsgi:application") as port:
        headers = signed_in(environment)
        for name, page in PAGES.items():
            path = page.format(office="NYCC01", word="housing")
            took = load.latency(load.Ask(port, path, headers), times=times)
            base = small.get(name)
            figure = Figure(
                name, engine, size, round(took.p50, 3), "ms", round(took.p50, 3),
                round(took.p95, 3), base, round(took.p50 / base, 3) if base else None,
            )  # fmt: skip
            print(figure, flush=True)
            figures.append(figure)
    return figures


def of_intake(
    environment: dict[str, str], engine: str, _file: Path, _folder: Path, chosen: Any
) -> list[Figure]:
    """Post cases by eight clients, beside the trivial insert; and once with a kill in the middle.

    Every case whose number a client was given must be there after ``kill -9`` of the server.
    """
    headers = {}
    body = json.dumps({"title": "Lamp dark", "area": "NYCC01", "category": "other"})
    with (
        served(environment, "footpath.config.wsgi:application") as product,
        served(environment, "benchmarks.bare:application") as bare,
    ):
        headers = signed_in(environment) | {"Content-Type": "application/json"}
        kind = {"Content-Type": "application/json"}
        first = load.Ask(product, "/api/v1/cases", headers, body, 201)
        load.once(first)  # the trivial insert copies the category of a case that is there
        ours = load.rate(first, connections=8, seconds=chosen.seconds)
        theirs = load.rate(
            load.Ask(bare, "/create", kind, "{}", 201), connections=8, seconds=chosen.seconds
        )
    lost = _killed(environment, headers, chosen.seconds)
    value, base = round(ours[0], 1), round(theirs[0], 1)
    figure = Figure(
        "cases.intake", engine, chosen.seconds, value, "requests/s at 8 connections", None,
        round(ours[1], 3), base, round(value / base, 3),
    )  # fmt: skip
    print(figure, f"lost after kill -9: {lost}", flush=True)
    gone = Figure("cases.intake.lost", engine, chosen.seconds, lost, "cases after kill -9",
                  None, None, None, None)  # fmt: skip
    return [figure, gone]


def _killed(environment: dict[str, str], headers: dict[str, str], seconds: int) -> int:
    """Kill the server while eight clients post; return how many answered cases are not there."""
    with socket.socket() as free:
        free.bind((load.HOST, 0))
        port = int(free.getsockname()[1])
    code = (
        "from footpath.config import server; import django; django.setup();"
        f"server.run(target='footpath.config.wsgi:application', host={load.HOST!r}, port={port},"
        " workers=None)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], env=environment, start_new_session=True
    )
    for _ in range(300):
        with contextlib.suppress(OSError), socket.create_connection((load.HOST, port), 1):
            break
        time.sleep(0.1)
    time.sleep(1)
    answered: list[int] = []

    def post(who: int) -> None:
        number = 0
        while True:
            number += 1
            said = {"title": f"Kill {who} {number}", "area": "NYCC01", "category": "other"}
            ask = load.Ask(port, "/api/v1/cases", headers, json.dumps(said), 201)
            try:
                answered.append(json.loads(load.once(ask))["id"])
            except (OSError, http.client.HTTPException, RuntimeError, ValueError):
                return

    clients = [threading.Thread(target=post, args=(who,)) for who in range(8)]
    for client in clients:
        client.start()
    time.sleep(min(seconds, 20))
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for client in clients:
        client.join()
    there = run(
        environment, "-m", "benchmarks.ledger_city", "there", *map(str, sorted(answered)[-20_000:])
    )
    print(f"{len(answered)} cases were answered before the kill", flush=True)
    return int(there)


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
