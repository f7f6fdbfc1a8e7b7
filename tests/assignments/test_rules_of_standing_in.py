"""Who acts on a day, who can stand in, and what speaks against a place: on plain values."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footpath.assignments import rules
from footpath.assignments.rules import Away, Held, Hindrance, Officer, Span, Standing

FIRST, MIDDLE, LAST = date(2026, 3, 1), date(2026, 3, 15), date(2026, 3, 31)
MONTH = Span(FIRST, LAST)
LEAD = Held(1, 10, Span(FIRST))
DEPUTY = Held(2, 20, Span(FIRST))
dates = st.dates(FIRST, LAST)


@st.composite
def spans(draw: st.DrawFn) -> Span:
    """Draw a span, open or not."""
    start = draw(dates)
    length = draw(st.none() | st.integers(0, 20))
    return Span(start, None if length is None else start + timedelta(days=length))


@given(spans(), spans(), dates)
def test_a_day_lies_in_both_spans_when_it_lies_in_what_they_share(
    one: Span, other: Span, day: date
) -> None:
    shared = one.within(other)
    assert (one.holds(day) and other.holds(day)) == (shared is not None and shared.holds(day))
    assert shared == other.within(one)
    assert one.covers(other) == (shared == other)


def test_the_lead_acts_when_present() -> None:
    assert rules.acting_lead(MIDDLE, [LEAD], [DEPUTY], [], []) == 10


def test_a_place_without_a_lead_has_nobody_who_acts() -> None:
    assert rules.acting_lead(MIDDLE, [], [DEPUTY], [], []) is None
    assert rules.acting_lead(FIRST - timedelta(days=1), [LEAD], [], [], []) is None


def test_whoever_was_named_acts_before_the_deputy() -> None:
    away, named = [Away(10, MONTH)], [Standing(1, 30, MONTH)]
    assert rules.acting_lead(MIDDLE, [LEAD], [DEPUTY], away, named) == 30
    assert rules.acting_lead(MIDDLE, [LEAD], [DEPUTY], away, []) == 20
    assert rules.acting_lead(MIDDLE, [LEAD], [], away, []) is None
    assert rules.acting_lead(MIDDLE, [LEAD], [DEPUTY], [*away, Away(30, MONTH)], named) == 20


def test_somebody_named_elsewhere_does_not_act_here() -> None:
    away, elsewhere = [Away(10, MONTH)], [Standing(9, 30, MONTH)]
    assert rules.acting_lead(MIDDLE, [LEAD], [DEPUTY], away, elsewhere) == 20


def test_a_deputy_stands_in_only_when_there_on_all_days() -> None:
    assert rules.stand_in_for(MONTH, 10, [DEPUTY], None, []) == 20
    assert rules.stand_in_for(MONTH, 10, [DEPUTY], None, [Away(20, Span(LAST, LAST))]) is None
    half = Held(2, 20, Span(FIRST, MIDDLE))
    assert rules.stand_in_for(MONTH, 10, [half], None, []) is None
    assert rules.stand_in_for(MONTH, 20, [DEPUTY], None, []) is None


def test_whoever_is_named_must_be_there_and_not_the_lead() -> None:
    assert rules.stand_in_for(MONTH, 10, [DEPUTY], 30, []) == 30
    assert rules.stand_in_for(MONTH, 10, [DEPUTY], 10, []) is None
    assert rules.stand_in_for(MONTH, 10, [DEPUTY], 30, [Away(30, Span(MIDDLE, MIDDLE))]) is None


@pytest.mark.parametrize(
    ("officer", "leads", "found"),
    [
        (Officer(), True, []),
        (Officer(home=7), True, [Hindrance.HOME]),
        (Officer(home=7), False, [Hindrance.HOME]),
        (Officer(home=8, relatives=frozenset({7})), True, [Hindrance.RELATIVES]),
        (Officer(led=2, most=2), True, [Hindrance.FULL]),
        (Officer(led=2, most=2), False, []),
        (Officer(led=2, most=3), True, []),
        (Officer(led=2, most=2, bound=True), True, [Hindrance.BOUND]),
        (Officer(since=date(2021, 3, 1)), True, [Hindrance.TERM]),
        (Officer(since=date(2021, 3, 2)), True, []),
        (Officer(since=date(2021, 3, 1)), False, []),
    ],
)
def test_what_speaks_against_a_place(officer: Officer, leads: bool, found: list[Hindrance]) -> None:
    assert rules.hindrances(officer, 7, leads=leads, start=FIRST, term_years=5) == found


def test_without_a_term_nobody_has_been_there_too_long() -> None:
    officer = Officer(since=date(1990, 1, 1))
    assert rules.hindrances(officer, 7, leads=True, start=FIRST, term_years=None) == []


def test_five_years_before_the_last_of_february() -> None:
    assert rules.years_before(date(2028, 2, 29), 5) == date(2023, 2, 28)
    assert rules.years_before(date(2028, 2, 29), 4) == date(2024, 2, 29)


def test_service_is_unbroken_when_one_span_follows_the_other() -> None:
    first = Span(date(2025, 1, 1), date(2025, 6, 30))
    second = Span(date(2025, 7, 1), date(2026, 2, 28))
    assert rules.unbroken_since([second, first], FIRST) == date(2025, 1, 1)
    assert rules.unbroken_since([first], FIRST) is None
    assert rules.unbroken_since([], FIRST) is None
    assert rules.unbroken_since([Span(date(2025, 5, 5))], FIRST) == date(2025, 5, 5)
