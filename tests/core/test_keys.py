"""What is a key of a row, and what is none."""

from __future__ import annotations

import pytest

from footpath.core.keys import key_in


@pytest.mark.parametrize(
    ("typed", "key"),
    [("17", 17), (17, 17), ("0", 0), ("9" * 18, 10**18 - 1)],
)
def test_a_number_in_digits_is_a_key(typed: str | int, key: int) -> None:
    assert key_in(typed) == key


@pytest.mark.parametrize(
    "typed", [None, "", " 17", "-1", "+1", "1.0", "x", "١٧", "²", "9" * 19, "9" * 5000]
)
def test_everything_else_is_none(typed: str | None) -> None:
    assert key_in(typed) is None
