"""What the figures mean, on plain values."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footpath.core.calendar import Month
from footpath.reports import rules
from footpath.reports.rules import Event

TODAY = date(2026, 3, 10)
MARCH = Month(2026, 3)


@pytest.mark.parametrize(
    ("asked", "month"),
    [
        ("2026-03", MARCH),
        ("2025-12", Month(2025, 12)),
        ("2026-04", MARCH),
        ("2026-13", MARCH),
        ("nonsense", MARCH),
        ("", MARCH),
    ],
)
def test_a_month_that_cannot_be_read_or_is_to_come_is_the_present_one(asked, month):
    assert rules.month_asked(asked, TODAY) == month


def test_the_stock_of_a_past_month_is_counted_when_it_is_over_and_that_of_this_month_today():
    assert rules.counted_on(Month(2026, 2), TODAY) == date(2026, 3, 1)
    assert rules.counted_on(MARCH, TODAY) == TODAY
    assert rules.covered_on(Month(2026, 2), TODAY) == date(2026, 2, 28)
    assert rules.covered_on(MARCH, TODAY) == TODAY


def test_a_case_due_on_the_last_day_of_a_month_is_overdue_when_the_month_is_over():
    assert rules.is_overdue(date(2026, 2, 28), rules.counted_on(Month(2026, 2), TODAY))
    assert not rules.is_overdue(date(2026, 3, 1), rules.counted_on(Month(2026, 2), TODAY))


def test_a_case_due_today_is_not_overdue():
    assert not rules.is_overdue(TODAY, TODAY)
    assert rules.is_overdue(date(2026, 3, 9), TODAY)


@pytest.mark.parametrize(
    ("events", "is_open"),
    [
        ([], True),
        ([Event.CLOSED], False),
        ([Event.CLOSED, Event.REOPENED], True),
        ([Event.CLOSED, Event.REOPENED, Event.CLOSED], False),
    ],
)
def test_the_last_closing_or_reopening_decides_whether_a_case_is_open(events, is_open):
    assert rules.was_open(events) is is_open


def test_the_line_shows_eleven_months_and_ends_with_the_one_asked_for():
    months = rules.last_months(MARCH)
    assert (len(months), str(months[0]), months[-1]) == (11, "2025-05", MARCH)


@given(st.integers(2000, 2050), st.integers(1, 12), st.integers(1, 40))
def test_months_of_the_line_follow_each_other_without_a_gap(year, month, number):
    months = rules.last_months(Month(year, month), number)
    assert all(one.next == other for one, other in pairwise(months))


def test_what_narrows_the_rows_of_a_figure_is_read_from_the_address():
    given_ = {"level": "2", "category": " roads ", "outcome": "", "own": "1", "place": "831"}
    assert rules.narrowed(given_) == {"level": "2", "category": "roads", "own": "1"}


@pytest.mark.parametrize("level", ["x", "12", "²"])
def test_a_level_that_is_no_number_narrows_nothing(level):
    assert rules.narrowed({"level": level}) == {}
