"""Generalised assignment problems, and the plain text they are published in.

Shape of the text (OR-Library, Yagiura): agents and jobs, one row of costs per agent, one row of
weights per agent, the capacities; numbers apart by any white space, rows broken anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]

LARGEST = 10**12
MOST_CELLS = 4_000_000


class UnreadableInstance(ValueError):
    """The text is no generalised assignment problem; the message says where it breaks."""


@dataclass(frozen=True)
class GapInstance:
    """Jobs to be given to agents: each job to one agent, no agent beyond its capacity.

    ``cost`` and ``weight`` have one row per agent and one column per job, ``capacity`` one entry
    per agent; all whole numbers. A cost of 12.5 in the text is kept as 125 with ``cost_unit`` 10.
    """

    cost: Whole
    weight: Whole
    capacity: Whole
    cost_unit: int = field(default=1)

    @property
    def agents(self) -> int:
        """Return the number of agents."""
        return int(self.cost.shape[0])

    @property
    def jobs(self) -> int:
        """Return the number of jobs."""
        return int(self.cost.shape[1])


@dataclass(frozen=True)
class _Word:
    """One number of the text and the line it stands on."""

    text: str
    line: int


def read_instance(text: str) -> GapInstance:
    """Return the problem a text describes; costs are to be minimised.

    A text that begins with a number of problems, as those of the OR-Library do, is read when that
    number is 1. UnreadableInstance says what is wrong and on which line: too few or too many
    numbers, something that is no number, a weight or capacity below zero, several problems.
    """
    plain = _plain(text)
    if plain is not None:
        return plain
    words = [
        _Word(word, line)
        for line, row in enumerate(text.splitlines(), start=1)
        for word in row.split()
    ]
    words = _without_count(words)
    agents, jobs = _size(words)
    if agents * jobs > MOST_CELLS:
        raise UnreadableInstance(
            f"{agents} agents and {jobs} jobs are more than this command plans "
            f"(agents times jobs up to {MOST_CELLS:,})."
        )
    cells = agents * jobs
    wanted = _length(agents, jobs)
    if len(words) < wanted:
        raise UnreadableInstance(
            f"The text ends too early: {agents} agents and {jobs} jobs need {wanted} numbers "
            f"(2 + costs {cells} + weights {cells} + capacities {agents}), it has {len(words)}."
        )
    if len(words) > wanted:
        extra = words[wanted]
        raise UnreadableInstance(
            f'Line {extra.line}: "{extra.text}" is number {wanted + 1}, but {agents} agents and '
            f"{jobs} jobs need only {wanted}."
        )
    cost, unit = _numbers(words[2 : 2 + cells], "cost", least=None)
    load, grain = _numbers(words[2 + cells :], "weight or capacity", least=0)
    del grain  # weights and capacities share their unit, which nothing else needs
    return GapInstance(
        cost=cost.reshape(agents, jobs),
        weight=load[:cells].reshape(agents, jobs),
        capacity=load[cells:],
        cost_unit=unit,
    )


def _plain(text: str) -> GapInstance | None:
    """Return the problem of a text with nothing but what is needed, all plain digits; fast.

    None where there is more to look at: the careful way says what, or reads it.
    """
    words = text.split()
    digits = text.isascii() and all(map(str.isdigit, words))
    if not digits or len(words) < 2 or len(max(words, key=len)) >= len(str(LARGEST)):
        return None
    agents, jobs = int(words[0]), int(words[1])
    if not 0 < agents * jobs <= MOST_CELLS or len(words) != _length(agents, jobs):
        return None
    numbers = np.fromiter(map(int, words), np.int64, len(words))
    cost, weight = numbers[2 : 2 + 2 * agents * jobs].reshape(2, agents, jobs)
    return GapInstance(cost, weight, numbers[-agents:])


def _without_count(words: list[_Word]) -> list[_Word]:
    """Leave out a leading "number of problems"; refuse more problems than one."""
    agents, jobs = _whole(words, 0), _whole(words, 1)
    count = agents
    if not agents or not jobs or len(words) == _length(agents, jobs):
        return words
    place = 1
    for _ in range(count or 0):
        agents, jobs = _whole(words, place), _whole(words, place + 1)
        if not agents or not jobs:
            return words
        place += _length(agents, jobs)
    if place != len(words):
        return words
    if count == 1:
        return words[1:]
    raise UnreadableInstance(
        f"This file holds {count} problems. Save each in a file of its own, beginning with "
        "its numbers of agents and jobs."
    )


def _length(agents: int, jobs: int) -> int:
    """Return how many numbers a problem takes."""
    return 2 + 2 * agents * jobs + agents


def _whole(words: list[_Word], place: int) -> int | None:
    """Return the plain whole number at a place, None when there is none."""
    if place < len(words) and words[place].text.isascii() and words[place].text.isdigit():
        return int(words[place].text[:12])
    return None


def _size(words: list[_Word]) -> tuple[int, int]:
    """Return the numbers of agents and jobs a text begins with."""
    if not words:
        raise UnreadableInstance(
            "The text is empty. It begins with the numbers of agents and jobs."
        )
    agents, jobs = (_whole(words, place) for place in range(2))
    if not agents or not jobs:
        raise UnreadableInstance(
            f"Line {words[0].line}: the text begins with the numbers of agents and jobs, "
            f'two whole numbers above zero, not with "{" ".join(w.text for w in words[:2])}".'
        )
    return agents, jobs


def _numbers(words: list[_Word], what: str, least: int | None) -> tuple[Whole, int]:
    """Return numbers as whole multiples of 1/unit, and the unit (a power of ten)."""
    try:
        values = [int(word.text) for word in words]
        unit = 1
    except ValueError:
        decimals = [_decimal(word, what) for word in words]
        places = max(-int(value.as_tuple().exponent) for value in decimals)
        unit = 10 ** max(places, 0)
        values = [int(value * unit) for value in decimals]
    for word, value in zip(words, values, strict=True):
        if least is not None and value < least:
            raise UnreadableInstance(f"Line {word.line}: the {what} {word.text} is below {least}.")
        if abs(value) > LARGEST:
            raise UnreadableInstance(
                f"Line {word.line}: the {what} {word.text} is beyond the largest number we plan "
                f"with, {LARGEST:,}."
            )
    return np.array(values, np.int64), unit


def _decimal(word: _Word, what: str) -> Decimal:
    """Return one number exactly."""
    try:
        value = Decimal(word.text)
    except InvalidOperation:
        value = Decimal("nan")
    if not value.is_finite() or not -9 <= int(value.as_tuple().exponent) <= 12:
        raise UnreadableInstance(f'Line {word.line}: "{word.text}" is no number ({what}).')
    return value
