"""A notice speaks the reader's language and writes dates as the reader does."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from footpath.notifications import kinds
from footpath.notifications.kinds import Kind
from footpath.notifications.models import Notice
from footpath.notifications.sentences import say, word

NAMES = {"en": "Cell meeting", "vi": "Họp chi bộ", "zh-hans": "支部会议", "ru": "Собрание ячейки"}


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("2026-04-11", "11 April 2026"),
        ("2026-04-11T08:30:00+07:00", "Sat 11 April, 08:30"),
        ("2026-04-11T01:30:00+00:00", "Sat 11 April, 08:30"),
        ("2026-04", "April 2026"),
        (1386, "1,386"),
        (10**40, "1" + "0" * 40),
        (float("inf"), "inf"),
        (NAMES, "Cell meeting"),
        ({"vi": "Họp"}, "Họp"),
        ({}, ""),
        ("Nguyễn Văn An", "Nguyễn Văn An"),
        ("2026-13-41", "2026-13-41"),
        ("2026-99", "2026-99"),
        ("2026-04-11T08:30", "2026-04-11T08:30"),
        ("2026-04-11T08:30 nonsense", "2026-04-11T08:30 nonsense"),
        ("100 %(x)s", "100 %(x)s"),
    ],
)
def test_a_value_is_written_as_the_reader_writes_it(value: Any, said: str) -> None:
    with translation.override("en"):
        assert word(value) == said


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("vi", "Họp chi bộ"),
        ("zh-hans", "支部会议"),
        ("ru", "Собрание ячейки"),
        ("fr", "Cell meeting"),
    ],
)
def test_of_words_in_several_languages_the_readers_are_taken(language: str, said: str) -> None:
    with translation.override(language):
        assert word(NAMES) == said


def test_the_sentence_of_a_kind_is_filled_and_a_missing_value_leaves_a_gap() -> None:
    kinds.register(Kind("test.two", "x", "%(meeting)s on %(when)s"))
    notice = Notice(kind="test.two", values={"meeting": NAMES})
    with translation.override("en"):
        assert say(notice) == "Cell meeting on …"


def test_a_notice_of_a_part_that_is_gone_still_says_something() -> None:
    with translation.override("en"):
        assert "no longer installed" in say(Notice(kind="gone.kind", values={}))


@given(st.text() | st.integers() | st.dictionaries(st.text(max_size=3), st.text()))
def test_no_value_breaks_a_sentence(value: Any) -> None:
    with translation.override("en"):
        assert isinstance(word(value), str)
