"""Questions of a category: which can be asked, and which answers are taken. No database."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footpath.cases.rules.questions import (
    LONGEST,
    Datatype,
    Problem,
    Question,
    Unusable,
    check,
    read,
    readable,
    told,
)

KEYS = [{"key": "a", "name": "The first"}, {"key": "b"}]


def asked(datatype: str, **more: Any) -> Question:
    """Return a question with the code Q."""
    values = {"values": KEYS} if datatype.endswith("list") else {}
    return read([{"code": "Q", "datatype": datatype, **values, **more}])[0]


def test_questions_are_read_in_their_order() -> None:
    first, second = read(
        [{"code": "A-1"}, {"code": "B_2", "datatype": "singlevaluelist", "values": KEYS}]
    )
    assert (first.code, first.datatype, first.required, first.variable) == (
        "A-1", Datatype.STRING, False, True,
    )  # fmt: skip
    assert second.values == (("a", "The first"), ("b", "b"))
    assert (second.name_of("a"), second.name_of("z")) == ("The first", "z")


IN_TWO = {
    "code": "SIDE", "datatype": "singlevaluelist",
    "description_en": "Which side?", "description_vi": "Bên nào?",
    "datatype_description_ru": "Как от реки",
    "values": [{"key": "l", "name_en": "Left", "name_vi": "Trái"}, {"key": "r", "name": "Right"}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("Which side?", "Как от реки", "Left")),
        ("vi", ("Bên nào?", "Как от реки", "Trái")),
        ("zh", ("Which side?", "Как от реки", "Left")),
        ("ru", ("Which side?", "Как от реки", "Left")),
        ("fr", ("Which side?", "Как от реки", "Left")),
    ],
)
def test_a_question_is_worded_in_the_readers_language_and_never_without_words(
    language: str, said: tuple[str, str, str]
) -> None:
    (question,) = read([IN_TWO], language)
    assert (question.description, question.datatype_description, question.name_of("l")) == said
    assert question.name_of("r") == "Right"


def test_a_text_without_a_language_is_for_all_that_have_none() -> None:
    row = {"code": "A", "description": "For all", "description_vi": "Tiếng Việt", "values": []}
    assert [readable([row], code)[0].description for code in ("en", "vi", "zh")] == [
        "For all", "Tiếng Việt", "For all",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kept", "why"),
    [
        ("text", "the questions are a list"),
        ([{"code": "A"}] * 51, "at most 50"),
        ([{"code": "A"}, {"code": "A"}], "the same code"),
        (["A"], "question 1 is no mapping"),
        ([{"code": "A"}, {"code": "a]b"}], "question 2 has no code"),
        ([{}], "question 1 has no code"),
        ([{"code": "A", "datatype": "photo"}], "unknown datatype"),
        ([{"code": "A", "datatype": "multivaluelist"}], "list without values"),
        ([{"code": "A", "values": [{"name": "x"}]}], "has no key"),
        ([{"code": "A", "values": ["x"]}], "has no key"),
    ],
)
def test_what_cannot_be_asked_says_why(kept: Any, why: str) -> None:
    with pytest.raises(Unusable, match=why):
        read(kept)
    assert readable(kept) == ()


@pytest.mark.parametrize(
    ("datatype", "given", "kept"),
    [
        ("string", ["  words "], "words"),
        ("text", ["a\nb"], "a\nb"),
        ("number", ["-1.5"], "-1.5"),
        ("datetime", ["2026-03-10T12:00:00Z"], "2026-03-10T12:00:00Z"),
        ("datetime", ["2026-03-10"], "2026-03-10"),
        ("singlevaluelist", ["a"], "a"),
        ("multivaluelist", ["b", "a", "b", ""], ["b", "a"]),
    ],
)
def test_an_answer_of_its_kind_is_kept(datatype: str, given: list[str], kept: Any) -> None:
    assert check([asked(datatype)], {"Q": given}) == ({"Q": kept}, [])


@pytest.mark.parametrize(
    ("datatype", "given", "reason"),
    [
        ("number", ["deep"], "unreadable"),
        ("number", ["nan"], "unreadable"),
        ("datetime", ["soon"], "unreadable"),
        ("singlevaluelist", ["z"], "unreadable"),
        ("singlevaluelist", ["a", "b"], "unreadable"),
        ("multivaluelist", ["a", "z"], "unreadable"),
        ("text", ["x" * (LONGEST + 1)], "long"),
    ],
)
def test_an_answer_of_another_kind_is_named(datatype: str, given: list[str], reason: str) -> None:
    assert check([asked(datatype)], {"Q": given}) == ({}, [Problem("Q", reason)])


def test_a_required_answer_must_be_there_and_nobody_answers_what_was_not_asked() -> None:
    question = asked("string", required=True)
    assert check([question], {"Q": [" "], "X": ["y"]}) == (
        {},
        [Problem("X", "unknown"), Problem("Q", "missing")],
    )
    told = asked("string", required=True, variable=False)
    assert check([told], {}) == ({}, [])  # only a text to read


def test_answers_are_told_in_words_and_in_the_order_of_the_questions() -> None:
    asked_now = read(
        [
            {"code": "B", "datatype": "multivaluelist", "description": "Which?", "values": KEYS},
            {"code": "A"},
            {"code": "C"},
        ]
    )
    answers = {"A": "1", "B": ["a", "b"], "OLD_2": "x", "OLD_1": "y"}
    assert [(one.label, value) for one, value in told(asked_now, answers)] == [
        ("Which?", "The first, b"), ("A", "1"), ("OLD_1", "y"), ("OLD_2", "x"),
    ]  # fmt: skip


@given(
    st.sampled_from([str(kind) for kind in Datatype]),
    st.lists(st.text(max_size=20), max_size=3),
)
def test_whatever_is_sent_is_kept_or_named_and_kept_answers_are_taken_again(
    datatype: str, given_texts: list[str]
) -> None:
    question = asked(datatype)
    kept, problems = check([question], {"Q": given_texts})
    assert not (kept and problems)
    if kept:
        answer = kept["Q"]
        again = answer if isinstance(answer, list) else [answer]
        assert check([question], {"Q": again}) == (kept, [])
