"""What may follow what in a session, without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footpath.meetings.rules import coffee as rules
from footpath.meetings.rules.coffee import ItemDeed, ItemState

NOON = datetime(2026, 3, 10, 5, 0, tzinfo=UTC)

ALLOWED = {
    ("table", "waiting"),
    ("answer", "waiting"),
    ("answer", "table"),
    ("follow", "waiting"),
    ("follow", "table"),
    ("later", "table"),
    ("withdraw", "waiting"),
    ("undo", "answered"),
}


@pytest.mark.parametrize("state", ItemState)
@pytest.mark.parametrize("deed", ItemDeed)
def test_each_deed_follows_on_its_states_only(deed: ItemDeed, state: ItemState) -> None:
    if (deed, state) in ALLOWED:
        rules.check_deed(deed, state)
        return
    with pytest.raises(rules.DoesNotFollow) as refused:
        rules.check_deed(deed, state)
    assert refused.value.state is state


def test_a_session_runs_from_its_opening_to_its_end() -> None:
    assert not rules.is_running(None, None)
    assert rules.is_running(NOON, None)
    assert not rules.is_running(NOON, NOON)
    rules.check_running(NOON, None)
    with pytest.raises(rules.NotOpened):
        rules.check_running(None, None)
    with pytest.raises(rules.IsOver):
        rules.check_running(NOON, NOON)


def test_what_was_typed_without_network_arrives_for_an_hour() -> None:
    hour = timedelta(hours=1)
    rules.check_may_raise(NOON, None, NOON)
    rules.check_may_raise(NOON, NOON, NOON + hour)
    with pytest.raises(rules.IsOver):
        rules.check_may_raise(NOON, NOON, NOON + hour + timedelta(microseconds=1))
    with pytest.raises(rules.NotOpened):
        rules.check_may_raise(None, None, NOON)


def test_topics_come_before_the_session() -> None:
    rules.check_before(None)
    with pytest.raises(rules.AlreadyOpen):
        rules.check_before(NOON)


def test_an_answer_is_taken_back_for_thirty_seconds() -> None:
    rules.check_undo(NOON, NOON + timedelta(seconds=30))
    with pytest.raises(rules.TooLate):
        rules.check_undo(NOON, NOON + timedelta(seconds=30, microseconds=1))


@pytest.mark.parametrize(
    ("days", "middle"), [([], None), ([4], 4.0), ([3, 0, 8], 3.0), ([5, 2], 3.5), ([0, 0, 9], 0.0)]
)
def test_the_median_of_days(days: list[int], middle: float | None) -> None:
    assert rules.median(days) == middle


@given(st.lists(st.integers(0, 400), min_size=1))
def test_as_many_days_lie_below_the_median_as_above(days: list[int]) -> None:
    middle = rules.median(days)
    assert middle is not None
    below, above = (sum(day < middle for day in days), sum(day > middle for day in days))
    assert max(below, above) * 2 <= len(days)
    assert min(days) <= middle <= max(days)


def test_difficulties_for_each_session() -> None:
    assert rules.per_session(29, 2) == 14.5
    assert rules.per_session(0, 2) == 0.0
    assert rules.per_session(0, 0) is None
