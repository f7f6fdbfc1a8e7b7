"""The professional coffee: its page on phones, its big screen, its deeds, and topics before it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import segno
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from footpath.accounts.guards import Asked, signed_in
from footpath.assignments import selectors as assignments
from footpath.core import clock, tree
from footpath.core.errors import NotThere, RuleBroken
from footpath.core.keys import key_in
from footpath.directory import selectors as directory
from footpath.directory.models import Person
from footpath.meetings.forms.coffee import AnswerForm, DifficultyForm, FollowForm, TopicForm
from footpath.meetings.models import MinuteItem
from footpath.meetings.rules import State, checkin
from footpath.meetings.selectors import coffee as selectors
from footpath.meetings.selectors.coffee import LAST_ANSWERS, Session
from footpath.meetings.selectors.guidance import similar_guidance
from footpath.meetings.services import coffee as services

PARTS = {"phone": "meetings/coffee/part.html", "screen": "meetings/coffee/screen_part.html"}
USUALLY_DUE_IN = timedelta(days=14)


@signed_in
@require_safe
def coffee(request: Asked, pk: int) -> HttpResponse:
    """The session on a phone: what is on the table, what waits, and one field to raise more."""
    session = selectors.get_session_for(request.person, pk=pk)
    return _page(request, session, DifficultyForm(person=request.person))


@signed_in
@require_safe
def screen(request: Asked, pk: int) -> HttpResponse:
    """The session on a big screen, without menus; it keeps itself up to date."""
    session = selectors.get_session_for(request.person, pk=pk)
    return render(request, "meetings/coffee/screen.html", _screen(request, session))


@signed_in
@require_safe
def part(request: Asked, pk: int) -> HttpResponse:
    """The part of either page that changes; 304 when it is still as the reader has it."""
    session = selectors.get_session_for(request.person, pk=pk)
    of = request.GET.get("of", "phone")
    if of not in PARTS:
        raise NotThere
    context = _screen(request, session) if of == "screen" else _phone(session)
    text = render_to_string(PARTS[of], context, request=request)
    mark = f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
    response = HttpResponse(text, headers={"ETag": mark, "Cache-Control": "private, no-cache"})
    kept = get_conditional_response(request, etag=mark, response=response)
    return response if kept is None else kept


@signed_in
@require_safe
def now(request: Asked) -> HttpResponse:
    """The short address: the session that runs now; a list when there are several, or none."""
    running = selectors.running_for(request.person, at=clock.now())
    if len(running) == 1:
        return redirect("meetings:coffee", running[0].pk)
    return render(request, "meetings/coffee/now.html", {"running": running})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def topics(request: Asked, pk: int) -> HttpResponse:
    """Topics sent in before the session, in one line each, by whoever is expected."""
    person: Person = request.person
    session = selectors.get_session_for(person, pk=pk)
    sent = request.POST if request.method == "POST" else None
    form = TopicForm(sent, person=person)
    if sent is not None and form.is_valid():
        topic = form.done(
            lambda: services.send_topic(
                meeting=session.meeting,
                text=form.cleaned_data["text"],
                client_key=form.cleaned_data["client_key"],
                by=person,
                at=clock.now(),
            )
        )
        if topic is not None:
            messages.success(request, _("Your topic is on the list."))
            return redirect("meetings:topics", pk)
    context = {
        "session": session,
        "meeting": session.meeting,
        "form": form,
        "ancestors": directory.ancestors_of(session.meeting.area),
    }
    return render(request, "meetings/coffee/topics.html", context, status=_status(form))


# --- deeds ----------------------------------------------------------------------------------------


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def deed(request: Asked, pk: int, deed: str) -> HttpResponse:
    """One deed of the session; answering and following up have a page of their own."""
    session = selectors.get_session_for(request.person, pk=pk)
    if deed == "add":
        return _add(request, session)
    if deed in WRITTEN:
        return WRITTEN[deed](request, session, _item_asked(request, session))
    if deed not in PRESSED:
        raise NotThere
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    try:
        said = PRESSED[deed](request, session)
    except RuleBroken as refused:
        messages.warning(request, str(refused))
    else:
        if said:
            messages.success(request, said)
    return redirect("meetings:coffee", pk)


def _add(request: Asked, session: Session) -> HttpResponse:
    """Raise a difficulty from the form of the page."""
    if "application/json" in request.headers.get("Accept", ""):
        return _add_kept(request, session)
    page = redirect("meetings:coffee", session.meeting.pk)
    if request.method != "POST":
        return page
    form = DifficultyForm(request.POST, person=request.person)
    status = 422
    if form.is_valid():
        try:
            _raise(form, session)
        except RuleBroken as refused:
            field = getattr(refused, "field", None)
            form.add_error(field if field in form.fields else None, str(refused))
            status = refused.status
        else:
            messages.success(request, _("Your difficulty is on the list."))
            return page
    return _page(request, session, form, status=status)


def _add_kept(request: Asked, session: Session) -> HttpResponse:
    """Raise a difficulty that a phone has kept, and answer with a receipt (JSON).

    The phone first asks for a fresh token and whose session it is: what one person has typed is
    never sent as another.
    """
    whose = str(request.person.pk)
    if request.method != "POST":
        return JsonResponse({"person": whose, "token": get_token(request)})
    if request.POST.get("person") != whose:
        return JsonResponse({"person": whose}, status=409)
    form = DifficultyForm(request.POST, person=request.person)
    if not form.is_valid():
        said = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return JsonResponse({"said": said}, status=422)
    try:
        item = _raise(form, session)
    except RuleBroken as refused:
        return JsonResponse({"said": str(refused)}, status=refused.status)
    except PermissionDenied as refused:
        return JsonResponse({"said": str(refused)}, status=403)
    return JsonResponse({"key": str(item.client_key), "number": item.number})


def _raise(form: DifficultyForm, session: Session) -> MinuteItem:
    return services.add_difficulty(
        meeting=session.meeting,
        text=form.cleaned_data["text"],
        client_key=form.cleaned_data["client_key"],
        by=session.person,
        at=clock.now(),
    )


def _answer(request: Asked, session: Session, item: MinuteItem) -> HttpResponse:
    sent = request.POST if request.method == "POST" else None
    form = AnswerForm(sent, person=request.person, initial={"answer": item.answer})
    if sent is not None and form.is_valid():
        form.done(
            lambda: services.answer_here(
                item=item,
                answer=form.cleaned_data["answer"],
                by=request.person,
                at=clock.now(),
            )
        )
        if not form.errors:
            messages.success(request, _("Answered here: %(text)s") % {"text": item.text})
            return redirect("meetings:coffee", session.meeting.pk)
    similar = similar_guidance(request.person, item.text)
    return _written(request, session, item, form, "answer", similar=similar)


def _follow(request: Asked, session: Session, item: MinuteItem) -> HttpResponse:
    sent = request.POST if request.method == "POST" else None
    proposed = _usual_owner(item, session)
    form = FollowForm(
        sent,
        person=request.person,
        initial={
            "title": item.text,
            "owner": proposed,
            "due_on": clock.today() + USUALLY_DUE_IN,
        },
    )
    if sent is not None and form.is_valid():
        asked = form.cleaned_data
        case = form.done(
            lambda: services.follow_up(item=item, **asked, by=request.person, at=clock.now())
        )
        if case is not None:
            messages.success(request, _("To follow up: case %(case)s.") % {"case": case})
            return redirect("meetings:coffee", session.meeting.pk)
    return _written(request, session, item, form, "follow", proposed=proposed)


def _usual_owner(item: MinuteItem, session: Session) -> Person | None:
    """Return who is in charge of the difficulty's place today, or of the nearest place above."""
    keys = tree.ids_of((item.area or session.meeting.area).path)
    leads = assignments.lead_of(keys, on=clock.today())
    return next((leads[pk] for pk in reversed(keys) if pk in leads), None)


def _written(
    request: Asked,
    session: Session,
    item: MinuteItem,
    form: Any,
    deed: str,
    **more: Any,
) -> HttpResponse:
    if not session.may_host:
        raise PermissionDenied(_("Only whoever keeps the session answers and follows up."))
    context = {
        "session": session,
        "meeting": session.meeting,
        "ancestors": directory.ancestors_of(session.meeting.area),
        "item": item,
        "form": form,
        "deed_name": deed,
        "similar": [],
        "proposed": None,
        **more,
    }
    return render(request, "meetings/coffee/deed.html", context, status=_status(form))


def _open(request: Asked, session: Session) -> str:
    services.open_session(meeting=session.meeting, by=request.person, at=clock.now())
    return _("The session is open.")


def _close(request: Asked, session: Session) -> str:
    services.close_session(meeting=session.meeting, by=request.person, at=clock.now())
    return _("The session is closed. The attendance can be kept now.")


def _table(request: Asked, session: Session) -> str:
    item = _item_asked(request, session)
    services.put_on_table(item=item, by=request.person, at=clock.now())
    return ""


def _later(request: Asked, session: Session) -> str:
    item = _item_asked(request, session)
    services.put_off(item=item, by=request.person, at=clock.now())
    return _("Later in this session: %(text)s") % {"text": item.text}


def _withdraw(request: Asked, session: Session) -> str:
    item = _item_asked(request, session)
    services.withdraw(item=item, by=request.person, at=clock.now())
    return _("Withdrawn: %(text)s") % {"text": item.text}


def _undo(request: Asked, session: Session) -> str:
    item = _item_asked(request, session)
    services.undo_answer(item=item, by=request.person, at=clock.now())
    return _("The answer is taken back: %(text)s") % {"text": item.text}


PRESSED: dict[str, Callable[[Asked, Session], str]] = {
    "open": _open,
    "close": _close,
    "table": _table,
    "later": _later,
    "withdraw": _withdraw,
    "undo": _undo,
}
"""Deeds of one press."""

WRITTEN: dict[str, Callable[[Asked, Session, MinuteItem], HttpResponse]] = {
    "answer": _answer,
    "follow": _follow,
}
"""Deeds with a page on which something is written."""


# --- what the pages show --------------------------------------------------------------------------


def _item_asked(request: HttpRequest, session: Session) -> MinuteItem:
    key = key_in(request.POST.get("item") or request.GET.get("item"))
    if key is None:
        raise NotThere
    return selectors.get_item_of(session, pk=key)


def _page(
    request: Asked, session: Session, form: DifficultyForm, *, status: int = 200
) -> HttpResponse:
    context = _phone(session) | {
        "form": form,
        "ancestors": directory.ancestors_of(session.meeting.area),
        "mine": request.person.pk,
    }
    return render(request, "meetings/coffee/phone.html", context, status=status)


def _phone(session: Session) -> dict[str, Any]:
    return {
        "session": session,
        "meeting": session.meeting,
        "person": session.person,
        "undoable": session.undoable(clock.now()),
        "today": clock.today(),
    }


def _screen(request: HttpRequest, session: Session) -> dict[str, Any]:
    meeting = session.meeting
    address = request.build_absolute_uri(reverse("meetings:coffee", args=[meeting.pk]))
    short = request.build_absolute_uri(reverse("coffee-now"))
    return {
        "session": session,
        "meeting": meeting,
        "last": session.answered[:LAST_ANSWERS],
        "qr": _qr(address),
        "short": short.partition("://")[2].rstrip("/"),
        "code": _code(session),
    }


def _code(session: Session) -> str:
    """Return the code of this minute, by which those in the room check in.

    "" unless the session runs, the meeting is not over and the screen is that of a host.
    """
    meeting, at = session.meeting, clock.now()
    if not (session.may_host and session.is_running and meeting.room_secret):
        return ""
    over = meeting.state != State.PLANNED or at >= meeting.ends_at
    return "" if over else checkin.code_of(meeting.room_secret, checkin.minute_of(at))


def _qr(address: str) -> SafeString:
    """Return the address as a picture; black on white in either colour scheme, so that it scans."""
    made = segno.make(address, error="m", micro=False)
    drawn = made.svg_inline(
        border=2, dark="#000", light="#fff", svgclass="fp-qr", lineclass=None, omitsize=True
    )
    return mark_safe(drawn)  # noqa: S308 - drawn by segno from an address of ours, no markup in it


def _status(form: Any) -> int:
    return 422 if form.errors else 200
