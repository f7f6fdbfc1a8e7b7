"""Keeping the attendance of a meeting from its page: nobody was missing, or the sheet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from footpath.core import clock
from footpath.directory.forms import DirectoryForm
from footpath.meetings import selectors, services
from footpath.meetings.forms import AnswerForm, attended
from footpath.meetings.views.meeting.page import Page, Part, Work


def works(page: Page) -> dict[str, Work]:
    """Return the one deed of this part; exceptions are kept on the sheet."""
    form = page.form("hold", AnswerForm)
    return {"hold": Work(form, _hold(page), page.planned and page.today >= page.day)}


def context(page: Page) -> dict[str, Any]:
    """Return how many came, who is expected, and whether the reader reads reasons of leave."""
    expected = [row for row in page.duties if row.elsewhere_id is None]
    return {
        "attended": attended(page.duties) if page.held else None,
        "expected_here": len(expected),
        "mine": next((row for row in page.duties if row.person_id == page.person.pk), None),
        "reads_reasons": selectors.reasons_shown_to(page.person, page.meeting),
    }


def _hold(page: Page) -> Callable[[DirectoryForm], str]:
    def deed(_form: DirectoryForm) -> str:
        services.hold_meeting(meeting=page.meeting, by=page.person, at=clock.now())
        return _("The meeting is held and the attendance is kept.")

    return deed


PART = Part(works, context)
