"""The span of an assignment."""

from __future__ import annotations

from datetime import date

import pytest

from footpath.assignments import rules

FIRST, MIDDLE, LAST = date(2026, 3, 1), date(2026, 3, 15), date(2026, 3, 31)


def test_an_assignment_may_last_a_day_or_have_no_end() -> None:
    rules.check_span(FIRST, FIRST)
    rules.check_span(FIRST, None)


def test_the_last_day_never_lies_before_the_first() -> None:
    with pytest.raises(rules.EndsTooEarly):
        rules.check_span(MIDDLE, FIRST)
    with pytest.raises(rules.EndsTooEarly):
        rules.check_ending(MIDDLE, None, FIRST)


def test_an_end_can_be_set_or_brought_forward() -> None:
    rules.check_ending(FIRST, None, MIDDLE)
    rules.check_ending(FIRST, LAST, MIDDLE)


@pytest.mark.parametrize("until", [FIRST, MIDDLE])
def test_what_has_ended_stays_ended(until: date) -> None:
    with pytest.raises(rules.EndedAlready) as refused:
        rules.check_ending(FIRST, until, MIDDLE)
    assert refused.value.until == until
