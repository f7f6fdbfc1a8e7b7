"""The frozen form of minutes, and lines pasted into them."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from footpath.meetings.rules.minutes import (
    DayNotRead,
    Line,
    NotFrozen,
    canonical,
    clean,
    digest,
    read_day,
    read_lines,
)

TODAY = date(2026, 3, 10)

texts = some.text(some.characters(exclude_categories=["Cs"], exclude_characters="\0"))
leaves = some.none() | some.booleans() | some.integers(-(2**53), 2**53) | texts
values = some.recursive(
    leaves,
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(texts, inner, max_size=4),
)


def shuffled(value: Any) -> Any:
    """Return the same value with the keys of every mapping the other way round."""
    if isinstance(value, dict):
        return {key: shuffled(entry) for key, entry in reversed(value.items())}
    if isinstance(value, list):
        return [shuffled(entry) for entry in value]
    return value


def test_the_canonical_form_is_written_in_one_way() -> None:
    assert canonical({"b": 1, "a": "Tân Huề"}) == '{"a":"Tân Huề","b":1}'.encode()
    assert (
        digest({"b": 1, "a": ["ô", None, True]})
        == "34f800e7069d697c5e4de251b642a80ac527d3189b3aba3e34066793634690b7"
    )


@given(values)
def test_a_record_read_back_has_the_same_canonical_form(value: Any) -> None:
    written = canonical(value)
    assert canonical(json.loads(written)) == written
    assert canonical(shuffled(value)) == written


@given(values, values)
def test_two_records_with_one_form_are_one_record(one: Any, other: Any) -> None:
    if canonical(one) == canonical(other):
        assert json.loads(canonical(one)) == json.loads(canonical(other))
        assert digest(one) == digest(other)
    else:
        assert digest(one) != digest(other)


@pytest.mark.parametrize(
    "value", [1.5, {1: "a"}, TODAY, ["a\0b"], {"a\0": 1}, "\ud800", {"a": {1, 2}}]
)
def test_what_does_not_read_back_the_same_is_not_frozen(value: Any) -> None:
    with pytest.raises(NotFrozen):
        canonical(value)


def test_signs_that_nothing_keeps_fall_away() -> None:
    assert clean("a\0b\ud800c\n") == "abc\n"


def test_each_line_is_an_item_with_who_and_until_when() -> None:
    pasted = (
        "- Weir surveyed\n\n"
        "2. Repair the gate | Lê Thị Mai | 15.4.2026\n"
        "Clear the ditch\tP12\t\n"
        "Lamp at the school | | 20/3\n"
        "3.5 tonnes of sand came"
    )
    assert read_lines(pasted, today=TODAY) == [
        Line(1, "Weir surveyed"),
        Line(3, "Repair the gate", "Lê Thị Mai", date(2026, 4, 15)),
        Line(4, "Clear the ditch", "P12"),
        Line(5, "Lamp at the school", "", date(2026, 3, 20)),
        Line(6, "3.5 tonnes of sand came"),
    ]
    assert [line.is_action for line in read_lines(pasted, today=TODAY)] == [
        False,
        True,
        True,
        True,
        False,
    ]


def test_a_line_with_a_day_that_is_none_is_named() -> None:
    with pytest.raises(DayNotRead) as wrong:
        read_lines("A\nRepair | Mai | soon", today=TODAY)
    assert (wrong.value.line, wrong.value.typed) == (2, "soon")


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2026-04-15", date(2026, 4, 15)),
        ("2026/4/15", date(2026, 4, 15)),
        ("2026年4月15日", date(2026, 4, 15)),
        ("15.4.2026", date(2026, 4, 15)),
        ("15/04/2026", date(2026, 4, 15)),
        ("15.4.", date(2026, 4, 15)),
        ("10/3", date(2026, 3, 10)),
        ("9/3", date(2027, 3, 9)),
        ("29/2", date(2028, 2, 29)),
        ("31/2", None),
        ("31.2.2026", None),
        ("2026-13-01", None),
        ("tomorrow", None),
        ("", None),
    ],
)
def test_a_day_is_read_as_people_write_it(typed: str, day: date | None) -> None:
    assert read_day(typed, today=TODAY) == day
