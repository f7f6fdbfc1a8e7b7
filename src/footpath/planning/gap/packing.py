"""The best jobs for each agent at given prices of jobs: many knapsacks at once.

Each agent takes the jobs that gain most (price less cost) within its capacity. Only the jobs near
the break of each agent are in question (its core); they are packed by dynamic programming over
the capacity, for all agents in one array. Cost, prices and gains are in fixed point.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from footpath.planning.gap.reading import Whole

NONE = 1 << 60  # worse than anything
FAR = 1 << 44  # beyond all reduced costs that matter
FINEST = 4000  # capacity steps of the dynamic programming; beyond, weights are rounded up


class Packed(NamedTuple):
    """Which cells were taken, an upper bound of each agent's gain, cells of arrays touched."""

    taken: NDArray[np.bool_]
    gain: Whole
    work: int


@dataclass
class Candidates:
    """Agents with the jobs that may suit them: ``job`` has one row per agent, -1 is no job."""

    job: Whole
    cost: Whole
    weight: Whole
    capacity: Whole
    break_price: Whole
    core: int = 20

    def without(self, agents: NDArray[np.bool_], renumbered: Whole) -> tuple[Candidates, Whole]:
        """Keep these agents and the jobs with a new number (-1: gone); also return which cells."""
        job = np.append(renumbered, -1)[self.job[agents]]
        gone = job < 0
        order = np.argsort(gone, axis=1, kind="stable")[
            :, : int((~gone).sum(axis=1).max(initial=1))
        ]
        left = Candidates(
            np.take_along_axis(job, order, 1),
            np.take_along_axis(self.cost[agents], order, 1),
            np.take_along_axis(self.weight[agents], order, 1),
            self.capacity[agents],
            self.break_price[agents],
            self.core,
        )
        return left, order

    def pack(self, price: Whole) -> Packed:
        """Return the best jobs of each agent, and move its break price to where it filled up."""
        agents, width = self.job.shape
        row = np.arange(agents)[:, None]
        gain = np.append(price, -FAR)[self.job] - self.cost
        dear = self.break_price[:, None] * self.weight - gain
        taken = dear < 0
        relaxed = self.break_price * self.capacity - np.minimum(dear, 0).sum(axis=1)
        size = min(self.core, width)
        # Numbered, so that the choice among equals is the same on every machine.
        near = np.minimum(np.abs(dear), FAR) * width + np.arange(width)
        if size < width:
            near.partition(size, axis=1)
            outside = near[:, size] // width
            core = np.sort(near[:, :size] % width, axis=1)
        else:
            outside = np.full(agents, NONE)
            core = np.broadcast_to(np.arange(width), (agents, width))
        taken[row, core] = False
        left = self.capacity - (self.weight * taken).sum(axis=1)
        sure = np.where(taken, gain, 0).sum(axis=1)
        weights, gains = self.weight[row, core], gain[row, core]
        chosen, more, grain = _fill(weights, gains, left)
        taken[row, core] = chosen
        full = left >= 0
        exact = sure + more
        bound = relaxed if grain > 1 else np.maximum(exact, relaxed - outside)
        bound = np.where(full, np.minimum(bound, relaxed), relaxed)
        self._move(weights, gains, left, outside)
        work = agents * width * 8 + size * agents * (int(left.max(initial=0)) // grain + 1) * 4
        return Packed(taken, bound, work)

    def _move(self, weights: Whole, gains: Whole, left: Whole, outside: Whole) -> None:
        """Set each agent's break price to the worth of capacity where the core fills up.

        It moves no further than the core is wide: beyond, it would be a guess.
        """
        worth = gains / np.maximum(weights, 1)
        order = np.argsort(-worth, axis=1, kind="stable")
        worth = np.take_along_axis(worth, order, 1)
        filled = np.take_along_axis(weights, order, 1).cumsum(axis=1)
        place = np.minimum((filled <= left[:, None]).sum(axis=1), worth.shape[1] - 1)
        price = np.where(left < 0, worth[:, 0], worth[np.arange(len(left)), place])
        reach = outside // np.maximum(1, weights.sum(axis=1) // weights.shape[1]) + 1
        move = np.clip(np.floor(price) - self.break_price, -reach, reach)
        self.break_price = np.maximum(0, self.break_price + move.astype(np.int64))


def _fill(weights: Whole, gains: Whole, left: Whole) -> tuple[NDArray[np.bool_], Whole, int]:
    """Pack each row into what is left; return what was taken, the gain, and the rounding used."""
    agents, size = weights.shape
    row = np.arange(agents)
    room = int(max(1, min(int(left.max(initial=0)), int(weights.sum(axis=1).max(initial=0)))))
    grain = -(-room // FINEST)
    if grain > 1:
        weights, left, room = -(-weights // grain), left // grain, room // grain
    weights = np.minimum(weights, room + 1)
    pad = int(weights.max(initial=0))
    table = np.full((agents, pad + room + 1), -NONE, np.int64)
    table[:, pad:] = 0
    best, flat = table[:, pad:], table.ravel()
    cells = (row * (pad + room + 1) + pad)[:, None] + np.arange(room + 1)
    better = np.zeros((size, agents, room + 1), np.bool_)
    for item in range(size):
        with_it = flat[cells - weights[:, item : item + 1]]
        with_it += gains[:, item : item + 1]
        np.greater(with_it, best, out=better[item])
        np.maximum(with_it, best, out=best)
    place = np.clip(left, 0, room)
    total = best[row, place].copy()
    chosen = np.zeros((agents, size), np.bool_)
    full = left >= 0
    for item in range(size - 1, -1, -1):
        take = better[item, row, place] & full
        chosen[:, item] = take
        place = place - np.where(take, weights[:, item], 0)
    return chosen, total, grain
