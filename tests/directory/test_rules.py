"""Small decisions about names, codes, spans and levels."""

from __future__ import annotations

from datetime import date

import pytest

from footpath.directory import rules

MARCH = date(2026, 3, 1)
APRIL = date(2026, 4, 1)
MAY = date(2026, 5, 1)


@pytest.mark.parametrize(
    ("name", "kind", "short"),
    [
        ("Xã Tân Thạch", "Xã", "Tân Thạch"),
        ("xã Tân Thạch", "Xã", "Tân Thạch"),
        ("Xã Tân Thạch", "", "Xã Tân Thạch"),
        ("Xã", "Xã", "Xã"),
        ("Xãm", "Xã", "Xãm"),
        ("Khu phố 1", "Khu phố", "Khu phố 1"),
    ],
)
def test_a_short_name_leaves_out_the_kind_of_place(name: str, kind: str, short: str) -> None:
    assert rules.short_name(name, kind) == short


@pytest.mark.parametrize(
    ("start", "until", "holds"),
    [
        (None, None, True),
        (APRIL, APRIL, True),
        (MARCH, MAY, True),
        (MAY, None, False),
        (None, MARCH, False),
    ],
)
def test_both_ends_of_a_span_are_included(
    start: date | None, until: date | None, holds: bool
) -> None:
    assert rules.in_force(start, until, APRIL) is holds


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        ((MARCH, APRIL), (APRIL, None), True),
        ((MARCH, None), (MAY, None), True),
        ((MARCH, MARCH), (APRIL, MAY), False),
        ((MAY, None), (MARCH, APRIL), False),
    ],
)
def test_spans_overlap_when_they_share_a_day(
    one: tuple[date, date | None], other: tuple[date, date | None], shared: bool
) -> None:
    assert rules.overlap(one, other) is shared
    assert rules.overlap(other, one) is shared


@pytest.mark.parametrize("code", ["831", "28804-01", "A", "Tổ 1", "O.1:2"])
def test_a_code_may_stand_in_an_address(code: str) -> None:
    assert rules.is_code(code)


@pytest.mark.parametrize("code", ["", " 831", "a/b", "a?b", "a#b", "a%b", "a\\b"])
def test_a_code_with_signs_of_addresses_is_refused(code: str) -> None:
    assert not rules.is_code(code)


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("Xã Tân Thạch", "vi"),
        ("Quận Hà Đông", "vi"),
        ("Bến Tre", "vi"),
        ("西宁市", "zh"),
        ("Уфа", "ru"),
        ("An Giang", ""),
    ],
)
def test_a_name_tells_its_language_as_far_as_it_can(name: str, language: str) -> None:
    assert rules.language_of(name) == language


def test_names_stand_in_the_order_in_which_people_read_them() -> None:
    names = ["Tổ 10", "Huế", "Tổ 2", "Hồ Chí Minh", "Hà Nội", "Đà Nẵng"]
    assert sorted(names, key=rules.reading_order) == [
        "Đà Nẵng",
        "Hà Nội",
        "Hồ Chí Minh",
        "Huế",
        "Tổ 2",
        "Tổ 10",
    ]


@pytest.mark.parametrize(
    ("level", "above", "depth", "problem"),
    [
        (0, None, 0, ""),
        (3, 1, 2, ""),
        (1, 1, 1, "tier"),
        (1, 2, 1, "tier"),
        (5, 4, 6, "depth"),
    ],
)
def test_a_place_stands_below_a_higher_tier(
    level: int, above: int | None, depth: int, problem: str
) -> None:
    assert rules.may_stand_below(level, above=above, depth=depth) == problem


@pytest.mark.parametrize(
    ("name", "language", "many"),
    [
        ("Hamlet", "en", "Hamlets"),
        ("Community", "en", "Communities"),
        ("Valley", "en", "Valleys"),
        ("Parish", "en", "Parishes"),
        ("Ấp", "vi", "Ấp"),
        ("", "en", ""),
    ],
)
def test_only_english_changes_the_word_for_many(name: str, language: str, many: str) -> None:
    assert rules.many(name, language) == many


@pytest.mark.parametrize(
    ("number", "name", "language", "said"),
    [
        (8, "Hamlet", "en", "8 hamlets"),
        (1, "Hamlet", "en", "1 hamlet"),
        (8, "Ấp", "vi", "8 ấp"),
        (8, "村", "zh", "8 村"),
        (8, "Деревня", "ru", "деревня: 8"),
    ],
)
def test_places_are_counted_in_words(number: int, name: str, language: str, said: str) -> None:
    assert rules.counted(number, str(number), name, language) == said


def test_a_unit_is_shortened_in_english_only() -> None:
    assert rules.last_word("household groups", "en") == "groups"
    assert rules.last_word("группа дворов", "ru") == "группа дворов"
    assert rules.last_word("", "en") == ""
