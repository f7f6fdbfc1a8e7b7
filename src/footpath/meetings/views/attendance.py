"""The attendance sheet of a meeting, on the screen and on paper."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from footpath.accounts.guards import Asked, signed_in
from footpath.accounts.permissions import require
from footpath.core import clock
from footpath.core.errors import RuleBroken
from footpath.directory import selectors as directory
from footpath.directory.models import Person
from footpath.meetings import duty_list, rules, selectors, services
from footpath.meetings.forms.attending import Sheet, seen_in, sheet_from, sheet_of
from footpath.meetings.models import Duty, Meeting


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def attendance(request: Asked, pk: int) -> HttpResponse:
    """The sheet: everybody came except those whose line is changed; one button confirms it.

    When somebody else has changed the list since it was opened, it comes back (409) with what was
    typed and what the other wrote, and is confirmed anew.
    """
    person: Person = request.person
    meeting = selectors.get_meeting_for(person, pk=pk)
    require(person, "meetings.keep", meeting)
    duties = list(meeting.duties.all())
    status = 200
    if request.method == "POST":
        sheet = sheet_from(meeting, duties, request.POST)
        status = _kept(sheet, person)
        if status == 200:
            messages.success(
                request, _("The attendance is kept: %(came)s.") % {"came": _came(sheet)}
            )
            return redirect(meeting)
    else:
        sheet = sheet_of(meeting, duties)
    context = {
        "meeting": meeting,
        "ancestors": directory.ancestors_of(meeting.area),
        "sheet": sheet,
        "seen": seen_in(sheet),
        "choices": _choices(),
        "counts_heads": meeting.kind.counts_heads or meeting.headcount is not None,
        "can_be_kept": meeting.state != rules.State.CANCELLED
        and clock.today() >= clock.day_of(meeting.starts_at),
        "day": clock.day_of(meeting.starts_at),
    }
    return render(request, "meetings/attendance.html", context, status=status)


def _kept(sheet: Sheet, person: Person) -> int:
    """Keep the sheet and return 200, or say on it what stands in the way and return the status."""
    if not sheet.is_valid():
        return 422
    try:
        services.keep_attendance(
            meeting=sheet.meeting,
            marks=sheet.marks,
            seen=sheet.seen,
            headcount=sheet.heads,
            by=person,
            at=clock.now(),
        )
    except services.AttendanceChanged as changed:
        sheet.errors.append(str(changed))
        now = selectors.get_meeting_for(person, pk=sheet.meeting.pk)
        sheet.changed_meanwhile(changed.changed, list(now.duties.all()))
        sheet.meeting.state = now.state
        return changed.status
    except RuleBroken as broken:
        sheet.errors.append(str(broken))
        return broken.status
    return 200


def _came(sheet: Sheet) -> str:
    return _("%(part)s of %(whole)s came") % {"part": sheet.came, "whole": len(sheet.lines)}


def _choices() -> list[tuple[str, str]]:
    """Return the marks of a line, the most frequent first."""
    marks = Duty.Attendance
    order = (marks.PRESENT, marks.LATE, marks.EXCUSED, marks.SUBSTITUTE, marks.ABSENT)
    return [(str(mark.value), str(mark.label)) for mark in order]


@signed_in
@require_safe
def duty_list_pdf(request: Asked, pk: int) -> HttpResponse:
    """The duty list to print: a line for each name with boxes to tick, and the way to the sheet."""
    person: Person = request.person
    meeting = selectors.get_meeting_for(person, pk=pk)
    require(person, "meetings.keep", meeting)
    facts = duty_list.facts_of(
        meeting,
        list(meeting.duties.all()),
        posts=selectors.posts_of(
            [row.person_id for row in meeting.duties.all()], on=clock.day_of(meeting.starts_at)
        ),
        address=_sheet_address(meeting),
        day=clock.today(),
    )
    made = duty_list.printed(facts, language=get_language() or "en")
    return HttpResponse(
        made,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="duty-list-{meeting.pk}.pdf"'},
    )


def _sheet_address(meeting: Meeting) -> str:
    return settings.BASE_URL + reverse("meetings:attendance", args=[meeting.pk])
