"""Rounds of visits that do not cluster, repeat or overlap on the same unit (S4.5)."""

from __future__ import annotations

from footpath.planning.visits.plan import VisitPlan
from footpath.planning.visits.problem import Area, Group, Pin, Unit, VisitProblem
from footpath.planning.visits.rounds import plan_visits

__all__ = ["Area", "Group", "Pin", "Unit", "VisitPlan", "VisitProblem", "plan_visits"]
