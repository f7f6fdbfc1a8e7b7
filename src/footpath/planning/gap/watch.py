"""When to stop: by work done, which is reproducible, by the clock, or because someone says so."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

UNIT = 1_000_000  # cells of arrays touched that make one unit of work, some 3 to 10 milliseconds


@dataclass
class Watch:
    """Counts cells of arrays touched, and knows the limits."""

    cells: int | None = None
    until: float | None = None
    clock: Callable[[], float] = time.monotonic
    stopped: Callable[[], bool] = lambda: False
    spent: int = 0
    late: bool = field(default=False)

    def spend(self, cells: int) -> None:
        """Count work done."""
        self.spent += cells

    def over(self) -> bool:
        """Return whether to stop now; ``late`` tells whether it was not for the work."""
        if self.cells is not None and self.spent >= self.cells:
            return True
        if not self.late:
            self.late = (self.until is not None and self.clock() >= self.until) or self.stopped()
        return self.late

    def pause(self, seconds: float) -> None:
        """Wait for others to find something; never past the limit."""
        if self.until is not None:
            seconds = min(seconds, max(0.0, self.until - self.clock()))
        time.sleep(seconds)
