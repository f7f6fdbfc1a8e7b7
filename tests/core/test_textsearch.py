"""What is typed without diacritics finds what is written with them, and Chinese by pairs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footpath.core import textsearch


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Châu Thành", "chau thanh"),
        ("Đồng Khởi", "dong khoi"),
        ("Ёлкино", "елкино"),
        ("Майский", "майский"),
        ("西宁市", "西宁市"),
        ("ĐẶNG", "dang"),
    ],
)
def test_folding_drops_diacritics_and_case(written: str, folded: str) -> None:
    assert textsearch.fold(written) == folded


def test_chinese_gives_signs_and_pairs() -> None:
    assert textsearch.tokens("西宁市") == ["西", "西宁", "宁", "宁市", "市"]


def test_words_and_numbers_stand_as_they_are() -> None:
    assert textsearch.tokens("Tổ 12, ấp Tân-Huề") == ["to", "12", "ap", "tan", "hue"]


def test_a_document_holds_each_token_once() -> None:
    assert textsearch.document("Ấp Ấp", "") == "ap"


@pytest.mark.parametrize(
    ("typed", "terms"),
    [
        ("chau th", [("chau", True), ("th", True)]),
        ("西宁", [("西宁", False)]),
        ("西", [("西", False)]),
        ("'); drop", [("drop", True)]),
        ("", []),
    ],
)
def test_what_is_typed_becomes_terms(typed: str, terms: list[tuple[str, bool]]) -> None:
    assert textsearch.query_terms(typed) == terms


@given(st.text(max_size=40))
def test_folding_twice_is_folding_once(text: str) -> None:
    once = textsearch.fold(text)
    assert textsearch.fold(once) == once


@given(st.text(max_size=40))
def test_terms_hold_nothing_that_a_query_language_could_read(text: str) -> None:
    assert all(term.isalnum() for term, _prefix in textsearch.query_terms(text))
