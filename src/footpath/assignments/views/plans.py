"""Pages of planning who is in charge: the list, the start, progress and proposal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from footpath.accounts.guards import Asked, signed_in
from footpath.accounts.permissions import may, require
from footpath.assignments import explaining, planning, selectors, services, tasks
from footpath.assignments.models import BasisDocument, Plan
from footpath.assignments.permissions import PLANNERS
from footpath.assignments.plan_desk import posted, started
from footpath.assignments.plan_forms import RejectForm, StartForm
from footpath.assignments.services import deciding, plans
from footpath.assignments.views import asked
from footpath.core import clock
from footpath.core.errors import RuleBroken
from footpath.core.keys import key_in
from footpath.directory import selectors as directory
from footpath.directory.models import Area, Person

MOST_REASONS = 40


@signed_in
@require_GET
def plans_list(request: Asked) -> HttpResponse:
    """The plans of the person's places, the newest first."""
    person: Person = request.person
    asked.readers_only(person)
    context = {
        "page": selectors.page_of_plans(person, after=request.GET.get("after")),
        "may_plan": may(person, "assignments.plan"),
        "home": directory.home_area_of(person, PLANNERS),
    }
    return render(request, "assignments/plans/list.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: Asked) -> HttpResponse:
    """Ask for a plan of the places of a tier in ``?place=``, else in the person's own place."""
    person: Person = request.person
    area = asked.area_of_planners(person, request.GET.get("place"))
    require(person, "assignments.plan", area)
    tiers = selectors.tiers_to_plan(area)
    chosen = asked.tier_below(tiers, request.GET.get("tier"))
    initial = {"tier": chosen, "starts_on": _next_month(clock.today())}
    form = StartForm(posted(request), person=person, tiers=tiers, initial=initial)
    if form.is_valid():
        opened = started(
            request, form, lambda: _start(form, area, by=person), at_work=plans.PlanAtWork
        )
        if opened is not None:
            return opened
    context = {
        "area": area,
        "ancestors": directory.ancestors_of(area),
        "form": form,
        "tiers": tiers,
        "chosen": chosen,
        "policy": planning.policy_for(area, chosen) if chosen else None,
    }
    status = 422 if form.errors else 200
    return render(request, "assignments/plans/start.html", context, status=status)


def _start(form: StartForm, area: Area, *, by: Person) -> Plan:
    asked = form.cleaned_data
    with transaction.atomic():
        basis: BasisDocument | None = asked["basis"]
        if asked["number"]:
            basis = services.create_basis_document(
                number=asked["number"],
                issued_on=asked["issued_on"],
                issuer=asked["issuer"],
                by=by,
                at=clock.now(),
            )
        made = plans.start_plan(
            area=area,
            tier=asked["tier"],
            starts_on=asked["starts_on"],
            basis=basis,
            by=by,
            at=clock.now(),
        )
    tasks.begin(made)
    return made


@signed_in
@require_http_methods(["GET", "HEAD"])
def plan(request: Asked, pk: int) -> HttpResponse:
    """One plan: how far it is while it is made, then the proposal, then what was decided."""
    return plan_page(request, selectors.get_plan_for(request.person, pk=pk))


def plan_page(
    request: Asked,
    found: Plan,
    *,
    refusal: RuleBroken | None = None,
    reject: RejectForm | None = None,
) -> HttpResponse:
    person: Person = request.person
    status = getattr(refusal, "status", 200) if refusal is not None else 200
    if found.state in plans.AT_WORK or found.state in (Plan.State.FAILED, Plan.State.CANCELLED):
        return _state_page(request, found, refusal, status)
    if request.htmx:
        # It was at work when the page was opened: let the browser open the proposal.
        return HttpResponse(status=200, headers={"HX-Refresh": "true"})
    proposal = selectors.proposal_of(
        found,
        part=request.GET.get("part", ""),
        kept=request.GET.get("kept") == "1",
        everybody=request.GET.get("loads") == "all",
    )
    place, not_here = _asked_for(request, found, proposal)
    may_plan = may(person, "assignments.plan", found)
    deciding_now = found.state == Plan.State.PROPOSED
    context = {
        "plan": found,
        "ancestors": directory.ancestors_of(found.area),
        "proposal": proposal,
        "standing": explaining.standing(found),
        "consequences": selectors.consequences_of(found) if deciding_now else [],
        "next_plan": selectors.next_of(found),
        "place": place,
        "not_here": not_here,
        "refusal": refusal,
        "refused_because": _why_refused(refusal),
        "may_plan": may_plan and deciding_now,
        "may_approve": deciding_now and may(person, "assignments.approve_plan", found),
        "reject_form": reject or RejectForm(person=person),
        "waivers": selectors.waivers_of(found),
        "letters": selectors.letters_of(found) if found.state == Plan.State.APPROVED else [],
        "points": selectors.progress_of(found),
        "kept": request.GET.get("kept") == "1",
        "today": clock.today(),
    }
    return render(request, "assignments/plans/plan.html", context, status=status)


def _state_page(
    request: Asked, found: Plan, refusal: RuleBroken | None, status: int
) -> HttpResponse:
    context = {
        "plan": found,
        "ancestors": directory.ancestors_of(found.area),
        "working": found.state in plans.AT_WORK,
        "cut_off": plans.is_cut_off(found, at=clock.now()),
        "points": selectors.progress_of(found),
        "refusal": refusal,
        "may_plan": may(request.person, "assignments.plan", found),
    }
    template = "state" if request.htmx else "working"
    return render(request, f"assignments/plans/{template}.html", context, status=status)


@dataclass(frozen=True)
class _NotHere:
    """The answer to "why not?"."""

    person: Person
    sentences: list[str]


def _asked_for(
    request: Asked, found: Plan, proposal: selectors.Proposal
) -> tuple[selectors.PlaceInPlan | None, _NotHere | None]:
    """Return the place that is looked at, and why somebody does not lead it."""
    code, typed = request.GET.get("place"), request.GET.get("person", "")
    if not code:
        return None, None
    place = selectors.place_in(found, proposal, code=code)
    key = key_in(typed)
    person = Person.objects.filter(pk=key).first() if key is not None else None
    if person is None:
        return place, None
    return place, _NotHere(person, selectors.why_not(found, person=person, area=place.line.area))


def _why_refused(refusal: RuleBroken | None) -> list[str]:
    """Return what stands behind a refusal, line by line: what has changed, what is still open."""
    if isinstance(refusal, deciding.ChangedSince):
        return list(refusal.changes[:MOST_REASONS])
    if isinstance(refusal, services.StillOpen):
        return [
            f"{row.assignment.area or row.assignment.organization}: {matter.title}"
            for row in refusal.left[:MOST_REASONS]
            for matter in row.matters
        ]
    return []


def _next_month(today: date) -> date:
    return date(today.year + today.month // 12, today.month % 12 + 1, 1)
