"""The parts of a day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from footpath.meetings.rules import month as parts

MORNING, AFTERNOON, EVENING = parts.PARTS
DAY = date(2026, 4, 11)


@pytest.mark.parametrize(
    ("begins", "minutes", "part"),
    [
        (time(7, 30), 90, MORNING),
        (time(10, 30), 90, MORNING),
        (time(11), 61, None),
        (time(12), 60, AFTERNOON),
        (time(17), 90, None),
        (time(17, 30), 90, EVENING),
        (time(22), 120, EVENING),
        (time(22), 121, None),
    ],
)
def test_a_meeting_lies_in_one_part_of_the_day_or_in_none(
    begins: time, minutes: int, part: parts.Part | None
) -> None:
    assert parts.part_of(begins, minutes) == part


def test_a_meeting_keeps_its_hour_in_its_part_and_takes_the_usual_one_elsewhere() -> None:
    assert parts.begins_in(EVENING, time(19, 15), 90) == time(19, 15)
    assert parts.begins_in(MORNING, time(19, 15), 90) == time(7, 30)
    assert parts.begins_in(AFTERNOON, time(19, 15), 300) is None


def test_a_part_of_a_day_is_written_and_read() -> None:
    assert parts.slot_of(DAY, EVENING) == "2026-04-11.evening"
    assert parts.read_slot("2026-04-11.evening") == (DAY, EVENING)
    for wrong in ("2026-04-11", "2026-04-11.night", "x.evening"):
        with pytest.raises(ValueError, match=r"part of a day|isoformat"):
            parts.read_slot(wrong)


def test_a_long_meeting_takes_something_of_several_parts() -> None:
    starts, ends = datetime(2026, 4, 11, 16, tzinfo=UTC), datetime(2026, 4, 12, 8, tzinfo=UTC)
    assert list(parts.slots_touched(starts, ends)) == [
        "2026-04-11.afternoon",
        "2026-04-11.evening",
        "2026-04-12.morning",
    ]
    assert list(parts.slots_touched(starts, datetime(2026, 4, 11, 17, 30, tzinfo=UTC))) == [
        "2026-04-11.afternoon"
    ]
