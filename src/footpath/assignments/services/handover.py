"""Ending an assignment, and handing over what is open. Source: S2.1."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.accounts.services import scope_changed
from footpath.assignments import rules
from footpath.assignments.models import Assignment
from footpath.assignments.services.charge import snapshot
from footpath.core import formats
from footpath.core.errors import InvalidValue, RuleBroken, StaleState
from footpath.directory.models import Person


@transaction.atomic
def end_assignment(
    *, assignment: Assignment, last_day: date, by: Person, at: datetime, handover_note: str = ""
) -> None:
    """End an assignment after its last day (included), with a note for whoever comes next.

    Raises InvalidValue for a day before the first one, RuleBroken when it already ends by then,
    StaleState when somebody else was quicker. Source: S2.1.
    """
    require(by, "assignments.end", assignment)
    try:
        rules.check_ending(assignment.start, assignment.until, last_day)
    except rules.EndsTooEarly as early:
        raise InvalidValue(
            _("The last day lies before the first day, %(day)s.")
            % {"day": formats.day_year(assignment.start)},
            field="last_day",
        ) from early
    except rules.EndedAlready as ended:
        raise RuleBroken(
            _("This assignment already ends on %(day)s.") % {"day": formats.day_year(ended.until)}
        ) from ended
    before = snapshot(assignment)
    note = handover_note.strip() or assignment.handover_note
    changed = Assignment.objects.filter(pk=assignment.pk, until=assignment.until).update(
        until=last_day, handover_note=note
    )
    if not changed:
        raise StaleState(_("Somebody else has already changed this assignment."))
    assignment.until, assignment.handover_note = last_day, note
    audit.record(
        "assignment.ended",
        by=by,
        subject=assignment,
        at=at,
        before=before,
        after=snapshot(assignment),
    )
    scope_changed([assignment.person.user_id])
