"""Solving linear models with whole numbers, by whichever solver is installed.

HiGHS (``highs``) comes with Footpath; CP-SAT (``cpsat``) is an extra. The two cannot share one
process, a solver must be stoppable, and its memory must go back: so each runs in a warm process of
its own. A worker that dies costs nothing but time: the best plan it sent is kept.
"""

from __future__ import annotations

from footpath.planning.solvers.runs import Solution, Spent, available, solve, solve_many, spent

__all__ = ["Solution", "Spent", "available", "solve", "solve_many", "spent"]
