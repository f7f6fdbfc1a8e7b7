"""Is a plan of jobs what its problem allows? Counts with plain numbers, apart from the search."""

from __future__ import annotations

from footpath.planning.checking import Violation, register
from footpath.planning.gap.plan import GapPlan
from footpath.planning.gap.reading import GapInstance


@register(GapPlan)
def check_gap(plan: GapPlan, problem: GapInstance) -> list[Violation]:
    """Return what is wrong: jobs without or with a wrong agent, full agents, a wrong cost or bound.

    Agents and jobs are named by their numbers counted from 1. A plan without jobs is right when
    it claims none: its status says why.
    """
    if not plan.agent_of_job and plan.status in ("infeasible", "nothing"):
        return []
    if len(plan.agent_of_job) != problem.jobs:
        return [Violation("jobs", "wrong_number", (str(len(plan.agent_of_job)),))]
    cost, loads, wrong = 0, [0] * problem.agents, []
    for job, agent in enumerate(plan.agent_of_job):
        if not 0 <= agent < problem.agents:
            wrong.append(Violation("agent", "unknown", (str(job + 1), str(agent + 1))))
            continue
        cost += int(problem.cost[agent, job])
        loads[agent] += int(problem.weight[agent, job])
    for agent, load in enumerate(loads):
        if load > int(problem.capacity[agent]):
            wrong.append(Violation("capacity", "too_much", (str(agent + 1),)))
    if not wrong and plan.cost != cost / problem.cost_unit:
        wrong.append(Violation("cost", "wrong", (str(plan.cost),)))
    if plan.bound > plan.cost:
        wrong.append(Violation("bound", "above_cost", (str(plan.bound),)))
    return sorted(wrong)
