"""Making a plan: the engine's work, watched, checked and kept. Source: S2.1."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from footpath import planning as engine
from footpath.accounts import audit
from footpath.assignments import planning
from footpath.assignments.models import Assignment, Plan, PlanFinding, PlanLine
from footpath.assignments.services.plans import fail_plan
from footpath.assignments.services.telling import Teller
from footpath.planning import files
from footpath.planning.assignment.plan import AssignmentPlan, Finding, Line, Why
from footpath.planning.assignment.problem import AssignmentProblem
from footpath.planning.checking import check

log = logging.getLogger(__name__)

WORK, SECONDS = 20_000, 180.0
"""The limits of one plan: by work, so that it can be repeated, and by time as an outer stop."""


def make_plan(*, plan: Plan, at: datetime) -> None:
    """Make a waiting plan: it ends proposed, or failed with a sentence. Never raises for a plan
    that cannot be made.

    Meant for the background: it works outside a transaction and tells how far it is after each
    step. A plan that somebody else has taken, stopped or decided meanwhile is left alone.
    """
    taken = Plan.objects.filter(pk=plan.pk, state=Plan.State.WAITING).update(
        state=Plan.State.RUNNING, heard_at=at, progress=[]
    )
    if not taken:
        return
    plan.refresh_from_db()
    try:
        problem = planning.problem_of(plan)
        Plan.objects.filter(pk=plan.pk).update(
            problem=planning.packed(problem), problem_digest=files.digest(problem)
        )
        teller = Teller(Plan.objects.filter(pk=plan.pk, state=Plan.State.RUNNING), at)
        found = engine.assign(
            problem,
            seed=plan.seed,
            budget=engine.Budget(work=WORK, seconds=SECONDS),
            on_progress=teller,
        )
        wrong = check(found, problem)
    except Exception:
        log.exception("plan %s could not be made", plan.pk)
        fail_plan(plan=plan, sentence=_("The plan could not be made. Plan again."), at=at)
        return
    if wrong:
        log.error("plan %s breaks its own rules: %s", plan.pk, wrong[:20])
        fail_plan(
            plan=plan,
            sentence=_(
                "The plan did not pass the check that every plan must pass, so it was not kept."
            ),
            at=at,
        )
        return
    _propose(plan, problem, found, teller)


@transaction.atomic
def _propose(plan: Plan, problem: AssignmentProblem, found: AssignmentPlan, teller: Teller) -> None:
    teller(found.cost, found.bound, teller.elapsed)
    at = teller.now()
    figures = _figures(problem, found)
    changed = Plan.objects.filter(pk=plan.pk, state=Plan.State.RUNNING).update(
        state=Plan.State.PROPOSED,
        finished_at=at,
        heard_at=at,
        progress=teller.shown(),
        reasons=planning.packed_reasons(found.reasons),
        digest=found.digest,
        backend=found.backend,
        status=found.status,
        reproducible=found.reproducible,
        cost=found.cost,
        bound=found.bound,
        loads=[
            asdict(load) | {"officer": int(load.officer)}
            for load in sorted(found.loads, key=lambda load: int(load.officer))
        ],
        figures=figures,
    )
    if not changed:
        return
    since = _empty_since(problem)
    ways = _ways(problem)
    wanted = {place.id for place in problem.places if place.wants_deputy}
    PlanLine.objects.bulk_create(
        _line(plan, line, problem, since, ways, wanted)
        for line in sorted(found.lines, key=lambda line: int(line.place))
    )
    PlanFinding.objects.bulk_create(
        PlanFinding(plan=plan, position=position, kind=finding.kind, data=_finding(finding))
        for position, finding in enumerate(found.findings, start=1)
    )
    plan.refresh_from_db()
    audit.record(
        "plan.proposed",
        by=plan.started_by,
        subject=plan,
        at=at,
        after={"digest": found.digest, "problem": plan.problem_digest, "status": found.status},
    )


def _line(  # noqa: PLR0917 - all that one line is made from
    plan: Plan,
    line: Line,
    problem: AssignmentProblem,
    since: Mapping[int, date],
    ways: Mapping[tuple[str, str], float | None],
    wanted: Collection[str],
) -> PlanLine:
    held = problem.current.get(line.place)
    lead, deputy = (held.lead, held.deputy) if held is not None else ("", "")
    why = [_why(reason) for reason in line.why]
    for reason in why:
        if reason["code"] == "was_empty" and int(line.place) in since:
            reason["since"] = since[int(line.place)].isoformat()
    quiet = not (line.deputy or deputy or line.place in wanted)
    return PlanLine(
        plan=plan,
        area_id=int(line.place),
        lead_today_id=_key(lead),
        lead_id=_key(line.lead),
        change=line.change,
        why=why,
        deputy_today_id=_key(deputy),
        deputy_id=_key(line.deputy),
        deputy_change="" if quiet else line.deputy_change,
        deputy_why=[] if quiet else [_why(reason) for reason in line.deputy_why],
        km=line.km,
        km_today=ways.get((line.place, lead)),
    )


def _why(reason: Why) -> dict[str, Any]:
    return {"code": reason.code, **dict(reason.values)}


def _finding(finding: Finding) -> dict[str, Any]:
    """Return a finding as plain values: people and places by their keys."""
    return {
        "places": [int(place) for place in finding.places],
        "officers": [int(officer) for officer in finding.officers],
        "places_left": finding.places_left,
        "rules": int(finding.rules),
        "name": finding.name,
        "role": finding.role,
        "funnels": [
            {
                "place": int(funnel.place),
                "officers": funnel.officers,
                "steps": [[int(step.rule), step.officers] for step in funnel.steps],
                "left": [int(officer) for officer in funnel.left],
            }
            for funnel in finding.funnels
        ],
        "offers": [asdict(offer) | {"rules": int(offer.rules)} for offer in finding.offers],
    }


def _ways(problem: AssignmentProblem) -> dict[tuple[str, str], float | None]:
    """Return how far today's lead of each place has to go, in kilometres."""
    people = {officer.id: officer.at for officer in problem.officers}
    found: dict[tuple[str, str], float | None] = {}
    for place in problem.places:
        held = problem.current.get(place.id)
        if held is not None and held.lead:
            found[place.id, held.lead] = planning.kilometres(people.get(held.lead), place.at)
    return found


def _figures(problem: AssignmentProblem, found: AssignmentPlan) -> dict[str, Any]:
    """Return what the tiles of the page show."""
    led = [place.id for place in problem.places if _held(problem, place.id)]
    proposed = [line.km for line in found.lines if line.lead and line.km is not None]
    today = [way for way in _ways(problem).values() if way is not None]
    free = (found.reasons.rules == 0).any(axis=1)
    may = {name for name, able in zip(found.reasons.officers, free, strict=True) if able}
    able = [load for load in found.loads if load.places or load.officer in may]
    return {
        "places": len(problem.places),
        "covered": sum(bool(line.lead) for line in found.lines),
        "covered_today": len(led),
        "kept": sum(line.change == "kept" for line in found.lines),
        "moved": sum(line.change == "moved" for line in found.lines),
        "new": sum(line.change == "new" for line in found.lines),
        "nobody": sum(not line.lead for line in found.lines),
        "officers": len(able),
        "capacity": sum(load.capacity for load in able),
        "used": sum(load.places for load in found.loads),
        "km": round(sum(proposed) / len(proposed), 2) if proposed else None,
        "km_today": round(sum(today) / len(today), 2) if today else None,
    }


def _held(problem: AssignmentProblem, place: str) -> bool:
    held = problem.current.get(place)
    return held is not None and bool(held.lead)


def _empty_since(problem: AssignmentProblem) -> dict[int, date]:
    """Return for places that nobody leads the day after the last lead's last day."""
    empty = [int(place.id) for place in problem.places if not _held(problem, place.id)]
    rows = Assignment.objects.filter(
        area__in=empty, role=Assignment.Role.LEAD, until__isnull=False, until__lt=problem.start
    ).order_by("until")
    return {
        place: until + timedelta(days=1)
        for place, until in rows.values_list("area_id", "until")
        if place is not None and until is not None
    }


def _key(identifier: str) -> int | None:
    return int(identifier) if identifier else None
