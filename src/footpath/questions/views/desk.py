"""The guidance officers' pages: the desk, making keys, a new passphrase. Nobody is signed in here.

The server gives everybody the same pages. Who reads, answers and approves is settled by keys that
are opened in the officer's browser alone.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from footpath.core import clock
from footpath.core.calendar import Month
from footpath.core.workdays import ONE_DAY, Workdays
from footpath.questions import selectors

BACK = timedelta(days=200)
"""Longer than an unanswered question is kept."""
SATURDAY = 5


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Open the desk with a passphrase: read, answer, approve, look after the roster.

    What is overdue is said before anything is opened (S0.3). Four queries at most.
    """
    alarms = selectors.alarms(clock.today())
    flagged = [Month.parse(epoch) for epoch in alarms.flagged]
    context = _words() | {"alarms": alarms, "flagged": flagged}
    return render(request, "questions/desk/desk.html", context)


@require_safe
def set_up(request: HttpRequest) -> HttpResponse:
    """Make the keys of an officer or of the supervisor, and print their recovery sheet."""
    return render(request, "questions/desk/set_up.html", _words())


@require_safe
def recover(request: HttpRequest) -> HttpResponse:
    """Set a new passphrase with the recovery sheet."""
    return render(request, "questions/desk/recover.html", _words())


def _words() -> dict[str, Any]:
    """Return what the desk's scripts need: today, and the working days until today.

    ``days_off`` are days off from Monday to Friday, ``days_worked`` Saturdays and Sundays that are
    worked, both as ISO texts in order. A year that nobody has settled has neither.
    """
    today = clock.today()
    workdays = Workdays(settings.COUNTRY)
    days = [today - BACK + ONE_DAY * count for count in range(BACK.days + 1)]
    known = [(day, workdays.is_working(day)) for day in days if workdays.knows(day.year)]
    return {
        "today": today.isoformat(),
        "days_off": [day.isoformat() for day, works in known if not works and not _weekend(day)],
        "days_worked": [day.isoformat() for day, works in known if works and _weekend(day)],
    }


def _weekend(day: date) -> bool:
    return day.weekday() >= SATURDAY
