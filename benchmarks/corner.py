"""Measure the Question Corner: a month's tokens for 1,000 members, and what a posting costs.

    python -m tests.postgres -- python -m benchmarks.corner     all, on both engines
    python -m benchmarks.corner --engines sqlite --only post    one of them, on one

The arithmetic needs no database: its figures stand under "python" in ``benchmarks/results.json``.
Seconds of the processor are those of the process that is measured, whatever else the machine does.
The baseline of a figure is what it may take at most.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.__main__ import Figure
    from footpath.secrecy.blind import Signer

MEMBERS = 1_000
TOKENS = 4
VERIFIED = 2_000


def main() -> None:
    """Measure what is asked for, write it into the results and print it."""
    from benchmarks.__main__ import ENGINES, merge, say, table

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engines", default=",".join(ENGINES))
    parser.add_argument("--only", default=",".join([*FIGURES, *STORED]), help="names, by commas")
    chosen = parser.parse_args()
    figures: list[Figure] = []
    for name in chosen.only.split(","):
        say(f"the Question Corner: {name}")
        if name in FIGURES:
            figures += FIGURES[name]()
        else:
            for engine in chosen.engines.split(","):
                figures += stored(name, engine)
    merge(figures)
    print(table(figures))


def sign() -> list[Figure]:
    """Sign four tokens for each of 1,000 members, by OpenSSL and by GMP, on the processor."""
    from footpath.secrecy import blind
    from footpath.secrecy.blind import gmp
    from footpath.secrecy.blind.keys import private_key

    pem = blind.new_key()
    ways = {
        "corner.sign.1000_members_cpu_s": blind.Signer(pem),
        "corner.sign.1000_members_gmp_cpu_s": blind.Signer(pem, gmp.Gmp(private_key(pem))),
    }
    return [
        most_of(name, MEMBERS, signing(signer), "s of this process", 30)
        for name, signer in ways.items()
    ]


def signing(signer: Signer) -> float:
    """Return how long it takes to sign for all members, each token another message."""
    from footpath.secrecy import blind

    blinded = [
        blind.blind(blind.prepare(bytes(32)), signer.key).message for _ in range(MEMBERS * TOKENS)
    ]
    began = time.process_time()
    for message in blinded:
        signer.sign(message)
    return round(time.process_time() - began, 2)


def verify() -> list[Figure]:
    """Check a token as the Corner does when it is spent: the slowest twentieth, in milliseconds."""
    from footpath.secrecy import blind, tokens

    signer = blind.Signer(blind.new_key())
    prepared = blind.prepare(bytes(32))
    blinded = blind.blind(prepared, signer.key)
    signature = blind.finalize(prepared, signer.sign(blinded.message), blinded.inverse, signer.key)
    public = signer.key.spki
    taken = []
    for _ in range(VERIFIED):
        began = time.perf_counter()
        tokens.Token(prepared, signature).check(blind.PublicKey.read(public))
        taken.append((time.perf_counter() - began) * 1000)
    taken.sort()
    slow = round(taken[VERIFIED * 95 // 100], 3)
    return [most_of("corner.verify.p95_ms", VERIFIED, slow, "ms", 20)]


def stored(name: str, engine: str) -> Iterator[Figure]:
    """Measure a figure in a process of its own, on a fresh database of an engine."""
    from benchmarks.__main__ import Figure, database, run

    with (
        tempfile.TemporaryDirectory(prefix="footpath-bench-") as folder,
        database(engine, Path(folder)) as environment,
    ):
        environment |= {
            "DJANGO_SETTINGS_MODULE": STORED[name],
            "FOOTPATH_CORNER_DIR": str(Path(folder) / "corner"),
            "FOOTPATH_CORNER_DATABASE_URL": environment["FOOTPATH_DATABASE_URL"],
        }
        (Path(folder) / "corner").mkdir()
        run(environment, "-m", "django", "migrate")
        said = run(environment, "-m", "benchmarks.corner_stored", name)
    for figure, size, value, unit, most in json.loads(said.splitlines()[-1]):
        ratio = round(value / most, 3)
        yield Figure(figure, engine, size, value, unit, None, None, most, ratio)


def most_of(name: str, size: int, value: float, unit: str, most: float) -> Figure:
    """Return a figure of the arithmetic alone, beside what it may be at most."""
    from benchmarks.__main__ import Figure

    return Figure(
        name,
        "python",
        size,
        value,
        unit,
        None,
        None,
        most,
        round(value / most, 3),
    )


FIGURES: dict[str, Callable[[], list[Figure]]] = {"sign": sign, "verify": verify}
"""What is measured without a database, in this order."""

STORED = {
    "issue": "footpath.config.settings",
    "post": "footpath.config.corner",
    "read": "footpath.config.corner",
}
"""What is measured on both engines, and under which settings."""


if __name__ == "__main__":
    main()
