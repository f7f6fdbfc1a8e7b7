"""How long planning may go on, and how it tells how far it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Progress = Callable[[float, float, float], bool | None]
"""Called with (cost of the best plan, proven lower bound, seconds since the start).

The cost is ``inf`` while there is no plan and the bound ``-inf`` while nothing is proven.
Returning ``False`` stops the work and keeps the best plan; anything else goes on.
"""


@dataclass(frozen=True)
class Budget:
    """The limits of one call: by work, which is reproducible, and by time, which is not.

    ``work`` counts the checks a solver makes between its steps, 1 to 5 milliseconds each on a
    machine of 2026: the same input stops at the same plan everywhere. ``seconds`` is wall time, an
    outer stop only: a plan cut short by it says so (``Solution.reproducible`` is ``False``).
    ``None`` is no limit. Raises ValueError when a limit is not positive.
    """

    work: int | None = None
    seconds: float | None = None

    def __post_init__(self) -> None:
        """Refuse a limit that would leave no time at all."""
        for name, limit in (("work", self.work), ("seconds", self.seconds)):
            if limit is not None and not limit > 0:
                raise ValueError(f"{name} must be more than zero, not {limit}")
