"""Small steps with whole numbers in tables."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from footpath.planning.month.grid import Table


def added_up(row: Table, column: Table, rows: int) -> tuple[Table, Table, Table]:
    """Return the entries sorted by column and row, each pair once with how often it was there."""
    key = np.sort(column * max(1, rows) + row)
    first = np.flatnonzero(np.diff(key, prepend=-1))
    column, row = np.divmod(key[first], max(1, rows))
    return row, column, np.diff(first, append=len(key))


def whole(numbers: object) -> Table:
    """Return whole numbers as a table, (n,)."""
    return np.array([*numbers], dtype=np.int64)  # type: ignore[misc]


def ranges(begins: Table, ends: Table) -> Table:
    """Return the numbers of all ranges, one after the other."""
    sizes = ends - begins
    shift = np.repeat(begins - np.cumsum(sizes) + sizes, sizes)
    found: Table = np.arange(len(shift)) + shift
    return found


def joined(tables: Sequence[Table]) -> Table:
    """Return tables one behind the other; an empty one of none."""
    return np.concatenate([np.empty(0, dtype=np.int64), *tables])
