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
