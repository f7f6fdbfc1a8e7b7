"""Meetings on the pages of places and cases; registered in ``apps.ready``."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from footpath.accounts.permissions import may
from footpath.accounts.rules import READERS
from footpath.cases import panels as case_panels
from footpath.cases.models import Case
from footpath.core import clock, formats
from footpath.core.calendar import Month
from footpath.directory import panels
from footpath.directory.models import Area, Person
from footpath.meetings import selectors
from footpath.meetings.models import Meeting


def register() -> None:
    """Register the figure and the cards with the rooms below."""
    panels.register_figures(attended, order=40)
    panels.register_panel(next_meetings, order=40)
    panels.register_panel(calendar, order=45)
    case_panels.register_panel(raised_in, order=40)


def attended(person: Person, area: Area) -> list[panels.Figure]:
    """Return of this month's duties in the place how many were met, for who reads there."""
    if not person.scope.covers(area.path, READERS):
        return []
    month = Month.of(clock.today())
    return [
        panels.Figure(
            label=_("Meetings attended, %(month)s") % {"month": formats.month_within(month)},
            value=selectors.attendance_rate(area.path, month),
            href=reverse(
                "meetings:list",
                query={
                    "place": area.code,
                    "month": str(month),
                    "state": Meeting.State.HELD.value,
                },
            ),
        )
    ]


def next_meetings(person: Person, area: Area) -> panels.Panel | None:
    """Return the next meetings of the place; nothing when none is planned and none can be."""
    meetings = selectors.upcoming_in(person, area, now=clock.now(), limit=3)
    may_convene = may(person, "meetings.convene", area)
    if not (meetings or may_convene):
        return None
    return panels.Panel(
        "meetings/panels/next.html", {"meetings": meetings, "may_convene": may_convene}
    )


def calendar(person: Person, area: Area) -> panels.Panel | None:
    """Return the ways to the calendar of the place, for who reads meetings there."""
    if not person.scope.covers(area.path, READERS):
        return None
    return panels.Panel(
        "meetings/panels/calendar.html",
        {"area": area, "may_follow": selectors.may_follow(person, area=area, organization=None)},
        column="side",
    )


def raised_in(person: Person, case: Case) -> panels.Panel | None:
    """Return the meeting whose minutes the case was raised from, if the reader may read it."""
    items = selectors.meetings_of_case(person, case)
    if not items:
        return None
    return panels.Panel("meetings/panels/raised_in.html", {"items": items}, column="side")
