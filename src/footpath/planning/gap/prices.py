"""Prices of capacity: the linear relaxation in exact whole numbers.

Everything is counted in fixed point (``model.one`` is 1), so that every machine comes to the same
numbers and a bound is never rounded the wrong way. A price per unit of an agent's weight makes
all capacities free: each job then goes to the agent where cost + price x weight is least. What
that costs, less the price of all capacity, is a lower bound for every plan.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from footpath.planning.gap.reading import GapInstance, Whole
from footpath.planning.gap.watch import Watch

Real = NDArray[np.float64]
LONGEST = 64_000_000  # cells that prices of capacity are looked for in, all steps together
BITS = 60  # what sums of fixed point numbers may take


@dataclass(frozen=True)
class Model:
    """A problem made ready: costs above the cheapest of each job (``base`` in all), fixed point."""

    cost: Whole
    weight: Whole
    capacity: Whole
    base: int
    shift: int

    @property
    def one(self) -> int:
        """Return 1 in fixed point."""
        return 1 << self.shift


def made_ready(instance: GapInstance) -> Model | None:
    """Return the model of an instance; None when its numbers leave no room for fixed point."""
    least = instance.cost.min(axis=0)
    cost = instance.cost - least
    # No agent can be filled beyond the weight of all jobs.
    capacity = np.minimum(instance.capacity, instance.weight.sum(axis=1))
    heaviest = int(max(capacity.max(), instance.weight.max(), 1))
    spread = int(cost.max()) + 1
    needed = max(spread * heaviest * instance.agents, spread * instance.jobs).bit_length() + 6
    shift = min(16, BITS - needed)
    if shift < 3:
        return None
    return Model(cost, instance.weight, capacity, int(least.sum()), shift)


@dataclass(frozen=True)
class Relaxed:
    """Prices of capacity and what they say: the bound, price of each job, reduced costs."""

    bound: int
    capacity_price: Whole
    job_price: Whole
    reduced: Whole


def relaxed(cost: Whole, weight: Whole, capacity: Whole, price: Whole) -> tuple[Relaxed, Whole]:
    """Return the relaxation at these prices (cost in fixed point), and the agent of each job."""
    dear = price[:, None] * weight
    dear += cost
    agent = dear.argmin(axis=0)
    job_price = dear[agent, np.arange(agent.size)]
    bound = int(job_price.sum()) - int(price @ capacity)
    return Relaxed(bound, price, job_price, dear), agent


def overload(weight: Whole, capacity: Whole, agent: Whole) -> Real:
    """Return by how much the load of each agent exceeds its capacity; below zero what is left."""
    load = np.bincount(agent, weight[agent, np.arange(agent.size)], capacity.size)
    return np.asarray(load - capacity, np.float64)


def square(direction: Real) -> float:
    """Return the squared length, the same on every machine whatever the order of its sums."""
    coarse = np.rint(direction * 16).astype(np.int64)
    return int((coarse * coarse).sum()) / 256


def price_capacity(model: Model, watch: Watch, steps: int = 500) -> Relaxed:
    """Return prices close to the best: steps along the overload of each agent, ever shorter."""
    cost, weight = model.cost << model.shift, model.weight
    agents = cost.shape[0]
    filled = float(model.capacity.sum()) / agents
    unit = float(model.one) * float(model.cost.sum()) / max(1.0, float(weight.sum()))
    unit *= 0.04 / max(filled, 1.0)
    price = np.zeros(agents)
    best: Relaxed | None = None
    length, stale = 1.0, 0
    smoothed: Real | None = None
    for _ in range(max(20, min(steps, LONGEST // cost.size))):
        found, agent = relaxed(cost, weight, model.capacity, np.rint(price).astype(np.int64))
        watch.spend(cost.size * 4)
        if best is None or found.bound > best.bound:
            if best is not None and found.bound - best.bound > abs(best.bound) >> 20:
                stale = 0
            best = found
        stale += 1
        if stale > 10:
            length, stale = length * 0.6, 0
            price = best.capacity_price.astype(float)
        if length < 1e-5 or watch.over():
            break
        over = overload(weight, model.capacity, agent)
        smoothed = over if smoothed is None else 0.3 * smoothed + 0.7 * over
        price = np.maximum(0.0, price + length * unit * smoothed)
    assert best is not None  # noqa: S101 - there is at least one step
    return Relaxed(best.bound, best.capacity_price, best.job_price, best.reduced - best.job_price)


def price_group(
    cost: Whole, weight: Whole, capacity: Whole, start: Whole, *, ceiling: int, one: int, steps: int
) -> Relaxed:
    """Return prices of a few agents, at most ``ceiling`` each; cost in fixed point."""
    price = np.minimum(start, ceiling).astype(float)
    best, agent = relaxed(cost, weight, capacity, np.minimum(start, ceiling))
    ahead, stale = 2.0 * one, 0
    smoothed: Real | None = None
    found = best
    for _ in range(steps):
        over = overload(weight, capacity, agent)
        smoothed = over if smoothed is None else 0.6 * smoothed + 0.4 * over
        far = square(smoothed)
        if not far:
            break
        price = price + (best.bound + ahead - found.bound) / far * smoothed
        price = np.minimum(np.maximum(0.0, price), float(ceiling))
        found, agent = relaxed(cost, weight, capacity, np.rint(price).astype(np.int64))
        if found.bound > best.bound:
            ahead *= 1.5 if found.bound >= best.bound + 0.5 * ahead else 1.0
            best, stale = found, 0
            continue
        stale += 1
        if stale >= 6:
            ahead, stale, smoothed = ahead * 0.5, 0, None
            price = best.capacity_price.astype(float)
            if ahead < 0.05 * one:
                break
    return Relaxed(best.bound, best.capacity_price, best.job_price, best.reduced - best.job_price)
