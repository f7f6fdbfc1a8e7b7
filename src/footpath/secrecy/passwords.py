"""From something that people copy by hand or remember to a key: Argon2id, then HKDF."""

from __future__ import annotations

from argon2.low_level import Type, hash_secret_raw
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MEMORY_KIB = 64 * 1024
ROUNDS = 3


def stretched(password: bytes, *, salt: bytes, use: str) -> bytes:
    """Return 32 bytes that only who knows the password finds, and only slowly.

    Argon2id with 64 MiB, three rounds and one lane; HKDF-SHA256 then makes a key for one use.
    """
    slow = hash_secret_raw(
        password,
        salt,
        time_cost=ROUNDS,
        memory_cost=MEMORY_KIB,
        parallelism=1,
        hash_len=32,
        type=Type.ID,
    )
    return HKDF(hashes.SHA256(), length=32, salt=None, info=use.encode()).derive(slow)
