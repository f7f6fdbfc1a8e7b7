"""One case: what happened, what is next, and each deed on its own page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from footpath.accounts import selectors as accounts
from footpath.accounts.guards import signed_in
from footpath.accounts.permissions import may
from footpath.cases import (
    clock_forms,
    forms,
    panels,
    presenting,
    reply_forms,
    routing_forms,
    rules,
    selectors,
    services,
)
from footpath.cases.models import Case, Entry
from footpath.cases.rules import Deed
from footpath.cases.selectors.similar import Like
from footpath.core import clock
from footpath.core.errors import RuleBroken
from footpath.directory import selectors as directory
from footpath.directory.models import Person

MOST_BUTTONS = 4
"""So many deeds stand as buttons below the thread; the others are in a menu beside them."""


@require_safe
@signed_in
def case(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a case to somebody who may read it."""
    person: Person = request.person
    case = selectors.get_case_for(person, pk=pk)
    today = clock.today()
    entries = selectors.thread_of(case)
    deeds = selectors.deeds_for(person, case)
    worked = selectors.workers_of(case)
    to_verify = case.state == rules.State.RECTIFIED
    verifier = selectors.verifier_for(case, on=today) if to_verify else ""
    verified = [presenting.name_of(entry) for entry in entries if entry.deed == Entry.Deed.VERIFIED]
    step = presenting.next_step(
        case,
        person_id=person.pk,
        deeds=deeds,
        worked=worked,
        verifier=verifier,
        verified_by=verified[-1] if verified else "",
    )
    said = presenting.thread(case, entries, case.attachments.filter(entry=None).order_by("pk"))
    context = {
        "case": case,
        "place": presenting.place_of(case.area),
        "crumbs": directory.ancestors_of(case.area)[-2:],
        "clock": presenting.clock_of_case(case, today),
        "step": step,
        "offered": [(deed, presenting.deed_word(deed)) for deed in step.deeds],
        "others": [
            (deed, presenting.deed_word(deed), presenting.DEED_ICONS[deed])
            for deed in presenting.BY_USE
            if deed in deeds and deed not in step.deeds and presenting.is_worth_offering(deed, case)
        ],
        "most_buttons": MOST_BUTTONS,
        "icons": presenting.DEED_ICONS,
        "thread": said,
        "timeline": selectors.timeline(case, clock.now()),
        "waits_in_round": case.round_number if case.round_number > _last_round(said) else None,
        "waiting": presenting.next_word(case.state),
        "verifier": verifier,
        "people": presenting.people_of(case),
        "similar": _similar(person, case),
        "panels": panels.panels_for(person, case),
        "chain": accounts.chain_of(case),
        "may_read_trail": may(person, "trail.read"),
    }
    return render(request, "cases/case.html", context)


def _similar(person: Person, case: Case) -> list[Like]:
    told = f"{case.title} {case.text}"
    return selectors.suggest(
        person,
        area=case.area,
        category=case.category,
        text=told,
        today=clock.today(),
        position=case.position,
        most=3,
        but=case.pk,
    )


def _last_round(said: list[presenting.Said]) -> int:
    return max((entry.opens_round or 1 for entry in said), default=1)


Act = Callable[[Case, Person, datetime, dict[str, Any]], Entry]

_ACTS: dict[Deed, Act] = {
    Deed.ACCEPT: lambda case, by, at, said: services.accept_case(
        case=case, by=by, at=at, text=said["text"]
    ),
    Deed.ASSIGN: lambda case, by, at, said: services.assign_owner(
        case=case, owner=said["owner"], by=by, at=at, text=said["text"]
    ),
    Deed.GUIDE: lambda case, by, at, said: services.give_guidance(
        case=case, text=said["text"], by=by, at=at
    ),
    Deed.RECTIFY: lambda case, by, at, said: services.rectify_case(
        case=case, text=said["text"], by=by, at=at, outcome=rules.Outcome(said["outcome"])
    ),
    Deed.VERIFY: lambda case, by, at, said: services.verify_case(
        case=case,
        result=rules.Result(said["result"]),
        by=by,
        at=at,
        text=said["text"],
        uploads=said["files"],
    ),
    Deed.REOPEN: lambda case, by, at, said: services.reopen_case(
        case=case, text=said["text"], by=by, at=at
    ),
    Deed.ESCALATE: lambda case, by, at, said: services.escalate_case(
        case=case, text=said["text"], by=by, at=at, agency=said["agency"]
    ),
    Deed.RETURN: lambda case, by, at, said: services.return_case(
        case=case, text=said["text"], by=by, at=at
    ),
    Deed.RESUBMIT: lambda case, by, at, said: services.resubmit_case(
        case=case, text=said["text"], by=by, at=at
    ),
    Deed.MARK_DUPLICATE: lambda case, by, at, said: services.mark_duplicate(
        case=case, of=said["of"], by=by, at=at, text=said["text"]
    ),
    Deed.NOTE: lambda case, by, at, said: services.add_note(
        case=case, text=said["text"], by=by, at=at
    ),
    Deed.REPLY: lambda case, by, at, said: services.reply_to_reporter(
        case=case, text=said["text"], by=by, at=at
    ),
    Deed.PUBLISH: lambda case, by, at, said: services.publish_case(
        case=case, text=said["text"], by=by, at=at
    ),
    Deed.HIDE: lambda case, by, at, said: services.hide_case(
        case=case, text=said["text"], by=by, at=at
    ),
    Deed.TRANSFER: lambda case, by, at, said: services.transfer_case(
        case=case, to=said["organization"], text=said["text"], by=by, at=at
    ),
    Deed.MISROUTE: lambda case, by, at, said: services.misroute_case(
        case=case, text=said["text"], by=by, at=at
    ),
    Deed.PAUSE: lambda case, by, at, said: services.pause_clock(
        case=case, until=said["until"], text=said["text"], by=by, at=at
    ),
    Deed.RESUME: lambda case, by, at, said: services.resume_clock(
        case=case, text=said["text"], by=by, at=at
    ),
    Deed.EXTEND: lambda case, by, at, said: services.extend_case(
        case=case, until=said["until"], text=said["text"], by=by, at=at
    ),
}

_FORMS: dict[Deed, type[forms.DeedForm]] = {
    Deed.ACCEPT: forms.AcceptForm,
    Deed.ASSIGN: forms.AssignForm,
    Deed.GUIDE: forms.GuideForm,
    Deed.RECTIFY: forms.RectifyForm,
    Deed.VERIFY: forms.VerifyForm,
    Deed.REOPEN: forms.ReopenForm,
    Deed.ESCALATE: forms.EscalateForm,
    Deed.RETURN: forms.ReturnForm,
    Deed.RESUBMIT: forms.ResubmitForm,
    Deed.MARK_DUPLICATE: forms.DuplicateForm,
    Deed.NOTE: forms.NoteForm,
    Deed.REPLY: reply_forms.ReplyForm,
    Deed.PUBLISH: reply_forms.PublishForm,
    Deed.HIDE: reply_forms.HideForm,
    Deed.TRANSFER: routing_forms.TransferForm,
    Deed.MISROUTE: routing_forms.MisrouteForm,
    Deed.PAUSE: clock_forms.PauseForm,
    Deed.RESUME: clock_forms.ResumeForm,
    Deed.EXTEND: clock_forms.ExtendForm,
}


@require_http_methods(["GET", "POST"])
@signed_in
def deed(request: HttpRequest, pk: int, deed: str) -> HttpResponse:
    """Ask for what a deed needs, and do it; the button names the deed and its consequence."""
    person: Person = request.person
    case = selectors.get_case_for(person, pk=pk)
    try:
        wanted = Deed(deed.replace("-", "_"))
    except ValueError as unknown:
        raise Http404 from unknown
    try:
        services.check_deed(deed=wanted, case=case, by=person)
    except RuleBroken as broken:
        # Who would look for the deed here is told why it is not offered.
        context = {"case": case, "word": presenting.deed_word(wanted), "sentence": str(broken)}
        return render(request, "cases/deed_refused.html", context, status=broken.status)
    more: dict[str, Any] = {}
    if wanted == Deed.ASSIGN:
        more["owners"] = selectors.possible_owners(person, case, on=clock.today())
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    if wanted == Deed.MARK_DUPLICATE:
        more["initial"] = {"of": request.GET.get("of", "")[:20]}
    form = _FORMS[wanted](*sent, case=case, person=person, **more)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                _do(wanted, case, person, form)
            except RuleBroken as broken:
                field = getattr(broken, "field", None)
                form.add_error(field if field in form.fields else None, str(broken))
                status = broken.status
                case = selectors.get_case_for(person, pk=pk)
            else:
                messages.success(request, _done_word(wanted, case, form.cleaned_data))
                return redirect(case)
    context = {
        "case": case,
        "place": presenting.place_of(case.area),
        "form": form,
        "deed": wanted,
        "word": presenting.deed_word(wanted),
        "icon": presenting.DEED_ICONS[wanted],
        "deed_button": _button(wanted, case),
        "hint": _hint(wanted, case),
        "clock": presenting.clock_of_case(case, clock.today()),
        "said": selectors.thread_of(case)[-1:] if wanted in (Deed.VERIFY, Deed.RESUBMIT) else [],
    }
    return render(request, "cases/deed.html", context, status=status)


def _do(wanted: Deed, case: Case, person: Person, form: forms.DeedForm) -> None:
    if form.is_of_another_state and wanted != Deed.NOTE:
        raise RuleBroken(
            _("Somebody else has changed this case in the meantime. Read it again first.")
        )
    at = clock.now()
    said = form.cleaned_data
    with transaction.atomic():
        entry = _ACTS[wanted](case, person, at, said)
        uploads = said.get("files") or []
        if uploads and not entry.attachments.exists():  # a form sent twice gives its first entry
            services.add_attachments(case=case, entry=entry, uploads=uploads, by=person, at=at)


def _button(wanted: Deed, case: Case) -> str:
    number = {"number": case.number, "round": case.round_number + 1}
    return {
        Deed.ACCEPT: _("Accept %(number)s"),
        Deed.ASSIGN: _("Give %(number)s to this person"),
        Deed.GUIDE: _("Give guidance on %(number)s"),
        Deed.RECTIFY: _("Hand %(number)s over to be verified"),
        Deed.VERIFY: _("Confirm and close %(number)s"),
        Deed.REOPEN: _("Reopen %(number)s as round %(round)s"),
        Deed.ESCALATE: _("Escalate %(number)s"),
        Deed.RETURN: _("Return %(number)s"),
        Deed.RESUBMIT: _("Send %(number)s in again"),
        Deed.MARK_DUPLICATE: _("Close %(number)s as a duplicate"),
        Deed.NOTE: _("Add to %(number)s"),
        Deed.REPLY: _("Answer the reporter of %(number)s"),
        Deed.PUBLISH: _("Show %(number)s to the public"),
        Deed.HIDE: _("Take %(number)s from the public"),
        Deed.TRANSFER: _("Transfer %(number)s"),
        Deed.MISROUTE: _("Send %(number)s back"),
        Deed.PAUSE: _("Pause the clock of %(number)s"),
        Deed.RESUME: _("Let the clock of %(number)s run again"),
        Deed.EXTEND: _("Give %(number)s more time"),
    }[wanted] % number


def _hint(wanted: Deed, case: Case) -> str:
    if wanted == Deed.ACCEPT:
        return "" if case.owner_id else _("The case has no owner: you become its owner.")
    if wanted == Deed.VERIFY and case.category.needs_evidence:
        return _("Confirmed needs a photo or a PDF. Anything else opens the next round.")
    return {
        Deed.ASSIGN: _("The owner before stays in the case as somebody who worked on it."),
        Deed.GUIDE: _("Whoever guides took part in the work and cannot verify it later."),
        Deed.RECTIFY: _("Somebody who did no part of the work then verifies it on the spot."),
        Deed.VERIFY: _("Confirmed closes the case. Anything else opens the next round."),
        Deed.ESCALATE: _("Somebody is added to the case; nobody leaves it."),
        Deed.RETURN: _("It goes back to %(name)s.")
        % {"name": case.raised_by.name if case.raised_by is not None else _("the reporter")},
        Deed.MARK_DUPLICATE: _("The other case stays open until it is verified."),
        Deed.REPLY: _("The reporter reads it, and with a public case everybody. Name nobody."),
        Deed.PUBLISH: _("Without other words the public reads what the reporter wrote."),
        Deed.TRANSFER: _("Its clock runs on. The owner leaves it; the organization names another."),
        Deed.MISROUTE: _("It goes back to whoever sent it. Its clock runs on."),
        Deed.PAUSE: _(
            "The due date moves on by the days that are not counted. After the last day the clock"
            " runs again by itself."
        ),
        Deed.RESUME: _("Days of the pause that were not used are taken back from the due date."),
        Deed.EXTEND: _("Everybody who reads the case sees who gave more time, and why."),
    }.get(wanted, "")


def _done_word(wanted: Deed, case: Case, said: dict[str, Any]) -> str:
    number = {"number": case.number}
    if wanted == Deed.VERIFY:
        if said["result"] == rules.Result.CONFIRMED:
            return _("%(number)s is verified and closed.") % number
        return _("%(number)s came back: the next round is open.") % number
    return {
        Deed.ACCEPT: _("%(number)s is accepted."),
        Deed.ASSIGN: _("%(number)s has its owner."),
        Deed.GUIDE: _("The guidance stands in %(number)s."),
        Deed.RECTIFY: _("%(number)s waits to be verified by somebody else."),
        Deed.REOPEN: _("%(number)s is open again."),
        Deed.ESCALATE: _("%(number)s is escalated."),
        Deed.RETURN: _("%(number)s is returned."),
        Deed.RESUBMIT: _("%(number)s is sent in again."),
        Deed.MARK_DUPLICATE: _("%(number)s is closed as a duplicate."),
        Deed.NOTE: _("The note stands in %(number)s."),
        Deed.REPLY: _("The answer to the reporter stands in %(number)s."),
        Deed.PUBLISH: _("The public can read %(number)s."),
        Deed.HIDE: _("The public can no longer read %(number)s."),
        Deed.TRANSFER: _("%(number)s belongs to the other organization now."),
        Deed.MISROUTE: _("%(number)s is sent back."),
        Deed.PAUSE: _("The clock of %(number)s stands."),
        Deed.RESUME: _("The clock of %(number)s runs again."),
        Deed.EXTEND: _("%(number)s has a new due date."),
    }[wanted] % number
