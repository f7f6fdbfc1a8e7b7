"""How an item of the library is said in JSON, as a row of a list and as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from footpath.api.people import person_out
from footpath.core import clock
from footpath.directory.models import Area, Person
from footpath.knowledge import selectors
from footpath.knowledge.models import Answer, Practice, Regulation, Spread
from footpath.knowledge.selectors import Unit, Whole


def row_out(row: Mapping[str, Any], topics: Mapping[int, str]) -> Mapping[str, Any]:
    """Return a row of the list; ``topics`` are the codes of all topics by their key."""
    item = selectors.row_of(row)
    return {
        "id": item.pk,
        "kind": item.kind,
        "state": item.state,
        "in_force": item.holds,
        "title": item.title,
        "summary": item.summary,
        "language": item.language,
        "topic": topics.get(item.topic_id, ""),
        "day": item.day,
        "number": item.number,
        "source": item.source,
        "url": item.url,
    }


def item_out(person: Person, item: Whole) -> dict[str, Any]:
    """Return an item with what is its own, and what the person may do with it."""
    return {
        "id": item.pk,
        "kind": item.kind,
        "state": item.state,
        "in_force": item.holds,
        "title": item.title,
        "language": item.language,
        "topic": item.topic.code,
        "version": item.version,
        "deeds": selectors.deeds_for(person, item, on=clock.today()),
        "regulation": _regulation(item) if isinstance(item, Regulation) else None,
        "answer": _answer_of(item) if isinstance(item, Answer) else None,
        "practice": _practice(item) if isinstance(item, Practice) else None,
    }


def _regulation(item: Regulation) -> dict[str, Any]:
    return {
        "number": item.number,
        "issuer": item.issuer,
        "issued_on": item.issued_on,
        "text": item.text,
        "file": reverse("knowledge:regulation-file", args=[item.pk]) if item.file else None,
        "replaced_by": item.replaced_by_id,
        "ended_on": item.ended_on,
        "end_reason": item.end_reason,
    }


def _answer_of(item: Answer) -> dict[str, Any]:
    return {
        "question": item.question,
        "text": item.text,
        "month": f"{item.month:%Y-%m}",
        "not_before": item.not_before,
        "drafted_by": person_out(item.drafted_by),
        "approved_by": person_out(item.approved_by),
        "remark": item.remark,
        "withdrawn_reason": item.withdrawn_reason,
        "regulations": [row.pk for row in selectors.regulations_of(item)],
    }


def _practice(item: Practice) -> dict[str, Any]:
    return {
        "origin": _unit_out(item.origin),
        "description": item.description,
        "result": item.result,
        "proposed_by": person_out(item.made_by),
        "assessment": item.assessment,
        "assessed_by": person_out(item.assessed_by),
        "assessed_as": item.assessed_as.title if item.assessed_as else "",
        "decision_reason": item.decision_reason,
        "units": [_spread_out(row) for row in selectors.spread_of(item).rows],
    }


def _spread_out(row: Spread) -> dict[str, Any]:
    return {
        "id": row.pk,
        "unit": _unit_out(row.unit),
        "told_at": row.told_at,
        "outcome": row.outcome,
        "since": row.outcome_on,
        "sentence": row.sentence,
    }


def _unit_out(unit: Unit) -> dict[str, Any]:
    kind = "area" if isinstance(unit, Area) else "organization"
    return {"kind": kind, "code": unit.code, "name": unit.name}
