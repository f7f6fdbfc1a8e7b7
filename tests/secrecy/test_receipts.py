"""Receipts: copied by hand, typed again, and what they open."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as some

from footpath.secrecy import age, receipts

NUMBERS = some.integers(0, 2**115 - 1)


def test_a_receipt_is_24_signs_and_another_each_time() -> None:
    drawn = {receipts.new() for _ in range(100)}

    assert len(drawn) == 100
    assert all(re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{24}", receipt) for receipt in drawn)
    assert all(receipts.read(receipt) == receipt for receipt in drawn)


@given(NUMBERS)
def test_a_receipt_is_read_however_it_was_typed(number: int) -> None:
    receipt = receipts.with_check(number)
    shown = receipts.shown(receipt)

    assert re.fullmatch(r"(.{4} ){5}.{4}", shown)
    for typed in (
        shown,
        shown.lower(),
        f"  {shown}\n",
        shown.replace(" ", "-"),
        shown.replace(" ", "\u00a0"),
        shown.replace(" ", "\u2014"),
        receipt.replace("0", "O").replace("1", "I"),
        receipt.replace("0", "o").replace("1", "l"),
        "".join(chr(ord(sign) + 0xFEE0) for sign in receipt),
    ):
        assert receipts.read(typed) == receipt


@given(NUMBERS, some.integers(0, 22))
def test_of_32_signs_in_one_place_about_one_passes(number: int, place: int) -> None:
    receipt = receipts.with_check(number)
    passed = []
    for sign in "0123456789ABCDEFGHJKMNPQRSTVWXYZ":
        typed = receipt[:place] + sign + receipt[place + 1 :]
        try:
            passed.append(receipts.read(typed))
        except receipts.BadReceipt:
            continue
    assert receipt in passed
    assert len(passed) < 16  # more would be a check that checks nothing


def test_a_wrong_last_sign_is_always_found() -> None:
    receipt = receipts.new()

    for sign in set("0123456789ABCDEFGHJKMNPQRSTVWXYZ") - {receipt[-1]}:
        with pytest.raises(receipts.BadReceipt, match="one of the signs is wrong"):
            receipts.read(receipt[:-1] + sign)


def test_what_is_no_receipt_is_said_so() -> None:
    receipt = receipts.new()

    for typed in ("", receipt[1:], receipt + "0", "0"):
        with pytest.raises(receipts.BadReceipt, match="24 signs"):
            receipts.read(typed)
    for typed in ("U" + receipt[1:], "?" + receipt[1:], "é" + receipt[1:], receipt + "\0"):
        with pytest.raises(receipts.BadReceipt, match="none of a receipt"):
            receipts.read(typed)


def test_a_receipt_opens_what_was_sealed_for_it_and_no_other_does() -> None:
    one, other = receipts.with_check(5), receipts.with_check(6)
    sealed = age.seal(b"an answer", [age.recipient_of(receipts.identity(one))])

    assert age.open_(sealed, receipts.identity(one)) == b"an answer"
    with pytest.raises(age.CannotOpen):
        age.open_(sealed, receipts.identity(other))


def test_keys_of_a_receipt_are_always_the_same_and_not_shown() -> None:
    keys = receipts.keys(receipts.with_check(5))

    assert keys == receipts.keys(receipts.with_check(5))
    assert re.fullmatch("[0-9a-f]{32}", keys.thread)
    assert repr(keys) == "Keys()"


def test_what_is_far_too_long_is_not_read_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    # 64 kB of signs, as a stranger may post them for a slip, would take a second to be read.
    seen: list[str] = []
    monkeypatch.setattr(receipts.encoding, "unsigns", seen.append)
    with pytest.raises(receipts.BadReceipt):
        receipts.read("Z" * 65_000)
    assert seen == []
