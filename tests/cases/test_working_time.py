"""Counting of due dates against a slow reference that walks day by day and minute by minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from footpath.cases.rules.working_time import (
    Basis,
    Computation,
    Pause,
    TimeUnit,
    compute,
    compute_to,
    counted_days,
    counted_hours,
)
from footpath.core.officehours import NoHours, OfficeCalendar, Spans, Week, noted_of, week_of
from footpath.core.workdays import Noted, Off, Special, Workdays, YearNotKnown

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
ZONES = ("Asia/Ho_Chi_Minh", "Europe/Berlin", "America/New_York", "Asia/Vladivostok")
NEVER_MORE = 800  # days that the reference walks before it gives up

# --- the slow reference ---------------------------------------------------------------------------


class Slow:
    """The rules once more, written for reading: nothing is kept, nothing is halved."""

    def __init__(self, workdays: Workdays, week: Week, zone: ZoneInfo, blocked: list[Special]):
        self.workdays, self.week, self.zone, self.blocked = workdays, week, zone, blocked

    def spans(self, day: date) -> Spans:
        off, extra = self.workdays.day_off(day), self.workdays.extra_day(day)
        own = self.week[day.weekday()]
        if off is not None:
            worked = off.why is Off.WEEKEND and own
            return () if not worked or self.is_blocked(day) else own
        if not own and extra is not None:
            if extra.off is not None:
                own = self.week[extra.off.weekday()]
            if not own:
                own = next(spans for spans in self.week if spans)
        return () if self.is_blocked(day) else own

    def is_blocked(self, day: date) -> bool:
        return any(note.first <= day <= note.last for note in self.blocked)

    def moment(self, day: date, minutes: int) -> datetime:
        local = datetime.combine(day, time(), tzinfo=self.zone) + timedelta(minutes=minutes)
        return local.astimezone(UTC)

    def stands(self, moment: datetime, pauses: list[Pause]) -> bool:
        return any(row.since < moment <= row.until for row in pauses)

    def working_days(self, start: datetime, amount: int, pauses: list[Pause]) -> datetime:
        day = start.astimezone(self.zone).date()
        while amount:
            day += DAY
            spans = self.spans(day)
            if spans and not self.stands(self.moment(day, spans[-1][1]), pauses):
                amount -= 1
        return self.moment(day, self.spans(day)[-1][1])

    def days(self, start: datetime, amount: int, pauses: list[Pause]) -> date:
        day = start.astimezone(self.zone).date()
        while amount:
            day += DAY
            if not self.is_blocked(day) and not self.stands(self.moment(day, 24 * 60), pauses):
                amount -= 1
        return day

    def hours(self, start: datetime, amount: int, pauses: list[Pause]) -> datetime:
        left, day = amount * 60, start.astimezone(self.zone).date()
        while True:
            for first, last in self.spans(day):
                minute, end = self.moment(day, first), self.moment(day, last)
                while minute < end:
                    in_pause = any(row.since <= minute < row.until for row in pauses)
                    if minute >= start and not in_pause:
                        left -= 1
                        if not left:
                            return minute + MINUTE
                    minute += MINUTE
            day += DAY


# --- what is drawn --------------------------------------------------------------------------------

EDGES = st.lists(st.integers(0, 47), min_size=2, max_size=6, unique=True).map(sorted)


def _spans(edges: list[int]) -> Spans:
    return tuple((a * 30, b * 30) for a, b in zip(edges[::2], edges[1::2], strict=False))


WEEKS = st.lists(
    st.one_of(st.just(()), EDGES.map(_spans)), min_size=7, max_size=7
).filter(any)  # fmt: skip
STARTS = st.integers(0, 699 * 24 * 60).map(
    lambda minutes: datetime(2025, 1, 1, tzinfo=UTC) + minutes * MINUTE
)
SPECIALS = st.lists(
    st.builds(
        lambda kind, offset, length: Special(
            kind, date(2025, 1, 1) + offset * DAY, date(2025, 1, 1) + (offset + length) * DAY
        ),
        st.sampled_from(list(Noted)),
        st.integers(0, 720),
        st.integers(0, 5),
    ),
    max_size=3,
)


@st.composite
def questions(draw: st.DrawFn) -> tuple[OfficeCalendar, Slow, datetime, list[Pause]]:
    zone = ZoneInfo(draw(st.sampled_from(ZONES)))
    country = draw(st.sampled_from(["VN", "CN", "RU"]))
    specials, blocked = draw(SPECIALS), draw(SPECIALS)
    days = draw(WEEKS)
    week: Week = (days[0], days[1], days[2], days[3], days[4], days[5], days[6])
    workdays = Workdays(country, settled=draw(st.sampled_from([[], [2027]])), specials=specials)
    start = draw(STARTS)
    pauses = [
        Pause(since, since + timedelta(minutes=draw(st.integers(0, 12_000))))
        for since in draw(
            st.lists(
                st.integers(-5_000, 25_000).map(lambda m: start + timedelta(minutes=m)), max_size=3
            )
        )
    ]
    calendar = OfficeCalendar(workdays, week, zone, blocked=blocked)
    return calendar, Slow(workdays, week, zone, blocked), start, pauses


@settings(max_examples=150, deadline=None, derandomize=True)
@given(asked=questions(), amount=st.integers(1, 25))
def test_working_days_are_those_of_the_slow_reference(
    asked: tuple[OfficeCalendar, Slow, datetime, list[Pause]], amount: int
) -> None:
    calendar, slow, start, pauses = asked
    try:
        wanted = slow.working_days(start, amount, pauses)
    except YearNotKnown:
        with pytest.raises(YearNotKnown):
            compute(calendar, start, amount, "working_days", pauses)
        return
    found = compute(calendar, start, amount, "working_days", pauses)
    assert (found.due_at, found.due_on) == (wanted, wanted.astimezone(calendar.zone).date()) or (
        # A span that ends at midnight belongs to the day before it.
        found.due_at == wanted and found.due_on == wanted.astimezone(calendar.zone).date() - DAY
    )
    assert Computation.from_json(found.as_json()).as_json() == found.as_json()
    assert Computation.from_json(found.as_json()) == found
    counted, _paused = counted_days(calendar, start, found.due_at, "working_days", pauses)
    assert counted == amount


@settings(max_examples=80, deadline=None, derandomize=True)
@given(asked=questions(), amount=st.integers(1, 12))
def test_working_hours_are_those_of_the_slow_reference(
    asked: tuple[OfficeCalendar, Slow, datetime, list[Pause]], amount: int
) -> None:
    calendar, slow, start, pauses = asked
    try:
        wanted = slow.hours(start, amount, pauses)
    except YearNotKnown:
        with pytest.raises(YearNotKnown):
            compute(calendar, start, amount, "hours", pauses)
        return
    found = compute(calendar, start, amount, "hours", pauses)
    assert found.due_at == wanted
    hours, _paused = counted_hours(calendar, start, found.due_at, pauses)
    assert hours == amount


@settings(max_examples=80, deadline=None, derandomize=True)
@given(asked=questions(), amount=st.integers(1, 40))
def test_calendar_days_are_those_of_the_slow_reference(
    asked: tuple[OfficeCalendar, Slow, datetime, list[Pause]], amount: int
) -> None:
    calendar, slow, start, pauses = asked
    wanted = slow.days(start, amount, pauses)
    found = compute(calendar, start, amount, "days", pauses)
    assert (found.due_on, found.due_at) == (wanted, slow.moment(wanted + DAY, 0))
    if not slow.blocked:
        day = start.astimezone(calendar.zone).date() + amount * DAY
        assert compute_to(calendar, start, day, Basis.PROMISED, pauses).due_on == wanted
        assert counted_days(calendar, start, slow.moment(wanted, 720), "days", pauses)[0] == amount


# --- edges ----------------------------------------------------------------------------------------

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
USUAL = week_of({str(day): [["07:30", "11:30"], ["13:30", "17:00"]] for day in range(5)})


def usual(**more: object) -> OfficeCalendar:
    return OfficeCalendar(Workdays("VN", settled=[2027]), USUAL, HANOI, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("unit", list(TimeUnit))
def test_nothing_to_count_is_due_at_once(unit: TimeUnit) -> None:
    start = datetime(2026, 3, 8, 3, tzinfo=HANOI)
    found = compute(usual(), start, 0, unit)
    assert (found.due_at, found.due_on) == (start, date(2026, 3, 8))


def test_nothing_is_counted_of_a_time_that_has_not_passed() -> None:
    start = datetime(2026, 3, 10, 9, tzinfo=HANOI)
    assert counted_days(usual(), start, start, "working_days") == (0, 0)
    assert counted_hours(usual(), start, start - DAY) == (0.0, 0.0)


def test_one_calendar_answers_from_several_years_and_threads() -> None:
    from concurrent.futures import ThreadPoolExecutor

    calendar = usual()
    starts = [datetime(year, 3, 10, 9, tzinfo=HANOI) for year in (2026, 2024, 2025, 2023)] * 5
    with ThreadPoolExecutor(8) as pool:
        found = list(
            pool.map(lambda start: compute(calendar, start, 300, "working_days").due_on, starts)
        )
    assert found == [compute(usual(), start, 300, "working_days").due_on for start in starts]


@pytest.mark.parametrize(
    ("noted", "reason", "day"),
    [
        ({"0": [["7.30", "11:30"]]}, "time", 0),
        ({"1": [["07:60", "11:30"]]}, "time", 1),
        ({"2": [["07:30", "24:01"]]}, "time", 2),
        ({"3": [["11:30", "07:30"]]}, "order", 3),
        ({"4": [["07:30", "11:30"], ["11:00", "17:00"]]}, "order", 4),
        ({}, "none", 0),
    ],
)
def test_hours_that_are_none_are_refused(
    noted: dict[str, list[list[str]]], reason: str, day: int
) -> None:
    with pytest.raises(NoHours) as refused:
        week_of(noted)
    assert (refused.value.reason, refused.value.day) == (reason, day)


def test_hours_are_noted_as_they_are_read() -> None:
    noted = {"0": [["00:00", "24:00"]], "5": [["07:30", "11:30"]]}
    assert noted_of(week_of(noted)) == noted


def test_neighbouring_days_of_one_kind_are_one_step() -> None:
    found = compute(usual(), datetime(2026, 2, 12, 9, tzinfo=HANOI), 3, "working_days")
    (tet,) = found.steps
    assert (tet.first, tet.last, tet.why) == (date(2026, 2, 16), date(2026, 2, 20), "holiday")
    assert found.weekends == 4


def test_swapped_days_stand_each_for_itself() -> None:
    week = week_of({str(day): [["09:00", "17:00"]] for day in range(5)})
    offices = OfficeCalendar(Workdays("CN"), week, ZoneInfo("Asia/Shanghai"))
    found = compute(offices, datetime(2026, 9, 30, 3, tzinfo=UTC), 1, "working_days")
    assert [(step.first.day, step.last.day, step.why, step.said) for step in found.steps] == [
        (1, 3, "holiday", ""),
        (5, 5, "holiday", ""),
        (6, 6, "instead", "2026-09-20"),
        (7, 7, "instead", "2026-10-10"),
    ]


def test_a_promised_day_is_kept_as_it_was_said() -> None:
    start = datetime(2026, 3, 10, 9, tzinfo=HANOI)
    pause = Pause(start + DAY, start + 3 * DAY, "the seal")
    found = compute_to(usual(), start, date(2026, 4, 9), Basis.AGREED, [pause])
    assert (found.due_on, found.day) == (date(2026, 4, 11), date(2026, 4, 9))
    assert Computation.from_json(found.as_json()) == found
