"""The code of a receipt, and numbers that would find somebody out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from footpath.cases.rules import codes, openness


@given(st.integers(min_value=0, max_value=2**128 - 1))
def test_a_code_is_read_again_however_it_is_typed(number: int) -> None:
    code = codes.code_from(number)
    assert len(code) == codes.LENGTH
    for way in (codes.grouped(code), codes.grouped(code).lower(), f" {code} ", code.lower()):
        assert codes.typed(way) == code


def test_what_is_no_code_is_none() -> None:
    for text in ("", "K7QM", "K7QM-2XPD-9RT0", "K7QM-2XPD-9RTAA", "Ấp-Tân-Huề-xxx"):
        assert codes.typed(text) == ""


def test_a_number_that_stands_alone_is_shown_from_five_on() -> None:
    assert [openness.shown(number) for number in (0, 1, 4, 5)] == [0, None, None, 5]


@given(st.lists(st.integers(min_value=0, max_value=12), max_size=8))
def test_no_hidden_number_is_found_by_taking_away(numbers: list[int]) -> None:
    shown = openness.shown_of_total(numbers)
    hidden = [number for number, seen in zip(numbers, shown, strict=True) if seen is None]
    assert all(seen is None for number, seen in zip(numbers, shown, strict=True) if 0 < number < 5)
    assert all(seen in (None, number) for number, seen in zip(numbers, shown, strict=True))
    if hidden and any(shown):  # otherwise the total itself is as small, or nothing is left to hide
        assert len(hidden) >= 2
        assert sum(hidden) >= openness.LEAST


def test_a_middle_is_told_of_five_on() -> None:
    assert openness.median([1, 2, 3, 4]) is None
    assert openness.median([9, 1, 5, 3, 2]) == 3.0
    assert openness.median([1, 2, 3, 4, 5, 6]) == 3.5
