"""A solver plans small parts anew beside the search: never worse, never an impossible plan."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from random import Random

import numpy as np
import pytest

from footpath.planning.checking import check
from footpath.planning.gap import polish as polishing
from footpath.planning.gap import solve, solve_gap
from footpath.planning.gap.polish import Polish, Polisher, worth_polishing
from footpath.planning.gap.prices import made_ready, price_capacity
from footpath.planning.gap.watch import Watch
from tests.planning.gap.drawn import cheapest, drawn, feasible, total

PATIENCE_S = 99.0


def polish_of(instance, watch=None):
    model = made_ready(instance)
    return Polish(model, price_capacity(model, Watch()), watch or Watch(), Random(1))


@pytest.mark.parametrize("seed", range(6))
def test_with_all_jobs_planned_anew_the_plan_is_the_cheapest_of_all(seed):
    instance = drawn(seed, 3, 6, tight=0.85)
    polish, best = polish_of(instance), cheapest(instance)
    if not polish.relax():
        assert best is None
        return
    plan, proven = polish.planned(polish.part(None, 6), None, PATIENCE_S)
    assert proven
    assert (plan is None) == (best is None)
    if plan is not None:
        assert total(instance, plan) == best


def test_a_part_of_a_plan_leaves_the_other_jobs_where_they_are_and_costs_no_more():
    instance = drawn(2, 4, 24, tight=0.95)
    polish = polish_of(instance)
    assert polish.relax()
    first, _ = polish.planned(polish.part(None, 24), None, PATIENCE_S)
    worse = np.array(solve_gap(instance, work=40, workers=1).agent_of_job)
    chosen = polish.part(worse, 8)
    assert chosen.sum() == 8
    better, proven = polish.planned(chosen, worse, PATIENCE_S)
    assert proven
    assert (better[~chosen] == worse[~chosen]).all()
    assert feasible(instance, tuple(better))
    assert total(instance, first) <= total(instance, better) <= total(instance, worse)


def test_where_the_other_jobs_already_overload_somebody_nothing_can_be_planned():
    polish = polish_of(drawn(2, 3, 9))
    assert polish.relax()
    polish.corner = np.zeros(9, np.int64)
    assert polish.planned(polish.part(None, 1), None, PATIENCE_S) == (None, True)


def test_nothing_is_begun_when_the_time_is_up():
    over = Watch(stopped=lambda: True)
    polish = polish_of(drawn(2, 3, 9), over)
    assert not polish.relax()
    assert work(polish, lambda: None) == []
    polish.watch = Watch()
    assert polish.relax()
    polish.watch = over
    assert polish.planned(polish.part(None, 9), None, PATIENCE_S) == (None, False)


def work(polish, best, seconds=9.0):
    """Return the plans that a polisher tells of."""
    heard = []
    Polisher(polish, seconds, best, heard.append).thread.join()
    return heard


def test_a_polisher_goes_on_from_the_best_plan_until_it_is_told_to_stop():
    instance = drawn(3, 4, 24, tight=0.95)
    dearest = replace(instance, cost=instance.cost.max() - instance.cost)
    worse = np.array(solve_gap(dearest, work=40, workers=1).agent_of_job)
    asked = []
    polish = polish_of(instance, Watch(stopped=lambda: len(asked) > 3))

    def best():
        asked.append(len(asked))
        return None if len(asked) == 1 else worse

    heard = work(polish, best)
    assert heard
    assert all(feasible(instance, tuple(plan)) for plan in heard)
    assert total(instance, heard[-1]) < total(instance, worse)


def test_a_polisher_that_finds_nothing_leaves_the_time_to_the_search():
    instance = drawn(3, 5, 60, tight=0.9)
    plan = np.array(solve_gap(instance, work=40, workers=1).agent_of_job)
    asked = []
    polish = polish_of(instance)
    work(polish, lambda: asked.append(1) or plan, seconds=1e-6)
    assert len(asked) == polishing.MISSES


def test_a_pause_never_goes_past_the_limit():
    slept = []
    watch = Watch(until=10.0, clock=lambda: slept.append(1) or 9.999)
    watch.pause(3600.0)
    assert slept == [1]


def test_only_large_problems_are_polished_and_only_where_there_is_a_solver(monkeypatch):
    small = made_ready(drawn(1, 3, 9))
    assert not worth_polishing(small)
    monkeypatch.setattr(polishing, "LARGE", 20)
    assert worth_polishing(small)
    monkeypatch.setattr(polishing, "available", lambda: ("none",))
    assert not worth_polishing(small)


def test_what_the_polisher_tells_is_the_plan_when_nothing_is_better(monkeypatch):
    instance = drawn(5, 4, 40, tight=0.95)
    known = np.array(solve_gap(instance, work=300, workers=1).agent_of_job)
    told, began = [], []

    class Sure:
        def __init__(self, polish, seconds, best, hear):
            assert (polish.watch.over(), seconds, best()) == (False, 0.4, None)
            hear(known)
            hear(known)
            began.append(time.monotonic())  # time stood still until the polisher had spoken
            assert (best() == known).all()
            self.thread = threading.Thread(target=told.append, args=[polish])
            self.thread.start()

    monkeypatch.setattr(polishing, "LARGE", 0)
    monkeypatch.setattr(solve, "Polisher", Sure)
    costs = []
    plan = solve_gap(
        instance,
        seconds=0.4,
        clock=lambda: time.monotonic() - began[0] if began else 0.0,
        on_progress=lambda cost, _bound, _at: costs.append(cost),
    )
    assert check(plan, instance) == []
    assert costs[0] == total(instance, known)
    assert plan.cost <= costs[0]
    assert told[0].watch.over()  # it was told to leave off
