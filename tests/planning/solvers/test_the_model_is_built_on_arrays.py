"""Columns, rows and entries become one sparse matrix, the same for the same calls."""

from __future__ import annotations

import numpy as np
import pytest

from footpath import planning
from footpath.planning.budget import Budget
from footpath.planning.linear import Linear


def test_entries_come_out_column_by_column_and_what_is_put_twice_is_added_up() -> None:
    model = Linear()
    first = model.columns([1, 2, 3], upper=[1, 2, 3], integer=[True, True, False])
    more = model.columns(5.0, lower=-1.0)
    rows = model.rows([0, -np.inf], [4, 9])
    model.entries(rows[1], first, [7, 8, 9])
    model.entries(rows[0], [3, 0, 3], [1.0, 2.0, 1.0])
    model.entries(rows[0], first[1], 1.0)
    model.entries(rows[0], first[1], -1.0)  # nothing is left of it
    model.entries([], [])
    arrays = model.arrays()
    assert (arrays.columns, arrays.rows) == (4, 2)
    assert (first.tolist(), more.tolist(), rows.tolist()) == ([0, 1, 2], [3], [0, 1])
    assert arrays.start.tolist() == [0, 2, 3, 4, 5]
    assert arrays.index.tolist() == [0, 1, 1, 1, 0]
    assert arrays.value.tolist() == [2, 7, 8, 9, 2]
    assert arrays.lower.tolist() == [0, 0, 0, -1]
    assert arrays.upper.tolist() == [1, 2, 3, 1]
    assert arrays.integer.tolist() == [True, True, False, True]
    assert arrays.row_upper.tolist() == [4, 9]


def test_a_model_grows_after_it_was_looked_at() -> None:
    model = Linear()
    columns = model.columns([1, 1])
    model.entries(model.rows(1, 2), columns)
    before = model.arrays()
    assert model.arrays() is before
    model.entries(model.rows(0, 1), [1], 3.0)
    model.columns(4)
    after = model.arrays()
    assert (after.start.tolist(), after.index.tolist()) == ([0, 1, 3, 3], [0, 0, 1])
    assert before.start.tolist() == [0, 1, 2]


def test_an_entry_outside_the_model_is_refused() -> None:
    model = Linear()
    model.columns([1, 1])
    model.rows(0, 1)
    for row, column in ((1, 0), (0, 2), (-1, 0)):
        with pytest.raises(ValueError, match="outside"):
            model.entries(row, column)


def test_values_hold_when_every_bound_row_and_whole_column_is_kept() -> None:
    model = Linear()
    columns = model.columns([1, 1], 0, 3, [True, False])
    model.entries(model.rows(2, 4), columns)
    holds = model.arrays().holds
    assert holds(np.array([1, 1.5]))
    assert not holds(np.array([1.5, 1]))
    assert not holds(np.array([0, 1.0]))
    assert not holds(np.array([3, 3.0]))
    assert not holds(np.array([-1, 3.0]))
    assert not holds(np.array([4, 0.0]))


def test_the_step_of_the_costs_is_what_all_of_them_divide_by() -> None:
    def step(cost: list[float], integer: list[bool]) -> float:
        model = Linear()
        model.columns(cost, integer=integer)
        return model.arrays().step

    assert step([6, -9, 0], [True, True, False]) == 3
    assert step([6, 2.5], [True, True]) == 0
    assert step([6, 2], [True, False]) == 0
    assert step([0], [True]) == 0


def test_a_budget_that_leaves_nothing_is_refused() -> None:
    for limits in ({"work": 0}, {"seconds": -1.0}, {"seconds": float("nan")}):
        with pytest.raises(ValueError, match="must be more than zero"):
            Budget(**limits)


def test_the_public_names_are_loaded_when_asked_for() -> None:
    assert planning.Budget is Budget
    assert {"assign", "plan_visits", "schedule"} <= set(dir(planning))
    with pytest.raises(AttributeError, match="no attribute 'plan_everything'"):
        _ = planning.plan_everything
