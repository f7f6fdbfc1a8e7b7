"""``footpath plan``: the planning engine on the command line.

Only ``--area`` needs the database, and only then is Django loaded. Exit status 0: a plan was found;
2: there is none, and one sentence on standard error says why.
"""

from __future__ import annotations

import signal
import sys
import time
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
FILE = click.Path(path_type=Path)
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
    problem_out: Path | None
    as_json: bool

    def options(self, watch: Watch) -> dict[str, Any]:
        """Return the keyword arguments that every planner takes."""
        from footpath.planning.budget import Budget

        limits = Budget(work=self.work, seconds=self.seconds)
        return {
            "backend": self.backend, "seed": self.seed, "budget": limits, "on_progress": watch,
        }  # fmt: skip

    def give(self, wanted: object, found: object, text: Callable[[], str]) -> None:
        """Write problem and plan to their files, where that was asked for, and print the plan."""
        from footpath.planning import files

        for file, value in ((self.problem_out, wanted), (self.out, found)):
            if file is not None:
                write(file, files.dumps(value))
        click.echo(files.dumps(found) if self.as_json else text(), nl=False)


def planner(command: Command) -> Command:
    """Add the options that every kind of plan has; the command gets them as ``how``."""

    @wraps(command)
    def collected(**options: Any) -> None:
        how = How(**{field.name: options.pop(field.name) for field in fields(How)})
        command(how=how, **options)

    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print the plan itself as JSON."),
        click.option("--problem-out", type=FILE, help="Keep what was planned in a file, too."),
        click.option("--out", type=FILE, help="Keep the plan in a file."),
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
        click.option("--problem", type=FILE, help="Read it from a file."),
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
                    known += f", gap {percent(cost, bound):.2f} %"
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


def percent(cost: float, bound: float) -> float:
    """Return by how much the bound lies below the cost, in percent of the cost."""
    if cost <= bound:
        return 0.0
    return 100 * (cost - bound) / abs(cost) if cost else 100.0


def figures(cost: float, bound: float) -> str:
    """Return ``cost=N bound=N gap=P%``; N are plain numbers without needless decimals."""
    return f"cost={_plain(cost)} bound={_plain(bound)} gap={percent(cost, bound):.2f}%"


def _plain(number: float) -> str:
    return f"{number:.6f}".rstrip("0").rstrip(".")


def one_of(**sources: object) -> None:
    """Refuse when the problem comes from nowhere or from two places at once."""
    given = [f"--{name}" for name, value in sources.items() if value is not None]
    every = ", ".join(f"--{name}" for name in sources)
    if len(given) != 1:
        raise NoPlan(f"Say what to plan with exactly one of {every}.")


def asked(kind: str, problem: Path | None, example: int | None) -> Any:
    """Return the problem in a file, or a made-up one."""
    from footpath.planning.kinds import KINDS

    return KINDS[kind].asked(example if problem is None else problem)  # type: ignore[arg-type]


@plan.command()
@click.option("--area", metavar="CODE", help="Plan for this area of the database.")
@click.option("--tier", default=None, help="The places to plan (default: two tiers below).")
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
        from footpath.config import plan_database, plan_text
        from footpath.planning.assignment import assign

        if area is None:
            wanted, names = asked("assignments", problem, example), plan_database.Names()
        else:
            wanted, names = plan_database.problem(area, tier, start.date() if start else None)
        found = assign(wanted, **how.options(watch))
    how.give(wanted, found, lambda: plan_text.assignments(wanted, found, names))


@plan.command()
@click.option("--repair", type=FILE, help="Change this announced plan as little as can be.")
@click.option(
    "--away", nargs=3, multiple=True, metavar="PERSON FIRST LAST", help="With --repair: who, when."
)
@planner
def month(
    *,
    how: How,
    problem: Path | None,
    example: int | None,
    repair: Path | None,
    away: tuple[tuple[str, str, str], ...],
) -> None:
    """Plan the meetings of one month: a slot, a chair and stand-ins for each.

    With --repair and --away a plan made before is changed as little as possible, and the changes
    are shown: deputies who step in, chairs, meetings that move.
    """
    one_of(problem=problem, example=example)
    if bool(repair) != bool(away):
        raise NoPlan("Say with --repair which plan, and with --away who is away.")
    with watched() as watch:
        from footpath.config import plan_text
        from footpath.planning.month import schedule

        wanted = asked("month", problem, example)
        if repair is None:
            found = schedule(wanted, **how.options(watch))
            text = plan_text.month(wanted, found)
        else:
            mended = repaired(wanted, repair, away, how.options(watch))
            wanted, found, text = mended.problem, mended.plan, plan_text.repair(mended)
    how.give(wanted, found, lambda: text)


def repaired(
    problem: Any, plan: Path, away: tuple[tuple[str, str, str], ...], options: dict[str, Any]
) -> Any:
    """Return the plan of a file, changed because these people are away."""
    from footpath.planning import files, month
    from footpath.planning.month.plan import MonthPlan

    absences = [month.Absent(person, _day(first), _day(last)) for person, first, last in away]
    return month.repair(problem, files.read(plan, MonthPlan), absences, **options)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NoPlan(f"{text} is not a day (YYYY-MM-DD).") from None


@plan.command()
@planner
def visits(*, how: How, problem: Path | None, example: int | None) -> None:
    """Plan which group visits which unit on which day."""
    one_of(problem=problem, example=example)
    with watched() as watch:
        from footpath.config import plan_text
        from footpath.planning.visits import plan_visits

        wanted = asked("visits", problem, example)
        found = plan_visits(wanted, **how.options(watch))
    how.give(wanted, found, lambda: plan_text.visits(found))


@plan.command()
@click.option("--districts", type=click.IntRange(1), help="So many made-up districts.")
@click.option("--problems", type=FILE, help="A folder: NAME.month.json ...")
@click.option("--first", default=1, show_default=True, help="The seed of the first district.")
@click.option("--out", type=FILE, required=True, help="A folder for plans.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True)
@click.option("--backend", type=click.Choice(BACKENDS), default="highs", show_default=True)
@click.option("--work", type=int, help="Stop each plan after so many units of work.")
@click.option("--seed", default=0, show_default=True, help="Same seed, same plans.")
def province(
    *,
    districts: int | None,
    problems: Path | None,
    first: int,
    out: Path,
    workers: int,
    **options: Any,
) -> None:
    """Plan many districts; a second run makes only what is missing in the folder.

    Each district gets its assignments and its month. Kill it at any time: what is in the folder is
    whole, and the same command goes on from there.
    """
    one_of(districts=districts, problems=problems)
    from footpath.planning import province as many

    try:
        if problems is None:
            sources = many.examples(districts or 0, first=first)
        else:
            sources = many.problems(problems)
        tasks = [many.Task(name, kind, source, **options) for name, kind, source in sources]
        outcomes = many.plan_all(tasks, out, workers=workers, on_outcome=_tell)
    except (many.Broken, OSError, ValueError) as broken:
        raise NoPlan(f"{str(broken).rstrip('.')}.") from None
    except KeyboardInterrupt:
        raise NoPlan("Stopped; the same command goes on from here.") from None
    made = sum(outcome.made for outcome in outcomes)
    proven = sum(outcome.status == "proven" for outcome in outcomes)
    total = figures(sum(one.cost for one in outcomes), sum(one.bound for one in outcomes))
    click.echo(
        f"plans={len(outcomes)} made={made} kept={len(outcomes) - made} proven={proven} {total}"
    )


def _tell(outcome: Any) -> None:
    """Show one plan that is there."""
    if outcome.made:
        click.echo(f"{outcome.name} {outcome.kind}: {outcome.status}, {outcome.cost:.0f}", err=True)


@plan.command("gap")
@click.argument("file", type=FILE)
@click.option("--seconds", type=float, help="Stop after so long, reading included. [default: 10]")
@click.option("--work", type=int, help="Instead: stop after so many units of work; reproducible.")
@click.option("--seed", default=0, show_default=True, help="Same seed and work, same plan.")
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True)
@click.option("--out", type=FILE, help="Write the agent of each job, counted from 1.")
def assign_jobs(
    *,
    file: Path,
    seconds: float | None,
    work: int | None,
    seed: int,
    workers: int,
    out: Path | None,
) -> None:
    """Assign each job to one agent, no agent beyond its capacity, at the least cost.

    FILE is a generalised assignment problem as published: the numbers of agents and jobs, a row of
    costs for each agent, a row of weights for each agent, the capacities. Prints one line:
    cost=N bound=N gap=P%.
    """
    began = time.monotonic()
    with watched() as watch:
        from footpath.planning.budget import Budget
        from footpath.planning.gap import read_instance, solve_gap, written

        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as failure:
            raise NoPlan(f"{file} cannot be read: {_why(failure)}.") from None
        instance = read_instance(text)
        limits = Budget(work=work, seconds=10.0 if work is None and seconds is None else seconds)
        if limits.seconds is not None:
            left = limits.seconds - (time.monotonic() - began)
            limits = Budget(work=work, seconds=max(left, limits.seconds / 10))
        found = solve_gap(instance, seed=seed, workers=workers, budget=limits, on_progress=watch)
    if not found.agent_of_job:
        never = found.status == "infeasible"
        raise NoPlan(
            "There is no plan: the agents cannot take all jobs."
            if never
            else "No plan was found in time."
        )
    if out is not None:
        write(out, written(found))
    click.echo(figures(found.cost, found.bound))


def write(file: Path, text: str) -> None:
    """Write a text to a file, whole or not at all."""
    from footpath.planning import files

    try:
        files.write_text(file, text)
    except OSError as failure:
        raise NoPlan(f"{file} cannot be written: {_why(failure)}.") from None


def _why(failure: Exception) -> str:
    return getattr(failure, "strerror", None) or "it is not text in UTF-8"
