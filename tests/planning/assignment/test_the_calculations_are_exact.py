"""What the proofs rest on, against trying everything: matchings, sets of places, local search."""

from itertools import combinations, product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from footpath.planning.assignment import greedy, search, sets
from footpath.planning.assignment.draft import Draft
from footpath.planning.assignment.eligibility import tabulate
from footpath.planning.assignment.matching import match
from footpath.planning.assignment.prices import prices
from tests.planning.assignment.small import drawn

CALM = settings(max_examples=60, deadline=None, derandomize=True)


@CALM
@given(data=st.data(), officers=st.integers(1, 3), places=st.integers(1, 4))
def test_a_matching_is_the_cheapest_and_its_potentials_prove_it(data, officers, places):
    def drawn_matrix(low, high):
        row = st.lists(st.integers(low, high), min_size=places, max_size=places)
        return np.array(data.draw(st.lists(row, min_size=officers, max_size=officers)))

    price, allowed = drawn_matrix(-5, 9), drawn_matrix(0, 1) == 1
    slots = np.array(data.draw(st.lists(st.integers(0, 3), min_size=officers, max_size=officers)))
    step = np.cumsum(np.abs(drawn_matrix(0, 3)), axis=1)[:, :3]
    step = np.pad(step, ((0, 0), (0, 3 - step.shape[1])), constant_values=99)
    found = match(price, allowed, slots, step, empty=7)
    least = None
    for choice in product(range(-1, officers), repeat=places):
        count = np.bincount([o for o in choice if o >= 0], minlength=officers)
        if (count > slots).any() or any(o >= 0 and not allowed[o, p] for p, o in enumerate(choice)):
            continue
        cost = sum(7 if o < 0 else int(price[o, p]) for p, o in enumerate(choice))
        cost += sum(int(step[o, : count[o]].sum()) for o in range(officers))
        least = cost if least is None else min(least, cost)
    assert found.cost == least
    plain = match(price, allowed, slots, empty=7)
    reduced = price - plain.of_place[None, :] - plain.of_officer[:, None]
    assert (reduced[allowed & (slots > 0)[:, None]] >= -1e-9).all()
    proof = plain.of_place.sum() + (plain.of_officer * np.minimum(slots, places)).sum()
    assert round(proof) == plain.cost


@CALM
@given(seed=st.integers(0, 10_000), worth=st.integers(0, 60), margin=st.integers(-40, 40))
def test_every_set_below_a_value_is_found_and_no_other(seed, worth, margin):
    table = tabulate(drawn(seed))
    cost = prices(table)
    officers, places = table.rules.shape
    worths = np.full((officers, places), float(worth)) + np.arange(places)
    below = np.full(officers, float(margin))
    found, value = sets.find(table, cost, worths, below)
    told = {
        (int(o), tuple(p for p in row if p < places)): (int(c), round(float(v), 6))
        for o, row, c, v in zip(
            found.officer, found.places.tolist(), found.cost, value, strict=True
        )
    }
    expected = {}
    for o in range(officers):
        able = np.flatnonzero(table.allowed[o]).tolist()
        for size in range(1, int(table.capacity[o]) + 1):
            for some in combinations(able, size):
                load = cost.units[:, some].sum(axis=1)
                over = np.maximum(load - cost.steps, 0) * cost.counts[:, o]
                price = int(cost.lead[o, list(some)].sum() + cost.fair * over.sum())
                worthy = price - float(worths[o, list(some)].sum())
                if table.weight[list(some)].sum() <= table.limit[o] and worthy <= margin:
                    expected[o, some] = (price, round(worthy, 6))
    assert told == expected


@CALM
@given(seed=st.integers(0, 10_000))
def test_local_search_never_makes_it_dearer_and_keeps_its_counts(seed):
    table = tabulate(drawn(seed, most=9))
    draft = Draft(table, prices(table))
    greedy.begin(draft)
    before = draft.cost()
    search.improve(draft)
    assert draft.cost() <= before
    again = Draft(table, prices(table))
    again.fill(draft.lead)
    for name in ("count", "load", "stepped", "spread", "ranked"):
        assert (getattr(draft, name) == getattr(again, name)).all()
