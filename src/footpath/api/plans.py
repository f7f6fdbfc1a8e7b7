"""Plans over the API: list, read, start, approve, reject."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema

from footpath.accounts.permissions import may
from footpath.api import pages
from footpath.api.people import person_out
from footpath.api.reading import Day, Key
from footpath.assignments import explaining, selectors, tasks
from footpath.assignments.models import BasisDocument, Plan
from footpath.assignments.services import deciding, plans
from footpath.core import clock
from footpath.core.errors import InvalidValue, NotThere
from footpath.directory import selectors as directory
from footpath.directory.models import Person, Tier

router = Router()

State = Literal["waiting", "running", "proposed", "approved", "rejected", "cancelled", "failed"]
LIST_COLUMNS = (
    "id",
    "state",
    "area__code",
    "area__name",
    "tier__code",
    "starts_on",
    "figures",
    "status",
    "started_by_id",
    "started_by__name",
    "started_at",
    "decided_by_id",
    "decided_by__name",
    "decided_at",
)


class PlanPerson(Schema):
    """Somebody in office."""

    id: int
    name: str


class PlanRow(Schema):
    """A plan: for which places, how far it is, who started and who decided it."""

    id: int
    state: State
    area: str
    area_name: str
    tier: str
    starts_on: Day
    covered: int | None
    places: int | None
    status: str
    started_by: PlanPerson
    started_at: str
    decided_by: PlanPerson | None
    decided_at: str | None


class PlanPage(Schema):
    """One page of plans."""

    items: list[PlanRow]
    next: str | None


class LineOut(Schema):
    """One place: who leads it before, who would, what changes and why."""

    area: str
    area_name: str
    lead_before: PlanPerson | None
    lead: PlanPerson | None
    change: str
    why: list[dict[str, Any]]
    deputy_before: PlanPerson | None
    deputy: PlanPerson | None
    deputy_change: str
    km: float | None


class FindingOut(Schema):
    """Why places stay empty: the places, the officers who could, and the ways out."""

    number: int
    kind: str
    places: list[str]
    officers: list[PlanPerson]
    places_left: int
    sentence: str
    open_until: Day | None


class PlanOut(PlanRow):
    """A plan with its lines and findings."""

    standing: str
    cost: int | None
    bound: int | None
    error: str
    note: str
    lines: list[LineOut]
    findings: list[FindingOut]


class PlanFilter(Schema):
    """Which plans: in a state, in a place and below."""

    state: State | None = None
    area: str | None = None
    after: str | None = None
    limit: int = pages.ROWS


class StartIn(Schema):
    """Plan the places of a tier in an area, in force from a day, on the basis of a document."""

    area: str
    tier: str
    starts_on: Day
    basis: Key | None = None


class RejectIn(Schema):
    """Why a plan is rejected."""

    reason: str


@router.get("/plans", response=PlanPage, summary="List plans")
def list_plans(request: HttpRequest, filters: Query[PlanFilter]) -> HttpResponse:
    """List the plans of the caller's places, the newest first."""
    person: Person = request.person
    if not may(person, "assignments.see_plan"):
        raise NotThere
    rows = selectors.plans_for(person)
    if filters.state is not None:
        rows = rows.filter(state=filters.state)
    if filters.area is not None:
        area = directory.get_area_for(person, code=filters.area)
        rows = rows.filter(path__startswith=area.path)
    return pages.answer(
        request,
        rows.values(*LIST_COLUMNS),
        order=selectors.NEWEST,
        after=filters.after,
        limit=filters.limit,
        shape=_row,
    )


@router.get("/plans/{pk}", response=PlanOut, summary="Read a plan")
def get_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Read a plan with a line for each place, and the findings."""
    return JsonResponse(_whole(selectors.get_plan_for(request.person, pk=pk)))


@router.post("/plans", response={201: PlanOut}, summary="Start a plan")
def start_plan(request: HttpRequest, said: StartIn) -> HttpResponse:
    """Ask for a plan; it is made in the background. Refused while one for the same is made."""
    by: Person = request.person
    area = directory.get_area_for(by, code=said.area)
    tier = Tier.objects.filter(code=said.tier).first()
    if tier is None:
        raise InvalidValue(_("There is no such tier."), field="tier")
    basis = None
    if said.basis is not None:
        basis = BasisDocument.objects.filter(pk=said.basis).first()
        if basis is None:
            raise InvalidValue(_("There is no such document."), field="basis")
    made = plans.start_plan(
        area=area, tier=tier, starts_on=said.starts_on, basis=basis, by=by, at=clock.now()
    )
    tasks.begin(made)
    return JsonResponse(_whole(made), status=201)


@router.post("/plans/{pk}/approve", response=PlanOut, summary="Approve a plan")
def approve_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a proposed plan in force on its day; refused when somebody else is in charge by now."""
    found = selectors.get_plan_for(request.person, pk=pk)
    deciding.approve_plan(plan=found, by=request.person, at=clock.now())
    return JsonResponse(_whole(found))


@router.post("/plans/{pk}/reject", response=PlanOut, summary="Reject a plan")
def reject_plan(request: HttpRequest, pk: int, said: RejectIn) -> HttpResponse:
    """Reject a proposed plan with a reason."""
    found = selectors.get_plan_for(request.person, pk=pk)
    deciding.reject_plan(plan=found, reason=said.reason, by=request.person, at=clock.now())
    return JsonResponse(_whole(found))


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    figures = row["figures"]
    return {
        "id": row["id"],
        "state": row["state"],
        "area": row["area__code"],
        "area_name": row["area__name"],
        "tier": row["tier__code"],
        "starts_on": row["starts_on"],
        "covered": figures.get("covered"),
        "places": figures.get("places"),
        "status": row["status"],
        "started_by": {"id": row["started_by_id"], "name": row["started_by__name"]},
        "started_at": row["started_at"],
        "decided_by": {"id": row["decided_by_id"], "name": row["decided_by__name"]}
        if row["decided_by_id"]
        else None,
        "decided_at": row["decided_at"],
    }


def _whole(found: Plan) -> dict[str, Any]:
    decided = found.decided_by
    head = _row(
        {
            "id": found.pk,
            "state": found.state,
            "area__code": found.area.code,
            "area__name": found.area.name,
            "tier__code": found.tier.code,
            "starts_on": found.starts_on,
            "figures": found.figures,
            "status": found.status,
            "started_by_id": found.started_by_id,
            "started_by__name": found.started_by.name,
            "started_at": found.started_at,
            "decided_by_id": found.decided_by_id,
            "decided_by__name": decided.name if decided is not None else None,
            "decided_at": found.decided_at,
        }
    )
    ready = found.state in (Plan.State.PROPOSED, Plan.State.APPROVED, Plan.State.REJECTED)
    proposal = selectors.proposal_of(found) if ready else None
    return head | {
        "standing": explaining.standing(found) if ready else "",
        "cost": found.cost,
        "bound": found.bound,
        "error": found.error,
        "note": found.decision_note,
        "lines": [_line(line) for line in proposal.lines] if proposal is not None else [],
        "findings": [_finding(row) for row in proposal.findings] if proposal is not None else [],
    }


def _line(line: Any) -> dict[str, Any]:
    return {
        "area": line.area.code,
        "area_name": line.area.name,
        "lead_before": person_out(line.lead_today),
        "lead": person_out(line.lead),
        "change": line.change,
        "why": line.why,
        "deputy_before": person_out(line.deputy_today),
        "deputy": person_out(line.deputy),
        "deputy_change": line.deputy_change,
        "km": line.km,
    }


def _finding(row: selectors.FindingRow) -> dict[str, Any]:
    return {
        "number": row.finding.position,
        "kind": row.finding.kind,
        "places": [area.code for area in row.places],
        "officers": [person_out(person) for person, _left in row.officers],
        "places_left": row.finding.data.get("places_left", 0),
        "sentence": row.sentence,
        "open_until": row.finding.open_until,
    }
