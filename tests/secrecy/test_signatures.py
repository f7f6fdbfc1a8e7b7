"""What officers put their name to."""

from __future__ import annotations

from footpath.secrecy import signatures

SEED = b"s" * 32
PUBLIC = signatures.public_of(SEED)


def test_a_signature_holds_for_its_data_its_purpose_and_its_owner_alone() -> None:
    signature = signatures.sign(SEED, "answer", b"data")
    other = signatures.public_of(b"t" * 32)

    assert len(signature) == 64
    assert signatures.holds(PUBLIC, "answer", b"data", signature)
    assert not signatures.holds(PUBLIC, "blob", b"data", signature)
    assert not signatures.holds(PUBLIC, "answer", b"data ", signature)
    assert not signatures.holds(other, "answer", b"data", signature)
    assert not signatures.holds(PUBLIC, "answer", b"data", bytes(64))


def test_what_is_no_key_or_no_signature_does_not_hold() -> None:
    signature = signatures.sign(SEED, "done", b"")

    for key, sent in ((b"", signature), (PUBLIC[1:], signature), (PUBLIC, b""), (PUBLIC, b"x")):
        assert not signatures.holds(key, "done", b"", sent)
