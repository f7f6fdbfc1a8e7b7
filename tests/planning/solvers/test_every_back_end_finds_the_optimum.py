"""The same model, the same optimum, whichever solver is asked; tiny ones against brute force."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from footpath.planning.linear import Linear
from footpath.planning.solvers import available, solve, solve_many

BACKENDS = ("highs", "cpsat")


def drawn(seed: int) -> Linear:
    """Return a small model with eight columns of 0 to 2 and four rows, some of them infeasible."""
    random = np.random.default_rng(seed)
    model = Linear()
    columns = model.columns(random.integers(-5, 9, 8), 0, random.integers(1, 3, 8))
    rows = model.rows(random.integers(1, 9, 4), np.inf)
    model.entries(rows[:, None], columns, random.integers(-2, 5, (4, 8)))
    most = model.rows(-np.inf, float(random.integers(2, 10)))
    model.entries(most, columns, random.integers(0, 3, 8))
    return model


def best_by_trying(model: Linear) -> float:
    """Return the least cost over every choice; inf when none keeps the rows."""
    arrays = model.arrays()
    choices = product(*(range(int(top) + 1) for top in arrays.upper))
    costs = [
        float(arrays.cost @ values)
        for values in (np.array(choice, dtype=np.float64) for choice in choices)
        if arrays.holds(values)
    ]
    return min(costs, default=np.inf)


def test_the_back_ends_of_a_full_installation_are_all_there() -> None:
    assert available() == ("highs", "cpsat", "none")


@pytest.mark.parametrize("backend", BACKENDS)
def test_tiny_models_have_the_optimum_that_trying_everything_finds(backend: str) -> None:
    models = [drawn(seed) for seed in range(12)]
    solutions = solve_many(models, backend=backend)
    found = [(solution.status, solution.cost) for solution in solutions]
    best = [best_by_trying(model) for model in models]
    assert found == [("proven" if np.isfinite(b) else "infeasible", b) for b in best]
    for model, solution in zip(models, solutions, strict=True):
        if solution.status == "proven":
            assert model.arrays().holds(solution.values)
            assert solution.bound == solution.cost
            assert (solution.values == np.rint(solution.values)).all()


@pytest.mark.parametrize("backend", BACKENDS)
def test_decimals_in_costs_and_rows_are_taken_as_they_are(backend: str) -> None:
    model = Linear()
    columns = model.columns([1.25, 2.25, 0.75], 0, 9)
    model.entries(model.rows(2.5, np.inf), columns, [0.5, 1.5, 0.25])
    solution = solve(model, backend=backend)
    assert (solution.status, solution.cost) == ("proven", 4.5)


def test_an_unknown_back_end_is_refused() -> None:
    for name in ("none", "glpk"):
        with pytest.raises(ValueError, match="not installed"):
            solve(drawn(0), backend=name)
