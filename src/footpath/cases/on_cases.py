"""What the reporter's side adds to the page of a case: who asked, and what they say."""

from __future__ import annotations

from footpath.accounts.permissions import may
from footpath.cases import panels
from footpath.cases.models import Case
from footpath.cases.selectors import reporters
from footpath.directory.models import Person
from footpath.directory.panels import Panel


def register() -> None:
    """Register the card of the reporter."""
    panels.register_panel(reporter, order=15)


def reporter(person: Person, case: Case) -> Panel | None:
    """Return what the person may know of whoever reported the case from outside."""
    standing = reporters.standing_for(person, case)
    if standing is None:
        return None
    context = {
        "reporter": standing,
        "may_hand": standing.is_confidential and may(person, "cases.hand_reporter", case),
    }
    return Panel("cases/_reporter.html", context, column="side")
