"""The code on the screen of the room, and typing it."""

from __future__ import annotations

import segno
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from footpath.accounts.guards import Asked, signed_in
from footpath.accounts.permissions import require
from footpath.core import clock
from footpath.core.errors import RuleBroken
from footpath.directory.models import Person
from footpath.meetings import rules, selectors, services
from footpath.meetings.forms import CheckInForm
from footpath.meetings.rules import checkin


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def room_code(request: Asked, pk: int) -> HttpResponse:
    """The page for the room's screen: the code of this minute, and a picture that holds it.

    It loads itself again when the minute is over, with scripts and without.
    """
    person: Person = request.person
    meeting = selectors.get_meeting_for(person, pk=pk)
    require(person, "meetings.keep", meeting)
    broken = ""
    if request.method == "POST":
        try:
            services.open_room(meeting=meeting, by=person, at=clock.now())
            return redirect("meetings:room-code", pk)
        except RuleBroken as refused:
            broken = str(refused)
    now = clock.now()
    planned = meeting.state == rules.State.PLANNED
    opens = meeting.starts_at - checkin.OPENS_BEFORE
    shown = planned and bool(meeting.room_secret) and opens <= now < meeting.ends_at
    code = checkin.code_of(meeting.room_secret, checkin.minute_of(now)) if shown else ""
    duties = list(meeting.duties.all())
    context = {
        "meeting": meeting,
        "broken": broken,
        "planned": planned,
        "opens": opens,
        "early": now < opens,
        "over": now >= meeting.ends_at,
        "opened": bool(meeting.room_secret),
        "code": code,
        "picture": picture_of(_address(pk, code)) if shown else "",
        "seconds": checkin.seconds_left(now),
        "there": sum(duty.checked_in_at is not None for duty in duties),
        "expected": len(duties),
        "check_in_address": f"{settings.BASE_URL}{reverse('meetings:check-in', args=[pk])}",
    }
    response = render(request, "meetings/room_code.html", context, status=409 if broken else 200)
    if planned and meeting.room_secret and now < meeting.ends_at:
        response["Refresh"] = str(checkin.seconds_left(now))
    return response


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def check_in(request: Asked, pk: int) -> HttpResponse:
    """Type the code shown in the room; the picture there opens this page with it filled in."""
    person: Person = request.person
    now = clock.now()
    mine = selectors.my_duty_in(person, pk=pk, now=now)
    form = CheckInForm(
        request.POST if request.method == "POST" else None,
        person=person,
        initial={"code": request.GET.get("code", "")[: checkin.DIGITS]},
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                done = services.check_in(
                    duty=mine.duty, code=form.cleaned_data["code"], by=person, at=now
                )
                late = done.attendance == rules.Attendance.LATE
                messages.success(
                    request, _("You are checked in, late.") if late else _("You are checked in.")
                )
                return redirect("web:home")
            except RuleBroken as broken:
                field = getattr(broken, "field", None)
                form.add_error(field if field in form.fields else None, str(broken))
                status = broken.status
    context = {"mine": mine, "meeting": mine.meeting, "form": form, "opens": _opens(mine)}
    return render(request, "meetings/check_in.html", context, status=status)


def _opens(mine: selectors.MyDuty) -> object:
    return mine.meeting.starts_at - checkin.OPENS_BEFORE


def _address(pk: int, code: str) -> str:
    return settings.BASE_URL + reverse("meetings:check-in", args=[pk], query={"code": code})


def picture_of(address: str) -> str:
    """Return a QR code as SVG for a page: black on white in every colour scheme."""
    made = segno.make(address, error="m", micro=False)
    picture = made.svg_inline(scale=8, border=4, dark="#000", light="#fff", omitsize=True)
    return mark_safe(picture)  # noqa: S308 - drawn by the package from squares alone
