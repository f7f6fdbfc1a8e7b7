"""Deeds on the plan of a month."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from footpath.accounts.guards import Asked, signed_in
from footpath.accounts.permissions import require
from footpath.assignments.plan_desk import Doer, PlanDesk, wrong_with
from footpath.core import clock, formats
from footpath.core.errors import InvalidValue, NotThere
from footpath.core.keys import key_in
from footpath.meetings import tasks
from footpath.meetings.forms.months import AllowMonthForm, PinForm, RejectMonthForm
from footpath.meetings.models import MonthLine, MonthPlan
from footpath.meetings.planning_month import Waived, slot_at
from footpath.meetings.selectors import months as selectors
from footpath.meetings.services import months as services
from footpath.meetings.views.months import plan_page


@signed_in
@require_POST
def deed(request: Asked, pk: int, deed: str) -> HttpResponse:
    """Stop, pin, plan again, allow, approve, publish or reject."""
    return _DESK.do(request, pk, deed, _OWN)


def _pin(request: Asked, found: MonthPlan) -> HttpResponse:
    line = _line(request, found)
    how = request.POST.get("how", "")
    if how == "at":
        form = PinForm(request.POST, person=request.person)
        if not form.is_valid():
            raise InvalidValue(_("Give the day and the time."), field="day")
        starts_at = form.starts_at()
    else:
        starts_at = line.starts_before if how == "now" else line.starts_at or line.starts_before
    services.pin_meeting(
        plan=found,
        meeting=line.meeting,
        starts_at=starts_at,
        away=how == "away",
        by=request.person,
        at=clock.now(),
    )
    said = (
        _("Noted: %(meeting)s at any time but %(when)s.")
        if how == "away"
        else _("Noted: %(meeting)s on %(when)s.")
    )
    messages.success(
        request,
        said % {"meeting": line.meeting.name, "when": formats.day_time(starts_at)},
    )
    return redirect(f"{found.get_absolute_url()}#pins")


def _allow(request: Asked, found: MonthPlan) -> HttpResponse:
    """Allow what a finding offers, and plan again with it."""
    offer = selectors.offer_of(
        found, request.POST.get("finding", ""), request.POST.get("offer", "")
    )
    if offer["kind"] == "unpin":
        with transaction.atomic():
            for pin in found.pins.filter(meeting=offer["meeting"], off=False).select_related(
                "plan"
            ):
                if slot_at(pin) == offer["slot"]:
                    services.take_pin_off(pin=pin, by=request.person, at=clock.now())
            made = services.plan_again(plan=found, by=request.person, at=clock.now())
    else:
        form = AllowMonthForm(request.POST, person=request.person)
        if not form.is_valid():
            raise InvalidValue(wrong_with(form, "reason"), field="reason")
        waived = Waived(
            meeting=offer["meeting"],
            reason=form.cleaned_data["reason"],
            by=request.person.pk,
            person=offer["person"],
            slot=offer["slot"],
            rules=offer["rules"],
        )
        made = services.plan_again(plan=found, waivers=[waived], by=request.person, at=clock.now())
    tasks.begin(made)
    return redirect(made)


def _approve(request: Asked, found: MonthPlan) -> HttpResponse:
    services.approve_month(plan=found, by=request.person, at=clock.now())
    messages.success(request, _("The plan is approved. No meeting moves before it is published."))
    return redirect(found)


def _publish(request: Asked, found: MonthPlan) -> HttpResponse:
    new = services.publish_month(plan=found, by=request.person, at=clock.now())
    messages.success(
        request,
        _("The month is published. Everybody expected is told.")
        if new
        else _("The month was published already."),
    )
    return redirect(found)


def _approve_and_publish(request: Asked, found: MonthPlan) -> HttpResponse:
    """Do both at once, or neither: for the repair of a month."""
    with transaction.atomic():
        services.approve_month(plan=found, by=request.person, at=clock.now())
        services.publish_month(plan=found, by=request.person, at=clock.now())
    messages.success(request, _("The changes are published. Everybody concerned is told."))
    return redirect(found)


def _reject(request: Asked, found: MonthPlan) -> HttpResponse:
    require(request.person, "meetings.approve_month", found)
    form = RejectMonthForm(request.POST, person=request.person)
    return _DESK.reject(request, found, form, services.reject_month)


_OWN: Mapping[str, Doer] = {
    "pin": _pin,
    "allow": _allow,
    "approve": _approve,
    "publish": _publish,
    "approve-publish": _approve_and_publish,
    "reject": _reject,
}

_DESK = PlanDesk(
    find=selectors.get_month_for,
    page=plan_page,
    at_work=services.MonthAtWork,
    begin=tasks.begin,
    stop=services.stop_month,
    start_again=services.start_again,
    plan_again=services.plan_again,
    take_pin_off=services.take_pin_off,
)


def _line(request: Asked, found: MonthPlan) -> MonthLine:
    key = key_in(request.POST.get("meeting"))
    rows = selectors.lines_of(found)
    line = rows.filter(meeting=key).first() if key is not None else None
    if line is None:
        raise NotThere
    return line
