"""The published vectors of RFC 9474, Appendix A: all four variants, in all three parts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from footpath.secrecy import blind
from footpath.secrecy.blind import gmp, libcrypto

PUBLISHED = json.loads(Path(__file__).with_name("rfc9474.json").read_text(encoding="utf-8"))
VARIANTS = pytest.mark.parametrize("vector", PUBLISHED["variants"], ids=lambda one: one["name"])
N, E, D, P, Q = (int(PUBLISHED["key"][name], 16) for name in ("n", "e", "d", "p", "q"))
KEY = blind.PublicKey(N, E)
INVERSE = int(PUBLISHED["inv"], 16)


@pytest.fixture(scope="module")
def private() -> rsa.RSAPrivateKey:
    numbers = rsa.RSAPrivateNumbers(
        p=P,
        q=Q,
        d=D,
        dmp1=rsa.rsa_crt_dmp1(D, P),
        dmq1=rsa.rsa_crt_dmq1(D, Q),
        iqmp=rsa.rsa_crt_iqmp(P, Q),
        public_numbers=rsa.RSAPublicNumbers(E, N),
    )
    return numbers.private_key(unsafe_skip_rsa_key_validation=True)


def published(vector: dict[str, Any], name: str) -> bytes:
    return bytes.fromhex(vector[name])


@VARIANTS
@pytest.mark.parametrize("way", ["libcrypto", "gmp"])
def test_the_signer_gives_the_published_blind_signature(
    private: rsa.RSAPrivateKey, vector: dict[str, Any], way: str
) -> None:
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    library = libcrypto.load()
    assert library is not None
    engine = gmp.Gmp(private) if way == "gmp" else libcrypto.Libcrypto(library, private)

    signed = blind.Signer(pem, engine).sign(published(vector, "blinded_msg"))

    assert signed == published(vector, "blind_sig")


@VARIANTS
def test_a_member_blinds_to_the_published_message(vector: dict[str, Any]) -> None:
    blinded = blind.blind(
        published(vector, "prepared_msg"),
        KEY,
        salt=published(vector, "salt"),
        factor=pow(INVERSE, -1, N),
    )

    assert blinded == blind.Blinded(published(vector, "blinded_msg"), INVERSE)


@VARIANTS
def test_a_member_takes_the_blinding_off_to_the_published_signature(
    vector: dict[str, Any],
) -> None:
    signature = blind.finalize(
        published(vector, "prepared_msg"),
        published(vector, "blind_sig"),
        INVERSE,
        KEY,
        salt_length=len(published(vector, "salt")),
    )

    assert signature == published(vector, "sig")


@VARIANTS
def test_the_verifier_takes_the_published_signature_and_no_other(vector: dict[str, Any]) -> None:
    prepared, signature = published(vector, "prepared_msg"), published(vector, "sig")
    salt_length = len(published(vector, "salt"))

    blind.verify(prepared, signature, KEY, salt_length=salt_length)

    other_salt = 48 - salt_length
    with pytest.raises(blind.BadSignature):
        blind.verify(prepared, signature, KEY, salt_length=other_salt)
    with pytest.raises(blind.BadSignature):
        blind.verify(prepared + b"\0", signature, KEY, salt_length=salt_length)
    flipped = signature[:-1] + bytes([signature[-1] ^ 1])
    with pytest.raises(blind.BadSignature):
        blind.verify(prepared, flipped, KEY, salt_length=salt_length)


def test_a_prepared_message_stands_behind_32_bytes_as_the_randomized_variants_have_it() -> None:
    message = bytes.fromhex(PUBLISHED["msg"])

    one, other = blind.prepare(message), blind.prepare(message)

    assert len(one) == 32 + len(message)
    assert one[32:] == other[32:] == message
    assert one != other
    assert all(
        vector["prepared_msg"] == vector["msg_prefix"] + PUBLISHED["msg"]
        for vector in PUBLISHED["variants"]
    )
