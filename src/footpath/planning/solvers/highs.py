"""HiGHS, inside its worker process: one thread, a fixed seed, limits by work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import highspy
import numpy as np

from footpath.planning.solvers.work import Answer

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from footpath.planning.linear import Floats
    from footpath.planning.solvers.work import Job, Report

_ON = highspy.cb.HighsCallbackType
_STATUS = highspy.HighsModelStatus
_FEASIBLE = 2  # HighsInfo.primal_solution_status: a solution that keeps every row


class _Watch:
    """Counts the checks of the solver, passes on what is new, and stops it when told to."""

    def __init__(self, job: Job, report: Report) -> None:
        self.limit = job.work
        self.report = report
        self.checks = 0
        self.worn = False  # the work is used up
        self.told = False  # the caller wants no more

    def __call__(self, kind: Any, text: str, out: Any, into: Any, data: Any) -> None:
        if kind == _ON.kCallbackMipImprovingSolution:
            self.told |= not self.report(
                out.objective_function_value, out.mip_dual_bound, np.array(out.mip_solution)
            )
            return
        self.checks += 1
        self.worn |= self.limit is not None and self.checks >= self.limit
        if kind == _ON.kCallbackMipInterrupt:
            self.told |= not self.report(out.mip_primal_bound, out.mip_dual_bound, None)
        else:
            self.told |= not self.report(np.inf, -np.inf, None)
        if self.worn or self.told:
            into.user_interrupt = True


def run(job: Job, report: Report) -> Answer:
    """Solve one model; ``report(cost, bound, values or None)`` returns False to stop.

    The model is freed as soon as the solver holds its own copy.
    """
    solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    watch = _Watch(job, report)
    _set_options(solver, job)
    integer = _pass_model(solver, job)
    super(highspy.Highs, solver).setCallback(watch, None)  # theirs goes through more Python
    for kind in (
        _ON.kCallbackMipInterrupt,
        _ON.kCallbackMipImprovingSolution,
        _ON.kCallbackSimplexInterrupt,
        _ON.kCallbackIpmInterrupt,
    ):
        solver.startCallback(kind)
    solver.run()
    answer = _answer(solver, watch, broken=not integer.any())
    if answer.values is not None:
        answer.values = _whole(solver, answer.values, integer)
    return answer


def _set_options(solver: Any, job: Job) -> None:
    options: dict[str, object] = {
        "output_flag": False,
        "threads": 1,
        "parallel": "off",
        "random_seed": job.seed % 2**31,
        "mip_rel_gap": 0.0,
        "mip_abs_gap": max(1e-6, job.arrays.step * 0.999),
    }
    if job.seconds is not None:
        options["time_limit"] = job.seconds
    for name, value in options.items():
        solver.setOptionValue(name, value)


def _pass_model(solver: Any, job: Job) -> NDArray[np.bool_]:
    """Hand the model and the start over and let go of them; return which columns are integer."""
    a = job.arrays
    solver.passModel(
        a.columns, a.rows, len(a.value), int(highspy.MatrixFormat.kColwise),
        int(highspy.ObjSense.kMinimize), 0.0,
        a.cost, a.lower, a.upper, a.row_lower, a.row_upper,
        a.start, a.index, a.value, a.integer.astype(np.int32),
    )  # fmt: skip
    if job.start is not None:
        solver.setSolution(a.columns, np.arange(a.columns, dtype=np.int32), job.start)
    job.start = None
    integer = a.integer
    del job.arrays
    return integer


def _whole(solver: Any, values: Floats, integer: NDArray[np.bool_]) -> Floats:
    """Return the values with integer columns exactly whole and the others fitted to them."""
    rounded = np.where(integer, np.rint(values), values)
    if integer.all() or (rounded == values).all():
        return rounded
    fixed = np.flatnonzero(integer).astype(np.int32)
    solver.setCallback(None, None)
    solver.setOptionValue("time_limit", np.inf)
    solver.changeColsIntegrality(
        len(fixed), fixed, np.full(len(fixed), highspy.HighsVarType.kContinuous)
    )
    solver.changeColsBounds(len(fixed), fixed, rounded[fixed], rounded[fixed])
    solver.run()
    fitted = solver.getModelStatus() == _STATUS.kOptimal
    return np.where(integer | (not fitted), rounded, np.array(solver.getSolution().col_value))


def _answer(solver: Any, watch: _Watch, *, broken: bool) -> Answer:
    """Return what the solver came to; ``broken``: a model without integer columns."""
    info, status = solver.getInfo(), solver.getModelStatus()
    found = info.primal_solution_status == _FEASIBLE
    solution = solver.getSolution() if found else None
    answer = Answer(
        status="gap" if found else "nothing",
        values=np.array(solution.col_value) if solution else None,
        bound=-np.inf if broken else info.mip_dual_bound,
        work=watch.checks,
        timely=not watch.told and status != _STATUS.kTimeLimit,
    )
    if status == _STATUS.kOptimal:
        answer.status = "proven"
        if solution and broken:
            answer.bound = info.objective_function_value
            answer.duals = np.array(solution.row_dual)
    elif status == _STATUS.kInfeasible:
        answer.status, answer.values = "infeasible", None
    return answer
