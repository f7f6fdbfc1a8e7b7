"""What is done on the page of a plan: stop, pin, plan again, allow, approve, reject."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from footpath.accounts.guards import Asked, signed_in
from footpath.accounts.permissions import require
from footpath.assignments import explaining, selectors, tasks
from footpath.assignments.models import Assignment, Plan, PlanFinding
from footpath.assignments.plan_desk import Doer, PlanDesk, wrong_with
from footpath.assignments.plan_forms import AllowForm, OpenForm, RejectForm
from footpath.assignments.services import deciding, plans
from footpath.assignments.views.plans import plan_page
from footpath.core import clock
from footpath.core.errors import InvalidValue, NotThere
from footpath.core.keys import key_in
from footpath.directory.models import Area, Person


@signed_in
@require_POST
def deed(request: Asked, pk: int, deed: str) -> HttpResponse:
    """Stop, pin, plan again, allow, leave open, approve or reject."""
    return _DESK.do(request, pk, deed, _OWN)


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
            area=key_in(offer["place"]), person=key_in(offer["officer"]), noted=False
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
            raise InvalidValue(wrong_with(form, "reason"), field="reason")
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
        raise InvalidValue(wrong_with(form, "until"), field="until")
    plans.leave_open(
        finding=finding, until=form.cleaned_data["until"], by=request.person, at=clock.now()
    )
    messages.success(request, _("Left open until that day."))
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
    return _DESK.reject(request, found, form, deciding.reject_plan)


_OWN: Mapping[str, Doer] = {
    "pin": _pin,
    "allow": _allow,
    "leave-open": _leave_open,
    "approve": _approve,
    "reject": _reject,
}

_DESK = PlanDesk(
    find=selectors.get_plan_for,
    page=plan_page,
    at_work=plans.PlanAtWork,
    begin=tasks.begin,
    stop=plans.stop_plan,
    start_again=plans.start_again,
    plan_again=plans.plan_again,
    take_pin_off=plans.take_pin_off,
)


def _place_of(found: Plan, code: str) -> Area:
    line = found.lines.select_related("area").filter(area__code=code).first()
    if line is None:
        raise NotThere
    return line.area


def _person(typed: Any) -> Person:
    key = key_in(typed)
    person = Person.objects.filter(pk=key).first() if key is not None else None
    if person is None:
        raise InvalidValue(_("Choose an officer."), field="person")
    return person


def _finding(request: Asked, found: Plan) -> PlanFinding:
    key = key_in(request.POST.get("finding"))
    row = found.findings.select_related("plan").filter(position=key).first() if key else None
    if row is None:
        raise NotThere
    row.plan = found
    return row


def _area_of(offer: Any) -> Area | None:
    """Return the place whose rules are waived; None when a whole place more is given."""
    key = key_in(offer["place"]) if offer["rules"] else None
    return Area.objects.filter(pk=key).first() if key is not None else None
