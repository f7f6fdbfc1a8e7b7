"""Quiet hours, the hour of the digest and the tries after a failure."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footpath.notifications import rules
from tests.notifications.told import ZONE, at

TIMES = st.times(max_value=time(23, 59)).map(lambda one: one.replace(second=0, microsecond=0))
MOMENTS = st.integers(0, 14 * 24 * 60).map(lambda minutes: at(1, 0) + timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("hour", "minute", "then"),
    [
        (20, 59, at(10, 20, 59)),
        (21, 0, at(11, 6, 30)),
        (23, 59, at(11, 6, 30)),
        (0, 0, at(10, 6, 30)),
        (6, 29, at(10, 6, 30)),
        (6, 30, at(10, 6, 30)),
    ],
)
def test_quiet_hours_go_over_midnight(hour: int, minute: int, then: datetime) -> None:
    assert rules.after_quiet(at(10, hour, minute), time(21), time(6, 30)) == then


def test_quiet_hours_within_a_day() -> None:
    assert rules.after_quiet(at(10, 12), time(11, 30), time(13)) == at(10, 13)
    assert rules.after_quiet(at(10, 13), time(11, 30), time(13)) == at(10, 13)


@pytest.mark.parametrize(("start", "end"), [(None, None), (None, time(6)), (time(6), time(6))])
def test_without_two_different_ends_no_hour_is_quiet(start: time | None, end: time | None) -> None:
    assert rules.after_quiet(at(10, 6), start, end) == at(10, 6)


@given(MOMENTS, TIMES, TIMES)
def test_what_waits_for_the_end_of_quiet_hours_waits_less_than_a_day_and_once(
    moment: datetime, start: time, end: time
) -> None:
    then = rules.after_quiet(moment, start, end)
    assert timedelta(0) <= then - moment < timedelta(days=1)
    assert rules.after_quiet(then, start, end) == then


def test_the_digest_comes_at_its_hour_on_its_days() -> None:
    assert rules.latest_digest(at(10, 6, 59), time(7), []) == at(9, 7)
    assert rules.latest_digest(at(10, 7), time(7), []) == at(10, 7)
    assert rules.latest_digest(at(10, 7), time(7), [0]) == at(9, 7)  # Mondays
    assert rules.latest_digest(at(9, 6), time(7), [0]) == at(2, 7)
    assert rules.latest_digest(at(9, 6), time(7), [9]) is None


@given(MOMENTS, TIMES, st.sets(st.integers(0, 6)))
def test_a_digest_is_never_in_the_future_nor_further_back_than_a_week(
    now: datetime, hour: time, days: set[int]
) -> None:
    found = rules.latest_digest(now, hour, days)
    assert found is not None
    assert found.tzinfo is ZONE
    assert timedelta(0) <= now - found < timedelta(days=7)
    assert not days or found.weekday() in days


def test_five_tries_follow_a_failure_and_then_none() -> None:
    waits = [rules.wait_after(failures) for failures in range(8)]
    minutes = [None if wait is None else int(wait.total_seconds() // 60) for wait in waits]
    assert minutes == [None, 1, 5, 30, 120, 720, None, None]
