"""The generalised assignment problem: jobs to agents within capacities, at the least cost.

The plain form of what ``footpath.planning.assignment`` plans, as it is published for comparing
solvers; ``footpath plan gap`` reads it.
"""

from footpath.planning.gap.check import check_gap
from footpath.planning.gap.plan import GapPlan, written
from footpath.planning.gap.reading import GapInstance, UnreadableInstance, read_instance
from footpath.planning.gap.solve import solve_gap

__all__ = [
    "GapInstance",
    "GapPlan",
    "UnreadableInstance",
    "check_gap",
    "read_instance",
    "solve_gap",
    "written",
]
