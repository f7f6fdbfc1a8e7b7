"""From something that people copy by hand or remember to a key: Argon2id, then HKDF."""

from __future__ import annotations

from argon2.low_level import Type, hash_secret_raw
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MEMORY_KIB = 64 * 1024
ROUNDS = 3


def stretched(password: bytes, salt: bytes) -> bytes:
    """Return 32 bytes that only who knows the password finds, and only slowly.

    Argon2id with 64 MiB, three rounds and one lane: a fifth of a second, for each guess too.
    """
    return hash_secret_raw(
        password,
        salt,
        time_cost=ROUNDS,
        memory_cost=MEMORY_KIB,
        parallelism=1,
        hash_len=32,
        type=Type.ID,
    )


def derived(key: bytes, use: str, length: int = 32) -> bytes:
    """Return so many bytes for one use of a key: HKDF-SHA256 without salt.

    Who knows the bytes for one use knows nothing of those for another.
    """
    return HKDF(hashes.SHA256(), length=length, salt=None, info=use.encode()).derive(key)
