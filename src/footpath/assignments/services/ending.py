"""Ending an assignment; what is open goes to whoever comes, or to who is there. Source: S2.1."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from footpath.accounts import audit
from footpath.accounts.permissions import require
from footpath.accounts.services import scope_changed
from footpath.assignments import handing, rules
from footpath.assignments.models import Assignment, Handover
from footpath.assignments.services.charge import snapshot
from footpath.assignments.services.handover import DAY, StillOpen, hand_over, left_open, until_then
from footpath.assignments.services.locking import lock
from footpath.assignments.services.standing import release
from footpath.core import formats
from footpath.core.errors import InvalidValue, RuleBroken, StaleState
from footpath.directory.models import Person


@transaction.atomic
def end_assignment(
    *,
    assignment: Assignment,
    last_day: date,
    by: Person,
    at: datetime,
    handover_note: str = "",
    successor: Person | None = None,
) -> Handover | None:
    """End an assignment after its last day (included), with a note for whoever comes next.

    What is open goes to the successor on the day after, at once when that day has come; the
    handover is returned. Without a successor StillOpen is raised while a case, a coming meeting or
    a handover still to come is open; what comes up until the last day then goes to the deputy, or
    to the lead of the nearest place above; None is returned when there is nobody. Raises
    InvalidValue for a day before the first one, RuleBroken when it already ends by then or
    somebody is to be stood in for, StaleState when somebody else was quicker. Source: S2.1.
    """
    require(by, "assignments.end", assignment)
    _check_ending(assignment, last_day)
    if successor is not None and successor.pk == assignment.person_id:
        raise InvalidValue(_("Choose somebody else as the successor."), field="successor")
    lock(
        areas=[pk for pk in [assignment.area_id] if pk is not None],
        organizations=[pk for pk in [assignment.organization_id] if pk is not None],
        people=[assignment.person_id, *([successor.pk] if successor is not None else [])],
    )
    if successor is None:
        # Brought forward: whoever was named as successor before still is.
        known = Handover.objects.filter(assignment=assignment).select_related("successor").first()
        successor = known.successor if known is not None else None
    before = snapshot(assignment)
    note = handover_note.strip() or assignment.handover_note
    changed = Assignment.objects.filter(pk=assignment.pk, until=assignment.until).update(
        until=last_day, handover_note=note
    )
    if not changed:
        raise StaleState(_("Somebody else has already changed this assignment."))
    old = assignment.until, assignment.handover_note
    assignment.until, assignment.handover_note = last_day, note
    try:
        return _settle(assignment, before, successor, by=by, at=at)
    except RuleBroken:
        assignment.until, assignment.handover_note = old
        raise


def _settle(
    ended: Assignment,
    before: dict[str, object],
    successor: Person | None,
    *,
    by: Person,
    at: datetime,
) -> Handover | None:
    last_day = ended.until
    if last_day is None:
        raise ValueError(f"assignment {ended.pk} has not ended")
    audit.record(
        "assignment.ended", by=by, subject=ended, at=at, before=before, after=snapshot(ended)
    )
    scope_changed([ended.person.user_id])
    release(ended, last_day, successor, by=by, at=at)
    if successor is None:
        left = left_open(ended, last_day)
        if left is not None:
            raise StillOpen([left])
        if ended.area_id is not None:
            handing.follow([ended.area_id], last_day + DAY, None, by=by, at=at)
        successor = until_then(ended, last_day, at)
        if successor is None:
            return None
    handover = Handover(
        assignment=ended,
        successor=successor,
        by=by,
        due_on=last_day + DAY,
        note=ended.handover_note,
    )
    hand_over([handover], at=at)
    return handover


def _check_ending(assignment: Assignment, last_day: date) -> None:
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
