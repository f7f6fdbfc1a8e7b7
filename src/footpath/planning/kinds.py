"""The kinds of plan by name: what each is made from, who makes it, and an example of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from footpath.planning import files


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of plan; its modules are loaded when first needed."""

    home: str
    problem_name: str
    plan_name: str
    planner_name: str
    example_name: str

    @property
    def problem(self) -> type[Any]:
        """Return the dataclass of its problems."""
        found: type[Any] = getattr(import_module(f"{self.home}.problem"), self.problem_name)
        return found

    @property
    def planned(self) -> type[Any]:
        """Return the dataclass of its plans."""
        found: type[Any] = getattr(import_module(f"{self.home}.plan"), self.plan_name)
        return found

    @property
    def planner(self) -> Callable[..., Any]:
        """Return what makes a plan of a problem."""
        found: Callable[..., Any] = getattr(import_module(self.home), self.planner_name)
        return found

    def asked(self, source: int | str | Path) -> Any:
        """Return the example of a seed, or the problem in a file; BadFile when it is none."""
        if isinstance(source, int):
            return getattr(import_module("footpath.planning.examples"), self.example_name)(source)
        return files.read(Path(source), self.problem)


KINDS = {
    name: Kind(f"footpath.planning.{home}", *names)
    for name, home, *names in (
        ("assignments", "assignment", "AssignmentProblem", "AssignmentPlan", "assign", "district"),
        ("month", "month", "MonthProblem", "MonthPlan", "schedule", "month"),
        ("visits", "visits", "VisitProblem", "VisitPlan", "plan_visits", "visits"),
    )
}
