"""The answer to a generalised assignment problem."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Status = Literal["proven", "gap", "infeasible", "nothing"]


@dataclass(frozen=True)
class GapPlan:
    """Which agent does which job, what that costs, and how good it is at least.

    ``agent_of_job`` has one entry per job in the order of the problem, agents counted from 0; it
    is empty without a plan. ``cost`` is ``inf`` without one. No plan can cost less than ``bound``.
    ``gap`` is (cost - bound) / cost in percent, 0 for a proven plan. ``status``: "proven" (no
    cheaper plan exists), "gap", "infeasible" (proven that there is none), "nothing" (none found).
    ``reproducible`` is false when the clock, not the work, ended the search.
    """

    cost: float
    bound: float
    gap: float
    agent_of_job: tuple[int, ...] = field(repr=False)
    status: Status
    work: int = 0
    reproducible: bool = True


def written(plan: GapPlan) -> str:
    """Return the plan as text: one line per job, the number of its agent counted from 1."""
    return "".join(f"{agent + 1}\n" for agent in plan.agent_of_job)
