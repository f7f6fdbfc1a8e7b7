"""Everything that minutes say, as plain values that can be kept and compared for decades."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from django.conf import settings
from django.db.models import Prefetch

from footpath.cases.models import Case
from footpath.core import clock
from footpath.directory.models import Area, Person
from footpath.directory.selectors import ancestors_of
from footpath.meetings import rules
from footpath.meetings.models import Duty, Meeting, MinuteItem
from footpath.meetings.rules.minutes import clean
from footpath.meetings.selectors.agenda import Agenda, Promise, agenda_of
from footpath.meetings.selectors.minutes import items_in_minutes

FORM = 1
"""The form of the record; a later form gets the next number and old records stay as they are."""

Frozen = dict[str, Any]


def frozen_of(
    meeting: Meeting,
    *,
    approved_by: Person,
    at: datetime,
    version: int,
    reason: str,
    language: str,
) -> Frozen:
    """Return what the minutes of a held meeting say, to be approved by somebody at a moment.

    Text, whole numbers, true, false and null only; moments in ISO 8601 UTC, days as "2026-04-15".
    Why somebody was excused is left out: leave is between the officer and who decides it. The
    agenda is that of whoever approves. The meeting comes with duties and items (see
    ``get_meeting_for``).
    """
    duties = list(meeting.duties.all())
    frozen = {
        "form": FORM,
        "version": version,
        "reason": reason,
        "language": language,
        "meeting": frozen_meeting(meeting),
        "attendance": _attendance(duties),
        "agenda": frozen_agenda(agenda_of(approved_by, meeting, today=_day(at))),
        "items": [frozen_item(item) for item in items_in_minutes(meeting)],
        "text": meeting.minutes,
        "basis": _basis(duties),
        "approved_by": approved_by.name,
        "approved_at": _moment(at),
    }
    cleaned: Frozen = _cleaned(frozen)
    return cleaned


def meeting_in_full(pk: int) -> Meeting:
    """Return a meeting with all that its minutes say, in three queries; for deeds that know it."""
    items = MinuteItem.objects.select_related(
        "case__owner", "area", "answered_by", "proposed_owner", "added_by"
    )
    duties = Duty.objects.select_related(
        "person", "substitute", "assignment__area", "assignment__basis"
    )
    return (
        Meeting.objects.select_related(
            "kind", "area", "organization", "hall", "convened_by", "extraordinary_by"
        )
        .prefetch_related(
            Prefetch("duties", duties.order_by("person__name", "pk")), Prefetch("items", items)
        )
        .get(pk=pk)
    )


def frozen_meeting(meeting: Meeting, *, place: Frozen | None = None) -> Frozen:
    """Return what a meeting is; its ``place`` is looked up unless it is known already."""
    hall = meeting.hall
    return {
        "number": meeting.pk,
        "kind": {"code": meeting.kind.code} | _in_all_languages(meeting.kind),
        "title": meeting.title,
        "place": place or frozen_place(meeting.area),
        "organization": meeting.organization.name if meeting.organization else "",
        "starts_at": _moment(meeting.starts_at),
        "ends_at": _moment(meeting.ends_at),
        "held_at": _moment(meeting.held_at) if meeting.held_at else "",
        "hall": hall.name if hall else "",
        "where": meeting.where,
        "headcount": meeting.headcount,
        "convened_by": meeting.convened_by.name,
        "extraordinary": meeting.extraordinary_reason,
        "extraordinary_by": meeting.extraordinary_by.name if meeting.extraordinary_by else "",
        "topic": meeting.topic,
        "material": meeting.material,
        "material_file": meeting.material_name,
    }


def frozen_place(area: Area) -> Frozen:
    """Return a place by code and name, with the names above it, the highest first."""
    return {
        "code": area.code,
        "name": area.name,
        "above": [above.name for above in ancestors_of(area)],
    }


def _in_all_languages(kind: Any) -> Frozen:
    codes = [code.partition("-")[0] for code, _name in settings.LANGUAGES]
    return {code: getattr(kind, f"name_{code}", "") or kind.name_en for code in codes}


def _attendance(duties: Iterable[Duty]) -> Frozen:
    """Return the list of those who had to attend, and how many did, with the fraction."""
    rows = list(duties)
    here = [row for row in rows if row.elsewhere_id is None or _came(row)]
    part, whole = rules.attended(row.attendance for row in here)
    tally = {mark.value: 0 for mark in rules.Attendance}
    for row in here:
        tally[str(row.attendance)] += 1
    return {
        "part": part,
        "whole": whole,
        "tally": tally,
        "rows": [
            {
                "person": row.person.name,
                "role": str(row.assignment.role) if row.assignment else "",
                "place": row.assignment.area.name if row.assignment and row.assignment.area else "",
                "mark": str(row.attendance),
                "substitute": row.substitute.name if row.substitute else "",
                "elsewhere": row.elsewhere_id is not None and not _came(row),
            }
            for row in rows
        ],
    }


def _came(duty: Duty) -> bool:
    return duty.attendance in rules.ATTENDED


def frozen_agenda(agenda: Agenda) -> Frozen:
    """Return an agenda with every promise and case as it stands now."""
    return {
        "points": agenda.points,
        "topics": [{"text": row.text, "by": row.added_by.name} for row in agenda.topics],
        "last": _moment(agenda.last.starts_at) if agenda.last else "",
        "kept": [agenda.kept.part, agenda.kept.whole],
        "promises": [_promise(row) for row in agenda.promises],
        "older": [_promise(row) for row in agenda.older],
        "open_cases": [frozen_case(case) | {"place": case.area.name} for case in agenda.open_cases],
    }


def _promise(promise: Promise) -> Frozen:
    item = promise.item
    return {
        "text": item.text,
        "met": _moment(item.meeting.starts_at),
        "case": frozen_case(promise.case, proposed=item.proposed_owner),
        "overdue": promise.is_overdue,
    }


def frozen_item(item: MinuteItem) -> Frozen:
    """Return an item of the minutes with its answer, or with its case as it stands now."""
    return {
        "number": item.number,
        "text": item.text,
        "state": str(item.state),
        "place": item.area.name if item.area else "",
        "answer": item.answer,
        "answered_by": item.answered_by.name if item.answered_by else "",
        "case": frozen_case(item.case, proposed=item.proposed_owner) if item.case else None,
    }


def frozen_case(case: Case, *, proposed: Person | None = None) -> Frozen:
    """Return what minutes say of a case: number, title, owner, day, state."""
    return {
        "number": case.number,
        "title": case.title,
        "owner": case.owner.name if case.owner else "",
        "proposed": proposed.name if proposed and not case.owner else "",
        "due_on": case.due_on.isoformat(),
        "state": str(case.state),
        "closed_on": _day(case.closed_at).isoformat() if case.closed_at else "",
    }


def _basis(duties: Iterable[Duty]) -> list[Frozen]:
    """Return the documents that the duties to attend rest on, each once."""
    found = {
        row.assignment.basis_id: row.assignment.basis
        for row in duties
        if row.assignment and row.assignment.basis
    }
    return [
        {"number": row.number, "issued_on": row.issued_on.isoformat(), "issuer": row.issuer}
        for row in sorted(found.values(), key=lambda row: (row.issued_on, row.number))
    ]


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _day(moment: datetime) -> date:
    return clock.day_of(moment)


def _cleaned(value: Any) -> Any:
    """Return values without the signs that no database and no paper keeps."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {key: _cleaned(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_cleaned(entry) for entry in value]
    return value
