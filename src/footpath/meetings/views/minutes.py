"""Approved minutes: their versions checked as they are shown, on paper in any language."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from footpath.accounts.guards import Asked, signed_in
from footpath.accounts.permissions import may, require
from footpath.core import clock
from footpath.core.errors import NotThere
from footpath.directory import selectors as directory
from footpath.meetings import printing, rules, selectors, services
from footpath.meetings.forms import CorrectForm, attended
from footpath.meetings.models import Meeting

DRAFT = 0
"""The version that stands for what would be approved now."""


@signed_in
@require_safe
def minutes(request: Asked, pk: int) -> HttpResponse:
    """The minutes of a meeting: what would be approved, and every version that was."""
    found = selectors.get_meeting_for(request.person, pk=pk)
    form = CorrectForm(person=request.person)
    return render(request, "meetings/minutes.html", _context(request, found, form))


@signed_in
@require_POST
def approve(request: Asked, pk: int) -> HttpResponse:
    """Approve the minutes; those expected are told."""
    found = selectors.get_meeting_for(request.person, pk=pk)
    address = reverse("meetings:minutes", args=[pk])
    made = services.approve_minutes(
        meeting=found,
        by=request.person,
        at=clock.now(),
        language=get_language() or "en",
        address=request.build_absolute_uri(address),
        seen=request.POST.get("seen"),
    )
    messages.success(
        request, _("The minutes are approved as version %(number)s.") % {"number": made.version}
    )
    return redirect(address)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: Asked, pk: int) -> HttpResponse:
    """Open approved minutes again, with a reason."""
    found = selectors.get_meeting_for(request.person, pk=pk)
    if request.method != "POST":
        return redirect("meetings:minutes", pk)
    require(request.person, "meetings.approve_minutes", found)
    form = CorrectForm(request.POST, person=request.person)
    if form.is_valid():
        done = form.done(lambda: _reopen(request, found, form.cleaned_data["reason"]))
        if done:
            messages.success(request, _("The minutes are open for changes. Approve them again."))
            return redirect(found)
    return render(request, "meetings/minutes.html", _context(request, found, form), status=422)


def _reopen(request: Asked, meeting: Meeting, reason: str) -> bool:
    services.correct_minutes(meeting=meeting, reason=reason, by=request.person, at=clock.now())
    return True


@signed_in
@require_safe
def minutes_pdf(request: Asked, pk: int, version: int) -> HttpResponse:
    """A version on paper as it was approved; ``?language=`` sets its record in another language.

    Version 0 is the draft: what would be approved now.
    """
    languages = dict(settings.LANGUAGES)
    wanted = request.GET.get("language", "")
    if version == DRAFT:
        body = _draft(request, pk, wanted if wanted in languages else get_language() or "en")
        return _paper(f"minutes-{pk}-draft.pdf", body)
    found = selectors.get_minutes_for(request.person, pk=pk, version=version)
    if wanted not in languages or wanted == found.language:
        return _paper(f"minutes-{pk}-{version}.pdf", bytes(found.pdf))
    body = printing.minutes_pdf(
        found.frozen,
        digest=found.digest,
        language=wanted,
        address=request.build_absolute_uri(reverse("meetings:minutes", args=[pk])),
    )
    return _paper(f"minutes-{pk}-{version}-{wanted}.pdf", body)


@signed_in
@require_safe
def agenda_pdf(request: Asked, pk: int) -> HttpResponse:
    """The agenda of a meeting on paper, as it stands now."""
    person = request.person
    found = selectors.get_meeting_for(person, pk=pk)
    if found.state == rules.State.CANCELLED:
        raise NotThere
    whole = selectors.meeting_in_full(found.pk)
    today = clock.today()
    body = printing.agenda_pdf(
        selectors.frozen_meeting(whole),
        selectors.frozen_agenda(selectors.agenda_of(person, whole, today=today)),
        expected=[duty.person.name for duty in whole.duties.all() if duty.elsewhere_id is None],
        language=get_language() or "en",
        day=today,
    )
    return _paper(f"agenda-{pk}.pdf", body)


def _draft(request: Asked, pk: int, language: str) -> bytes:
    found = selectors.get_meeting_for(request.person, pk=pk)
    if found.state != rules.State.HELD:
        raise NotThere
    frozen = selectors.frozen_of(
        selectors.meeting_in_full(found.pk),
        approved_by=request.person,
        at=clock.now(),
        version=DRAFT,
        reason="",
        language=language,
    )
    return printing.minutes_pdf(frozen, digest="", language=language)


def _context(request: Asked, meeting: Meeting, form: CorrectForm) -> dict[str, object]:
    versions = selectors.versions_of(meeting)
    in_force = bool(versions) and versions[0].minutes.reopened_at is None
    may_approve = may(request.person, "meetings.approve_minutes", meeting)
    items = selectors.items_in_minutes(meeting)
    held = meeting.state == rules.State.HELD
    return {
        "meeting": meeting,
        "ancestors": directory.ancestors_of(meeting.area),
        "versions": versions,
        "in_force": in_force,
        "held": held,
        "may_approve": may_approve and held and not in_force,
        "may_correct": may_approve and in_force,
        "attended": attended(list(meeting.duties.all())),
        "items": items,
        "seen": selectors.mark_of_minutes(meeting),
        "raised": sum(item.case_id is not None for item in items),
        "languages": settings.LANGUAGES,
        "form": form,
    }


def _paper(name: str, body: bytes) -> HttpResponse:
    response = HttpResponse(body, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response
