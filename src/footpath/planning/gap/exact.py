"""What can be decided at once: problems without any plan, and very small ones."""

from __future__ import annotations

import numpy as np

from footpath.planning.gap.prices import Model
from footpath.planning.gap.reading import GapInstance
from footpath.planning.gap.sharing import Limits, share
from footpath.planning.gap.standing import Standing
from footpath.planning.gap.watch import Watch

SMALL = 64  # agents times jobs
MOST_WAYS = 60_000


def hopeless(instance: GapInstance) -> bool:
    """Return whether a job fits nobody, or all jobs at their lightest exceed all capacity."""
    fits = instance.weight <= instance.capacity[:, None]
    if not fits.any(axis=0).all():
        return True
    heavy = int(instance.weight.max(initial=0)) + 1
    lightest = np.where(fits, instance.weight, heavy).min(axis=0)
    return int(lightest.sum()) > int(instance.capacity.sum())


def listed(instance: GapInstance, model: Model) -> Standing | None:
    """Return the best plan of a very small problem by listing them all; None for larger ones.

    The plan that comes back overloads somebody only when every plan does.
    """
    if instance.cost.size > SMALL or instance.agents ** min(instance.jobs, 20) > MOST_WAYS:
        return None
    one = model.one
    # Any overload costs more than the dearest plan.
    penalty = (int(model.cost.max(axis=0).sum()) + 1) * one
    limits = Limits(penalty, one, ways=1e9, at_once=MOST_WAYS)
    start = np.zeros(instance.agents, np.int64)
    found = share(
        model.cost << model.shift, model.weight, model.capacity, start, limits,
        below=None, watch=Watch(),
    )  # fmt: skip
    assert found is not None  # noqa: S101 - an overload is an answer too
    load = np.zeros(instance.agents, np.int64)
    np.add.at(load, found.agent, model.weight[found.agent, np.arange(instance.jobs)])
    over = int(np.maximum(load - model.capacity, 0).sum())
    return Standing(found.agent, found.cost, over)
