"""The sets of places that one officer might lead together, each with its exact price.

A plan chooses one set for each officer. The overload and the weight of a set are known exactly, so
the linear relaxation over sets is all but whole, where the one over pairs is 4 % off. Sets are not
listed: those that matter are found from what the places are worth at the moment.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from footpath.planning.assignment.prices import Prices
from footpath.planning.assignment.table import Floats, Ints, Table

AHEAD = 3  # places of which the best are known from any position on
MOST = 1_000_000  # sets looked at in one go; beyond that the pairs themselves are the better way


class TooManyError(Exception):
    """There are too many sets to look at."""


@dataclass(frozen=True, eq=False)
class Sets:
    """k sets: ``officer`` (k); ``places`` (k, size) ascending, filled up with n; ``cost`` (k)."""

    officer: Ints
    places: Ints
    cost: Ints

    def __len__(self) -> int:
        """Return the number of sets."""
        return len(self.officer)


def priced(table: Table, prices: Prices, officer: Ints, places: Ints) -> Sets:
    """Return the sets with what each costs its officer, overload included."""
    n = len(table.places)
    lead = np.concatenate([prices.lead, np.zeros((len(table.officers), 1), dtype=np.int64)], axis=1)
    units = np.concatenate([prices.units, np.zeros((len(prices.steps), 1), dtype=np.int64)], axis=1)
    places = np.sort(np.minimum(places, n), axis=1)
    over = np.maximum(units[:, places].sum(axis=2) - prices.steps[:, None], 0)
    overload = prices.fair * (over * prices.counts[:, officer]).sum(axis=0)
    return Sets(officer, places, lead[officer[:, None], places].sum(axis=1) + overload)


def united(table: Table, *some: Sets) -> Sets:
    """Return the sets of all, each once, in the order of officers and places."""
    size = max(sets.places.shape[1] for sets in some)
    n = len(table.places)
    wide = [
        np.pad(sets.places, ((0, 0), (0, size - sets.places.shape[1])), constant_values=n)
        for sets in some
    ]
    keys = np.concatenate(
        [
            np.concatenate([sets.officer for sets in some])[:, None],
            np.concatenate(wide),
            np.concatenate([sets.cost for sets in some])[:, None],
        ],
        axis=1,
    )
    keys = keys[np.lexsort(keys.T[::-1])]
    fresh = np.ones(len(keys), dtype=np.bool_)
    fresh[1:] = (keys[1:] != keys[:-1]).any(axis=1)
    keys = keys[fresh]
    return Sets(keys[:, 0], keys[:, 1:-1], keys[:, -1])


def of_plan(table: Table, prices: Prices, lead: Ints) -> Sets:
    """Return the sets that a plan of leads (n) consists of, by officer."""
    officers = np.unique(lead[lead >= 0])
    size = max(1, int(np.bincount(lead[lead >= 0]).max(initial=1)))
    places = np.full((len(officers), size), len(lead))
    for row, o in enumerate(officers.tolist()):
        own = np.flatnonzero(lead == o)
        places[row, : len(own)] = own
    return priced(table, prices, officers, places)


def find(table: Table, prices: Prices, worth: Floats, below: Floats) -> tuple[Sets, Floats]:
    """Return all sets whose cost less the worth of its places is at most ``below``, and that value.

    ``worth`` is (m, n), ``below`` (m). An overload never falls when a place is added, so a set is
    followed up only as long as the best places left could bring it below. Raises TooManyError.
    """
    gain = np.where(table.allowed, worth - prices.lead, -np.inf)
    order = np.argsort(-gain, axis=1, kind="stable")
    gain = np.take_along_axis(gain, order, axis=1)
    count = np.isfinite(gain).sum(axis=1)
    gain = np.where(np.isfinite(gain), gain, -1e15)
    best = np.zeros((gain.shape[0], gain.shape[1] + 1))
    np.cumsum(np.maximum(gain, 0.0), axis=1, out=best[:, 1:])
    by = _Order(order, gain, best, count, below, _left(prices, order, gain))
    level = _Level(
        owner=np.flatnonzero((table.capacity > 0) & (count > 0)),
        members=np.empty((0, 0), dtype=np.int64),
        last=np.empty(0, dtype=np.int64),
        value=np.empty(0),
        stepped=np.empty((0, 0), dtype=np.int64),
        weight=np.empty(0, dtype=np.int64),
    )
    level = level.started(len(prices.steps))
    found: list[_Level] = []
    size = 0
    while len(level.owner):
        size += 1
        level = _grown(table, prices, level, by, size)
        found.append(level.only(level.value <= below[level.owner]))
        level = level.only(table.capacity[level.owner] > size)
    return _gathered(table, prices, found)


@dataclass(frozen=True, eq=False)
class _Order:
    """The places of each officer from the most to the least gain, and sums of gains.

    ``left`` (steps passed, places, m, n + 1): the most that so many places from a position on could
    bring an officer whose load has passed so many steps, so that every unit more is charged there.
    """

    order: Ints
    gain: Floats
    best: Floats
    count: Ints
    below: Floats
    left: Floats

    def most(self, passed: Ints, places: Ints, owner: Ints, position: Ints) -> Floats:
        """Return the most that ``places`` places from ``position`` on could still bring, (k,)."""
        n = self.gain.shape[1]
        free = self.best[owner, np.minimum(position + places, n)] - self.best[owner, position]
        some = np.minimum(places, self.left.shape[1] - 1)
        charged = self.left[passed, some, owner, position]
        return np.asarray(np.where(places == some, charged, free))


@dataclass(frozen=True, eq=False)
class _Level:
    """Sets of one size: places as positions in the order of their officer."""

    owner: Ints
    members: Ints  # (k, size), numbers of places
    last: Ints  # position of the last place
    value: Floats
    stepped: Ints  # (steps, k)
    weight: Ints

    def started(self, steps: int) -> _Level:
        """Return the level of the empty sets of the same officers."""
        k = len(self.owner)
        return _Level(
            self.owner,
            np.empty((k, 0), dtype=np.int64),
            np.full(k, -1),
            np.zeros(k),
            np.zeros((steps, k), dtype=np.int64),
            np.zeros(k, dtype=np.int64),
        )

    def only(self, which: Ints | np.ndarray[tuple[int], np.dtype[np.bool_]]) -> _Level:
        """Return some of the sets."""
        return _Level(
            self.owner[which],
            self.members[which],
            self.last[which],
            self.value[which],
            self.stepped[:, which],
            self.weight[which],
        )


def _grown(table: Table, prices: Prices, level: _Level, by: _Order, size: int) -> _Level:
    """Return the sets with one place more that may still come to something."""
    rest = table.capacity[level.owner] - size
    n = by.gain.shape[1]
    position = np.arange(n)
    parts = []
    # What position j could bring at most: its own gain and those of the best ones after it.
    for left in np.unique(rest).tolist():
        own = np.flatnonzero(rest == left)
        until = np.minimum(position + 1 + left, n)
        reach = by.gain + by.best[:, until] - by.best[:, 1:]
        wanted = level.value[own] - by.below[level.owner[own]]
        many = _reached(reach, level.owner[own], wanted)
        many = np.minimum(many, by.count[level.owner[own]]) - 1 - level.last[own]
        parts.append((own, np.maximum(many, 0)))
    own = np.concatenate([part[0] for part in parts])
    many = np.concatenate([part[1] for part in parts])
    if many.sum() > MOST:
        raise TooManyError
    parent = np.repeat(own, many)
    first = np.cumsum(many) - many
    last = np.arange(len(parent)) - np.repeat(first, many) + level.last[parent] + 1
    owner = level.owner[parent]
    place = by.order[owner, last]
    stepped = level.stepped[:, parent] + prices.units[:, place]
    counts = prices.counts[:, owner]
    more = np.maximum(stepped - prices.steps[:, None], 0)
    more -= np.maximum(level.stepped[:, parent] - prices.steps[:, None], 0)
    value = level.value[parent] - by.gain[owner, last] + prices.fair * (more * counts).sum(axis=0)
    weight = level.weight[parent] + table.weight[place]
    passed = ((stepped >= prices.steps[:, None]) * counts).sum(axis=0)
    left = by.most(passed, rest[parent], owner, last + 1)
    keep = (weight <= table.limit[owner]) & (value - left <= by.below[owner])
    members = np.concatenate([level.members[parent], place[:, None]], axis=1)
    return _Level(owner, members, last, value, stepped, weight).only(keep)


def _left(prices: Prices, order: Ints, gain: Floats) -> Floats:
    """Return what places from each position on could bring: see ``_Order``."""
    officers, n = gain.shape
    steps = len(prices.steps)
    charge = np.zeros((steps + 1, officers, n))
    for step in range(steps):
        units = prices.units[step][order] * prices.counts[step][:, None]
        charge[step + 1] = charge[step] + prices.fair * units
    charged = np.maximum(gain[None, :, :] - charge, 0.0)
    best = np.zeros((steps + 1, AHEAD, officers))  # the best ones so far, seen from the end
    left = np.zeros((steps + 1, AHEAD + 1, officers, n + 1))
    for position in reversed(range(n)):
        new = charged[:, :, position]
        for place in range(AHEAD):
            now = best[:, place]
            best[:, place], new = np.maximum(now, new), np.minimum(now, new)
        left[:, 1:, :, position] = np.cumsum(best, axis=1)
    return left


def _reached(reach: Floats, owner: Ints, wanted: Floats) -> Ints:
    """Return for each how many positions of its owner reach what is wanted; they come first."""
    many = np.zeros(len(owner), dtype=np.int64)
    for part in range(0, len(owner), 4096):
        rows = slice(part, part + 4096)
        many[rows] = (reach[owner[rows]] >= wanted[rows, None] - 1e-9).sum(axis=1)
    return many


def _gathered(table: Table, prices: Prices, found: list[_Level]) -> tuple[Sets, Floats]:
    """Return the sets of all sizes as one, by officer and value."""
    n = len(table.places)
    size = max([1, *(level.members.shape[1] for level in found)])
    places = np.concatenate(
        [np.empty((0, size), dtype=np.int64)]
        + [
            np.pad(level.members, ((0, 0), (0, size - level.members.shape[1])), constant_values=n)
            for level in found
        ]
    )
    officer = np.concatenate([np.empty(0, dtype=np.int64)] + [level.owner for level in found])
    value = np.concatenate([np.empty(0)] + [level.value for level in found])
    order = np.lexsort((np.arange(len(value)), value, officer))
    return priced(table, prices, officer[order], places[order]), value[order]
