"""Months, and the days on which their tokens are of use."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import date, timedelta

import pytest

from footpath.secrecy import epochs
from footpath.secrecy.epochs import Epoch


def test_an_epoch_is_the_month_of_a_day() -> None:
    assert epochs.epoch_of(date(2026, 11, 22)) == "2026-11"
    assert epochs.epoch_of(date(2027, 1, 1)) == Epoch("2027-01")
    assert Epoch("2026-11").first_day == date(2026, 11, 1)


def test_an_epoch_is_a_text_and_stays_one() -> None:
    epoch = Epoch("2026-11")

    assert json.dumps({epoch: epoch}) == '{"2026-11": "2026-11"}'
    assert deepcopy(epoch) == epoch
    assert sorted([Epoch("2027-01"), epoch]) == ["2026-11", "2027-01"]


@pytest.mark.parametrize(
    "text",
    ["", "2026", "2026-1", "2026-13", "2026-00", "1999-12", "3000-01", "2026-11 ", "２026-11", 7],
)
def test_any_other_text_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="an epoch is a month"):
        Epoch(text)


def test_epochs_follow_each_other_over_the_year() -> None:
    assert epochs.after("2026-11") == "2026-12"
    assert epochs.after("2026-11", 2) == "2027-01"
    assert epochs.after("2026-11", 12) == "2027-11"
    assert Epoch("2027-01").after(-1) == "2026-12"


def test_tokens_are_spent_from_day_four_to_the_end_of_the_next_month() -> None:
    assert epochs.spending_window("2026-11") == (date(2026, 11, 4), date(2026, 12, 31))
    assert epochs.spending_window("2027-01") == (date(2027, 1, 4), date(2027, 2, 28))
    assert epochs.spending_window("2999-12") == (date(2999, 12, 4), date(3000, 1, 31))

    epoch = Epoch("2026-11")
    days = [date(2026, 10, 1) + timedelta(days=count) for count in range(150)]
    taken = [day for day in days if epoch.is_spendable(day)]
    assert taken == [day for day in days if date(2026, 11, 4) <= day <= date(2026, 12, 31)]


def test_on_most_days_tokens_of_two_months_are_taken() -> None:
    assert epochs.spendable_on(date(2026, 11, 3)) == ["2026-10"]
    assert epochs.spendable_on(date(2026, 11, 4)) == ["2026-10", "2026-11"]
    assert epochs.spendable_on(date(2026, 12, 1)) == ["2026-11"]
    assert epochs.spendable_on(date(2027, 1, 4)) == ["2026-12", "2027-01"]


def test_a_private_key_is_destroyed_when_its_tokens_can_no_longer_be_spent() -> None:
    assert Epoch("2026-11").destroyed_on == date(2027, 1, 1)
    assert not epochs.destroyed_by("2026-11", date(2026, 12, 31))
    assert epochs.destroyed_by("2026-11", date(2027, 1, 1))
