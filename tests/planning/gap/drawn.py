"""Small problems drawn from a seed, and what is best for them by trying everything."""

from __future__ import annotations

from itertools import product

import numpy as np

from footpath.planning.gap import GapInstance


def drawn(seed: int, agents: int = 3, jobs: int = 6, tight: float = 0.8) -> GapInstance:
    """Return a problem of type d: what is light for an agent costs much."""
    random = np.random.default_rng([seed, agents, jobs])
    weight = random.integers(1, 101, (agents, jobs))
    cost = 111 - weight + random.integers(-10, 11, (agents, jobs))
    capacity = (tight * weight.sum(axis=1) / agents).astype(np.int64)
    return GapInstance(cost, weight, capacity)


def cheapest(instance: GapInstance) -> int | None:
    """Return the cost of the best plan, None when there is none."""
    best = None
    for plan in product(range(instance.agents), repeat=instance.jobs):
        if feasible(instance, plan):
            cost = total(instance, plan)
            best = cost if best is None else min(best, cost)
    return best


def total(instance: GapInstance, plan: tuple[int, ...]) -> int:
    """Return what a plan costs."""
    return sum(int(instance.cost[agent, job]) for job, agent in enumerate(plan))


def feasible(instance: GapInstance, plan: tuple[int, ...]) -> bool:
    """Return whether no agent is beyond its capacity."""
    load = [0] * instance.agents
    for job, agent in enumerate(plan):
        load[agent] += int(instance.weight[agent, job])
    return all(weight <= most for weight, most in zip(load, instance.capacity, strict=True))


def text_of(instance: GapInstance) -> str:
    """Return a problem in the form it is published in."""
    rows = [f"{instance.agents} {instance.jobs}"]
    rows += [" ".join(map(str, row)) for row in instance.cost.tolist()]
    rows += [" ".join(map(str, row)) for row in instance.weight.tolist()]
    return "\n".join([*rows, " ".join(map(str, instance.capacity.tolist()))]) + "\n"
