"""The parts of the search, each against trying everything."""

from __future__ import annotations

from itertools import product
from random import Random

import numpy as np
import pytest

from footpath.planning.gap import GapInstance, search
from footpath.planning.gap.dive import Auction, Group, Manner, candidates, dive
from footpath.planning.gap.packing import FINEST, Candidates
from footpath.planning.gap.prices import made_ready, price_capacity, price_group
from footpath.planning.gap.search import Search, Task, islands
from footpath.planning.gap.search import drawn as pick
from footpath.planning.gap.sharing import Limits, share
from footpath.planning.gap.watch import Watch
from tests.planning.gap.drawn import cheapest, drawn, feasible, total


def prepared(instance: GapInstance) -> tuple[Search, int]:
    """Return a search and what the cheapest plan costs in its fixed point."""
    model = made_ready(instance)
    best = cheapest(instance)
    return Search(model, price_capacity(model, Watch())), (best - model.base) * model.one


@pytest.mark.parametrize("seed", range(6))
def test_no_plan_costs_less_than_the_bounds(seed):
    looked, best = prepared(drawn(seed, tight=0.9))
    assert looked.prices.bound <= looked.strong_bound() <= best


def test_prices_settle_when_capacity_is_plenty():
    looked, best = prepared(drawn(1, tight=9.0))
    assert looked.prices.bound == best
    assert not looked.prices.capacity_price.any()


def test_prices_are_looked_for_no_longer_than_the_watch_allows():
    model = made_ready(drawn(1, 5, 20))
    watch = Watch(cells=1)
    price_capacity(model, watch)
    assert watch.spent == 4 * 100


@pytest.mark.parametrize("core", [3, 20])
@pytest.mark.parametrize("seed", range(4))
def test_agents_take_the_jobs_that_gain_most(seed, core):
    random = np.random.default_rng(seed)
    weight, gain = random.integers(0, 9, (2, 8)), random.integers(-2, 12, (2, 8))
    capacity = np.array([15, 20])
    best = [
        max(
            int(gain[row, list(took)].sum())
            for took in (np.flatnonzero(bits) for bits in product((0, 1), repeat=8))
            if weight[row, list(took)].sum() <= capacity[row]
        )
        for row in range(2)
    ]
    job = np.broadcast_to(np.arange(8), (2, 8))
    table = Candidates(job, -gain, weight, capacity, np.ones(2, np.int64), core)
    for _ in range(4):
        taken, bound, _work = table.pack(np.zeros(8, np.int64))
        assert (bound >= best).all()
        assert ((taken * weight).sum(axis=1) <= capacity).all() or core == 3
    if core == 20:
        assert (taken * gain).sum(axis=1).tolist() == best == bound.tolist()


def test_large_capacities_are_packed_in_steps_and_never_overfilled():
    weight = np.array([[FINEST, FINEST + 1, 3 * FINEST, 2]])
    gain = np.array([[5, 5, 9, 1]])
    table = Candidates(
        np.arange(4)[None, :], -gain, weight, np.array([3 * FINEST]), np.zeros(1, np.int64)
    )
    taken, bound, _ = table.pack(np.zeros(4, np.int64))
    assert (taken * weight).sum() <= 3 * FINEST
    assert bound[0] >= 11


@pytest.mark.parametrize("seed", range(5))
def test_jobs_are_shared_out_at_the_least_cost(seed):
    instance = drawn(seed, tight=0.9)
    cost, one = instance.cost << 8, 1 << 8
    limits = Limits(penalty=10**6, one=one)
    start = np.zeros(3, np.int64)
    ask = (cost, instance.weight, instance.capacity, start, limits)
    shared = share(*ask, below=None, watch=Watch())
    best = cheapest(instance) * one
    assert shared.cost == best
    assert feasible(instance, tuple(shared.agent))
    assert total(instance, tuple(shared.agent)) * one == best
    assert share(*ask, below=best, watch=Watch()).cost == best
    assert share(*ask, below=best - 1, watch=Watch()) is None


def test_a_sharing_that_must_overload_somebody_overloads_least():
    cost, weight = np.array([[1, 2], [3, 4]]) << 8, np.array([[5, 5], [9, 9]])
    shared = share(
        cost, weight, np.array([5, 8]), np.zeros(2, np.int64), Limits(100 << 8, 1 << 8),
        below=None, watch=Watch(),
    )  # fmt: skip
    assert shared.cost == (1 + 4 + 100) << 8


def test_one_agent_gets_all_that_is_left():
    shared = share(
        np.array([[1, 2]]) << 8, np.array([[5, 5]]), np.array([10]), np.zeros(1, np.int64),
        Limits(100 << 8, 1 << 8), below=None, watch=Watch(),
    )  # fmt: skip
    assert shared.agent.tolist() == [0, 0]


def test_a_listing_that_grows_too_long_keeps_the_most_promising_ways():
    instance = drawn(4, 3, 14)
    ask = (instance.cost << 8, instance.weight, instance.capacity, np.zeros(3, np.int64))
    few = Limits(10**6, 1 << 8, ways=1e9, at_once=100)
    long = share(*ask, Limits(10**6, 1 << 8), below=None, watch=Watch())
    short = share(*ask, few, below=None, watch=Watch())
    assert not short.best
    assert short.cost >= long.cost
    assert share(*ask, few, below=long.cost - 1, watch=Watch()) is None
    cut = Limits(10**6, 1 << 8, ways=3)
    assert share(*ask, cut, below=long.cost << 1, watch=Watch(cells=0)) is None


def test_prices_of_a_group_stay_below_their_ceiling():
    instance = drawn(2, tight=0.5)
    found = price_group(
        instance.cost << 8, instance.weight, instance.capacity, np.zeros(3, np.int64),
        ceiling=100, one=1 << 8, steps=60,
    )  # fmt: skip
    assert found.capacity_price.max() == 100


def dived(instance: GapInstance, *, below: int | None, watch: Watch) -> np.ndarray | None:
    """Return what a dive through all agents comes to."""
    look = Search(made_ready(instance), price_capacity(made_ready(instance), Watch()))
    everyone, every = np.arange(instance.agents), np.arange(instance.jobs)
    prices = look.prices
    table = candidates(
        look.cost, instance.weight, instance.capacity, prices.reduced, prices.capacity_price, 12
    )
    auction = Auction(table, prices.job_price, prices.bound + 1000, look.model.one, watch)
    auction.settle(20)
    group = Group(everyone, every, look.cost, instance.weight, instance.capacity)
    return dive(group, auction, Manner(), look.limits, below=below, random=Random(1))


def test_a_dive_gives_every_job_an_agent():
    found = dived(drawn(5, 8, 40, tight=1.0), below=None, watch=Watch())
    assert sorted(set(found.tolist())) == list(range(8))


def test_a_dive_is_given_up_when_it_costs_too_much_or_takes_too_long():
    instance = drawn(5, 8, 40, tight=1.0)
    assert dived(instance, below=1, watch=Watch()) is None
    assert dived(instance, below=None, watch=Watch(cells=0)) is None


def test_a_dive_may_find_nothing_to_share_at_the_end_that_is_cheap_enough():
    instance = drawn(5, 3, 12, tight=1.0)
    assert dived(instance, below=-(10**9), watch=Watch()) is None


def test_a_large_problem_begins_with_a_quick_dive(monkeypatch):
    monkeypatch.setattr(search, "LARGE", 100)
    instance = drawn(5, 8, 40, tight=1.1)
    look = Search(made_ready(instance), price_capacity(made_ready(instance), Watch()))
    found = look.first(Task(None, np.arange(8), 1), Watch(), lambda _: None)
    assert look.large
    assert look.prices.bound <= found.cost
    assert found.agent.shape == (40,)


def test_agents_without_jobs_are_left_alone():
    instance = drawn(7, 4, 12, tight=4.0)
    look = Search(made_ready(instance), price_capacity(made_ready(instance), Watch()))
    agent = np.zeros(12, np.int64)
    before = look.standing(agent)
    nobody = look._anew(before, np.array([1, 2]), before.cost, Random(1), Watch())
    assert nobody is None


def test_agents_that_cannot_be_planned_cheaper_are_left_alone():
    instance = drawn(7, 4, 12, tight=1.0)
    look = Search(made_ready(instance), price_capacity(made_ready(instance), Watch()))
    before = look.standing(np.arange(12) % 4)
    assert look._anew(before, np.arange(4), -(10**12), Random(1), Watch()) is None


def test_overloaded_agents_are_planned_first():
    instance = drawn(7, 5, 20, tight=1.0)
    look = Search(made_ready(instance), price_capacity(made_ready(instance), Watch()))
    task = Task(np.zeros(20, np.int64), np.arange(5), 3)
    heard = []
    end = look.improve(task, Watch(cells=40_000_000), heard.append)
    assert look.standing(task.agent).over > 0
    assert end.usable
    assert heard[-1].cost == end.cost


def test_halves_have_all_agents_once():
    ties = np.random.default_rng(1).integers(0, 50, (9, 9))
    one, other = islands(ties, Random(2))
    assert sorted([*one, *other]) == list(range(9))
    assert (one.size, other.size) == (4, 5)


def test_what_weighs_nothing_is_never_drawn():
    assert {pick(np.array([0, 3, 0, 1]), Random(seed)) for seed in range(40)} == {1, 3}


def test_a_watch_says_why_it_is_over():
    for_work, for_time = Watch(cells=5), Watch(until=1.0, clock=lambda: 2.0)
    for_work.spend(5)
    assert (for_work.over(), for_work.late) == (True, False)
    assert (for_time.over(), for_time.late) == (True, True)
    assert Watch(stopped=lambda: True).over()
    assert not Watch(cells=1, until=9.0, clock=lambda: 2.0).over()
