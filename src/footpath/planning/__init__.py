"""The planning engine: who is in charge, when one meets, who visits (S2.1, S2.7, S4.5).

Frozen dataclasses go in, a plan comes out; no Django, no database, no clock but for stopping. The
names below are loaded when first asked for, so that importing this package costs nothing. ``check``
has nothing to say against a plan that may be stored, whoever made it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from footpath.planning.assignment import assign as assign
    from footpath.planning.budget import Budget as Budget
    from footpath.planning.budget import Progress as Progress
    from footpath.planning.checking import Violation as Violation
    from footpath.planning.checking import check as check
    from footpath.planning.gap import solve_gap as solve_gap
    from footpath.planning.month import repair as repair
    from footpath.planning.month import schedule as schedule
    from footpath.planning.visits import plan_visits as plan_visits

_HOMES = {
    "Budget": "budget",
    "Progress": "budget",
    "Violation": "checking",
    "assign": "assignment",
    "check": "checking",
    "plan_visits": "visits",
    "repair": "month",
    "schedule": "month",
    "solve_gap": "gap",
}


def __getattr__(name: str) -> object:
    """Load one of the public names from its home."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    """List the public names beside what is loaded already."""
    return sorted({*globals(), *_HOMES})
