"""How a case is said in JSON, as a row of a list and as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from footpath.api.people import person_out
from footpath.cases import selectors
from footpath.cases.models import Attachment, Case, Clock
from footpath.directory.models import Person

LIST_COLUMNS = (
    "id",
    "title",
    "state",
    "outcome",
    "round_number",
    "due_on",
    "raised_at",
    "updated_at",
    "category__code",
    "area__code",
    "area__name",
    "owner_id",
    "owner__name",
)


def row_out(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a row of the list from ``values(*LIST_COLUMNS)``."""
    owner = row["owner_id"]
    return {
        "id": row["id"],
        "number": f"C-{row['id']:04d}",
        "title": row["title"],
        "state": row["state"],
        "outcome": row["outcome"],
        "round": row["round_number"],
        "category": row["category__code"],
        "area": row["area__code"],
        "area_name": row["area__name"],
        "owner": {"id": owner, "name": row["owner__name"]} if owner else None,
        "due_on": row["due_on"],
        "raised_at": row["raised_at"],
        "updated_at": row["updated_at"],
    }


def raised_out(case: Case) -> dict[str, Any]:
    """Return what is answered to whoever raised a case."""
    return {
        "id": case.pk,
        "number": case.number,
        "title": case.title,
        "state": case.state,
        "area": case.area.code,
        "category": case.category.code,
        "raised_at": case.raised_at,
        "due_on": case.due_on,
    }


def attachment_out(row: Attachment) -> dict[str, Any]:
    """Return a file beside a case."""
    return {
        "id": row.pk,
        "name": row.name,
        "mime": row.mime,
        "size": row.size,
        "url": row.get_absolute_url(),
    }


def _clock(row: Clock) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "round": row.round_number,
        "started_at": row.started_at,
        "due_at": row.due_at,
        "due_on": row.due_on,
        "stopped_at": row.stopped_at,
        "ended": row.ended,
        "in_time": row.is_in_time,
        "explanation": selectors.explain(row),
    }


def case_out(person: Person, case: Case) -> dict[str, Any]:
    """Return a case with its thread, and what the person may do with it."""
    return {
        "id": case.pk,
        "number": case.number,
        "title": case.title,
        "text": case.text,
        "state": case.state,
        "outcome": case.outcome,
        "round": case.round_number,
        "category": case.category.code,
        "area": case.area.code,
        "area_name": case.area.name,
        "owner": person_out(case.owner),
        "raised_by": person_out(case.raised_by),
        "raised_at": case.raised_at,
        "due_on": case.due_on,
        "due_at": case.due_at,
        "paused_until": case.paused_until,
        "clocks": [_clock(row) for row in selectors.clocks_of(case)],
        "closed_at": case.closed_at,
        "duplicate_of": case.duplicate_of_id,
        "entries": [
            {
                "deed": entry.deed,
                "round": entry.round_number,
                "by": person_out(entry.by),
                "said_by": entry.said_by,
                "at": entry.at,
                "text": entry.text,
                "attachments": [attachment_out(row) for row in entry.attachments.all()],
            }
            for entry in selectors.thread_of(case)
        ],
        "deeds": sorted(selectors.deeds_for(person, case)),
    }
