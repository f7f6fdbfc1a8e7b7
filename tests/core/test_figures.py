"""Rates keep their fraction, and no data is not zero (S2.6, principle 8)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import translation

from footpath.core import formats
from footpath.core.figures import Rate, percentage


@pytest.mark.parametrize(
    ("part", "whole", "percent"),
    [
        (18, 21, "85.71"),
        (2, 21, "9.52"),
        (1, 21, "4.76"),
        (110, 117, "94.02"),
        (7, 117, "5.98"),
        (1, 800, "0.13"),
    ],
)
def test_shares_are_as_the_founding_papers_print_them(part: int, whole: int, percent: str) -> None:
    assert percentage(part, whole) == Decimal(percent)


@pytest.mark.parametrize(("part", "whole"), [(1, 0), (0, 0), (2, 1), (-1, 3)])
def test_an_impossible_share_is_refused(part: int, whole: int) -> None:
    with pytest.raises(ValueError, match="cannot take"):
        percentage(part, whole)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "1,371/1,386\u00a0=\u00a098.92\u00a0%"),
        ("vi", "1.371/1.386\u00a0=\u00a098,92%"),
        ("zh-hans", "1,371/1,386\u00a0=\u00a098.92%"),
        ("ru", "1\u00a0371/1\u00a0386\u00a0=\u00a098,92\u00a0%"),
    ],
)
def test_a_rate_is_said_in_the_readers_form(language: str, said: str) -> None:
    with translation.override(language):
        assert formats.rate(Rate(1371, 1386)) == said


def test_no_data_is_not_zero() -> None:
    assert Rate(0, 0).percent is None
    assert formats.rate(Rate(0, 0)) == "No data"
    assert Rate(0, 3).percent == Decimal("0.00")
    assert Rate(1, 3).missing == 2
