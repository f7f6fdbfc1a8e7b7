"""What the outside adds to the page of a case: who reported it and how, and where it was sent."""

from __future__ import annotations

from footpath.accounts.permissions import may
from footpath.cases import panels, presenting_handoffs, rules
from footpath.cases.models import Case
from footpath.cases.rules import questions
from footpath.cases.selectors import handoffs, reporters
from footpath.directory.models import Person
from footpath.directory.panels import Panel


def register() -> None:
    """Register the cards of the answers, the reporter and outside systems."""
    panels.register_panel(sent_out, order=5)
    panels.register_panel(answered, order=12)
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


def answered(person: Person, case: Case) -> Panel | None:
    """Return the answers to the questions of the category, for everybody who reads the case."""
    lines = questions.told(case.category.asked, case.answers)
    if not lines:
        return None
    context = {"lines": [(question.label, value) for question, value in lines]}
    return Panel("cases/_answers.html", context, column="side")


def sent_out(person: Person, case: Case) -> Panel | None:
    """Return where the case was sent and what is to be done, above the thread when anything is.

    Who may transfer the case may hand it to an outside system, where there is one.
    """
    rows = handoffs.latest_of(case)
    may_transfer = may(person, "cases.transfer", case)
    may_send = (
        may_transfer
        and case.state in rules.STATES_FOR[rules.Deed.TRANSFER]
        and handoffs.in_use().exists()
    )
    if not rows and not may_send:
        return None
    shown = presenting_handoffs.shown(rows, is_open=case.is_open)
    context = {"rows": shown, "may_transfer": may_transfer, "may_send": may_send}
    is_urgent = any(row.next for row in shown)
    return Panel("cases/_sent_out.html", context, column="main" if is_urgent else "side")
