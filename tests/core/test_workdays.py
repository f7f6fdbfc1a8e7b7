"""Working days and days off by country: what is known, and what is left to be settled."""

from __future__ import annotations

from datetime import date

import pytest

from footpath.core import workdays
from footpath.core.workdays import (
    DayOff,
    ExtraDay,
    Noted,
    Off,
    Special,
    Workdays,
    YearNotKnown,
)

SATURDAY, MONDAY = date(2026, 8, 22), date(2026, 8, 31)


def test_in_vietnam_saturday_22_august_2026_is_worked_for_monday_the_31st() -> None:
    vietnam = Workdays("VN")
    assert vietnam.extra_day(SATURDAY) == ExtraDay(SATURDAY, off=MONDAY)
    assert vietnam.day_off(SATURDAY) is None
    assert vietnam.day_off(MONDAY) == DayOff(MONDAY, Off.INSTEAD, "VN", instead_of=SATURDAY)
    assert vietnam.next_working_day(date(2026, 8, 21)) == SATURDAY
    assert vietnam.next_working_day(date(2026, 8, 30)) == date(2026, 9, 3)


@pytest.mark.parametrize(
    ("country", "worked", "off"),
    [
        ("VN", "2014-12-27", "2015-01-02"),
        ("VN", "2025-04-26", "2025-05-02"),
        ("CN", "2026-02-14", "2026-02-20"),
        ("CN", "2026-10-10", "2026-10-07"),
        ("RU", "2024-11-02", "2024-04-30"),
        ("RU", "2027-02-20", "2027-02-22"),
    ],
)
def test_swapped_days_of_three_countries_are_known(country: str, worked: str, off: str) -> None:
    days = Workdays(country)
    one, other = date.fromisoformat(worked), date.fromisoformat(off)
    assert days.extra_day(one) == ExtraDay(one, off=other)
    assert days.day_off(other) == DayOff(other, Off.INSTEAD, country, instead_of=one)


def test_a_day_off_may_stand_for_a_holiday_that_is_not_worked() -> None:
    russia = Workdays("RU")
    swapped = russia.day_off(date(2026, 1, 9))
    assert swapped is not None
    assert swapped.instead_of == date(2026, 1, 3)
    assert not russia.is_working(date(2026, 1, 3))


@pytest.mark.parametrize(
    ("country", "day", "language", "name"),
    [
        ("VN", "2026-02-17", "vi", "Tết Nguyên Đán"),
        ("VN", "2026-02-17", "en_US", "Lunar New Year"),
        ("CN", "2026-02-17", "zh_CN", "春节"),
        ("RU", "2026-06-12", "ru", "День России"),
    ],
)
def test_holidays_have_their_names(country: str, day: str, language: str, name: str) -> None:
    found = Workdays(country).day_off(date.fromisoformat(day))
    assert found is not None
    assert found.why is Off.HOLIDAY
    assert found.name(language) == name
    assert language in workdays.languages(country)


def test_weekends_have_no_name_and_stop_no_meeting() -> None:
    sunday = Workdays("VN").day_off(date(2026, 3, 8))
    assert sunday == DayOff(date(2026, 3, 8), Off.WEEKEND)
    assert sunday.name("vi") is None
    assert not sunday.stops_meetings


def test_a_year_is_known_as_far_as_swapped_days_are_decided_and_never_guessed() -> None:
    for country in ("VN", "CN", "RU"):
        first, until = workdays.decided(country)
        days = Workdays(country)
        assert first < 2026 <= until
        assert days.knows(until)
        assert not days.knows(until + 1)
        assert not days.knows(first - 1)
        with pytest.raises(YearNotKnown) as unknown:
            days.is_working(date(until + 1, 5, 5))
        assert unknown.value.year == until + 1


def test_a_country_without_swapped_days_is_settled_year_by_year() -> None:
    assert workdays.decided("DE")[1] == 0
    assert not Workdays("DE").knows(2026)
    assert Workdays("DE", settled=[2026]).day_off(date(2026, 10, 3)) is not None


def test_a_settled_year_has_the_holidays_by_law_and_what_is_noted_for_it() -> None:
    tet = Workdays("VN", settled=[2035]).day_off(date(2035, 2, 8))
    assert tet is not None
    assert tet.why is Off.HOLIDAY


def noted(kind: Noted, first: str, last: str, place: str = "") -> Special:
    return Special(kind, date.fromisoformat(first), date.fromisoformat(last), "Flood", place)


def test_the_nearest_note_counts_before_all_others() -> None:
    country = noted(Noted.WORKING, "2026-09-02", "2026-09-05")
    commune = noted(Noted.CLOSED, "2026-09-03", "2026-09-03", "Tân Thạch")
    days = Workdays("VN", specials=[country, commune])
    assert days.extra_day(date(2026, 9, 2)) == ExtraDay(date(2026, 9, 2), note=country)
    assert days.day_off(date(2026, 9, 3)) == DayOff(date(2026, 9, 3), Off.CLOSED, note=commune)
    assert days.is_working(date(2026, 9, 4))
    assert days.extra_day(date(2026, 9, 4)) is None  # it is worked anyway
    assert days.extra_day(date(2026, 9, 5)) == ExtraDay(date(2026, 9, 5), note=country)


def test_countries_are_named_by_two_letters() -> None:
    assert {"VN", "CN", "RU"} <= workdays.countries()
    assert "VNM" not in workdays.countries()
