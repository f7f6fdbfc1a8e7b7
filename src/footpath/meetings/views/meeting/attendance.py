"""Keeping and correcting the attendance of a meeting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from footpath.core import clock
from footpath.meetings import rules, services
from footpath.meetings.forms import AttendanceForm, attended
from footpath.meetings.views.meeting.page import Page, Part, Work


def works(page: Page) -> dict[str, Work]:
    """Return the deeds of this part.

    The long form is made only where it is shown, or where somebody was a little too late.
    """
    found = {}
    if page.sent == "hold" or page.planned:
        form = page.form("hold", AttendanceForm, duties=page.duties)
        found["hold"] = Work(form, _hold(page), page.planned and page.today >= page.day)
    if page.sent == "mark" or page.held:
        form = page.form("mark", AttendanceForm, duties=page.duties)
        found["mark"] = Work(form, _mark(page), page.held)
    return found


def context(page: Page) -> dict[str, Any]:
    """Return how many came."""
    return {"attended": attended(page.duties) if page.held else None}


def _hold(page: Page) -> Callable[[AttendanceForm], str]:
    def deed(form: AttendanceForm) -> str:
        services.hold_meeting(
            meeting=page.meeting,
            exceptions={
                duty.person_id: mark
                for duty, mark in form.marks()
                if mark.attendance != rules.Attendance.PRESENT
            },
            headcount=form.cleaned_data["headcount"],
            by=page.person,
            at=clock.now(),
        )
        return _("The meeting is held and the attendance is kept.")

    return deed


def _mark(page: Page) -> Callable[[AttendanceForm], str]:
    def deed(form: AttendanceForm) -> str:
        for duty, mark in form.changed():
            services.mark_attendance(duty=duty, mark=mark, by=page.person, at=clock.now())
        return _("The attendance is corrected.")

    return deed


PART = Part(works, context)
