"""What a program needs to know of a refusal besides its sentence."""

from __future__ import annotations

from functools import singledispatch
from typing import Any

from footpath.api.people import person_out
from footpath.assignments.services import StillOpen
from footpath.assignments.services.deciding import ChangedSince
from footpath.core.errors import RuleBroken
from footpath.meetings import selectors
from footpath.meetings.services import AttendanceChanged, DayRefused, ExpectedElsewhere, HallTaken


@singledispatch
def refused(error: RuleBroken) -> dict[str, Any]:
    """Return what goes into the answer beside the sentence; nothing for most refusals."""
    return {}


@refused.register
def _(error: ChangedSince) -> dict[str, Any]:
    return {"changes": list(error.changes)}


@refused.register
def _(error: StillOpen) -> dict[str, Any]:
    return {
        "open": [
            {
                "assignment": left.assignment.pk,
                "kind": matter.key,
                "items": [{"label": item.label, "url": item.url} for item in matter.items],
            }
            for left in error.left
            for matter in left.matters
        ]
    }


@refused.register
def _(error: DayRefused) -> dict[str, Any]:
    return {
        "breaches": [_breach(breach) for breach in error.breaches],
        "free_days": error.free_days,
        "final": error.final,
    }


@refused.register
def _(error: ExpectedElsewhere) -> dict[str, Any]:
    return {
        "clashes": [
            {
                "meeting": clash.other.pk,
                "starts_at": clash.other.starts_at,
                "ends_at": clash.other.ends_at,
                "people": [person_out(one) for one in clash.people],
            }
            for clash in error.clashes
        ]
    }


@refused.register
def _(error: HallTaken) -> dict[str, Any]:
    return {"meetings": [meeting.pk for meeting in error.meetings]}


@refused.register
def _(error: AttendanceChanged) -> dict[str, Any]:
    return {"changed": sorted(error.changed)}


def _breach(breach: selectors.Breach) -> dict[str, Any]:
    return {
        "day": breach.day,
        "reason": breach.reason,
        "rule": breach.rule.pk if breach.rule else None,
        "source": breach.source,
        "final": breach.final,
        "meetings": [meeting.pk for meeting in breach.meetings],
        "people": [person_out(one) for one in breach.people],
    }
