"""Measure the ledger on both engines and the planning; write ``benchmarks/results.json``.

    make bench                                   everything: 10,000, 100,000 and 1,000,000 cases
    python -m benchmarks --sizes 10000 --engines sqlite --no-planning
    python -m benchmarks.planning                the planning alone

Each figure stands beside its bare view of the same run (``benchmarks.bare``): the ratio is what
counts, the milliseconds depend on the machine.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.load import HOST, Ask, latency, rate

RESULTS = Path(__file__).parent / "results.json"
SIZES = (10_000, 100_000, 1_000_000)
ENGINES = ("sqlite", "postgresql")
CONNECTIONS = 8


@dataclass
class Figure:
    """One measured figure beside its baseline. ``ratio`` is value / baseline."""

    name: str
    engine: str
    size: int
    value: float
    unit: str
    p50_ms: float | None
    p95_ms: float | None
    baseline: float | None
    ratio: float | None


def main() -> None:
    """Run the chosen sizes and engines, print a table, write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)))
    parser.add_argument("--engines", default=",".join(ENGINES))
    parser.add_argument("--times", type=int, default=300, help="requests a latency is taken from")
    parser.add_argument("--seconds", type=float, default=5, help="how long a rate is taken")
    parser.add_argument("--only", default="", help="names of figures, separated by commas")
    parser.add_argument("--no-planning", action="store_true", help="the ledger alone")
    chosen = parser.parse_args()
    only = frozenset(filter(None, chosen.only.split(",")))
    figures: list[Figure] = []
    for engine in chosen.engines.split(","):
        for size in map(int, chosen.sizes.split(",")):
            with tempfile.TemporaryDirectory(prefix="footpath-bench-") as folder:
                figures += measure(
                    engine,
                    size,
                    Path(folder),
                    only=only,
                    times=chosen.times,
                    seconds=chosen.seconds,
                )
    merge(figures)
    print(table(figures))
    print(f"{len(figures)} figures in {RESULTS}")
    if not only and not chosen.no_planning:
        subprocess.run([sys.executable, "-m", "benchmarks.planning"], check=True)


def merge(figures: list[Figure]) -> None:
    """Write the figures into the results; those of other names, engines and sizes stay."""
    held = json.loads(RESULTS.read_text()) if RESULTS.exists() else []
    new = {(figure.name, figure.engine, figure.size) for figure in figures}
    kept = [row for row in held if (row["name"], row["engine"], row["size"]) not in new]
    rows = kept + [asdict(figure) for figure in figures]
    RESULTS.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


@dataclass(frozen=True)
class Run:
    """One size on one engine: the two servers, and as whom they are asked."""

    engine: str
    size: int
    product: int
    bare: int
    headers: dict[str, str]
    only: frozenset[str]
    times: int
    seconds: float

    def wants(self, name: str) -> bool:
        """Return whether a figure is to be measured."""
        return not self.only or name in self.only


def measure(
    engine: str, size: int, folder: Path, *, only: frozenset[str], times: int, seconds: float
) -> list[Figure]:
    """Build a province of this size and measure every figure on it."""
    with database(engine, folder) as environment:
        say(f"{engine}, {size:,} cases: building")
        run(environment, "-m", "footpath", "migrate")
        run(environment, "-c", "import django; django.setup(); from benchmarks import province;"
            "from footpath.config import server; server.gather_static_files();"
            f"province.build(cases={size})")  # fmt: skip
        with (
            served(environment, "footpath.config.wsgi:application") as product,
            served(environment, "benchmarks.bare:application") as bare,
        ):
            chosen = Run(engine, size, product, bare, signed_in(environment), only, times, seconds)
            found = list(figures(chosen))
        if engine == "sqlite" and chosen.wants("cases.create.p95"):
            found.append(queue_of_writers(environment, chosen))
        return found


def figures(run: Run) -> Iterator[Figure]:
    """Yield each figure; product and bare view are asked in turn, three times, medians taken."""
    engine, size, product, bare, headers = run.engine, run.size, run.product, run.bare, run.headers
    one = 1000 if size < 1000 else size // 2
    pairs = {
        "cases.ledger.json": (
            Ask(product, "/api/v1/cases?area=P", headers),
            Ask(bare, "/ledger.json"),
        ),
        "cases.ledger.html": (
            Ask(product, "/cases/?place=P", headers),
            Ask(bare, "/ledger.html"),
        ),
        "cases.item.json": (
            Ask(product, f"/api/v1/cases/{one}", headers),
            Ask(bare, f"/item.json/{one}"),
        ),
        "cases.item.html": (
            Ask(product, f"/cases/{one}/", headers),
            Ask(bare, f"/item.html/{one}"),
        ),
        "cases.search": (
            Ask(product, "/api/v1/cases?area=P&open=false&order=newest&q=sluice", headers),
            Ask(bare, "/search.json?q=sluice"),
        ),
        "cases.province.newest50": (
            Ask(product, "/api/v1/cases?area=P&open=false&order=newest", headers),
            Ask(bare, "/unscoped.json"),
        ),
    }
    for name, (ours, theirs) in pairs.items():
        if not run.wants(name):
            continue
        say(f"{engine}, {size:,}: {name}")
        mine, base = in_turn(lambda ask: latency(ask, times=run.times), ours, theirs)
        p50 = median([item.p50 for item in mine])
        baseline = median([item.p50 for item in base])
        yield Figure(
            name, engine, size, round(p50, 3), "ms", round(p50, 3),
            round(median([item.p95 for item in mine]), 3), round(baseline, 3),
            round(p50 / baseline, 3),
        )  # fmt: skip
    if not run.wants("cases.create"):
        return
    say(f"{engine}, {size:,}: cases.create")
    body = json.dumps({"title": "Lamp dark", "area": "P-0-0-0-0", "category": "roads"})
    ours = Ask(product, "/api/v1/cases", headers | {"Content-Type": "application/json"}, body, 201)
    theirs = Ask(bare, "/create", {"Content-Type": "application/json"}, "{}", 201)
    single = latency(ours, times=run.times)
    mine_rates, base_rates = in_turn(
        lambda ask: rate(ask, connections=CONNECTIONS, seconds=run.seconds), ours, theirs
    )
    value = median([item[0] for item in mine_rates])
    baseline = median([item[0] for item in base_rates])
    yield Figure(
        "cases.create", engine, size, round(value, 1), "requests/s at 8 connections",
        round(single.p50, 3), round(median([item[1] for item in mine_rates]), 3),
        round(baseline, 1), round(value / baseline, 3),
    )  # fmt: skip


def queue_of_writers(environment: dict[str, str], run: Run) -> Figure:
    """Return the slowest twentieth of eight writers, beside Django's own backend without a queue.

    The naive layout is two processes of four threads that meet at SQLite's own lock.
    """
    say(f"{run.engine}, {run.size:,}: cases.create.p95")
    headers = run.headers | {"Content-Type": "application/json"}
    body = json.dumps({"title": "Lamp dark", "area": "P-0-0-0-0", "category": "roads"})
    found = []
    for target, workers in (
        ("footpath.config.wsgi:application", None),
        ("benchmarks.naive:application", 2),
    ):
        with served(environment, target, workers=workers) as port:
            ask = Ask(port, "/api/v1/cases", headers, body, 201)
            takes = [rate(ask, connections=CONNECTIONS, seconds=run.seconds) for _ in range(3)]
            found.append(median([p95 for _rate, p95 in takes]))
    ours, naive = found
    return Figure(
        "cases.create.p95", run.engine, run.size, round(ours, 3), "ms at 8 connections",
        None, round(ours, 3), round(naive, 3), round(ours / naive, 3),
    )  # fmt: skip


def in_turn(take, ours: Ask, theirs: Ask):  # type: ignore[no-untyped-def]
    """Return three takes of each, alternating: both meet the same moments of the machine."""
    mine, base = [], []
    for _ in range(3):
        mine.append(take(ours))
        base.append(take(theirs))
    return mine, base


def median(values: list[float]) -> float:
    """Return the middle of an odd number of values."""
    return sorted(values)[len(values) // 2]


@contextlib.contextmanager
def database(engine: str, folder: Path) -> Iterator[dict[str, str]]:
    """Yield the environment of a fresh database."""
    environment = os.environ | {
        "FOOTPATH_DATA_DIR": str(folder),
        "FOOTPATH_SECRET_KEY": "benchmarks only",
        "DJANGO_SETTINGS_MODULE": "footpath.config.settings",
        "FOOTPATH_DATABASE_URL": "",
        "FOOTPATH_DEBUG": "",
    }
    if engine == "sqlite":
        yield environment
        return
    import psycopg

    server = os.environ.get("FOOTPATH_TEST_DATABASE_URL")
    if not server:
        sys.exit("PostgreSQL: run this through `python -m tests.postgres --` or `make bench`")
    name = f"footpath_bench_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        try:
            head, _, _tail = server.rpartition("/")
            yield environment | {"FOOTPATH_DATABASE_URL": f"{head}/{name}"}
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextlib.contextmanager
def served(environment: dict[str, str], target: str, workers: int | None = None) -> Iterator[int]:
    """Yield the port of a server that runs as ``footpath serve`` runs it."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = int(free.getsockname()[1])
    code = (
        "from footpath.config import server; import django; django.setup();"
        f"server.run(target={target!r}, host={HOST!r}, port={port}, workers={workers})"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], env=environment, stdout=subprocess.DEVNULL
    )
    try:
        for _ in range(300):
            with contextlib.suppress(OSError), socket.create_connection((HOST, port), 1):
                break
            time.sleep(0.1)
        time.sleep(1)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


def signed_in(environment: dict[str, str]) -> dict[str, str]:
    """Return the headers of a browser in which the officer of the province is signed in."""
    code = """
import django; django.setup()
from django.conf import settings
from django.test import Client
from footpath.accounts.models import User
settings.ALLOWED_HOSTS = ["*"]
client = Client()
client.force_login(User.objects.get(username="province"), "footpath.accounts.backends.ByPost")
from django.middleware.csrf import _get_new_csrf_string as fresh
print(client.cookies[settings.SESSION_COOKIE_NAME].value, fresh())
"""
    said = run(environment, "-c", code).split()
    session, csrf = said[-2:]
    return {
        "Cookie": f"footpath_session={session}; footpath_csrf={csrf}",
        "X-CSRFToken": csrf,
        "Accept-Language": "en",
    }


def run(environment: dict[str, str], *arguments: str) -> str:
    """Run Python with the environment and return what it printed."""
    done = subprocess.run(
        [sys.executable, *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{arguments[:2]} failed:\n{done.stdout}\n{done.stderr}")
    return done.stdout


def say(sentence: str) -> None:
    """Show how far the run is."""
    print(sentence, file=sys.stderr, flush=True)


def table(figures: list[Figure]) -> str:
    """Return the figures as a readable table."""
    lines = [f"{'figure':26}{'engine':12}{'cases':>10}{'value':>10}{'bare':>10}{'ratio':>8}  unit"]
    lines += [
        f"{item.name:26}{item.engine:12}{item.size:>10,}{item.value:>10}"
        f"{item.baseline or '':>10}{item.ratio or '':>8}  {item.unit}"
        for item in figures
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
