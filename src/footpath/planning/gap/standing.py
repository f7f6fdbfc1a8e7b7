"""What a plan is worth while it is looked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from footpath.planning.gap.reading import Whole


@dataclass(frozen=True)
class Standing:
    """A plan, perhaps one that overloads agents: the agent of each job and what it costs."""

    agent: Whole
    cost: int  # fixed point, with penalties for overload
    over: int  # weight beyond capacities

    @property
    def usable(self) -> bool:
        """Return whether no agent is overloaded."""
        return self.over == 0


Tell = Callable[[Standing], None]
