"""Is a plan of assignments what its problem allows? Counted again from the words of the problem.

Plain Python over ids, on purpose: no array, no table, no line of what made the plan.
"""

from __future__ import annotations

from footpath.planning.assignment.check.facts import Facts
from footpath.planning.assignment.check.figures import (
    check_changes,
    check_costs,
    check_loads,
    check_reasons,
)
from footpath.planning.assignment.check.findings import check_findings
from footpath.planning.assignment.check.leads import check_limits, check_lines, check_rules
from footpath.planning.assignment.check.pins import check_pins
from footpath.planning.assignment.plan import AssignmentPlan
from footpath.planning.assignment.problem import AssignmentProblem
from footpath.planning.checking import Violation, register


@register(AssignmentPlan)
def violations(plan: AssignmentPlan, problem: AssignmentProblem) -> list[Violation]:
    """Return all that is wrong with the plan.

    Rules: the names of ``Rule`` in small letters (codes ``lead``, ``deputy``), ``capacity``,
    ``load``, ``spread``, ``pin``, ``department_of_deputy``, ``line``, ``change``, ``finding``,
    ``loads``, ``reasons``, ``cost``, ``digest``.
    """
    facts = Facts(problem)
    found = list(check_lines(plan, facts))
    if found:  # nothing below can be asked of a plan that names what does not exist
        return found
    return [
        *check_rules(plan, facts),
        *check_limits(plan, facts),
        *check_pins(plan, facts),
        *check_changes(plan, facts),
        *check_loads(plan, facts),
        *check_reasons(plan, facts),
        *check_findings(plan, facts),
        *check_costs(plan, facts),
    ]
