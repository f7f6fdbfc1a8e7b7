"""Reminders: what is to be done, one of them, one more by hand, and the steps of the ladder."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from footpath.accounts.guards import signed_in
from footpath.accounts.permissions import may, require
from footpath.cases import presenting, presenting_reminders, selectors
from footpath.cases.models import ClockKind, Reminder
from footpath.cases.reminder_forms import LegForm, RemindForm, StepFormSet, TaskForm, steps_of
from footpath.cases.selectors import ladder as steps
from footpath.cases.selectors import reminders as found
from footpath.cases.services import ladder, reminder_tasks, reminding
from footpath.core import clock, pdf
from footpath.core.errors import RuleBroken
from footpath.directory import selectors as directory
from footpath.directory.models import Area, Person

State = Reminder.State


@require_safe
@signed_in
def reminders(request: HttpRequest) -> HttpResponse:
    """Calls to make, notices to hand over, instructions to give, and every reminder."""
    person: Person = request.person
    may_remind = bool(found.paths_of(person))
    usual = "calls" if may_remind else "mine"
    view = request.GET.get("view", usual)
    if view not in found.VIEWS or not may_remind:
        view = usual
    code = request.GET.get("place", "")
    area = directory.get_area_for(person, code=code) if code else None
    page = found.reminders_for(person, view=view, area=area, after=request.GET.get("after"))
    counts = found.counts_for(person, area=area)
    words = {
        "calls": _("Calls to make"),
        "notices": _("Notices to hand over"),
        "instructions": _("Instructions to give"),
        "mine": _("To me"),
        "all": _("All"),
    }
    address = reverse("cases:reminders")
    keep = {"place": code} if code else {}
    context = {
        "view": view,
        "word": words[view],
        "area": area,
        "places": _places(person, area, view) if may_remind else [],
        "tabs_of": [
            {
                "href": reverse("cases:reminders", query={"view": one, **keep}),
                "text": words[one],
                "count": counts.get(one),
                "active": one == view,
            }
            for one in (found.VIEWS if may_remind else ("mine",))
        ],
        "rows": presenting_reminders.shown(page.rows, found.told_of(page.rows)),
        "next": reverse("cases:reminders", query={"view": view, **keep, "after": page.next_after})
        if page.next_after
        else None,
        "first": request.GET.get("after")
        and reverse("cases:reminders", query={"view": view, **keep}),
        "address": address,
    }
    return render(request, "cases/reminders.html", context)


def _places(person: Person, area: Area | None, view: str) -> list[dict[str, str]]:
    """Return the places right below as links of the filter."""
    home = area or directory.home_area_of(person, found.LEADERS)
    return [
        {
            "href": reverse("cases:reminders", query={"view": view, "place": below.code}),
            "text": below.name,
        }
        for below in directory.children_of(person, home).rows
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def reminder(request: HttpRequest, pk: int) -> HttpResponse:
    """One reminder: whom, of what, how far it has come, and what is to be done for it."""
    person: Person = request.person
    row = found.get_reminder_for(person, pk=pk)
    status, problem = 200, ""
    form = TaskForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        try:
            said = form.cleaned_data["text"] if form.is_valid() else ""
            messages.success(request, _do(request.POST.get("deed", ""), row, person, said))
            return redirect("cases:reminder", pk)
        except RuleBroken as broken:
            status, problem = broken.status, str(broken)
        except pdf.NotRendered:
            status, problem = 422, _("The notice cannot be printed now; the log says why.")
        form.add_error("text" if status == 422 and form.is_valid() else None, problem)
        row = found.get_reminder_for(person, pk=pk)
    case = row.clock.case
    may_remind = may(person, "cases.remind", case)
    context = {
        "row": row,
        "case": case,
        "may_read": may(person, "cases.see", case),
        "place": presenting.place_of(case.area),
        "channel": presenting_reminders.channel_word(row.channel),
        "icon": presenting_reminders.CHANNEL_ICONS[row.channel],
        "state": presenting_reminders.state_word(row, found.told_of([row]).get(row.pk)),
        "leg": presenting_reminders.leg_word(row.clock.kind),
        "to_do": _to_do(row) if may_remind else "",
        "may_acknowledge": row.person_id == person.pk
        and row.state in (State.SENT, State.DELIVERED, State.FAILED),
        "may_remind": may_remind,
        "form": form,
    }
    return render(request, "cases/reminder.html", context, status=status)


def _to_do(row: Reminder) -> str:
    """Return what the page offers: "call", "issue", "hand_over", "instruct" or ""."""
    if row.channel == "telephone" and row.state in (State.PLANNED, State.FAILED) and row.person:
        return "call"
    if row.channel == "notice" and row.state == State.PLANNED:
        return "issue"
    if row.channel == "notice" and row.state == State.SENT:
        return "hand_over"
    if row.channel == "on_site" and row.state == State.PLANNED:
        return "instruct"
    return ""


def _do(deed: str, row: Reminder, by: Person, text: str) -> str:
    """Do what was asked and return the sentence that says so."""
    at = clock.now()
    if deed in ("reached", "not_reached"):
        reminder_tasks.confirm_call(
            reminder=row, was_reached=deed == "reached", by=by, at=at, text=text
        )
        return _("The call is noted.")
    if deed == "issue":
        made = reminder_tasks.issue_notice(reminder=row, by=by, at=at)
        return _("The notice has number %(number)s.") % {"number": made.number}
    if deed == "handed_over":
        reminder_tasks.hand_over_notice(reminder=row, by=by, at=at, text=text)
        return _("The notice is handed over.")
    if deed == "instructed":
        reminder_tasks.confirm_instruction(reminder=row, by=by, at=at, text=text)
        return _("The instruction is noted.")
    if deed == "acknowledge":
        reminder_tasks.acknowledge_reminder(reminder=row, by=by, at=at)
        return _("The reminder is acknowledged.")
    raise RuleBroken(_("Choose what was done."))


@require_safe
@signed_in
def notice_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The written notice as it was drawn up."""
    row = found.get_reminder_for(request.person, pk=pk)
    if not row.document:
        raise Http404
    with row.document.open() as kept:
        response = HttpResponse(kept.read(), content_type="application/pdf")
    name = f"notice-{row.number.replace('/', '-')}.pdf"
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def remind(request: HttpRequest, pk: int) -> HttpResponse:
    """Remind whom a case waits for once more."""
    person: Person = request.person
    case = selectors.get_case_for(person, pk=pk)
    require(person, "cases.remind", case)
    running = reminding.running_clock(case)
    offered = reminding.offered_channel(running) if running is not None else "chat"
    sent = request.POST if request.method == "POST" else None
    form = RemindForm(sent, initial={"channel": offered})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = reminding.remind_case(
                    case=case, by=person, at=clock.now(), **form.cleaned_data
                )
            except RuleBroken as broken:
                status = broken.status
                form.add_error(None, str(broken))
            else:
                messages.success(request, _reminded(made))
                if made.state == State.SENT:
                    return redirect(case)
                return redirect("cases:reminder", made.pk)
    context = {
        "case": case,
        "place": presenting.place_of(case.area),
        "form": form,
        "whom": reminding.whom(case, at=clock.now()),
    }
    return render(request, "cases/remind.html", context, status=status)


def _reminded(made: Reminder) -> str:
    name = {"name": made.person.name if made.person is not None else ""}
    return {
        "telephone": _("The call to %(name)s is on the list."),
        "notice": _("The notice to %(name)s is on the list."),
        "on_site": _("The instruction to %(name)s is on the list."),
    }.get(made.channel, _("%(name)s is reminded.")) % name


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def ladder_page(request: HttpRequest) -> HttpResponse:
    """The steps by which people are reminded, one leg at a time; those above all set them."""
    person: Person = request.person
    if request.method == "POST":
        require(person, "cases.ladder")
    asked = LegForm(request.POST if request.method == "POST" else request.GET)
    leg = asked.cleaned_data["leg"] if asked.is_valid() else ""
    known = steps.steps()
    initial = [vars(step) for step in known.get(leg, ())]
    sent = request.POST if request.method == "POST" else None
    lines = StepFormSet(sent, initial=initial)
    status, problem = 200, ""
    if request.method == "POST":
        status = 422
        if lines.is_valid():
            try:
                ladder.set_ladder(steps={**known, leg: steps_of(lines)}, by=person, at=clock.now())
            except RuleBroken as broken:
                problem = str(broken)
            else:
                messages.success(request, _("The ladder is set. Clocks that run follow it now."))
                return redirect(f"{reverse('cases:ladder')}?leg={leg}")
    context = {
        "leg": leg,
        "word": presenting_reminders.leg_word(leg),
        "lines": lines,
        "problem": problem,
        "sentences": [
            presenting_reminders.step_sentence(step) for step in steps.steps_of(known, leg)
        ],
        "is_own": bool(known.get(leg)),
        "may_set": may(person, "cases.ladder"),
        "legs": [
            {
                "href": f"{reverse('cases:ladder')}?leg={kind}",
                "text": presenting_reminders.leg_word(kind),
                "count": len(known.get(kind, ())) or None,
                "active": kind == leg,
            }
            for kind in ("", *ClockKind.values)
        ],
    }
    return render(request, "cases/ladder.html", context, status=status)
