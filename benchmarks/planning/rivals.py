"""Other tools on a model: PuLP with CBC, CP-SAT and HiGHS, each as one uses it without more ado.

Each runs in a process of its own (two of the solvers cannot share one):

    python -m benchmarks.planning.rivals cbc model.npz 60

Nobody's word is taken: what a tool calls optimal is checked against the model, row by row.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from footpath.planning.linear import Arrays

Solve = Callable[[Arrays, float], tuple[Any, float | None]]
NAMES = ("cbc", "cpsat", "highs")
SLACK = 1e-3  # of a cost that is rounding


@dataclass
class Answer:
    """What a tool made of one model. ``cost`` is None when it found no plan that holds."""

    cost: float | None
    bound: float | None
    proven: bool
    cpu_s: float
    wall_s: float
    peak_mb: float


def ask(name: str, model: Arrays, seconds: float) -> Answer:
    """Have one tool solve a model within so many seconds, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "model.npz"
        fields = Arrays.__dataclass_fields__
        np.savez(file, **{field: getattr(model, field) for field in fields})
        done = subprocess.run(
            [sys.executable, "-m", __spec__.name, name, str(file), str(seconds)],
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        sys.exit(f"{name} failed:\n{done.stderr}")
    return Answer(**json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    """Solve the model of a file and print the answer as one line."""
    name, file, seconds = sys.argv[1], Path(sys.argv[2]), float(sys.argv[3])
    model = Arrays(**np.load(file))
    solve = {"cbc": _cbc, "cpsat": _cpsat, "highs": _highs}[name]()  # imports are not counted
    began, used = time.perf_counter(), _cpu()
    values, bound = solve(model, seconds)
    wall, cpu = time.perf_counter() - began, _cpu() - used
    cost = None
    if values is not None:
        values = np.where(model.integer, np.rint(values), values)
        cost = float(model.cost @ values) if model.holds(values) else None
    least = max(model.step - SLACK, SLACK)  # by which a better plan would be better
    proven = cost is not None and bound is not None and cost - bound < least
    peak = max(resource.getrusage(who).ru_maxrss for who in _WHO) / 1024
    print(json.dumps(vars(Answer(cost, bound, proven, cpu, wall, peak))))


_WHO = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


def _cpu() -> float:
    used = [resource.getrusage(who) for who in _WHO]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _cbc() -> Solve:
    import pulp

    def solve(model: Arrays, seconds: float) -> tuple[Any, float | None]:
        problem = pulp.LpProblem("plan", pulp.LpMinimize)
        columns = [
            pulp.LpVariable(
                f"x{number}",
                float(model.lower[number]),
                float(model.upper[number]) if np.isfinite(model.upper[number]) else None,
                pulp.LpInteger if model.integer[number] else pulp.LpContinuous,
            )
            for number in range(model.columns)
        ]
        problem += pulp.LpAffineExpression(zip(columns, model.cost.tolist(), strict=True))
        rows: list[list[tuple[Any, float]]] = [[] for _ in range(model.rows)]
        column_of = np.repeat(np.arange(model.columns), np.diff(model.start))
        for row, column, value in zip(
            model.index.tolist(), column_of.tolist(), model.value.tolist(), strict=True
        ):
            rows[row].append((columns[column], value))
        for number, row in enumerate(rows):
            low, high = float(model.row_lower[number]), float(model.row_upper[number])
            total = pulp.LpAffineExpression(row)
            if low == high:
                problem += total == low
                continue
            if np.isfinite(low):
                problem += total >= low
            if np.isfinite(high):
                problem += total <= high
        command = pulp.PULP_CBC_CMD(msg=False, timeLimit=seconds, threads=1, gapRel=0.0, gapAbs=0.0)
        try:
            problem.solve(command)
        except pulp.PulpSolverError:  # stopped before it wrote anything
            return None, None
        if problem.sol_status not in {pulp.LpSolutionOptimal, pulp.LpSolutionIntegerFeasible}:
            return None, None
        values = np.array([column.value() or 0.0 for column in columns])
        # Stopped at its limit, CBC is "Optimal" to PuLP, but not by sol_status.
        optimal = problem.sol_status == pulp.LpSolutionOptimal
        return values, float(model.cost @ values) if optimal else None

    return solve


def _cpsat() -> Solve:
    from ortools.sat.python import cp_model

    from footpath.planning.solvers.cpsat import whole_model

    def solve(model: Arrays, seconds: float) -> tuple[Any, float | None]:
        built, scale = whole_model(model, None)
        solver = cp_model.CpSolver()
        solver.parameters.max_time_in_seconds = seconds
        solver.parameters.num_workers = 2
        status = solver.solve(built)
        bound = solver.best_objective_bound / scale
        if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
            return None, bound
        return np.array(solver.response_proto.solution, dtype=np.float64), bound

    return solve


def _highs() -> Solve:
    import highspy

    def solve(model: Arrays, seconds: float) -> tuple[Any, float | None]:
        solver = highspy.Highs()
        solver.setOptionValue("output_flag", False)
        solver.setOptionValue("time_limit", seconds)
        solver.setOptionValue("mip_rel_gap", 0.0)
        solver.passModel(
            model.columns, model.rows, len(model.value), int(highspy.MatrixFormat.kColwise),
            int(highspy.ObjSense.kMinimize), 0.0,
            model.cost, model.lower, model.upper, model.row_lower, model.row_upper,
            model.start, model.index, model.value, model.integer.astype(np.int32),
        )  # fmt: skip
        solver.run()
        info = solver.getInfo()
        integer = bool(model.integer.any())
        bound = float(info.mip_dual_bound if integer else info.objective_function_value)
        if info.primal_solution_status != 2:
            return None, bound
        return np.array(solver.getSolution().col_value), bound

    return solve


if __name__ == "__main__":
    main()
