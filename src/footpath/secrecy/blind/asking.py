"""The member's side: prepare a message, blind it, and take the blinding off what was signed."""

from __future__ import annotations

import math
import secrets
from dataclasses import dataclass, field

from footpath.secrecy.blind.encoding import SALT_LENGTH, encoded
from footpath.secrecy.blind.keys import PublicKey
from footpath.secrecy.blind.verifying import BadSignature, verify

PREFIX_LENGTH = 32


@dataclass(frozen=True)
class Blinded:
    """What is sent to the signer, and the secret that takes the blinding off its answer."""

    message: bytes = field(repr=False)
    inverse: int = field(repr=False)


def prepare(message: bytes) -> bytes:
    """Return the message behind 32 random bytes: safe even with a key made to trap us."""
    return secrets.token_bytes(PREFIX_LENGTH) + message


def blind(
    prepared: bytes, key: PublicKey, *, salt: bytes | None = None, factor: int | None = None
) -> Blinded:
    """Return the prepared message blinded for the signer with this key.

    Salt and blinding factor are drawn at random unless tests give them. ValueError when the key
    is broken: the message or the factor shares a divisor with it.
    """
    salt = secrets.token_bytes(SALT_LENGTH) if salt is None else salt
    number = int.from_bytes(encoded(prepared, key.n.bit_length() - 1, salt))
    factor = 1 + secrets.randbelow(key.n - 1) if factor is None else factor
    if math.gcd(number, key.n) != 1 or math.gcd(factor, key.n) != 1:
        raise ValueError("the key is broken")
    blinded = number * pow(factor, key.e, key.n) % key.n
    return Blinded(blinded.to_bytes(key.size), pow(factor, -1, key.n))


def finalize(
    prepared: bytes,
    signed: bytes,
    inverse: int,
    key: PublicKey,
    *,
    salt_length: int = SALT_LENGTH,
) -> bytes:
    """Return the signature of the prepared message, checked.

    BadSignature when the answer is not what the published key would have given: the server may
    be trying to mark this member's tokens with a key of their own.
    """
    if len(signed) != key.size:
        raise BadSignature("the answer has not the length of the key")
    signature = (int.from_bytes(signed) * inverse % key.n).to_bytes(key.size)
    verify(prepared, signature, key, salt_length=salt_length)
    return signature
