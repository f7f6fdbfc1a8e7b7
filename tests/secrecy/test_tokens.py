"""Tokens, slips, and the lists in which sealed things travel."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as some

from footpath.secrecy import blind, encoding, receipts, records, tokens

SEALED = some.lists(some.binary(max_size=40))


def token(signer: blind.Signer, message: bytes = b"m" * 32) -> tokens.Token:
    prepared = blind.prepare(message)
    blinded = blind.blind(prepared, signer.key)
    answer = signer.sign(blinded.message)
    return tokens.Token(prepared, blind.finalize(prepared, answer, blinded.inverse, signer.key))


def test_a_token_is_good_for_the_key_that_signed_it(pem: bytes) -> None:
    signer = blind.Signer(pem)
    good = token(signer)

    good.check(signer.key)

    with pytest.raises(blind.BadSignature):
        tokens.Token(bytes(64), good.signature).check(signer.key)
    with pytest.raises(blind.BadSignature):
        good.check(blind.PublicKey.read(blind.spki(blind.new_key())))
    assert repr(good) == "Token()"


def test_a_signed_message_of_another_length_is_no_token(pem: bytes) -> None:
    signer = blind.Signer(pem)

    for message in (b"", b"m" * 31, b"m" * 33):
        with pytest.raises(blind.BadSignature, match="64 bytes"):
            token(signer, message).check(signer.key)


def test_what_is_kept_of_tokens_and_slips_is_a_digest() -> None:
    receipt = receipts.new()

    assert tokens.Token(b"p" * 64, b"").nullifier == hashlib.sha256(b"p" * 64).digest()
    assert tokens.slip_nullifier(receipt) == hashlib.sha256(f"slip{receipt}".encode()).digest()


def test_a_draw_is_known_again_by_its_epoch_and_its_four_messages() -> None:
    four = [bytes([slot]) * 384 for slot in range(4)]
    text = "2026-11\n" + "\n".join(encoding.b64(one) for one in four)

    assert tokens.request_hash("2026-11", four) == hashlib.sha256(text.encode()).digest()
    assert tokens.request_hash("2026-12", four) != tokens.request_hash("2026-11", four)
    assert tokens.request_hash("2026-11", four[::-1]) != tokens.request_hash("2026-11", four)


@given(SEALED)
def test_records_come_back_from_a_list(sealed: list[bytes]) -> None:
    blobs = [(bytes([place % 256]) * 16, one) for place, one in enumerate(sealed)]
    postings = [(key, "2026-11", one) for key, one in blobs]

    assert records.split(records.joined(sealed)) == sealed
    assert records.split_blobs(records.joined_blobs(blobs)) == blobs
    assert records.split_postings(records.joined_postings(postings)) == postings


@given(SEALED, some.integers(0, 200))
def test_a_list_that_is_cut_off_within_a_record_is_found_out(sealed: list[bytes], end: int) -> None:
    blobs = [(b"k" * 16, one) for one in sealed]
    borders = [len(records.joined_blobs(blobs[:count])) for count in range(len(blobs) + 1)]
    data = records.joined_blobs(blobs)[:end]

    if len(data) in borders:
        assert records.split_blobs(data) == blobs[: borders.index(len(data))]
    else:
        with pytest.raises(records.CutOff):
            records.split_blobs(data)


def test_a_list_that_says_more_than_it_has_is_cut_off() -> None:
    for data in (b"\xff\xff\xff\xff", b"\0\0\0\2x", b"\0\0\0", b"\0"):
        with pytest.raises(records.CutOff):
            records.split(data)


def test_a_posting_of_no_epoch_is_refused() -> None:
    for epoch in (b"2026-13", b"\xff" * 7):
        with pytest.raises(ValueError):  # noqa: PT011 - of Epoch, or of what is no text
            records.split_postings(b"k" * 16 + epoch + records.joined([b"sealed"]))


def test_an_empty_record_parts_the_bulletin() -> None:
    approved, read = [b"one", b"two"], [b"three"]

    assert records.bulletin(b"") == ([], [])
    assert records.bulletin(records.joined(approved)) == (approved, [])
    assert records.bulletin(records.joined([*approved, b"", *read])) == (approved, read)
    assert records.bulletin(records.joined([b"", *read, b""])) == ([], read)
