"""Times, days and marks of a meeting."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from footpath.meetings import rules
from footpath.meetings.rules import Attendance
from tests.world import NOON

DAY = date(2026, 3, 10)


def test_late_and_a_substitute_count_as_attended_and_unknown_in_neither() -> None:
    assert rules.attended(["present", "late", "substitute", "excused", "absent", "unknown"]) == (
        3,
        5,
    )
    assert rules.attended([]) == (0, 0)


def test_a_meeting_lasts_a_while() -> None:
    rules.check_times(NOON, NOON + timedelta(minutes=1))
    with pytest.raises(rules.EndsBeforeItBegins):
        rules.check_times(NOON, NOON)


def test_a_meeting_is_held_on_its_day_or_later() -> None:
    rules.check_day_has_come(DAY, DAY)
    with pytest.raises(rules.NotYet):
        rules.check_day_has_come(DAY, DAY - timedelta(days=1))


def test_leave_needs_a_reason_and_a_substitute_a_name() -> None:
    with pytest.raises(rules.ReasonMissing):
        rules.check_mark(Attendance.EXCUSED, reason=" ", has_substitute=False)
    with pytest.raises(rules.SubstituteMissing):
        rules.check_mark(Attendance.SUBSTITUTE, reason="", has_substitute=False)
    rules.check_mark(Attendance.EXCUSED, reason="Ill", has_substitute=False)
    rules.check_mark(Attendance.SUBSTITUTE, reason="", has_substitute=True)
    rules.check_mark(Attendance.ABSENT, reason="", has_substitute=False)
