"""The card of reminders on the page of a case; registered in ``apps.ready``."""

from __future__ import annotations

from footpath.accounts.permissions import may
from footpath.cases import panels, presenting_reminders
from footpath.cases.models import Case
from footpath.cases.selectors import reminders
from footpath.core import clock
from footpath.directory.models import Person
from footpath.directory.panels import Panel


def register() -> None:
    """Register the card with the pages of cases."""
    panels.register_panel(of_case, order=30)


def of_case(person: Person, case: Case) -> Panel | None:
    """Return the rungs of the case's running clock; nothing when none runs."""
    if not case.is_open:
        return None
    found = reminders.rungs_of(case, now=clock.now())
    if found is None:
        return None
    context = presenting_reminders.card(
        found,
        reminders.told_of(found.rows),
        reader=person.pk,
        may_remind=may(person, "cases.remind", case),
    )
    return Panel("cases/reminders_card.html", context, column="side")
