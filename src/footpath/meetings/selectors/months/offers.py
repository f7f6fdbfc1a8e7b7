"""The ways out of a finding, by their numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from footpath.core.errors import NotThere
from footpath.meetings.models import MonthPlan


def offer_of(plan: MonthPlan, finding: str, number: str) -> Mapping[str, Any]:
    """Return a way out of a finding, both by their number; NotThere for any other."""
    try:
        found = plan.findings[_number(finding)]["offers"][_number(number)]
    except (IndexError, KeyError):
        raise NotThere from None
    return dict(found)


def _number(typed: str) -> int:
    if not (typed.isdecimal() and len(typed) < 6):
        raise NotThere
    return int(typed)
