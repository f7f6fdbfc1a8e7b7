"""Who is in charge of what: officers to places. Source: S2.1, S2.7."""

from __future__ import annotations

from footpath.planning.assignment.planner import assign
from footpath.planning.assignment.validation import ProblemError

__all__ = ["ProblemError", "assign"]
