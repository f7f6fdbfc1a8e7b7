"""What is sent: one size whatever it says, and opened by those it is for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from footpath.secrecy import age, envelopes
from footpath.secrecy.envelopes import Answer, BadEnvelope, Question
from footpath.secrecy.epochs import Epoch
from tests.secrecy import vectors

FIRST, SECOND = vectors.first_roster(), vectors.second_roster()
ASKER = age.new_identity()
SUPERVISOR = vectors.bundle("s1").identity
RECOVERY = age.identity_of(vectors.certain("recovery"))
OFFICERS = [vectors.bundle(code).identity for code in ("a1", "a2", "a3")]
ASKED = Question(
    "ask", "0f" * 16, "land", "vi", True, "Ai quản lý con đường?", age.recipient_of(ASKER)
)
ANSWERED = Answer("answer", "0f" * 16, "Uỷ ban xã.", ("a1", "a2"), Epoch("2026-11"))


def opens(sealed: bytes, identity: str) -> bool:
    try:
        return bool(envelopes.open_plain(sealed, identity))
    except age.CannotOpen:
        return False


def sealed_plain(plain: bytes) -> bytes:
    return age.seal(plain, [age.recipient_of(ASKER)])


def test_every_officer_the_recovery_key_and_the_asker_open_a_question() -> None:
    sealed = envelopes.seal_question(ASKED, FIRST)

    for identity in (*OFFICERS, RECOVERY, ASKER):
        assert envelopes.open_question(sealed, identity) == ASKED
    assert not opens(sealed, SUPERVISOR)
    assert not opens(sealed, age.new_identity())


def test_an_officer_who_left_opens_nothing_sealed_later() -> None:
    left, came = vectors.bundle("a1").identity, vectors.bundle("a4").identity
    before = envelopes.seal_question(ASKED, FIRST)
    later = envelopes.seal_question(ASKED, SECOND)

    assert (opens(before, left), opens(later, left)) == (True, False)
    assert (opens(before, came), opens(later, came)) == (False, True)


def test_with_any_key_lost_the_others_still_open_it() -> None:
    sealed = envelopes.seal_question(ASKED, FIRST)
    keys = [*OFFICERS, RECOVERY]

    for lost in keys:
        assert all(opens(sealed, identity) for identity in keys if identity != lost)


def test_a_complaint_is_opened_by_the_supervisor_too() -> None:
    complaint = replace(ASKED, kind="complaint")
    sealed = envelopes.seal_question(complaint, FIRST)

    assert envelopes.open_question(sealed, SUPERVISOR) == complaint
    assert all(opens(sealed, identity) for identity in OFFICERS)


@pytest.mark.parametrize("sign", ["x", "ở", "谁", "🙂", '"', "\n", "\\"])
def test_texts_of_1_to_900_signs_have_one_stored_size(sign: str) -> None:
    longest = replace(
        ASKED, kind="complaint", topic="discipline", language="zh-hans", consent=False
    )
    sizes = {
        len(envelopes.seal_question(replace(longest, text=sign * count), FIRST))
        for count in (1, 2, 450, 899, 900)
    }

    assert sizes == {min(envelopes.question_sizes(FIRST))}
    assert len(envelopes.seal_question(replace(longest, text=sign * 4000), FIRST)) in (
        envelopes.question_sizes(FIRST)
    )


def test_whatever_is_sent_has_the_size_of_a_question() -> None:
    sizes = {
        len(envelopes.seal_question(question, FIRST))
        for question in (
            ASKED,
            replace(ASKED, kind="follow-up", text="?"),
            replace(ASKED, kind="complaint"),
            envelopes.cover(),
        )
    }

    assert sizes == {min(envelopes.question_sizes(FIRST))} == {4786}


def test_cover_says_nothing_and_nobody_can_be_answered() -> None:
    cover = envelopes.cover()
    sealed = envelopes.seal_question(cover, FIRST)

    assert envelopes.open_question(sealed, OFFICERS[0]) == cover
    assert (cover.kind, cover.text) == ("cover", "")
    assert cover.thread != envelopes.cover().thread
    assert cover.reply_to != envelopes.cover().reply_to


def test_asker_and_officers_open_an_answer() -> None:
    sealed = envelopes.seal_answer(ANSWERED, FIRST, ASKED.reply_to)

    for identity in (ASKER, *OFFICERS, RECOVERY):
        assert envelopes.open_answer(sealed, identity) == ANSWERED
    assert not opens(sealed, SUPERVISOR)


def test_answers_signs_of_reading_and_fillers_have_one_size() -> None:
    sealed = [
        envelopes.seal_answer(ANSWERED, FIRST, ASKED.reply_to),
        envelopes.seal_answer(replace(ANSWERED, text="ở" * 1200), FIRST, ASKED.reply_to),
        envelopes.seal_answer(replace(ANSWERED, kind="read", text=""), FIRST, ASKED.reply_to),
        envelopes.seal_filler(FIRST, "2026-11"),
    ]

    assert {len(one) for one in sealed} == {envelopes.answer_size(FIRST)}
    assert not any(opens(sealed[-1], identity) for identity in (*OFFICERS, RECOVERY, ASKER))


def test_an_answer_that_is_too_long_is_not_sent() -> None:
    with pytest.raises(BadEnvelope, match="too long"):
        envelopes.seal_answer(replace(ANSWERED, text="ở" * 1400), FIRST, ASKED.reply_to)


def test_officers_notes_are_for_the_roster_alone() -> None:
    blob = {"v": 1, "kind": "assign", "thread": ASKED.thread, "to": "a2"}
    sealed = envelopes.seal_blob(blob, FIRST)

    for identity in (*OFFICERS, RECOVERY):
        assert envelopes.open_plain(sealed, identity) == blob
    assert not opens(sealed, ASKER)
    assert len(sealed) == min(envelopes.blob_sizes(FIRST))
    assert len(envelopes.seal_blob({"text": "x" * 5000}, FIRST)) == max(envelopes.blob_sizes(FIRST))


@given(some.binary(max_size=5000))
@settings(max_examples=30)
def test_what_was_filled_up_comes_back(plain: bytes) -> None:
    filled = envelopes.padded(plain)

    assert len(filled) == (4096 if len(plain) <= 4092 else 16384)
    assert envelopes.unpadded(filled) == plain


def test_what_fits_no_size_is_not_sent() -> None:
    assert len(envelopes.padded(b"x" * 16380)) == 16384
    with pytest.raises(BadEnvelope, match="too long"):
        envelopes.padded(b"x" * 16381)
    with pytest.raises(BadEnvelope, match="too long"):
        envelopes.padded(b"x" * 4093, (4096,))


@pytest.mark.parametrize(
    "filled",
    [
        b"",
        bytes(4095),
        (4093).to_bytes(4) + bytes(4092),
        bytes(4095) + b"\1",
        b"\xff" * 4096,
    ],
)
def test_what_was_not_filled_up_as_it_should_be_is_refused(filled: bytes) -> None:
    with pytest.raises(BadEnvelope, match="filled up"):
        envelopes.open_plain(sealed_plain(filled), ASKER)


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "other"},
        {"kind": None},
        {"topic": "gossip"},
        {"topic": ["land"]},
        {"language": "de"},
        {"consent": 1},
        {"thread": "0F" * 16},
        {"thread": None},
        {"text": ""},
        {"text": None},
        {"text": "a\tb"},
        {"text": "a\rb"},
        {"text": "a\x00b"},
        {"text": "a\x7fb"},
        {"text": "\ud800"},
        {"text": "x" * 4001},
        {"kind": "cover"},
        {"reply_to": "age1"},
        {"reply_to": None},
    ],
)
def test_a_question_that_may_not_be_sent_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(BadEnvelope):
        envelopes.seal_question(replace(ASKED, **change), FIRST)


@pytest.mark.parametrize(
    "change", [{"kind": "ask"}, {"thread": ""}, {"text": None}, {"text": "\x1b[31m"}]
)
def test_an_answer_that_may_not_be_sent_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(BadEnvelope):
        envelopes.seal_answer(replace(ANSWERED, **change), FIRST, ASKED.reply_to)


def test_a_question_is_opened_only_when_it_is_one() -> None:
    plain = {"v": 1, **vars(ASKED)}
    for wrong in ({}, {**plain, "v": 2}, {**plain, "more": 1}, {**plain, "topic": "gossip"}):
        sealed = sealed_plain(envelopes.padded(envelopes._json(wrong)))
        with pytest.raises(BadEnvelope):
            envelopes.open_question(sealed, ASKER)


def test_an_answer_is_opened_only_when_it_is_one() -> None:
    plain = {"v": 1, **vars(ANSWERED), "by": ["a1"]}
    for change in (
        {"v": 2},
        {"more": 1},
        {"by": "a1"},
        {"by": [1]},
        {"epoch": "2026"},
        {"text": 1},
    ):
        sealed = sealed_plain(envelopes.padded(envelopes._json({**plain, **change})))
        with pytest.raises(BadEnvelope):
            envelopes.open_answer(sealed, ASKER)


@pytest.mark.parametrize(
    "inside", [b"no JSON", b"\xff\xfe", b"[" * 4000, b"9" * 4300 + b"9", b"[]"]
)
def test_what_is_no_json_object_is_refused(inside: bytes) -> None:
    with pytest.raises(BadEnvelope, match="no JSON"):
        envelopes.open_plain(sealed_plain(envelopes.padded(inside)), ASKER)


def test_what_was_asked_is_not_shown_by_what_is_printed() -> None:
    assert ASKED.text not in repr(ASKED)
    assert ASKED.reply_to not in repr(ASKED)
    assert ANSWERED.text not in repr(ANSWERED)
