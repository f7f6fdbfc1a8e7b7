"""CP-SAT, inside its worker process: whole numbers only, one thread, deterministic time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from ortools.sat.python import cp_model

from footpath.planning.solvers.work import Answer

if TYPE_CHECKING:
    from footpath.planning.linear import Arrays, Floats
    from footpath.planning.solvers.work import Job, Report

WORK = 0.003  # deterministic time of one unit of work, about that of one check of HiGHS
FAR = 10**9  # stands for infinity in the bounds of a column
FINEST = 6  # decimals a row may have


class _Watch(cp_model.CpSolverSolutionCallback):
    """Passes better plans and bounds on, and stops the search when told to."""

    def __init__(self, solver: cp_model.CpSolver, scale: float, report: Report) -> None:
        super().__init__()
        self.solver = solver
        self.scale = scale
        self.report = report
        self.told = False
        solver.best_bound_callback = lambda bound: self.tell(np.inf, bound, None)

    def on_solution_callback(self) -> None:
        values = np.array(self.response_proto.solution, dtype=np.float64)
        self.tell(self.objective_value, self.best_objective_bound, values)

    def tell(self, cost: float, bound: float, values: Floats | None) -> None:
        """Pass on what is new."""
        if not self.report(cost / self.scale, bound / self.scale, values):
            self.told = True
            self.solver.stop_search()


def run(job: Job, report: Report) -> Answer:
    """Solve one model; ``report(cost, bound, values or None)`` returns False to stop.

    Raises ValueError for a model that whole numbers cannot express (see ``whole_model``).
    """
    model, scale = whole_model(job.arrays, job.start)
    solver = cp_model.CpSolver()
    parameters = solver.parameters
    parameters.num_workers = 1
    parameters.linearization_level = 2  # our models are linear throughout
    parameters.random_seed = job.seed % 2**31
    parameters.relative_gap_limit = 0.0
    if job.work is not None:
        parameters.max_deterministic_time = job.work * WORK
    if job.seconds is not None:
        parameters.max_time_in_seconds = job.seconds
    watch = _Watch(solver, scale, report)
    status = solver.solve(model, watch)
    worn = job.work is not None and solver.deterministic_time >= job.work * WORK
    done = worn or status in {cp_model.OPTIMAL, cp_model.INFEASIBLE}
    answer = Answer(
        status={
            cp_model.OPTIMAL: "proven",
            cp_model.FEASIBLE: "gap",
            cp_model.INFEASIBLE: "infeasible",
        }.get(status, "nothing"),
        values=None,
        bound=solver.best_objective_bound / scale,
        work=int(np.ceil(solver.deterministic_time / WORK)),
        timely=not watch.told and (done or job.seconds is None),
    )
    if answer.status in {"proven", "gap"}:
        answer.values = np.array(solver.response_proto.solution, dtype=np.float64)
    return answer


def whole_model(arrays: Arrays, start: Floats | None) -> tuple[Any, float]:
    """Return the model in whole numbers and by how much its costs were multiplied.

    Rows and costs with up to six decimals are multiplied out. A column that is not integer may be
    treated as one when there is at most one such column in a row, with coefficient 1 or -1 and
    everything else whole: then some optimum is whole. Anything else raises ValueError.
    """
    row_scale = _row_scales(arrays)
    _check_columns(arrays, row_scale)
    cost_scale = _scale(arrays.cost)
    model = cp_model.CpModel()
    lower = np.maximum(np.ceil(arrays.lower - 1e-9), -FAR).astype(np.int64).tolist()
    upper = np.minimum(np.floor(arrays.upper + 1e-9), FAR).astype(np.int64).tolist()
    columns = [model.new_int_var(low, high, "") for low, high in zip(lower, upper, strict=True)]
    by_row = np.argsort(arrays.index, kind="stable")
    column_of = np.repeat(np.arange(arrays.columns), np.diff(arrays.start))[by_row]
    row_of = arrays.index[by_row]
    value = np.rint(arrays.value[by_row] * row_scale[row_of]).astype(np.int64)
    ends = np.searchsorted(row_of, np.arange(arrays.rows + 1))
    lows = np.ceil(arrays.row_lower * row_scale - 1e-6)
    highs = np.floor(arrays.row_upper * row_scale + 1e-6)
    for row in range(arrays.rows):
        part = slice(ends[row], ends[row + 1])
        total = cp_model.LinearExpr.weighted_sum(
            [columns[c] for c in column_of[part].tolist()], value[part].tolist()
        )
        low = int(lows[row]) if np.isfinite(lows[row]) else cp_model.INT_MIN
        high = int(highs[row]) if np.isfinite(highs[row]) else cp_model.INT_MAX
        model.add_linear_constraint(total, low, high)
    whole_cost = np.rint(arrays.cost * cost_scale).astype(np.int64).tolist()
    model.minimize(cp_model.LinearExpr.weighted_sum(columns, whole_cost))
    if start is not None:
        for column, hint in zip(columns, np.rint(start).astype(np.int64).tolist(), strict=True):
            model.add_hint(column, hint)
    return model, cost_scale


def _scale(numbers: Floats) -> float:
    """Return the least power of ten that makes all of these whole."""
    for scale in 10.0 ** np.arange(FINEST + 1):
        if (np.abs(numbers * scale - np.rint(numbers * scale)) < 1e-6).all():
            return float(scale)
    raise ValueError("CP-SAT needs numbers of at most six decimals")


def _row_scales(arrays: Arrays) -> Floats:
    """Return for each row the least power of ten that makes its coefficients whole."""
    scales = np.ones(arrays.rows)
    for _ in range(FINEST):
        scaled = arrays.value * scales[arrays.index]
        broken = np.abs(scaled - np.rint(scaled)) > 1e-6
        if not broken.any():
            return scales
        scales[np.unique(arrays.index[broken])] *= 10.0
    raise ValueError("CP-SAT needs numbers of at most six decimals")


def _check_columns(arrays: Arrays, row_scale: Floats) -> None:
    """Refuse columns that are not integer where rounding them could miss the optimum."""
    loose = np.repeat(~arrays.integer, np.diff(arrays.start))
    rows = arrays.index[loose]
    sides = np.concatenate([arrays.row_lower[rows], arrays.row_upper[rows]])
    bounds = np.concatenate([arrays.lower[~arrays.integer], arrays.upper[~arrays.integer]])
    numbers = np.concatenate([sides, bounds])
    numbers = numbers[np.isfinite(numbers)]
    if (
        len(np.unique(rows)) != len(rows)
        or (np.abs(arrays.value[loose]) != 1.0).any()
        or (row_scale[rows] != 1.0).any()
        or (numbers != np.rint(numbers)).any()
    ):
        raise ValueError("CP-SAT needs integer columns")
