"""What a check or an import has come to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from footpath.directory.imports.problems import Problem

PREVIEW_ROWS = 20
MOST_PROBLEMS = 1_000
"""How many problems are kept with a run; the others are counted."""

Progress = Callable[[int], None]
"""Called now and then with the number of rows done."""


def silent(_done: int) -> None:
    """Say nothing."""


@dataclass
class Outcome:
    """How many rows of the directory are new, changed and as before, and what is wrong."""

    total: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)
    preview: list[dict[str, Any]] = field(default_factory=list)
    mapping: str = ""

    def refuse(self, problems: list[Problem]) -> None:
        """Set what is wrong, in the order of the file; then nothing counts as taken."""
        self.problems = sorted(problems, key=lambda wrong: wrong.row)
        if problems:
            self.created = self.updated = self.unchanged = 0

    @property
    def line(self) -> str:
        """Return the last line of the command."""
        return (
            f"created={self.created} updated={self.updated} "
            f"unchanged={self.unchanged} errors={len(self.problems)}"
        )
