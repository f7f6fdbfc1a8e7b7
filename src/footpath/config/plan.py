"""``footpath plan``: the planning engine on the command line.

Only ``--area`` needs the database, and only then is Django loaded. Exit status 0: a plan was found;
2: there is none, and one sentence on standard error says why.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import wraps
from pathlib import Path
from types import FrameType
from typing import IO, Any

import click

Command = Callable[..., None]
BACKENDS = ("highs", "cpsat", "none")


class NoPlan(click.ClickException):
    """Why there is no plan, in one sentence. Ends the command with status 2."""

    exit_code = 2

    def show(self, file: IO[Any] | None = None) -> None:
        """Say it on standard error."""
        click.echo(f"footpath: {self.message}", err=True, file=file)


@click.group()
def plan() -> None:
    """Plan who is in charge, the month's calendar, and visits.

    A problem comes from the database (--area), from a file (--problem) or is made up (--example).
    """


@dataclass(frozen=True)
class How:
    """How to plan, and where the plan goes."""

    backend: str
    seconds: float | None
    work: int | None
    seed: int
    out: Path | None
    as_json: bool

    def options(self, watch: Watch) -> dict[str, Any]:
        """Return the keyword arguments that every planner takes."""
        from footpath.planning.budget import Budget

        limits = Budget(work=self.work, seconds=self.seconds)
        return {
            "backend": self.backend, "seed": self.seed, "budget": limits, "on_progress": watch,
        }  # fmt: skip

    def give(self, found: object, text: Callable[[], str]) -> None:
        """Write the plan to its file, when one was asked for, and print it."""
        from footpath.planning import files

        if self.out is not None:
            try:
                files.write(self.out, found)
            except OSError as failure:
                raise NoPlan(f"{self.out} cannot be written: {failure.strerror}.") from None
        click.echo(files.dumps(found) if self.as_json else text(), nl=False)


def planner(command: Command) -> Command:
    """Add the options that every kind of plan has; the command gets them as ``how``."""

    @wraps(command)
    def collected(**options: Any) -> None:
        how = How(**{field.name: options.pop(field.name) for field in fields(How)})
        command(how=how, **options)

    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print the plan itself as JSON."),
        click.option("--out", type=click.Path(path_type=Path), help="Keep the plan in a file."),
        click.option("--seed", default=0, show_default=True, help="Same seed, same plan."),
        click.option("--work", type=int, help="Stop after so many units of work."),
        click.option("--seconds", type=float, help="Stop after so long; not reproducible."),
        click.option(
            "--backend",
            type=click.Choice(BACKENDS),
            default="highs",
            show_default=True,
            help="The solver; none: greedy and local search.",
        ),
        click.option("--example", type=int, metavar="SEED", help="Plan a made-up district."),
        click.option("--problem", type=click.Path(path_type=Path), help="Read it from a file."),
    ):
        collected = option(collected)
    return collected


class Watch:
    """Shows on a terminal how far the work is; after Ctrl+C the best plan so far is kept."""

    def __init__(self) -> None:
        self.stopped = False
        self.terminal = sys.stderr.isatty()

    def __call__(self, cost: float, bound: float, elapsed: float) -> bool:
        """Show one step; return whether to go on."""
        if self.terminal:
            known = f"cost {cost:.0f}" if cost < float("inf") else "no plan yet"
            if bound > float("-inf"):
                known += f", bound {bound:.0f}"
                if cost < float("inf"):
                    known += f", gap {gap(cost, bound):.2f} %"
            click.echo(f"\r{known}, {elapsed:.1f} s\x1b[K", nl=False, err=True)
        return not self.stopped

    def stop(self, _signal: int, _frame: FrameType | None) -> None:
        """Ask the work to end; a second Ctrl+C ends it at once, without a plan."""
        self.stopped = True
        signal.signal(signal.SIGINT, signal.default_int_handler)


@contextmanager
def watched() -> Iterator[Watch]:
    """Show progress, keep the best plan on Ctrl+C, and say in one sentence why there is none."""
    watch = Watch()
    before = signal.signal(signal.SIGINT, watch.stop)
    try:
        yield watch
    except (ValueError, MemoryError) as failure:
        raise NoPlan(f"{str(failure) or 'There is not enough memory'}".rstrip(".") + ".") from None
    finally:
        signal.signal(signal.SIGINT, before)
        if watch.terminal:
            click.echo("\r\x1b[K", nl=False, err=True)


def gap(cost: float, bound: float) -> float:
    """Return by how much the cost lies above the bound, in percent of the bound."""
    if cost <= bound:
        return 0.0
    return 100 * (cost - bound) / abs(bound) if bound else 100.0


def figures(cost: float, bound: float) -> str:
    """Return ``cost=N bound=N gap=P%``."""
    return f"cost={cost:.0f} bound={bound:.0f} gap={gap(cost, bound):.2f}%"


def one_of(**sources: object) -> None:
    """Refuse when the problem comes from nowhere or from two places at once."""
    given = [f"--{name}" for name, value in sources.items() if value is not None]
    every = ", ".join(f"--{name}" for name in sources)
    if len(given) != 1:
        raise NoPlan(f"Say what to plan with exactly one of {every}.")


# --- assignments ----------------------------------------------------------------------------------


@plan.command()
@click.option("--area", metavar="CODE", help="Plan for this area of the database.")
@click.option("--tier", default=None, help="The places to plan for (default: the lowest tier).")
@click.option("--on", "start", type=click.DateTime(["%Y-%m-%d"]), help="First day of the plan.")
@planner
def assignments(
    *,
    how: How,
    area: str | None,
    tier: str | None,
    start: datetime | None,
    problem: Path | None,
    example: int | None,
) -> None:
    """Plan who is in charge of which place, and show what would change.

    Nothing in the database changes: a named person approves a plan in the product.
    """
    one_of(area=area, problem=problem, example=example)
    with watched() as watch:
        from footpath.planning import assign, examples, files
        from footpath.planning.assignment.problem import AssignmentProblem

        if area is not None:
            asked = from_database(area, tier, start.date() if start else None)
        elif problem is not None:
            asked = files.read(problem, AssignmentProblem)
        else:
            asked = examples.district(example or 0)
        found = assign(asked, **how.options(watch))

    def text() -> str:
        from footpath.config import plan_text

        return plan_text.assignments(asked, found)

    how.give(found, text)


def from_database(area: str, tier: str | None, start: date | None) -> Any:
    """Return the problem of an area, with its policy, as the product would plan it."""
    import django

    django.setup()
    from footpath.assignments import planning

    return planning.problem_for(None, area, tier, start, None)
