"""Pages of planning who is in charge: policy, start, progress, proposal, decision, letters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from footpath.accounts.guards import Asked, signed_in
from footpath.accounts.permissions import may, require
from footpath.assignments import explaining, planning, selectors, services, tasks
from footpath.assignments import letters as printed
from footpath.assignments.models import Assignment, BasisDocument, Letter, Plan, PlanFinding
from footpath.assignments.permissions import PLANNERS, READERS_OF_PLANS
from footpath.assignments.plan_forms import AllowForm, OpenForm, PolicyForm, RejectForm, StartForm
from footpath.assignments.services import deciding, plans, policies
from footpath.assignments.services import letters as letter_services
from footpath.core import clock, pdf
from footpath.core.errors import InvalidValue, NotThere, RuleBroken
from footpath.directory import selectors as directory
from footpath.directory.models import Area, Person, Tier

MOST_REASONS = 40


# --- the list, and starting -----------------------------------------------------------------------


@signed_in
@require_GET
def plans_list(request: Asked) -> HttpResponse:
    """The plans of the person's places, the newest first."""
    person: Person = request.person
    _readers_only(person)
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
    area = _area(person, request.GET.get("place"))
    require(person, "assignments.plan", area)
    tiers = selectors.tiers_to_plan(area)
    chosen = _tier(tiers, request.GET.get("tier"))
    initial = {"tier": chosen, "starts_on": _next_month(clock.today())}
    form = StartForm(_posted(request), person=person, tiers=tiers, initial=initial)
    if form.is_valid():
        try:
            made = form.done(lambda: _start(form, area, by=person))
        except plans.PlanAtWork as other:
            messages.info(request, str(other))
            return redirect(other.plan)
        if made is not None:
            return redirect(made)
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
@require_http_methods(["GET", "HEAD", "POST"])
def policy(request: Asked) -> HttpResponse:
    """How the places of ``?tier=`` in ``?place=`` are planned."""
    person: Person = request.person
    area = _area(person, request.GET.get("place"))
    require(person, "assignments.plan", area)
    tiers = selectors.tiers_to_plan(area)
    tier = _tier(tiers, request.GET.get("tier"))
    if tier is None:
        return redirect("assignments:plan-new")
    found, rule = planning.policy_for(area, tier), planning.rule_for(area, tier)
    form = PolicyForm(
        _posted(request),
        person=person,
        tiers=list(Tier.objects.filter(level__lt=tier.level)),
        organizations=selectors.organizations_asked(area, found),
        initial={
            "keep": found.keep,
            "fair": found.fair,
            "near": found.near,
            "places_each": found.places_each,
            "spread": found.spread,
            "term_limit_years": found.term_limit_years,
            "organizations_left_out": list(found.organizations_left_out.all()) if found.pk else [],
            "officers_of": rule.officers_of if rule else None,
            "needs_deputy": rule.needs_deputy if rule else False,
        },
    )
    if not may(person, "assignments.cover", area):
        for name in ("officers_of", "needs_deputy"):
            form.fields[name].disabled = True
    if form.is_valid():
        changed = form.done(lambda: _change_policy(form, area, tier, by=person))
        if changed is not None:
            messages.success(request, _("The policy holds for the next plan."))
            return redirect(_address("assignments:plan-policy", place=area.code, tier=tier.code))
    terms = planning.terms_of(found, rule)
    context = {
        "area": area,
        "ancestors": directory.ancestors_of(area),
        "tier": tier,
        "tiers": tiers,
        "form": form,
        "policy": found,
        "inherited": found.pk is not None and found.area_id != area.pk,
        "sentences": selectors.policy_in_words(found, terms, tier, rule),
    }
    status = 422 if form.errors else 200
    return render(request, "assignments/plans/policy.html", context, status=status)


def _change_policy(form: PolicyForm, area: Area, tier: Tier, *, by: Person) -> Any:
    asked = dict(form.cleaned_data)
    asked["organizations_left_out"] = tuple(asked["organizations_left_out"])
    return policies.change_policy(
        area=area, tier=tier, wishes=policies.Wishes(**asked), by=by, at=clock.now()
    )


# --- one plan -------------------------------------------------------------------------------------


@signed_in
@require_http_methods(["GET", "HEAD"])
def plan(request: Asked, pk: int) -> HttpResponse:
    """One plan: how far it is while it is made, then the proposal, then what was decided."""
    return _plan_page(request, selectors.get_plan_for(request.person, pk=pk))


def _plan_page(
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
        "points": _points(found),
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
        "points": _points(found),
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
    if not typed.isdecimal() or len(typed) > 18:
        return place, None
    person = Person.objects.filter(pk=int(typed)).first()
    if person is None:
        return place, None
    return place, _NotHere(person, selectors.why_not(found, person=person, area=place.line.area))


def _points(found: Plan) -> selectors.Progress:
    return selectors.progress_of(found)


# --- deeds on a plan ------------------------------------------------------------------------------


@signed_in
@require_POST
def deed(request: Asked, pk: int, deed: str) -> HttpResponse:
    """Stop, pin, plan again, allow, leave open, approve or reject."""
    found = selectors.get_plan_for(request.person, pk=pk)
    do = _DEEDS.get(deed)
    if do is None:
        raise NotThere
    try:
        return do(request, found)
    except plans.PlanAtWork as other:
        messages.info(request, str(other))
        return redirect(other.plan)
    except RuleBroken as refusal:
        found = selectors.get_plan_for(request.person, pk=pk)
        return _plan_page(request, found, refusal=refusal)


def _stop(request: Asked, found: Plan) -> HttpResponse:
    plans.stop_plan(plan=found, by=request.person, at=clock.now())
    messages.success(request, _("The work is stopped; the best plan so far is kept."))
    return redirect(found)


def _start_again(request: Asked, found: Plan) -> HttpResponse:
    plans.start_again(plan=found, by=request.person, at=clock.now())
    tasks.begin(found)
    return redirect(found)


def _again(request: Asked, found: Plan) -> HttpResponse:
    made = plans.plan_again(plan=found, by=request.person, at=clock.now())
    tasks.begin(made)
    return redirect(made)


def _pin(request: Asked, found: Plan) -> HttpResponse:
    area = _place_of(found, request.POST.get("place", ""))
    person = _person(request.POST.get("person", ""))
    away = request.POST.get("how") == "away"
    plans.pin_officer(
        plan=found,
        area=area,
        person=person,
        role=request.POST.get("role") or Assignment.Role.LEAD,
        away=away,
        by=request.person,
        at=clock.now(),
    )
    said = (
        _("Noted: anybody but %(officer)s in %(place)s.")
        if away
        else _("Noted: %(officer)s in %(place)s.")
    )
    messages.success(request, said % {"officer": person.name, "place": area.name})
    return redirect(f"{found.get_absolute_url()}#pins")


def _unpin(request: Asked, found: Plan) -> HttpResponse:
    typed = request.POST.get("pin", "")
    pin = (
        found.pins.select_related("plan").filter(pk=int(typed)).first()
        if typed.isdecimal() and len(typed) < 19
        else None
    )
    if pin is None:
        raise NotThere
    plans.take_pin_off(pin=pin, by=request.person, at=clock.now())
    messages.success(request, _("The pin is taken off for the next plan."))
    return redirect(f"{found.get_absolute_url()}#pins")


def _allow(request: Asked, found: Plan) -> HttpResponse:
    """Allow what a finding offers, and plan again with it."""
    finding = _finding(request, found)
    number = request.POST.get("offer", "")
    offers = finding.data.get("offers", [])
    if not (number.isdecimal() and len(number) < 6 and int(number) < len(offers)):
        raise NotThere
    offer = offers[int(number)]
    if offer["kind"] == "unpin":
        pins = found.pins.filter(
            area=_key(offer["place"]), person=_key(offer["officer"]), noted=False
        )
        with transaction.atomic():
            for pin in pins.select_related("plan"):
                plans.take_pin_off(pin=pin, by=request.person, at=clock.now())
            made = plans.plan_again(plan=found, by=request.person, at=clock.now())
        tasks.begin(made)
        return redirect(made)
    reason = _("Finding: %(title)s.") % {"title": explaining.finding_title(finding)}
    if offer["kind"] == "rule":
        form = AllowForm(request.POST, person=request.person)
        if not form.is_valid():
            raise InvalidValue(_said(form, "reason"), field="reason")
        reason = form.cleaned_data["reason"]
    elif offer["kind"] != "capacity":
        raise NotThere
    waiver = plans.waiver_of(
        plan=found,
        person=_person(offer["officer"]),
        area=_area_of(offer),
        rules=int(offer["rules"]),
        places_more=1 if offer["kind"] == "capacity" else 0,
        reason=reason,
        by=request.person,
    )
    made = plans.plan_again(plan=found, waivers=[waiver], by=request.person, at=clock.now())
    tasks.begin(made)
    return redirect(made)


def _leave_open(request: Asked, found: Plan) -> HttpResponse:
    finding = _finding(request, found)
    form = OpenForm(request.POST, person=request.person)
    if not form.is_valid():
        raise InvalidValue(_said(form, "until"), field="until")
    plans.leave_open(
        finding=finding, until=form.cleaned_data["until"], by=request.person, at=clock.now()
    )
    messages.success(request, _("Left open; it is asked again on that day."))
    return redirect(found)


def _approve(request: Asked, found: Plan) -> HttpResponse:
    letters = deciding.approve_plan(plan=found, by=request.person, at=clock.now())
    messages.success(
        request,
        ngettext(
            "The plan is approved. %(num)s letter is ready.",
            "The plan is approved. %(num)s letters are ready.",
            len(letters),
        )
        % {"num": len(letters)},
    )
    return redirect(f"{found.get_absolute_url()}#letters")


def _reject(request: Asked, found: Plan) -> HttpResponse:
    require(request.person, "assignments.approve_plan", found)
    form = RejectForm(request.POST, person=request.person)
    if not form.is_valid():
        refusal = InvalidValue(_said(form, "reason"), field="reason")
        return _plan_page(request, found, refusal=refusal, reject=form)
    deciding.reject_plan(
        plan=found, reason=form.cleaned_data["reason"], by=request.person, at=clock.now()
    )
    messages.success(request, _("The plan is rejected. Whoever plans again reads the reason."))
    return redirect(found)


_DEEDS: dict[str, Callable[[Asked, Plan], HttpResponse]] = {
    "stop": _stop,
    "start-again": _start_again,
    "again": _again,
    "pin": _pin,
    "unpin": _unpin,
    "allow": _allow,
    "leave-open": _leave_open,
    "approve": _approve,
    "reject": _reject,
}


# --- letters --------------------------------------------------------------------------------------


@signed_in
@require_GET
def plan_letters(request: Asked, pk: int) -> HttpResponse:
    """All letters of a plan in one file, each in its officer's language."""
    found = selectors.get_plan_for(request.person, pk=pk)
    letters = selectors.letters_of(found)
    if not letters:
        raise NotThere
    many = [(_facts(request, letter), letter.language) for letter in letters]
    try:
        body = printed.letters(many, language=get_language() or "en")
    except pdf.NotRendered:
        messages.error(request, _("The letters cannot be printed now; the log says why."))
        return redirect(found)
    return _pdf(f"letters-plan-{found.pk}.pdf", body)


@signed_in
@require_GET
def letter(request: Asked, pk: int) -> HttpResponse:
    """One letter as PDF, in its officer's language."""
    found = selectors.get_letter_for(request.person, pk=pk)
    try:
        body = printed.letter(_facts(request, found), language=found.language)
    except pdf.NotRendered:
        messages.error(request, _("The letter cannot be printed now; the log says why."))
        return redirect(found.assignment)
    return _pdf(f"letter-{found.number}-{found.year}.pdf", body)


def _facts(request: Asked, found: Letter) -> printed.LetterFacts:
    address = request.build_absolute_uri(found.assignment.get_absolute_url())
    return letter_services.facts_of(found, address=address)


def _pdf(name: str, body: bytes) -> HttpResponse:
    response = HttpResponse(body, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response


# --- what is asked for ----------------------------------------------------------------------------


def _posted(request: Asked) -> Any:
    """Return what was sent, be it nothing at all; None when the page is only opened."""
    return request.POST if request.method == "POST" else None


def _readers_only(person: Person) -> None:
    if not person.scope.has(*READERS_OF_PLANS):
        raise NotThere


def _area(person: Person, code: str | None) -> Area:
    _readers_only(person)
    found = (
        directory.get_area_for(person, code=code)
        if code
        else directory.home_area_of(person, PLANNERS)
    )
    if found is None:
        raise NotThere
    return found


def _tier(tiers: list[Tier], code: str | None) -> Tier | None:
    """Return the tier asked for, else the lowest but one: the hamlet, for a district."""
    asked = next((tier for tier in tiers if tier.code == code), None)
    if asked is not None or not tiers:
        return asked
    return tiers[-2] if len(tiers) > 1 else tiers[-1]


def _next_month(today: date) -> date:
    return date(today.year + today.month // 12, today.month % 12 + 1, 1)


def _address(name: str, **query: str) -> str:
    return str(reverse(name, query=query))


def _place_of(found: Plan, code: str) -> Area:
    line = found.lines.select_related("area").filter(area__code=code).first()
    if line is None:
        raise NotThere
    return line.area


def _person(typed: Any) -> Person:
    key = _key(typed)
    person = Person.objects.filter(pk=key).first() if key is not None else None
    if person is None:
        raise InvalidValue(_("Choose an officer."), field="person")
    return person


def _key(typed: Any) -> int | None:
    text = str(typed or "")
    return int(text) if text.isdecimal() and len(text) < 19 else None


def _finding(request: Asked, found: Plan) -> PlanFinding:
    key = _key(request.POST.get("finding"))
    row = found.findings.select_related("plan").filter(position=key).first() if key else None
    if row is None:
        raise NotThere
    row.plan = found
    return row


def _area_of(offer: Any) -> Area | None:
    """Return the place whose rules are waived; None when a whole place more is given."""
    key = _key(offer["place"]) if offer["rules"] else None
    return Area.objects.filter(pk=key).first() if key is not None else None


def _said(form: Any, name: str) -> str:
    """Return what is wrong with a field, in one line."""
    return " ".join(str(error) for error in form.errors[name])


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
