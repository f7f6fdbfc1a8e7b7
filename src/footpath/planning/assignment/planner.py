"""Who is in charge of what: from a problem to a plan with its reasons. Source: S2.1, S2.7."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from footpath.planning.assignment import cover, findings, greedy, search
from footpath.planning.assignment import deputies as second
from footpath.planning.assignment.decomposition import part_of, parts
from footpath.planning.assignment.draft import Draft
from footpath.planning.assignment.effort import Effort, Share
from footpath.planning.assignment.eligibility import tabulate
from footpath.planning.assignment.lines import Lines
from footpath.planning.assignment.matching import match
from footpath.planning.assignment.plan import AssignmentPlan, Reasons, Status, digest_of
from footpath.planning.assignment.prices import UNCOVERED, prices
from footpath.planning.assignment.problem import AssignmentProblem
from footpath.planning.assignment.table import NOBODY, Ints
from footpath.planning.assignment.validation import validate
from footpath.planning.budget import Budget, Progress

BACKENDS = ("highs", "cpsat", "none")


def assign(
    problem: AssignmentProblem,
    *,
    backend: str = "highs",
    seed: int = 0,
    budget: Budget | None = None,
    workers: int = 1,
    on_progress: Progress | None = None,
) -> AssignmentPlan:
    """Return the best plan of leads and deputies that was found, with a reason for every line.

    The leads come first: as many places covered as can be, then the least cost of changes,
    distance, wishes and overload (``prices``); then the deputies beside these leads. ``cost`` and
    ``bound`` are those of the leads, a million for each empty place among them; "proven" says that
    no leads cost less, and no deputies beside them. The first plan is told to ``on_progress``
    within 50 ms for a district of 117 places; returning False there keeps the best plan so far.

    The budget is for each part of the problem that stands alone. ``backend`` "none", or a solver
    that is not installed, means local search; a solver that dies leaves the best plan known.
    ProblemError for a problem that cannot be meant, ValueError for an unknown back end.
    """
    if backend not in BACKENDS:
        raise ValueError(f"backend must be one of {', '.join(BACKENDS)}, not {backend!r}")
    validate(problem)
    backend = _installed(backend)
    effort = Effort(backend, seed, budget or Budget(), on_progress)
    table = tabulate(problem)
    draft = Draft(table, prices(table))
    greedy.begin(draft)
    bound = _lead(draft, effort, workers)
    deputies = second.choose(table, draft.prices, draft.lead)
    cost = draft.cost()
    status: Status = "proven" if bound == cost else "gap"
    lines = Lines(draft, deputies)
    plan = AssignmentPlan(
        lines=lines.all(),
        loads=lines.loads(),
        findings=findings.find(draft, deputies),
        reasons=Reasons(
            tuple(officer.id for officer in table.officers),
            tuple(place.id for place in table.places),
            table.rules,
        ),
        status="greedy" if backend == "none" else status,
        cost=cost,
        bound=bound,
        deputy_cost=deputies.cost,
        backend=backend,
        seed=seed,
        reproducible=effort.reproducible,
        digest="",
    )
    return replace(plan, digest=digest_of(plan))


def _installed(backend: str) -> str:
    """Return the back end, or "none" when it is not installed."""
    if backend == "none":
        return backend
    from footpath.planning.solvers import available  # noqa: PLC0415 - `none` does without

    return backend if backend in available() else "none"


def _lead(draft: Draft, effort: Effort, workers: int) -> int:
    """Make the leads better, part by part; return the lower bound of their cost."""
    table, costs = draft.table, draft.prices
    some = parts(table)
    drafts = [draft]
    if len(some) > 1:
        drafts = [Draft(*part_of(table, costs, *part)) for part in some]
        for part, (officers, places) in zip(drafts, some, strict=True):
            part.fill(_numbered(draft.lead[places], officers, len(table.officers)))
    bounds = [_easy_bound(part) for part in drafts]
    shares = effort.divide([float(part.cost()) for part in drafts], [float(b) for b in bounds])
    best = _side_by_side(_improve, list(zip(drafts, shares, bounds, strict=True)), workers)
    if len(some) > 1:
        lead = np.full(len(table.places), NOBODY)
        for part, (officers, places) in zip(drafts, some, strict=True):
            lead[places] = np.append(officers, NOBODY)[part.lead]
        draft.fill(lead)
    return sum(best)


def _side_by_side(
    deed: Callable[[tuple[Draft, Share, int]], int],
    tasks: list[tuple[Draft, Share, int]],
    workers: int,
) -> list[int]:
    """Return what the deed says to each task, in their order, whatever the number of workers."""
    if workers <= 1 or len(tasks) <= 1:
        return [deed(task) for task in tasks]
    with ThreadPoolExecutor(workers) as threads:
        return list(threads.map(deed, tasks))


def _improve(task: tuple[Draft, Share, int]) -> int:
    """Improve one part by local search and prove it with a solver; return its lower bound."""
    draft, share, bound = task
    if not draft.allowed.any():
        return draft.cost()  # nothing is left to be chosen
    if share.over():
        return bound
    search.improve(draft)
    greedy.make_room(draft)
    if share.effort.backend == "none":
        cover.complete(draft)
        search.improve(draft)
        table = draft.table
        least = match(draft.prices.lead, draft.allowed, table.capacity, empty=UNCOVERED)
        bound = max(bound, least.cost)
        share.learn(draft.cost(), bound)
        return min(bound, draft.cost())
    from footpath.planning.assignment import exact  # noqa: PLC0415 - `none` does without

    return max(bound, exact.prove(draft, share))


def _easy_bound(draft: Draft) -> int:
    """Return a lower bound that is quick to see: the cheapest officer of each place."""
    lead = np.where(draft.allowed, draft.prices.lead, UNCOVERED)
    return int(lead.min(axis=0, initial=UNCOVERED).sum())


def _numbered(lead: Ints, officers: Ints, count: int) -> Ints:
    """Return leads by the numbers that the officers have in their part."""
    number = np.full(count + 1, NOBODY)
    number[officers] = np.arange(len(officers))
    return number[lead]
