"""What holds for the library, on plain values."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footpath.knowledge import rules
from footpath.knowledge.rules import Kind, State, TooEarly


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("1524-QĐ/HU", "1524qdhu"),
        ("No. 1524-QD/HU", "1524qdhu"),
        ("Số 1524 - QĐ/HU", "1524qdhu"),
        ("№ 1524-QD/HU", "1524qdhu"),
        ("第3号", "3"),
        ("北京3号", "北京3"),
        ("Nghị định 30/2023", "nghidinh302023"),
        ("Норма 7", "норма7"),
        ("— / —", ""),
    ],
)
def test_a_number_is_the_same_however_it_is_written(written: str, key: str) -> None:
    assert rules.number_key(written) == key


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_an_answer_appears_on_a_monday_at_least_seven_days_later(answered_on: date) -> None:
    first = rules.first_day(answered_on)
    assert first.weekday() == 0
    assert timedelta(days=7) <= first - answered_on <= timedelta(days=13)


def test_the_seven_days_are_whole_days() -> None:
    assert rules.first_day(date(2026, 3, 9)) == date(2026, 3, 16)  # Monday to Monday
    assert rules.first_day(date(2026, 3, 10)) == date(2026, 3, 23)


def test_before_its_day_an_answer_does_not_appear() -> None:
    rules.check_day(date(2026, 3, 16), date(2026, 3, 16))
    with pytest.raises(TooEarly) as early:
        rules.check_day(date(2026, 3, 16), date(2026, 3, 15))
    assert early.value.day == date(2026, 3, 16)


def test_every_state_belongs_to_one_kind_and_every_deed_stays_in_it() -> None:
    kinds = {state: kind for kind, states in rules.STATES.items() for state in states}
    assert set(kinds) == set(State)
    for move in rules.MOVES.values():
        assert {kinds[state] for state in move.before} == {kinds[move.after]}
    assert {kinds[state] for state in rules.CHANGES.values()} == set(Kind)


def test_a_headline_ends_at_a_word() -> None:
    assert rules.headline("Short  and\nclear") == "Short and clear"
    assert rules.headline("word " * 60) == ("word " * 31).strip() + "…"
    assert rules.headline("字" * 200) == "字" * 159 + "…"


def test_what_no_database_keeps_is_dropped() -> None:
    assert rules.clean(" a\0b\ud800\r\nc ") == "ab\nc"
