"""Pages of the month: its plans, starting one, the proposal, its repair."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from footpath.accounts.guards import Asked, signed_in
from footpath.accounts.permissions import may, require
from footpath.accounts.rules import READERS
from footpath.assignments.models import Absence
from footpath.assignments.plan_desk import area_asked_for, posted, started
from footpath.assignments.selectors import progress_of
from footpath.core import clock
from footpath.core.calendar import Month
from footpath.core.errors import NotThere, RuleBroken
from footpath.core.keys import key_in
from footpath.directory import selectors as directory
from footpath.directory.models import Area, Person
from footpath.meetings import explaining_month as explaining
from footpath.meetings import tasks
from footpath.meetings.forms.months import (
    AllowMonthForm,
    PinForm,
    RejectMonthForm,
    RepairForm,
    StartMonthForm,
)
from footpath.meetings.models import Leave, MonthPlan
from footpath.meetings.permissions import KEEPERS
from footpath.meetings.planning_month import Terms
from footpath.meetings.selectors import months as selectors
from footpath.meetings.services import months as services

STATE = MonthPlan.State
MOST_REASONS = 40
MONTHS_OFFERED = 13


# --- the list, and starting -----------------------------------------------------------------------


@signed_in
@require_safe
def month_list(request: Asked) -> HttpResponse:
    """The plans of the person's places, or of ``?place=``, the newest first."""
    person: Person = request.person
    _readers_only(person)
    code = request.GET.get("place")
    area = directory.get_area_for(person, code=code) if code else None
    home = area or directory.home_area_of(person, KEEPERS)
    context = {
        "area": area,
        "home": home,
        "ancestors": directory.ancestors_of(area) if area else [],
        "page": selectors.page_of_months(person, area=area, after=request.GET.get("after")),
        "may_plan": may(person, "meetings.plan_month", home),
    }
    return render(request, "meetings/months/list.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def month_new(request: Asked) -> HttpResponse:
    """Ask for a plan of the meetings of ``?place=`` in ``?month=``."""
    person: Person = request.person
    area = _area(person, request.GET.get("place"))
    require(person, "meetings.plan_month", area)
    months = _months(clock.today())
    initial = {"month": str(_month(request.GET.get("month"), months))}
    form = StartMonthForm(posted(request), person=person, months=months, initial=initial)
    if form.is_valid():
        opened = started(
            request, form, lambda: _start(form, area, by=person), at_work=services.MonthAtWork
        )
        if opened is not None:
            return opened
    context = {"area": area, "ancestors": directory.ancestors_of(area), "form": form}
    status = 422 if form.errors else 200
    return render(request, "meetings/months/start.html", context, status=status)


def _start(form: StartMonthForm, area: Area, *, by: Person) -> MonthPlan:
    asked = form.cleaned_data
    made = services.start_month(
        area=area,
        month=asked["month"],
        terms=Terms(
            keep=asked["keep"], most_a_day=asked["most_a_day"], other_parts=asked["other_parts"]
        ),
        by=by,
        at=clock.now(),
    )
    tasks.begin(made)
    return made


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def month_repair(request: Asked) -> HttpResponse:
    """Ask how a month changes least when somebody is away.

    ``?absence=`` and ``?leave=`` (or ``?person=``, ``?first=``, ``?last=``) fill in who and when.
    """
    person: Person = request.person
    area = _area(person, request.GET.get("place"))
    require(person, "meetings.plan_month", area)
    months = _months(clock.today())
    initial = _away(request, area)
    chosen = _month(request.GET.get("month") or str(initial.get("month") or ""), months)
    initial["month"] = str(chosen)
    form = RepairForm(posted(request), person=person, months=months, initial=initial)
    if form.is_valid():
        opened = started(
            request, form, lambda: _repair(form, area, by=person), at_work=services.MonthAtWork
        )
        if opened is not None:
            return opened
    context = {
        "area": area,
        "ancestors": directory.ancestors_of(area),
        "form": form,
        "query": request.GET.urlencode(),
        "absences": selectors.absences_to_repair(person, area),
        "leaves": selectors.leaves_to_repair(person, area),
    }
    status = 422 if form.errors else 200
    return render(request, "meetings/months/repair.html", context, status=status)


def _repair(form: RepairForm, area: Area, *, by: Person) -> MonthPlan:
    asked = form.cleaned_data
    month: Month = asked["month"]
    made = services.start_repair(
        area=area,
        month=month,
        person=asked["person_away"],
        spans=[(asked["first"], asked["last"])],
        previous=selectors.published_in(area, month.first),
        by=by,
        at=clock.now(),
    )
    tasks.begin(made)
    return made


def _away(request: Asked, area: Area) -> dict[str, Any]:
    """Return who is away and when, as the address of the page says."""
    person: Person = request.person
    absence = _row(Absence.objects.select_related("person"), request.GET.get("absence"))
    if absence is not None and may(person, "assignments.absence", absence.person):
        start = max(absence.start, clock.today())
        return {
            "person_away": absence.person,
            "first": start,
            "last": absence.until,
            "month": Month.of(start),
        }
    leaves = Leave.objects.select_related("duty__person", "duty__meeting")
    leave = _row(leaves, request.GET.get("leave"))
    if leave is not None and may(person, "meetings.decide_leave", leave):
        # All that the person asks leave for in that month: one repair for all of it.
        month = Month.of(clock.day_of(leave.duty.meeting.starts_at))
        days = [clock.day_of(leave.duty.meeting.starts_at)] + [
            day
            for starts_at in Leave.objects.filter(
                duty__person=leave.duty.person_id, state__in=["asked", "granted"]
            ).values_list("duty__meeting__starts_at", flat=True)
            if Month.of(day := clock.day_of(starts_at)) == month
        ]
        return {
            "person_away": leave.duty.person,
            "first": min(days),
            "last": max(days),
            "month": month,
        }
    found: dict[str, Any] = {}
    for name, typed in (("first", request.GET.get("first")), ("last", request.GET.get("last"))):
        try:
            found[name] = date.fromisoformat(typed or "")
        except ValueError:
            continue
    if "first" in found:
        found["month"] = Month.of(found["first"])
    if request.GET.get("person"):
        found["person_away"] = request.GET["person"]
    return found


# --- one plan -------------------------------------------------------------------------------------


@signed_in
@require_safe
def month_plan(request: Asked, pk: int) -> HttpResponse:
    """One plan: how far it is while it is made, then the proposal, then what was decided."""
    return plan_page(request, selectors.get_month_for(request.person, pk=pk))


def plan_page(
    request: Asked,
    found: MonthPlan,
    *,
    refusal: RuleBroken | None = None,
    reject: RejectMonthForm | None = None,
) -> HttpResponse:
    """Return the page of a plan; with a refusal it says what stands behind it."""
    person: Person = request.person
    status = refusal.status if refusal is not None else 200
    if found.state in services.AT_WORK or found.state in (STATE.FAILED, STATE.CANCELLED):
        return _state_page(request, found, refusal, status)
    if request.htmx:
        # It was at work when the page was opened: let the browser open the proposal.
        return HttpResponse(status=200, headers={"HX-Refresh": "true"})
    view = request.GET.get("view", "")
    page = selectors.month_page(found)
    proposed, approved = found.state == STATE.PROPOSED, found.state == STATE.APPROVED
    may_plan = may(person, "meetings.plan_month", found)
    may_decide = may(person, "meetings.approve_month", found)
    place = _meeting_in(request, page)
    context = {
        "plan": found,
        "page": page,
        "month": page.month,
        "ancestors": directory.ancestors_of(found.area),
        "view": view if view in selectors.VIEWS else selectors.VIEWS[0],
        "views": selectors.VIEWS,
        "everybody": request.GET.get("everybody") == "1",
        "most_people": selectors.MOST_PEOPLE,
        "kept": request.GET.get("kept") == "1",
        "place": place,
        "pin_form": _pin_form(person, place),
        "standing": explaining.standing(found),
        "points": progress_of(found),  # type: ignore[arg-type]
        "next_plan": selectors.next_of(found),
        "refusal": refusal,
        "refused_because": why_refused(refusal),
        "may_plan": may_plan and proposed,
        "may_again": may_plan and found.state != STATE.PUBLISHED,
        "may_repair": may_plan and found.state == STATE.PUBLISHED,
        "may_approve": may_decide and proposed,
        "may_publish": may_decide and approved,
        "may_reject": may_decide and (proposed or approved),
        "reject_form": reject or RejectMonthForm(person=person),
        "allow_form": AllowMonthForm(person=person),
        "terms": Terms.from_json(found.policy),
    }
    return render(request, "meetings/months/plan.html", context, status=status)


def _state_page(
    request: Asked, found: MonthPlan, refusal: RuleBroken | None, status: int
) -> HttpResponse:
    context = {
        "plan": found,
        "month": Month.of(found.month),
        "ancestors": directory.ancestors_of(found.area),
        "working": found.state in services.AT_WORK,
        "cut_off": services.is_cut_off(found, at=clock.now()),
        "points": progress_of(found),  # type: ignore[arg-type]
        "refusal": refusal,
        "may_plan": may(request.person, "meetings.plan_month", found),
    }
    template = "state" if request.htmx else "working"
    return render(request, f"meetings/months/{template}.html", context, status=status)


def _meeting_in(request: Asked, page: selectors.MonthPage) -> selectors.ChangeRow | None:
    """Return the meeting of the plan that is looked at, with ``?meeting=``."""
    key = key_in(request.GET.get("meeting"))
    return page.row_of(key) if key is not None else None


def _pin_form(person: Person, place: selectors.ChangeRow | None) -> PinForm | None:
    if place is None:
        return None
    starts_at = timezone.localtime(place.line.starts_at or place.line.starts_before)
    return PinForm(person=person, initial={"day": starts_at.date(), "begins": starts_at.time()})


def why_refused(refusal: RuleBroken | None) -> list[str]:
    """Return what stands behind a refusal, line by line."""
    if isinstance(refusal, services.ChangedSince):
        return list(refusal.changes[:MOST_REASONS])
    if isinstance(refusal, services.Refused):
        return list(refusal.reasons[:MOST_REASONS])
    return []


# --- what is asked for ----------------------------------------------------------------------------


def _readers_only(person: Person) -> None:
    if not person.scope.has(*READERS):
        raise NotThere


def _area(person: Person, code: str | None) -> Area:
    _readers_only(person)
    return area_asked_for(person, code, KEEPERS)


def _months(today: date) -> list[Month]:
    months = [Month.of(today)]
    while len(months) <= MONTHS_OFFERED:
        months.append(months[-1].next)
    return months


def _month(typed: str | None, months: list[Month]) -> Month:
    """Return the month asked for, else the next one."""
    try:
        asked = Month.parse(typed or "")
    except ValueError:
        return months[1]
    return asked if asked in months else months[1]


def _row(rows: Any, typed: str | None) -> Any:
    key = key_in(typed)
    return rows.filter(pk=key).first() if key is not None else None
