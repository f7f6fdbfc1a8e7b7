"""Pages follow each other without gaps or repeats, whatever is added in between."""

from __future__ import annotations

import base64
import json
from datetime import date, datetime
from typing import Any

import pytest

from footpath.cases.models import Case
from footpath.core.paging import Order, page_of
from tests.world import World, later

pytestmark = pytest.mark.django_db

NEWEST = Order("raised_at", descending=True, read=datetime.fromisoformat)
BY_DUE = Order("due_on", read=date.fromisoformat)


@pytest.mark.parametrize("order", [NEWEST, BY_DUE])
def test_every_row_is_seen_once(world: World, order: Order) -> None:
    for number in range(7):
        world.case(title=str(number), at=later(days=number // 3))
    expected = [case.pk for case in Case.objects.order_by(*order.terms)]
    found: list[int] = []
    after = None
    while True:
        page = page_of(Case.objects.all(), order=order, after=after, size=2)
        found += [case.pk for case in page.rows]
        after = page.next_after
        if after is None:
            break
    assert found == expected


def test_rows_of_values_are_paged_alike(world: World) -> None:
    made = [world.case(title=str(number)).pk for number in range(3)]
    rows = Case.objects.values("id", "raised_at")
    first = page_of(rows, order=NEWEST, after=None, size=2)
    second = page_of(rows, order=NEWEST, after=first.next_after, size=2)
    assert [row["id"] for page in (first, second) for row in page.rows] == made[::-1]
    assert second.next_after is None


@pytest.mark.parametrize("after", ["", "x", "!!!", "WyJ4IiwgMV0", "bnVsbA", "e30", "W1tb" * 900])
def test_an_unreadable_position_starts_from_the_first_row(world: World, after: Any) -> None:
    world.case()
    assert len(page_of(Case.objects.all(), order=NEWEST, after=after).rows) == 1


@pytest.mark.parametrize(
    ("order", "position"),
    [
        (BY_DUE, ["2026-01-01", 2**70]),
        (BY_DUE, ["2026-01-01", -(2**70)]),
        (BY_DUE, ["2026-01-01", float("inf")]),
        (NEWEST, ["0001-01-01T00:00:00+14:00", 1]),
        (NEWEST, ["9999-12-31T23:59:59-12:00", 1]),
        (NEWEST, ["2026-01-01T00:00:00", 1]),
        (Order("title"), ["\x00", 1]),
        (Order("title"), ["\ud800", 1]),
        (Order("level", read=int), ["9" * 30, 1]),
    ],
)
def test_a_position_no_database_can_hold_starts_from_the_first_row(
    world: World, order: Order, position: list[Any]
) -> None:
    world.case()
    after = base64.urlsafe_b64encode(json.dumps(position).encode()).decode().rstrip("=")
    assert len(page_of(Case.objects.all(), order=order, after=after).rows) == 1
