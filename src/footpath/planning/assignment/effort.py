"""How much has been spent on a plan, how far it is, and whether to go on."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from footpath.planning.budget import Budget, Progress

if TYPE_CHECKING:
    from footpath.planning.linear import Floats, Linear
    from footpath.planning.solvers import Solution


class Effort:
    """The limits and the progress of one call, shared by the parts of the problem.

    Parts do not meet (see ``decomposition``): the costs and bounds that are told are their sums.
    """

    def __init__(
        self, backend: str, seed: int, budget: Budget, on_progress: Progress | None
    ) -> None:
        """Start the clock; it is asked for nothing but stopping and telling."""
        self.backend = backend
        self.seed = seed
        self.budget = budget
        self.on_progress = on_progress
        self.began = time.monotonic()
        self.reproducible = True
        self.stopped = False
        self.costs: list[float] = []
        self.bounds: list[float] = []
        self._lock = threading.Lock()

    def divide(self, costs: list[float], bounds: list[float]) -> list[Share]:
        """Tell the first plan, and return a share for each part."""
        self.costs, self.bounds = list(costs), list(bounds)
        self._tell()
        return [Share(self, part) for part in range(len(costs))]

    def learn(self, part: int, cost: float, bound: float) -> bool:
        """Take in how far a part is; return whether to go on."""
        with self._lock:
            self.costs[part] = min(self.costs[part], cost)
            self.bounds[part] = max(self.bounds[part], min(bound, self.costs[part]))
            self._tell()
            return not self.stopped

    def again(self) -> bool:
        """Tell how far all is once more, so that one can stop it; return whether to go on."""
        with self._lock:
            self._tell()
            return not self.stopped

    def _tell(self) -> None:
        """Call back once more, unless told to stop before."""
        if self.on_progress and not self.stopped:
            elapsed = time.monotonic() - self.began
            if self.on_progress(sum(self.costs), sum(self.bounds), elapsed) is False:
                self.stopped = True
                self.reproducible = False

    def seconds(self) -> float | None:
        """Return the seconds left, None without a limit; at least a moment."""
        if self.budget.seconds is None:
            return None
        return max(1e-3, self.budget.seconds - (time.monotonic() - self.began))


class Share:
    """What one part of the problem may spend, and has spent."""

    def __init__(self, effort: Effort, part: int) -> None:
        """Begin with nothing spent."""
        self.effort = effort
        self.part = part
        self.work = 0
        self.offset = 0.0

    def learn(self, cost: float, bound: float) -> bool:
        """Tell how far this part is; return whether to go on."""
        return self.effort.learn(self.part, cost, bound)

    def over(self) -> bool:
        """Return whether the call is stopped, or the work or the time is used up."""
        effort = self.effort
        if effort.stopped:
            return True
        if effort.budget.work is not None and self.work >= effort.budget.work:
            return True
        seconds = effort.seconds()
        if seconds is not None and seconds <= 1e-3:
            effort.reproducible = False
            return True
        return False

    def solve(
        self,
        model: Linear,
        start: Floats | None = None,
        *,
        tells: bool = False,
        at_most: int | None = None,
    ) -> Solution:
        """Solve a model with what is left, or less; with ``tells`` its costs are the part's."""
        from footpath.planning.solvers import solve  # noqa: PLC0415 - `none` does without

        effort = self.effort
        work = at_most
        if effort.budget.work is not None:
            left = max(1, effort.budget.work - self.work)
            work = left if at_most is None else min(left, at_most)

        def progress(cost: float, bound: float, _elapsed: float) -> bool:
            if tells:
                return self.learn(cost + self.offset, bound + self.offset)
            return effort.again()

        solution = solve(
            model,
            backend=effort.backend,
            seed=effort.seed,
            budget=Budget(work=work, seconds=effort.seconds()),
            start=start,
            on_progress=progress,
        )
        self.work += max(1, solution.work)
        if not solution.reproducible:
            effort.reproducible = False
        return solution
