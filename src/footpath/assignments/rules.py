"""Decisions about assignments on plain values. No Django here."""

from __future__ import annotations

from datetime import date
from enum import StrEnum


class Place(StrEnum):
    """The roles of which a place has at most one at a time. Source: S2.1."""

    LEAD = "lead"
    DEPUTY = "deputy"
    CLUSTER_LEAD = "cluster_lead"


ONE_AT_A_TIME = frozenset(str(role) for role in Place)


class EndsTooEarly(ValueError):
    """The last day lies before the first."""


def check_span(start: date, until: date | None) -> None:
    """Raise EndsTooEarly when the last day (included) lies before the first."""
    if until is not None and until < start:
        raise EndsTooEarly


class EndedAlready(ValueError):
    """The assignment already ends on the day or before it; ``until`` is that last day."""

    def __init__(self, until: date) -> None:
        super().__init__(until)
        self.until = until


def check_ending(start: date, until: date | None, last_day: date) -> None:
    """Raise EndsTooEarly or EndedAlready unless the assignment can end on the day.

    An end can only be brought forward: an assignment that has ended stays ended.
    """
    check_span(start, last_day)
    if until is not None and until <= last_day:
        raise EndedAlready(until)
