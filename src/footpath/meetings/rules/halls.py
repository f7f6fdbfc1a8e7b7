"""How many meetings a hall holds at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime


def most_at_once(spans: Iterable[tuple[datetime, datetime]]) -> int:
    """Return how many of the spans run at the same moment at most; an end is not included.

    From 8 to 9 and from 9 to 10 is 1, from 8 to 10 and from 9 to 11 is 2.
    """
    turns = sorted(turn for begins, ends in spans for turn in ((begins, 1), (ends, -1)))
    most = now = 0
    for _moment, change in turns:
        now += change
        most = max(most, now)
    return most
