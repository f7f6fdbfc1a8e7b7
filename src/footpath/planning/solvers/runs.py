"""From a model to a solution, through a worker process."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from importlib.util import find_spec

import numpy as np

from footpath.planning.budget import Budget, Progress
from footpath.planning.linear import Arrays, Floats, Linear
from footpath.planning.solvers.pool import POOL, Worker
from footpath.planning.solvers.work import Answer, Job, News

GRACE = 2.0  # seconds a worker may take to leave off before it is killed
_PACKAGES = {"highs": "highspy", "cpsat": "ortools"}
_NONE = np.empty(0, dtype=np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """What became of one model of n columns and m rows.

    ``status`` is ``proven`` (``values`` is an optimum), ``gap`` (``values`` keeps every row, the
    optimum is not below ``bound``), ``infeasible`` (there is none) or ``nothing`` (none was found
    in time). ``values`` has n floats, integer columns exactly whole; empty for the last two.
    ``work`` is in units of ``Budget.work``. ``reproducible`` is False when the clock, the caller
    or a death of the worker ended it. ``duals`` (m floats, a row's price) only for models without
    integer columns, by HiGHS. ``cpu_s`` are CPU seconds of the worker for this model, ``peak_mb``
    is the peak of its memory so far. ``error`` says why the back end could not express the model.
    """

    status: str
    values: Floats = field(repr=False, default_factory=lambda: _NONE)
    cost: float = np.inf
    bound: float = -np.inf
    work: int = 0
    reproducible: bool = True
    duals: Floats = field(repr=False, default_factory=lambda: _NONE)
    cpu_s: float = 0.0
    peak_mb: float = 0.0
    error: str = ""


@dataclass(frozen=True, slots=True)
class Spent:
    """What the workers of this process have spent so far: CPU seconds, and the highest peak."""

    cpu_s: float = 0.0
    peak_mb: float = 0.0


class _Ledger:
    """Adds up what the workers say they have spent; the time of those that died is not known."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.spent = Spent()

    def add(self, answer: Answer) -> None:
        """Add one answer."""
        with self.lock:
            before = self.spent
            self.spent = Spent(before.cpu_s + answer.cpu_s, max(before.peak_mb, answer.peak_mb))


_LEDGER = _Ledger()


def spent() -> Spent:
    """Return what workers have spent for this process until now, to be compared later."""
    return _LEDGER.spent


def available() -> tuple[str, ...]:
    """Return the back ends that can be used here, best first; ``none`` is always the last."""
    return (*(name for name, package in _PACKAGES.items() if find_spec(package)), "none")


def solve(
    model: Linear,
    *,
    backend: str = "highs",
    seed: int = 0,
    budget: Budget | None = None,
    start: Floats | None = None,
    on_progress: Progress | None = None,
) -> Solution:
    """Minimise a model; the same model, seed and work give the same bytes anywhere.

    ``start`` is a full column vector to begin from; when it keeps every row the answer is never
    worse. A model without integer columns goes to HiGHS, whatever the back end: CP-SAT knows no
    such. Raises ValueError when the back end is not one of ``available()``; never because a worker
    died, or because a back end cannot express the model (see ``Solution.error``).
    """
    _check_installed(backend)
    arrays = model.arrays()
    return _Run(arrays, backend, seed, budget or Budget(), start, on_progress).solution()


def _check_installed(backend: str) -> None:
    if backend not in available() or backend == "none":
        raise ValueError(f"the back end {backend!r} is not installed")


def solve_many(
    models: Sequence[Linear],
    *,
    backend: str = "highs",
    seed: int = 0,
    budget: Budget | None = None,
    starts: Sequence[Floats | None] | None = None,
    on_progress: Progress | None = None,
    workers: int = 1,
) -> list[Solution]:
    """Minimise independent models, ``workers`` at a time; return the solutions in their order.

    The work of the budget is for each model, the seconds are for all of them. Progress tells the
    sums over all models; stopping stops them all.
    """
    _check_installed(backend)
    budget = budget or Budget()
    began = time.monotonic()
    sums = _Sums(len(models), on_progress, began)

    def one(number: int) -> Solution:
        seconds = budget.seconds
        if seconds is not None:
            seconds = max(1e-3, seconds - (time.monotonic() - began))
        run = _Run(
            models[number].arrays(),
            backend,
            seed,
            Budget(work=budget.work, seconds=seconds),
            starts[number] if starts else None,
            sums.of(number) if on_progress else None,
        )
        return run.conclude(None, killed=True) if sums.stopped else run.solution()

    if workers <= 1:
        return [one(number) for number in range(len(models))]
    with ThreadPoolExecutor(workers) as threads:
        return list(threads.map(one, range(len(models))))


class _Sums:
    """The progress of many models as one."""

    def __init__(self, count: int, on_progress: Progress | None, began: float) -> None:
        self.costs = np.full(count, np.inf)
        self.bounds = np.full(count, -np.inf)
        self.on_progress = on_progress
        self.began = began
        self.lock = threading.Lock()
        self.stopped = False

    def of(self, number: int) -> Progress:
        """Return the callback of one of the models."""

        def progress(cost: float, bound: float, _elapsed: float) -> bool:
            with self.lock:
                self.costs[number], self.bounds[number] = cost, bound
                if not self.stopped and self.on_progress:
                    elapsed = time.monotonic() - self.began
                    told = self.on_progress(
                        float(self.costs.sum()), float(self.bounds.sum()), elapsed
                    )
                    self.stopped = told is False
                return not self.stopped

        return progress


class _Run:
    """One model on its way through a worker."""

    def __init__(  # noqa: PLR0917
        self,
        arrays: Arrays,
        backend: str,
        seed: int,
        budget: Budget,
        start: Floats | None,
        on_progress: Progress | None,
    ) -> None:
        self.arrays = arrays
        self.step = arrays.step
        broken = not arrays.integer.any() and "highs" in available()
        self.backend = "highs" if broken else backend
        self.seed = seed
        self.budget = budget
        self.on_progress = on_progress
        self.began = time.monotonic()
        self.values: Floats | None = None
        self.cost = np.inf
        self.bound = -np.inf
        self.stopping: float | None = None  # when it was told to stop
        if start is not None:
            start = np.ascontiguousarray(start, dtype=np.float64)
            if len(start) != arrays.columns:
                raise ValueError(f"a start needs {arrays.columns} values, not {len(start)}")
            self.keep(start)
        self.start = self.values

    def solution(self) -> Solution:
        """Send the model to a worker and wait for the end, whatever it is."""
        if not self.arrays.columns:
            return self.without_columns()
        if self.start is not None and not self.tell():
            return self.conclude(None, killed=True)
        answer = self.ask()
        while answer is None and self.idle_death:  # it had left just then: another one
            answer = self.ask()
        return self.conclude(answer, killed=answer is None)

    def without_columns(self) -> Solution:
        """Return the solution of a model with nothing to choose."""
        fits = (self.arrays.row_lower <= 0).all() and (self.arrays.row_upper >= 0).all()
        return Solution("proven", cost=0.0, bound=0.0) if fits else Solution("infeasible")

    def ask(self) -> Answer | None:
        """Have one worker solve the model; return None when it died or had to be killed."""
        answer: Answer | None = None
        self.idle_death = False
        try:
            worker = POOL.borrow(self.backend)
        except OSError:
            return None  # the machine has no room for one more process: as if it had died
        try:
            seconds = self.left()
            job = Job(self.arrays, self.seed, self.budget.work, seconds, self.start)
            if worker.send(job):
                del job
                answer = self.listen(worker)
            else:
                self.idle_death = True
        finally:
            POOL.give_back(worker, usable=answer is not None)
        return answer

    def listen(self, worker: Worker) -> Answer | None:
        """Follow the news until the answer; None when the worker died or had to be killed."""
        heard = False
        while True:
            try:
                news = worker.news(self.patience())
            except queue.Empty:
                if self.stopping is not None:
                    return None  # it did not leave off: it is killed
                self.stop(worker)
                continue
            if news is None:
                self.idle_death = not heard and worker.process.wait() == 0
                return None
            if isinstance(news, Answer):
                _LEDGER.add(news)
                return news
            heard = True
            self.learn(news)
            if self.stopping is None and not self.tell():
                self.stop(worker)

    def left(self) -> float | None:
        """Return the seconds left of the budget, at least a moment; None without a limit."""
        if self.budget.seconds is None:
            return None
        return max(1e-3, self.budget.seconds - (time.monotonic() - self.began))

    def patience(self) -> float | None:
        """Return how long to wait for news: the rest of the time, and of the grace."""
        if self.stopping is not None:
            return max(0.0, self.stopping + GRACE - time.monotonic())
        left = self.left()
        return None if left is None else left + GRACE / 4

    def stop(self, worker: Worker) -> None:
        """Tell the worker to leave off."""
        self.stopping = time.monotonic()
        worker.stop()

    def tell(self) -> bool:
        """Call back; return whether to go on."""
        if self.on_progress is None:
            return True
        told = self.on_progress(self.cost, self.bound, time.monotonic() - self.began)
        return told is not False

    def learn(self, news: News) -> None:
        """Take in what the worker says."""
        self.bound = max(self.bound, min(self.rounded(news.bound), self.cost))
        if news.values is not None:
            self.keep(news.values)

    def keep(self, values: Floats) -> None:
        """Keep a plan that holds and is better than what there is."""
        values = np.where(self.arrays.integer, np.rint(values), values) + 0.0
        cost = float(self.arrays.cost @ values)
        if cost < self.cost and self.arrays.holds(values):
            self.values, self.cost = values, cost

    def rounded(self, bound: float) -> float:
        """Return the bound, rounded up to what a solution can cost."""
        if not self.step or not np.isfinite(bound):
            return bound
        steps = bound / self.step
        return self.step * float(np.ceil(steps - 1e-6 * max(1.0, abs(steps))))

    def conclude(self, answer: Answer | None, *, killed: bool) -> Solution:
        """Make the solution of the last answer and of what was learned on the way."""
        if answer is None:
            answer = Answer("nothing", None, -np.inf, 0, timely=not killed)
        status = answer.status
        if answer.values is not None:
            self.keep(answer.values)
            if self.cost > self.arrays.cost @ answer.values + 1e-6 * max(1.0, abs(self.cost)):
                status = "gap"  # what it calls a plan does not hold: its tolerances misled it
        if status == "infeasible" and self.values is not None:
            status, answer.bound = "gap", -np.inf  # our own plan holds
        if status != "infeasible":
            self.bound = max(self.bound, min(self.rounded(answer.bound), self.cost))
            if self.values is None:
                status = "nothing"
            elif status == "proven":
                self.bound = self.cost
            else:
                status = "proven" if self.cost <= self.bound else "gap"
        return Solution(
            status=status,
            values=_NONE if self.values is None else self.values,
            cost=self.cost,
            bound=self.bound,
            work=answer.work,
            reproducible=answer.timely,
            duals=_NONE if answer.duals is None else answer.duals,
            cpu_s=answer.cpu_s,
            peak_mb=answer.peak_mb,
            error=answer.error,
        )
