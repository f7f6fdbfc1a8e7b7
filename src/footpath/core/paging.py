"""Keyset paging: the next page starts after the last row, whatever its number.

A list is ordered by one column and the primary key. The position is the pair of both on the last
row, compared as a row value, which both engines answer from the index. No OFFSET, no total count.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Generic, TypeVar

from django.db import models
from django.db.models import F
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

Row = TypeVar("Row")


@dataclass(frozen=True)
class Order:
    """An order of a list: a column that is never empty, newest or smallest first."""

    column: str
    descending: bool = False
    read: Callable[[str], Any] = str

    @property
    def terms(self) -> tuple[str, str]:
        """Return the ``order_by`` terms; the primary key breaks ties in the same direction."""
        sign = "-" if self.descending else ""
        return f"{sign}{self.column}", f"{sign}pk"


@dataclass(frozen=True)
class Page(Generic[Row]):
    """The rows of one page in their order, and the position of the next page if there is one."""

    rows: Sequence[Row]
    next_after: str | None


def page_of(
    rows: models.QuerySet[Any, Any], *, order: Order, after: str | None, size: int = 50
) -> Page[Any]:
    """Return at most ``size`` rows after the position, and where the following page begins.

    ``after`` is what an earlier page gave as ``next_after``; anything unreadable starts from the
    first row, so that an old link never fails. Works on model rows and on ``values()`` rows.
    """
    ordered = rows.order_by(*order.terms)
    position = _read(after, order) if after else None
    if position is not None:
        lookup = TupleLessThan if order.descending else TupleGreaterThan
        ordered = ordered.filter(lookup(Tuple(F(order.column), F("pk")), position))
    found = list(ordered[: size + 1])
    more = len(found) > size
    found = found[:size]
    return Page(found, _write(found[-1], order) if more else None)


def _write(row: Any, order: Order) -> str:
    if isinstance(row, dict):
        value, pk = row[order.column], row["id"]
    else:
        value, pk = getattr(row, order.column), row.pk
    text = value.isoformat() if isinstance(value, date | datetime) else str(value)
    return base64.urlsafe_b64encode(json.dumps([text, pk]).encode()).decode().rstrip("=")


def _read(after: str, order: Order) -> tuple[Any, int] | None:
    try:
        padded = after + "=" * (-len(after) % 4)
        text, pk = json.loads(base64.urlsafe_b64decode(padded.encode()))
        position = order.read(text), int(pk)
        return position if all(map(_can_be_asked_for, position)) else None
    except (ValueError, TypeError, OverflowError, RecursionError, binascii.Error):
        return None


def _can_be_asked_for(value: Any) -> bool:
    """Return whether both databases take the value; OverflowError for a moment outside UTC."""
    if isinstance(value, int):
        return -(2**63) <= value < 2**63
    if isinstance(value, datetime):
        return value.tzinfo is not None and bool(value.astimezone(UTC))
    return not isinstance(value, str) or ("\x00" not in value and value.encode() is not None)
