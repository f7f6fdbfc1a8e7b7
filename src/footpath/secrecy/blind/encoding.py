"""EMSA-PSS: how a message becomes the number that is signed (RFC 8017, 9.1.1)."""

from __future__ import annotations

import hashlib

HASH = hashlib.sha384
HASH_LENGTH = 48
SALT_LENGTH = 48


def encoded(message: bytes, bits: int, salt: bytes) -> bytes:
    """Return the message encoded for a key of ``bits + 1`` bits with this salt."""
    length = (bits + 7) // 8
    inner = HASH(bytes(8) + HASH(message).digest() + salt).digest()
    block = bytes(length - len(salt) - HASH_LENGTH - 2) + b"\x01" + salt
    masked = bytearray(
        one ^ other for one, other in zip(block, mask(inner, len(block)), strict=True)
    )
    masked[0] &= 0xFF >> (8 * length - bits)
    return bytes(masked) + inner + b"\xbc"


def mask(seed: bytes, length: int) -> bytes:
    """Return MGF1 with SHA-384: so many bytes that only the seed decides."""
    blocks = range(-(-length // HASH_LENGTH))
    return b"".join(HASH(seed + count.to_bytes(4)).digest() for count in blocks)[:length]
