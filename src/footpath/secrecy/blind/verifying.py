"""Checking a token: ordinary RSA-PSS with SHA-384 and a salt of 48 bytes."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from footpath.secrecy.blind.encoding import SALT_LENGTH
from footpath.secrecy.blind.keys import PublicKey


class BadSignature(ValueError):
    """The signature was not made by this key for this message."""


def verify(
    prepared: bytes, signature: bytes, key: PublicKey, *, salt_length: int = SALT_LENGTH
) -> None:
    """Raise BadSignature unless the key has signed exactly this prepared message."""
    if len(signature) != key.size:
        raise BadSignature("the signature has not the length of the key")
    try:
        key.checker.verify(
            signature,
            prepared,
            padding.PSS(mgf=padding.MGF1(hashes.SHA384()), salt_length=salt_length),
            hashes.SHA384(),
        )
    except InvalidSignature:
        raise BadSignature("the signature is not of this key for this message") from None
