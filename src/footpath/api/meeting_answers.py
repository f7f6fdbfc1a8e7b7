"""How a meeting is said in JSON, as a row of a list and as a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from footpath.accounts.permissions import may
from footpath.api import pages
from footpath.api.people import person_out
from footpath.core import clock, tree
from footpath.directory.models import Person
from footpath.meetings import selectors
from footpath.meetings.models import Duty, Meeting, MinuteItem

LIST_COLUMNS = (
    "id",
    "kind__code",
    "title",
    "area__code",
    "area__name",
    "starts_at",
    "ends_at",
    "where",
    "state",
    "series_id",
    "hall_id",
    "hall__name",
    "organization__code",
    "extraordinary_reason",
    "sequence",
    "topic",
    *(f"a{level}" for level in range(tree.LEVELS)),
)


def rows_of_page(rows: Sequence[Mapping[str, Any]]) -> pages.Shape:
    """Return how a row of this page is said: what is provisional is looked up for all at once."""
    days = [clock.day_of(row["starts_at"]) for row in rows] or [clock.today()]
    provisional = selectors.provisional_between(min(days), max(days))
    return lambda row: _row_out(row, provisional=row in provisional)


def _row_out(row: Mapping[str, Any], *, provisional: bool) -> Mapping[str, Any]:
    return {
        "id": row["id"],
        "kind": row["kind__code"],
        "title": row["title"],
        "area": row["area__code"],
        "area_name": row["area__name"],
        "starts_at": row["starts_at"],
        "ends_at": row["ends_at"],
        "where": row["where"],
        "state": row["state"],
        "series": row["series_id"],
        "hall": row["hall_id"],
        "hall_name": row["hall__name"],
        "organization": row["organization__code"],
        "extraordinary": bool(row["extraordinary_reason"]),
        "sequence": row["sequence"],
        "topic": row["topic"],
        "provisional": provisional,
    }


def _duty_out(duty: Duty, person: Person, *, reasons: bool) -> dict[str, Any]:
    own = duty.person_id == person.pk
    return {
        "person": person_out(duty.person),
        "attendance": duty.attendance,
        "reason": duty.reason if reasons or own else "",
        "elsewhere": duty.elsewhere_id,
        "substitute": person_out(duty.substitute),
        "is_invited": duty.assignment_id is None,
    }


def item_out(item: MinuteItem) -> dict[str, Any]:
    """Return an item of the minutes; once it is a case, that says whose it is and until when."""
    case = item.case
    owner = case.owner if case is not None else item.proposed_owner
    return {
        "number": item.number,
        "text": item.text,
        "state": item.state,
        "case": item.case_id,
        "owner": person_out(owner),
        "due_on": case.due_on if case is not None else None,
        "answer": item.answer,
    }


def meeting_out(person: Person, meeting: Meeting) -> dict[str, Any]:
    """Return a meeting with its list of attendance and its minutes, as this person may read it."""
    row = {
        "id": meeting.pk,
        "kind__code": meeting.kind.code,
        "title": meeting.title,
        "area__code": meeting.area.code,
        "area__name": meeting.area.name,
        "starts_at": meeting.starts_at,
        "ends_at": meeting.ends_at,
        "where": meeting.where,
        "state": meeting.state,
        "series_id": meeting.series_id,
        "hall_id": meeting.hall_id,
        "hall__name": meeting.hall.name if meeting.hall else None,
        "organization__code": meeting.organization.code if meeting.organization else None,
        "extraordinary_reason": meeting.extraordinary_reason,
        "sequence": meeting.sequence,
        "topic": meeting.topic,
        **{f"a{level}": getattr(meeting, f"a{level}") for level in range(tree.LEVELS)},
    }
    reasons = selectors.reasons_shown_to(person, meeting)
    return {
        **rows_of_page([row])(row),
        "agenda": meeting.agenda,
        "convened_by": person_out(meeting.convened_by),
        "held_at": meeting.held_at,
        "headcount": meeting.headcount,
        "minutes": meeting.minutes,
        "cancel_reason": meeting.cancel_reason,
        "extraordinary_reason": meeting.extraordinary_reason,
        "material": meeting.material,
        "duties": [_duty_out(duty, person, reasons=reasons) for duty in meeting.duties.all()],
        "items": [item_out(item) for item in meeting.items.all()],
        "may_convene": may(person, "meetings.convene", meeting),
        "may_keep": may(person, "meetings.keep", meeting),
    }
