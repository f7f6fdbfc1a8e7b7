"""Measure the planning engine and merge the figures into ``benchmarks/results.json``.

    python -m benchmarks.planning                 all of it; most of the time for the rivals
    python -m benchmarks.planning assign month    some parts: one of those listed below
    python -m benchmarks.planning --small         quickly, to see that it works; nothing is kept

Figures are CPU seconds of this process and of its workers, medians over as many districts as there
are rounds; beside ours stand greedy (``--backend none``), PuLP with CBC, CP-SAT and plain HiGHS in
the same run, each given the same rules and prices. Memory is that of all processes added up.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace

from benchmarks.planning.measure import RESULTS, Figure, keep
from benchmarks.planning.parts import PARTS, SMALL, Size


def main() -> None:
    """Run the chosen parts; each is kept as soon as it is done."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", metavar="part", help=", ".join(PARTS))
    parser.add_argument("--table", action="store_true", help="print what was kept, for the docs")
    parser.add_argument("--small", action="store_true", help="once, small, not kept")
    parser.add_argument("--rounds", type=int, help="districts a median is taken over")
    parser.add_argument("--rival-rounds", type=int, help="districts the rivals are given; 0: none")
    parser.add_argument("--rival-seconds", type=float, help="for each model")
    parser.add_argument("--districts", type=int, help="of the province")
    parser.add_argument("--many", type=int, help="districts of the resumed run")
    chosen = parser.parse_args()
    if chosen.table:
        print(markdown())
        return
    strangers = sorted(set(chosen.parts) - set(PARTS))
    if strangers:
        parser.error(f"no part is called {strangers[0]}; there are {', '.join(PARTS)}")
    given = {name: value for name, value in vars(chosen).items() if name in vars(Size())}
    size = replace(
        SMALL if chosen.small else Size(),
        **{name: value for name, value in given.items() if value is not None},
    )
    for part in chosen.parts or PARTS:
        print(f"planning: {part}", file=sys.stderr, flush=True)
        figures = list(PARTS[part](size))
        if not chosen.small:
            keep(figures)
        print(table(figures), flush=True)
    if not chosen.small:
        print(f"kept in {RESULTS}")


def table(figures: list[Figure]) -> str:
    """Return the figures as a readable table."""
    lines = []
    for figure in figures:
        value, worst, cost = map(_number, (figure.value, figure.worst, figure.cost))
        proven = "" if figure.proven is None else f"{figure.proven}/{figure.size}"
        lines.append(f"{figure.name:44}{value:>10}{worst:>10}{proven:>8}{cost:>14}  {figure.unit}")
    return "\n".join(lines)


def markdown() -> str:
    """Return the figures that were kept as a table for ``docs/explanation/planning.md``."""
    rows = json.loads(RESULTS.read_text())
    lines = ["| figure | by | value | worst | proven | cost |", "|---|---|---:|---:|---:|---:|"]
    for row in rows:
        if row["name"].startswith("planning."):
            value, worst, cost = (_number(row[name]) for name in ("value", "worst", "cost"))
            proven = "" if row["proven"] is None else f"{row['proven']}/{row['size']}"
            lines.append(
                f"| `{row['name']}` | {row['engine']} | {value} | {worst} | {proven} | {cost} |"
            )
    return "\n".join(lines)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,.3f}".rstrip("0").rstrip(".")


if __name__ == "__main__":
    main()
