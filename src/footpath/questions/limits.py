"""How many postings may be refused: so many a second in a process, whoever sends them.

Checking a posting takes a signature and two rows that are taken back, so strangers could keep the
Corner busy with postings that nobody signed. Who sends what is not known and must not be; so all
share one limit, and nothing is remembered but how much of it is left.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Checks:
    """What is left to be refused: it grows by so many a second up to some seconds' worth.

    Postings that are taken cost nothing, so a rush of members meets no limit.
    """

    def __init__(
        self, a_second: int, seconds: int, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._a_second, self._most, self._now = a_second, float(a_second * seconds), now
        self._lock = threading.Lock()
        self._left, self._at = self._most, now()

    def begin(self) -> bool:
        """Take one; False when none is left."""
        with self._lock:
            now = self._now()
            self._left = min(self._most, self._left + (now - self._at) * self._a_second)
            self._at = now
            if self._left < 1:
                return False
            self._left -= 1
            return True

    def give_back(self) -> None:
        """Put one back, for what was taken."""
        with self._lock:
            self._left = min(self._most, self._left + 1)


POSTINGS = Checks(a_second=100, seconds=10)
"""Of this process. A refusal takes a processor about a millisecond: all of them a tenth of it."""
