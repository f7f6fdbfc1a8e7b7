"""A sparse linear model built on arrays: columns, rows and the entries between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]

FEASIBLE = 1e-5  # how far a row or bound may be missed; the solvers themselves count in 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Arrays:
    """A finished model: minimise ``cost @ x`` with every row and column within its bounds.

    With n columns, m rows and k entries: ``cost``, ``lower``, ``upper`` (n floats), ``integer``
    (n booleans), ``row_lower``, ``row_upper`` (m floats), and the matrix column by column:
    ``start`` (n + 1), ``index`` (k row numbers, ascending within a column), ``value`` (k floats).
    """

    cost: Floats
    lower: Floats
    upper: Floats
    integer: NDArray[np.bool_]
    row_lower: Floats
    row_upper: Floats
    start: NDArray[np.int32]
    index: NDArray[np.int32]
    value: Floats

    @property
    def columns(self) -> int:
        """Return the number of columns."""
        return len(self.cost)

    @property
    def rows(self) -> int:
        """Return the number of rows."""
        return len(self.row_lower)

    @property
    def step(self) -> float:
        """Return by how much the costs of two solutions differ at least, if they do; 0: unknown.

        That is the greatest common divisor of the costs, where all are whole and no column with a
        cost may be broken: a gap below it is a proof.
        """
        paid = self.cost != 0
        cost = self.cost[paid]
        if not len(cost) or not self.integer[paid].all() or (cost != np.rint(cost)).any():
            return 0.0
        return float(np.gcd.reduce(np.abs(cost).astype(np.int64)))

    def activity(self, values: Floats) -> Floats:
        """Return what each row comes to (m floats) at ``values`` (n floats)."""
        products = self.value * np.repeat(values, np.diff(self.start))
        total = np.zeros(self.rows, dtype=np.float64)
        np.add.at(total, self.index, products)
        return total

    def holds(self, values: Floats) -> bool:
        """Return whether ``values`` keeps every bound, row and integrality."""
        activity = self.activity(values)
        slack = FEASIBLE * np.maximum(1.0, np.abs(activity))
        return bool(
            (values >= self.lower - FEASIBLE).all()
            and (values <= self.upper + FEASIBLE).all()
            and (np.abs(values - np.rint(values))[self.integer] <= FEASIBLE).all()
            and (activity >= self.row_lower - slack).all()
            and (activity <= self.row_upper + slack).all()
        )


class Linear:
    """A model to be minimised, grown by blocks of columns and rows.

    Order is the caller's: the same calls in the same order give the same model, byte by byte.

    >>> m = Linear()
    >>> x = m.columns([3.0, 2.0])
    >>> r = m.rows(1.0, np.inf)
    >>> m.entries(r, x, 1.0)
    """

    def __init__(self) -> None:
        """Start with no columns and no rows."""
        self._columns: list[tuple[Floats, Floats, Floats, NDArray[np.bool_]]] = []
        self._rows: list[tuple[Floats, Floats]] = []
        self._entries: list[tuple[NDArray[np.int32], NDArray[np.int32], Floats]] = []
        self._arrays: Arrays | None = None
        self.column_count = 0
        self.row_count = 0

    def columns(
        self,
        cost: ArrayLike,
        lower: ArrayLike = 0.0,
        upper: ArrayLike = 1.0,
        integer: ArrayLike = True,
    ) -> Numbers:
        """Add as many columns as there are costs (a number is one column); return their numbers.

        ``lower``, ``upper`` and ``integer`` are one for all or one for each.
        """
        costs = np.atleast_1d(np.asarray(cost, dtype=np.float64)).ravel()
        count = len(costs)
        self._columns.append(
            (
                costs.copy(),
                _each(lower, count),
                _each(upper, count),
                np.broadcast_to(np.asarray(integer, dtype=np.bool_).ravel(), (count,)).copy(),
            )
        )
        self._arrays = None
        self.column_count += count
        return np.arange(self.column_count - count, self.column_count, dtype=np.int64)

    def rows(self, lower: ArrayLike, upper: ArrayLike) -> Numbers:
        """Add rows between ``lower`` and ``upper`` (use -inf, inf); return their numbers."""
        lows, highs = np.broadcast_arrays(
            np.atleast_1d(np.asarray(lower, dtype=np.float64)),
            np.atleast_1d(np.asarray(upper, dtype=np.float64)),
        )
        self._rows.append((lows.ravel().copy(), highs.ravel().copy()))
        self._arrays = None
        self.row_count += lows.size
        return np.arange(self.row_count - lows.size, self.row_count, dtype=np.int64)

    def entries(self, rows: ArrayLike, columns: ArrayLike, values: ArrayLike = 1.0) -> None:
        """Put ``values`` where ``rows`` and ``columns`` cross; the three are broadcast together.

        What is put twice at one place is added up. Raises ValueError for a row or column that
        does not exist yet.
        """
        where, what, much = np.broadcast_arrays(
            np.asarray(rows), np.asarray(columns), np.asarray(values, dtype=np.float64)
        )
        if where.size == 0:
            return
        for numbers, count in ((where, self.row_count), (what, self.column_count)):
            if numbers.min() < 0 or numbers.max() >= count:
                raise ValueError("an entry lies outside the rows and columns there are")
        self._entries.append(
            (
                where.ravel().astype(np.int32),
                what.ravel().astype(np.int32),
                much.ravel().astype(np.float64),
            )
        )
        self._arrays = None

    def arrays(self) -> Arrays:
        """Return the finished model; it is built once and kept until something is added."""
        if self._arrays is None:
            self._arrays = self._build()
        return self._arrays

    def _build(self) -> Arrays:
        cost = _joined([block[0] for block in self._columns])
        lower = _joined([block[1] for block in self._columns])
        upper = _joined([block[2] for block in self._columns])
        whole = [block[3] for block in self._columns]
        integer = np.concatenate([np.empty(0, dtype=np.bool_), *whole])
        self._columns = [(cost, lower, upper, integer)]
        row_lower, row_upper = (_joined([block[part] for block in self._rows]) for part in range(2))
        self._rows = [(row_lower, row_upper)]
        start, index, value = self._compressed()
        return Arrays(cost, lower, upper, integer, row_lower, row_upper, start, index, value)

    def _compressed(self) -> tuple[NDArray[np.int32], NDArray[np.int32], Floats]:
        """Return the matrix column by column; the triples are replaced by sorted ones."""
        rows = np.concatenate([np.empty(0, dtype=np.int32), *(e[0] for e in self._entries)])
        columns = np.concatenate([np.empty(0, dtype=np.int32), *(e[1] for e in self._entries)])
        values = _joined([e[2] for e in self._entries])
        self._entries.clear()
        place = columns.astype(np.int64) * max(1, self.row_count) + rows
        order = np.argsort(place, kind="stable")
        place, values = place[order], values[order]
        first = np.ones(len(place), dtype=np.bool_)
        first[1:] = place[1:] != place[:-1]
        if not first.all():
            values = np.add.reduceat(values, np.flatnonzero(first))
            order = order[first]
        rows, columns = rows[order], columns[order]
        kept = values != 0.0
        if not kept.all():
            rows, columns, values = rows[kept], columns[kept], values[kept]
        self._entries.append((rows, columns, values))
        start = np.zeros(self.column_count + 1, dtype=np.int32)
        np.cumsum(np.bincount(columns, minlength=self.column_count), out=start[1:])
        return start, rows, values


def _each(numbers: ArrayLike, count: int) -> Floats:
    given = np.asarray(numbers, dtype=np.float64).ravel()
    return np.broadcast_to(given, (count,)).copy()


def _joined(blocks: list[Floats]) -> Floats:
    if len(blocks) == 1:
        return blocks[0]
    return np.concatenate([np.empty(0, dtype=np.float64), *blocks])
