"""What officers put their name to: Ed25519, each signature good for one purpose."""

from __future__ import annotations

import hashlib
from typing import Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

What = Literal["roster", "blob", "answer", "counters", "done", "wrapped"]


def signed_bytes(what: What, data: bytes) -> bytes:
    """Return the bytes that are signed: the purpose in a line, then the SHA-256 of the data."""
    return f"footpath corner {what} 1\n".encode("ascii") + hashlib.sha256(data).digest()


def sign(seed: bytes, what: What, data: bytes) -> bytes:
    """Return the signature, 64 bytes, made with an Ed25519 seed of 32 bytes."""
    return Ed25519PrivateKey.from_private_bytes(seed).sign(signed_bytes(what, data))


def holds(public: bytes, what: What, data: bytes, signature: bytes) -> bool:
    """Tell whether the owner of a public key, 32 bytes, signed this for this purpose."""
    try:
        key = Ed25519PublicKey.from_public_bytes(public)
        key.verify(signature, signed_bytes(what, data))
    except (InvalidSignature, ValueError):
        return False
    return True


def public_of(seed: bytes) -> bytes:
    """Return the public key of a seed, both 32 bytes."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
