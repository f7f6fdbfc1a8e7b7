"""What is asked of a solver and what it answers, as it goes between the processes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from footpath.planning.linear import Arrays, Floats

    Report = Callable[[float, float, Floats | None], bool]


@dataclass(slots=True, eq=False)
class Job:
    """One model to solve: see ``solve`` for the words; ``seconds`` and ``work`` may be None."""

    arrays: Arrays
    seed: int
    work: int | None
    seconds: float | None
    start: Floats | None


@dataclass(slots=True, eq=False)
class News:
    """What is known so far: best cost, proven bound, and the plan when it is a new one."""

    cost: float
    bound: float
    values: Floats | None


@dataclass(slots=True, eq=False)
class Answer:
    """What a solver came to.

    ``status`` is proven, gap, infeasible or nothing; ``timely`` is False when the clock or the
    caller stopped it. ``duals`` (one a row) only for a model without integer columns.
    """

    status: str
    values: Floats | None
    bound: float
    work: int
    timely: bool
    duals: Floats | None = None
    cpu_s: float = 0.0
    peak_mb: float = 0.0
    error: str = ""
