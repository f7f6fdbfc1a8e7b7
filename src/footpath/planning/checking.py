"""Is a plan what its problem allows? Asked of every plan before it is stored.

Each kind of plan brings its own checker, in the module ``check`` beside its ``plan``. A checker
knows the words of the problem and nothing of how the plan was found: it shares no line with the
solvers, so that a mistake there cannot hide itself here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """One thing that is wrong with a plan; the product puts it in words.

    ``rule`` is what the plan breaks ("capacity", "home", "hall"), ``code`` how
    ("too_many"), ``ids`` the people, places and meetings concerned, the main one first.
    """

    rule: str
    code: str
    ids: tuple[str, ...] = ()


# Plans and problems differ from kind to kind, so a checker is kept under the type of its plan.
Checker = Callable[[Any, Any], list[Violation]]
_CHECKERS: dict[type, Checker] = {}


def register(plan_type: type) -> Callable[[Checker], Checker]:
    """Let the decorated function check plans of this type: ``@register(MonthPlan)``."""

    def keep(checker: Checker) -> Checker:
        _CHECKERS[plan_type] = checker
        return checker

    return keep


def check(plan: object, problem: object) -> list[Violation]:
    """Return all that is wrong with the plan, sorted; ``[]`` when it may be stored.

    TypeError for something that is no plan. Source: S2.1, S2.7.
    """
    kind = type(plan)
    if kind not in _CHECKERS and kind.__module__.startswith("footpath.planning."):
        import_module(f"{kind.__module__.rpartition('.')[0]}.check")
    if kind not in _CHECKERS:
        raise TypeError(f"no checker for {kind.__name__}")
    return sorted(_CHECKERS[kind](plan, problem))
