"""Tokens: what a member draws, four a month, and what is kept of one that was spent."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from footpath.secrecy import blind, encoding

SLOTS = 4
MESSAGE = 32
PREPARED = 64


@dataclass(frozen=True)
class Token:
    """A prepared message of 64 bytes and its signature."""

    prepared: bytes = field(repr=False)
    signature: bytes = field(repr=False)

    @property
    def nullifier(self) -> bytes:
        """Return what is kept of it once it is spent: the SHA-256 of the prepared message."""
        return hashlib.sha256(self.prepared).digest()

    def check(self, key: blind.PublicKey) -> None:
        """Raise blind.BadSignature unless the key of the epoch has signed this token."""
        if len(self.prepared) != PREPARED:
            raise blind.BadSignature("a token is 64 bytes")
        blind.verify(self.prepared, self.signature, key)


def slip_nullifier(code: str) -> bytes:
    """Return what is kept of a slip: the SHA-256 of "slip" and its 24 signs."""
    return hashlib.sha256(b"slip" + code.encode("ascii")).digest()


def request_hash(epoch: str, blinded: Sequence[bytes]) -> bytes:
    """Return the SHA-256 of a draw: the same request gets the same answer, another gets none.

    It is taken of the epoch, a new line and the four blinded messages in base64, a line each.
    """
    lines = [epoch, *(encoding.b64(one) for one in blinded)]
    return hashlib.sha256("\n".join(lines).encode("ascii")).digest()
