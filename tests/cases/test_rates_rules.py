"""What a case counts in the three rates, on plain values."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footpath.cases.rules.rates import COLUMNS, Counts, Facts, count, next_change

NOW = datetime(2026, 3, 10, tzinfo=UTC)
BEFORE, AFTER = NOW - timedelta(days=1), NOW + timedelta(days=1)


def counted(facts: Facts) -> dict[str, int]:
    return {name: number for name, number in vars(count(facts, NOW)).items() if number}


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (Facts(), {}),
        (Facts(accept_due=AFTER, promise_ends=AFTER), {}),
        (Facts(accept_due=BEFORE), {"response_due": 1}),
        (Facts(accept_due=AFTER, accepted_in_time=True), {"response_due": 1, "response_met": 1}),
        (Facts(accept_due=AFTER, accepted_in_time=False), {"response_due": 1}),
        (Facts(promise_ends=NOW), {"resolution_due": 1}),
        (
            Facts(outcome="solved", closed_on=date(2026, 3, 1), promised_on=date(2026, 3, 1)),
            {"resolution_due": 1, "resolution_met": 1, "verified": 1},
        ),
        (
            Facts(outcome="explained", closed_on=date(2026, 3, 2), promised_on=date(2026, 3, 1)),
            {"resolution_due": 1, "verified": 1},
        ),
        (
            Facts(outcome="solved", closed_on=date(2026, 3, 2)),
            {"resolution_due": 1, "resolution_met": 1, "verified": 1},
        ),
        (Facts(outcome="duplicate", promise_ends=BEFORE, closed_on=date(2026, 3, 1)), {}),
        (Facts(outcome="elsewhere", accept_due=BEFORE, answer="no"), {"elsewhere": 1}),
        (Facts(answer="partly", superficial=2), {"said_partly": 1, "superficial": 2}),
    ],
)
def test_a_case_counts_by_its_deeds_and_by_what_fell_due(
    facts: Facts, expected: dict[str, int]
) -> None:
    assert counted(facts) == {"raised": 1, **expected}


@pytest.mark.parametrize(
    ("facts", "moment"),
    [
        (Facts(), None),
        (Facts(outcome="solved", promise_ends=AFTER), None),
        (Facts(accept_due=BEFORE, promise_ends=AFTER), AFTER),
        (Facts(accept_due=AFTER, promise_ends=AFTER + timedelta(days=1)), AFTER),
        (Facts(accept_due=AFTER, accepted_in_time=True), None),
    ],
)
def test_it_is_known_when_time_alone_changes_a_count(facts: Facts, moment: datetime | None) -> None:
    assert next_change(facts, NOW) == moment


@given(st.lists(st.integers(0, 1), min_size=10, max_size=10), st.integers(0, 1023))
def test_counts_come_out_of_a_number_as_they_went_in(flags: list[int], superficial: int) -> None:
    counts = Counts(**dict(zip(COLUMNS[:-1], flags, strict=True)), superficial=superficial)
    assert Counts.unpacked(counts.packed()) == counts
