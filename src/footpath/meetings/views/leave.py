"""Asking for leave from a meeting, answering as deputy, deciding."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from footpath.accounts.guards import Asked, signed_in
from footpath.accounts.permissions import may, require
from footpath.core import clock
from footpath.core.errors import RuleBroken
from footpath.directory.forms import DirectoryForm
from footpath.directory.models import Person
from footpath.meetings import rules, selectors, services
from footpath.meetings.forms import AnswerForm, DecideForm, LeaveForm
from footpath.meetings.models import Duty, Leave


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: Asked, duty_id: int) -> HttpResponse:
    """Ask for leave from a meeting; afterwards what became of it, and a way to take it back."""
    person: Person = request.person
    duty = selectors.get_duty_for(person, pk=duty_id)
    known = selectors.leave_of(duty)
    open_leave = known is not None and known.state in rules.OPEN_LEAVE
    deed = request.POST.get("deed", "") if request.method == "POST" else ""
    initial = {} if open_leave else {"deputy": selectors.deputy_proposed(duty)}
    form = LeaveForm(request.POST if deed == "ask" else None, person=person, initial=initial)
    withdrawal = AnswerForm(request.POST if deed == "withdraw" else None, person=person)
    said = ""
    if form.is_valid():
        said = _asked(form, duty, person)
    elif known is not None and withdrawal.is_valid():
        said = _withdrawn(withdrawal, known, person)
    if said:
        messages.success(request, said)
        return redirect("meetings:my-duties")
    context = {
        "duty": duty,
        "meeting": duty.meeting,
        "leave": known,
        "open_leave": open_leave,
        "form": form,
        "withdrawal": withdrawal,
        "before": clock.now() < duty.meeting.starts_at,
    }
    refused = bool(form.errors or withdrawal.errors)
    return render(request, "meetings/leave/ask.html", context, status=422 if refused else 200)


def _sent(request: Asked) -> QueryDict | None:
    """Return what was sent, also when that is a button without a name."""
    return request.POST if request.method == "POST" else None


def _asked(form: LeaveForm, duty: Duty, person: Person) -> str:
    typed = form.cleaned_data
    done = _done(
        form,
        lambda: services.ask_leave(
            duty=duty,
            reason=typed["reason"],
            deputy=typed["deputy"],
            by=person,
            at=clock.now(),
        ),
    )
    return _("Leave is asked for. The convener decides.") if done else ""


def _withdrawn(form: AnswerForm, known: Leave, person: Person) -> str:
    done = _done(form, lambda: services.withdraw_leave(leave=known, by=person, at=clock.now()))
    return _("The leave is taken back. You are expected.") if done else ""


@signed_in
@require_safe
def leaves(request: Asked) -> HttpResponse:
    """The leaves that wait for the reader's decision or answer, and those decided lately."""
    person: Person = request.person
    now = clock.now()
    context = {
        "to_decide": selectors.leaves_to_decide(person, now=now),
        "to_answer": selectors.leaves_to_answer(person, now=now),
        "decided": selectors.leaves_decided(person, now=now),
    }
    return render(request, "meetings/leave/list.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: Asked, pk: int) -> HttpResponse:
    """Grant leave, with the deputy who said yes or without one, or refuse it with a note."""
    person: Person = request.person
    found = selectors.get_leave_for(person, pk=pk)
    require(person, "meetings.decide_leave", found)
    form = DecideForm(_sent(request), person=person)
    deed = request.POST.get("deed", "")
    if request.method == "POST" and form.is_valid():
        grant = deed in ("grant", "grant-alone")
        if _done(
            form,
            lambda: services.decide_leave(
                leave=found,
                grant=grant,
                note=form.cleaned_data["note"],
                without_deputy=deed == "grant-alone",
                by=person,
                at=clock.now(),
            ),
        ):
            messages.success(request, _said(found))
            return redirect("meetings:leaves")
    may_plan = may(person, "meetings.plan_month", found)
    context = _of(found, person) | {"form": form, "sent": deed, "may_plan": may_plan}
    return render(
        request, "meetings/leave/decide.html", context, status=422 if form.errors else 200
    )


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: Asked, pk: int) -> HttpResponse:
    """The deputy says whether they come instead; it can be changed until the meeting begins."""
    person: Person = request.person
    found = selectors.get_leave_for(person, pk=pk)
    if found.deputy_id != person.pk and request.method != "POST":
        return redirect(
            selectors.leave_url(found.duty)
            if found.duty.person_id == person.pk
            else selectors.decide_url(found)
        )
    form = AnswerForm(_sent(request), person=person)
    if request.method == "POST" and form.is_valid():
        comes = request.POST.get("comes") == "yes"
        if _done(
            form,
            lambda: services.answer_leave(leave=found, comes=comes, by=person, at=clock.now()),
        ):
            said = _("You come instead of %(person)s.") if comes else _("%(person)s is told.")
            messages.success(request, said % {"person": found.duty.person.name})
            return redirect("meetings:leaves")
    context = _of(found, person) | {"form": form}
    return render(
        request, "meetings/leave/answer.html", context, status=422 if form.errors else 200
    )


def _done(form: DirectoryForm, deed: Callable[[], object]) -> bool:
    """Do a deed that answers nothing; the form says why when it is refused."""
    try:
        deed()
    except RuleBroken as broken:
        name = getattr(broken, "field", None)
        form.add_error(name if name in form.fields else None, str(broken))
        return False
    return True


def _said(found: Leave) -> str:
    name = {"person": found.duty.person.name}
    if found.state == rules.LeaveState.REFUSED:
        return _("The leave of %(person)s is refused.") % name
    if found.duty.substitute is not None:
        return _("The leave of %(person)s is granted; %(deputy)s comes instead.") % (
            name | {"deputy": found.duty.substitute.name}
        )
    return _("The leave of %(person)s is granted.") % name


def _of(found: Leave, person: Person) -> dict[str, object]:
    """Return what the pages about one leave show."""
    return {
        "leave": found,
        "duty": found.duty,
        "meeting": found.duty.meeting,
        "waits": found.state == rules.LeaveState.ASKED,
        "counts": found.state in rules.OPEN_LEAVE,
        "before": clock.now() < found.duty.meeting.starts_at,
        "own": found.duty.person_id == person.pk,
    }
