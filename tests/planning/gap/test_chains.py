"""Jobs are passed along chains of agents: what comes out is allowed and costs less."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from footpath.planning.gap import GapInstance, chains, solve_gap
from footpath.planning.gap.chains import Chains, Sense, Wandering
from footpath.planning.gap.prices import Model, Relaxed, made_ready, price_capacity
from footpath.planning.gap.search import Search, Task, wide
from footpath.planning.gap.watch import Watch
from tests.planning.gap.drawn import cheapest, drawn, feasible, total


def looked_at(instance: GapInstance) -> Search:
    """Return a search with its prices."""
    model = made_ready(instance)
    return Search(model, price_capacity(model, Watch()))


def wandering(look: Search, seed: int = 1, inside: np.ndarray | None = None) -> Wandering:
    """Return a wandering among all agents, or those inside, that tells nobody."""
    among = np.arange(look.model.capacity.size) if inside is None else inside
    return Wandering(look.chains, among, Random(seed), look.standing, lambda _standing: None)


def freely(weight: list[list[int]], capacity: list[int], cost: list[list[int]]) -> Chains:
    """Return chains of a problem whose capacity has no price, so that costs are all there is."""
    costs = np.array(cost)
    model = Model(costs, np.array(weight), np.array(capacity), base=0, shift=4)
    none = np.zeros(len(capacity), np.int64)
    return Chains(model, Relaxed(0, none, none, costs << 4))


EVERYBODY = np.ones(3, np.bool_)
STRICT = Sense(np.zeros(3, np.int64), np.full(3, 1 << 20))


@pytest.mark.parametrize(
    ("before", "capacity", "after"),
    [([0, 1, 2], [5, 5, 5], [1, 2, 0]), ([0, 1, 2], [1, 5, 9], [0, 2, 2])],
    ids=["a ring of three", "a chain that ends where there is room"],
)  # fmt: skip
def test_a_chain_moves_several_jobs_at_once(before, capacity, after):
    # Each agent holds one job and is full with it.
    cost = [[1, 9, 0], [0, 9, 9], [9, 0, 9]] if capacity[0] == 5 else [[0] * 3, [9] * 3, [9, 0, 0]]
    one = freely([[5, 5, 5]] * 3 if capacity[0] == 5 else [[1, 9, 9], [9, 5, 9], [9, 4, 5]],
                 capacity, cost)  # fmt: skip
    assert one.passed(np.array(before), STRICT, EVERYBODY, Watch()).tolist() == after


def test_where_nothing_pays_nothing_is_moved():
    one = freely([[5, 5, 5]] * 3, [5, 5, 5], [[0, 9, 9], [9, 0, 9], [9, 9, 0]])
    assert one.passed(np.array([0, 1, 2]), STRICT, EVERYBODY, Watch()) is None


@pytest.mark.parametrize(("beam", "cells"), [(5, 4_000_000), (500, 4_000_000), (500, 900)])
def test_what_is_passed_along_never_costs_more(monkeypatch, beam, cells):
    monkeypatch.setattr(chains, "BEAM", beam)
    monkeypatch.setattr(chains, "CELLS", cells)
    look = looked_at(drawn(4, 8, 80, tight=1.0))
    sense = Sense(look.prices.capacity_price, look.chains.dear)
    agent = look.chains.given_out(Random(1))

    def worth(plan: np.ndarray) -> int:
        load = np.bincount(plan, look.model.weight[plan, look.every], 8).astype(np.int64)
        left = sense.of(np.arange(8), look.model.capacity - load)
        return int(look.prices.reduced[plan, look.every].sum() + left.sum())

    steps = 0
    while True:
        after = look.chains.passed(agent, sense, np.ones(8, np.bool_), Watch())
        if after is None:
            break
        assert worth(after) < worth(agent)
        agent, steps = after, steps + 1
    assert steps > 1


def test_jobs_are_first_given_to_agents_that_suit_them_and_have_room():
    look = looked_at(drawn(4, 8, 80, tight=1.2))
    agent = look.chains.given_out(Random(1))
    assert (look.chains.near == agent[:, None]).any(axis=1).all()
    assert look.standing(agent).over < 0.05 * look.model.capacity.sum()
    assert (agent == look.chains.given_out(Random(1))).all()


def test_very_many_jobs_are_given_to_the_agents_that_suit_them_best(monkeypatch):
    monkeypatch.setattr(chains, "MOST_GIVEN", 79)
    look = looked_at(drawn(4, 8, 80, tight=1.2))
    given_out = look.chains.given_out(Random(1))
    assert (given_out == look.prices.reduced.argmin(axis=0)).all()


def test_weights_of_thousands_of_millions_overflow_nothing():
    small = drawn(4, 4, 40, tight=1.0)
    large = GapInstance(small.cost, small.weight * 10**9, small.capacity * 10**9)
    look = looked_at(large)
    found = wandering(look).run(look.chains.given_out(Random(1)), Watch(cells=10_000_000))
    assert found.usable
    assert feasible(large, tuple(found.agent))


@pytest.mark.parametrize("seed", range(6))
def test_wandering_comes_close_to_the_cheapest_plan_of_a_small_problem(seed):
    instance = drawn(seed, 3, 6, tight=1.2)
    best = cheapest(instance)
    look = looked_at(instance)
    found = wandering(look).run(look.chains.given_out(Random(1)), Watch(cells=10_000_000))
    assert found.usable
    assert feasible(instance, tuple(found.agent))
    assert best <= total(instance, tuple(found.agent)) <= 1.1 * best


def test_an_overload_that_cannot_be_helped_is_left_in_the_end():
    instance = drawn(0, 3, 6, tight=0.3)
    look = looked_at(instance)
    found = wandering(look).settled(np.zeros(6, np.int64), Watch())
    assert found.over > 0


def test_agents_outside_keep_their_jobs():
    look = looked_at(drawn(4, 8, 80, tight=1.0))
    before = look.chains.given_out(Random(1))
    inside = np.arange(4)
    after = wandering(look, inside=inside).run(before, Watch(cells=8_000_000)).agent
    outside = before >= 4
    assert (after[outside] == before[outside]).all()
    assert (after[~outside] < 4).all()
    assert (after != before).any()


def test_better_plans_are_told_on_the_way_and_the_same_seed_finds_the_same():
    look = looked_at(drawn(4, 8, 80, tight=1.0))
    told = []
    task = Task(None, np.arange(8), 3, chained=True)
    end = look.first(task, Watch(cells=15_000_000), told.append)
    costs = [standing.cost for standing in told]
    assert costs == sorted(costs, reverse=True)
    assert (told[-1].agent == end.agent).all()
    again = look.first(task, Watch(cells=15_000_000), lambda _standing: None)
    assert (again.agent == end.agent).all()


def test_wandering_ends_where_nothing_can_be_better():
    look = looked_at(drawn(1, 4, 20, tight=9.0))
    watch = Watch()
    assert wandering(look).run(np.zeros(20, np.int64), watch).cost == look.prices.bound


@pytest.mark.parametrize(
    ("agents", "jobs", "work"), [(4, 120, 40), (26, 780, 250)], ids=["few agents", "many"]
)
def test_where_jobs_are_many_the_work_decides_the_plan_too(agents, jobs, work):
    instance = drawn(3, agents, jobs, tight=1.0)
    assert wide(made_ready(instance))
    alone = solve_gap(instance, work=work, workers=1, seed=4)
    assert solve_gap(instance, work=work, workers=2, seed=4) == alone
    assert (alone.status, alone.reproducible) == ("gap", True)
    assert feasible(instance, alone.agent_of_job)
    assert alone.bound <= alone.cost < 1.02 * alone.bound
