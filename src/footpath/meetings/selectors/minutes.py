"""What minutes and cases say of each other."""

from __future__ import annotations

from footpath.accounts.permissions import may
from footpath.cases import selectors as cases
from footpath.cases.models import Case
from footpath.directory.models import Person
from footpath.meetings.models import Meeting, MinuteItem


def meetings_of_case(person: Person, case: Case) -> list[MinuteItem]:
    """Return the items of minutes a case was raised from, of meetings the person may read."""
    items = case.minute_items.select_related("meeting__kind", "meeting__area").order_by("pk")
    return [item for item in items if may(person, "meetings.see", item.meeting)]


def open_cases_of(person: Person, meeting: Meeting, *, limit: int = 10) -> list[Case]:
    """Return open cases of the meeting's place to talk about, the most urgent first."""
    rows = cases.cases_for(person, path=meeting.area_path).open()
    return list(rows.select_related("area", "owner").order_by("due_on", "pk")[:limit])
