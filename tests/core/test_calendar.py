"""Months as people name them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from footpath.core import formats
from footpath.core.calendar import Month


def test_a_month_knows_its_neighbours_over_the_year() -> None:
    assert Month(2026, 12).next == Month(2027, 1)
    assert Month(2026, 1).previous == Month(2025, 12)
    assert Month(2026, 3).next == Month(2026, 4)
    assert Month(2026, 3).previous == Month(2026, 2)


def test_both_ends_of_a_month_are_in_it() -> None:
    assert (Month(2024, 2).first, Month(2024, 2).last) == (date(2024, 2, 1), date(2024, 2, 29))


def test_a_month_is_read_as_it_is_written() -> None:
    assert Month.parse(str(Month(2026, 3))) == Month(2026, 3)
    assert Month.of(date(2026, 3, 31)) == Month(2026, 3)


@pytest.mark.parametrize("text", ["", "2026", "2026-13", "2026-00", "x-y", "99999-01"])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"month|invalid literal"):
        Month.parse(text)


@pytest.mark.parametrize(
    ("language", "day", "month"),
    [
        ("en", "Tue 7 April", "April 2026"),
        ("vi", "Thứ Ba, 7 tháng 4", "Tháng 4 năm 2026"),
        ("zh-hans", "4月7日 周二", "2026年4月"),
        ("ru", "вт, 7 апреля", "Апрель 2026\u202fг."),
    ],
)
def test_days_are_said_in_the_readers_form(language: str, day: str, month: str) -> None:
    with translation.override(language):
        assert formats.day(date(2026, 4, 7)) == day
        assert formats.month(Month(2026, 4)).replace("\u00a0", "\u202f") == month.replace(
            "\u00a0", "\u202f"
        )


@pytest.mark.parametrize(
    ("language", "month"),
    [
        ("en", "April 2026"),
        ("vi", "tháng 4 năm 2026"),
        ("zh-hans", "2026年4月"),
        ("ru", "апрель 2026 г."),
    ],
)
def test_a_month_inside_a_sentence_begins_small_where_the_language_does(
    language: str, month: str
) -> None:
    with translation.override(language):
        assert " ".join(formats.month_within(Month(2026, 4)).split()) == month


def test_moments_are_told_in_the_organisations_time_zone() -> None:
    with translation.override("en"):
        assert formats.day_time(datetime(2026, 4, 6, 18, 45, tzinfo=UTC)) == "Tue 7 April, 01:45"
        assert formats.day_year(datetime(2026, 4, 6, 18, 45, tzinfo=UTC)) == "7 April 2026"
        assert formats.day_short(date(2026, 4, 7)) == "7 Apr"
        assert formats.day_year(None) == ""


@pytest.mark.parametrize(
    ("name", "initials"),
    [("Lê Thị Mai", "LM"), ("Đỗ", "Đ"), ("王小明", "王"), ("", "?"), ("anna b.", "AB")],
)
def test_initials_stand_for_a_name(name: str, initials: str) -> None:
    assert formats.initials(name) == initials


@pytest.mark.parametrize(("size", "said"), [(10, "1 kB"), (12_300, "12 kB"), (2_540_000, "2.5 MB")])
def test_sizes_of_files_are_said_shortly(size: int, said: str) -> None:
    assert formats.file_size(size) == said
