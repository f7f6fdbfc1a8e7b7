"""What is written down for JavaScript is what Python does."""

from __future__ import annotations

import json

import pytest

from footpath.secrecy import age, encoding, envelopes, officers, receipts
from tests.secrecy import vectors


def test_the_file_says_what_is_calculated_now() -> None:
    kept = (vectors.HERE / "vectors.json").read_text(encoding="utf-8")

    assert kept == vectors.text(vectors.made())


def test_typed_receipts_are_read_or_refused_as_the_file_says() -> None:
    typed = vectors.made()["typed"]

    assert {receipts.read(one) for one in typed["right"]} == {typed["receipt"]}
    for wrong in typed["wrong"]:
        with pytest.raises(receipts.BadReceipt):
            receipts.read(wrong)


def test_what_was_sealed_once_is_opened() -> None:
    sealed = json.loads((vectors.HERE / "vectors.json").read_text(encoding="utf-8"))["sealed"]
    identity = receipts.identity(receipts.with_check(0))

    question = envelopes.open_question(encoding.unb64(sealed["question"]["sealed"]), identity)
    answer = envelopes.open_answer(encoding.unb64(sealed["answer"]["sealed"]), identity)
    assert question == vectors.question()
    assert answer == vectors.answer()

    outer = {name: sealed["wrapped"][name] for name in ("v", "salt", "sealed")}
    bundle = officers.unwrapped(outer, sealed["wrapped"]["passphrase"])
    assert bundle == vectors.bundle("a1")
    assert age.recipient_of(bundle.identity) == vectors.first_roster().officers[0].age
