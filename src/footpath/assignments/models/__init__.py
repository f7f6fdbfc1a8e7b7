"""The tables of this room, one file per noun."""

from footpath.assignments.models.absence import Absence, StandIn
from footpath.assignments.models.assignment import (
    Assignment,
    AssignmentQuerySet,
    BasisDocument,
    Cluster,
)
from footpath.assignments.models.coverage import Conflict, CoverageRule, Limit
from footpath.assignments.models.duties import DutyItem, DutyList
from footpath.assignments.models.handover import Handover
from footpath.assignments.models.letters import Letter
from footpath.assignments.models.plans import Plan, PlanFinding, PlanLine, PlanPin, PlanWaiver
from footpath.assignments.models.policies import Policy

__all__ = [
    "Absence",
    "Assignment",
    "AssignmentQuerySet",
    "BasisDocument",
    "Cluster",
    "Conflict",
    "CoverageRule",
    "DutyItem",
    "DutyList",
    "Handover",
    "Letter",
    "Limit",
    "Plan",
    "PlanFinding",
    "PlanLine",
    "PlanPin",
    "PlanWaiver",
    "Policy",
    "StandIn",
]
