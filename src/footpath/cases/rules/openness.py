"""What the public may count without finding out who it is about. No Django here.

Numbers from 1 to 4 are not shown. Where that leaves a single hidden number beside a total, the
smallest of the others is hidden too, so that nobody finds the first by taking away.
"""

from __future__ import annotations

from collections.abc import Sequence

LEAST = 5
"""The smallest number of cases that is shown; 0 is shown, because it is about nobody."""

HIDDEN = None


def shown(number: int) -> int | None:
    """Return a number that stands alone, or None when it is too small to be shown."""
    return HIDDEN if 0 < number < LEAST else number


def shown_of_total(numbers: Sequence[int]) -> list[int | None]:
    """Return the numbers of a column whose total is shown, too, None where one is hidden."""
    hidden = {at for at, number in enumerate(numbers) if 0 < number < LEAST}
    while hidden and (len(hidden) == 1 or sum(numbers[at] for at in hidden) < LEAST):
        others = [at for at, number in enumerate(numbers) if number and at not in hidden]
        if not others:
            break
        hidden.add(min(others, key=lambda at: (numbers[at], at)))
    return [HIDDEN if at in hidden else number for at, number in enumerate(numbers)]


def median(days: Sequence[int]) -> float | None:
    """Return the middle of some numbers of days; None below five, which are not shown."""
    if len(days) < LEAST:
        return None
    ordered = sorted(days)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return float(ordered[middle])
    return (ordered[middle - 1] + ordered[middle]) / 2
