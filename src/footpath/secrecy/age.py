"""Sealing for several people: the file format age (age-encryption.org/v1) with X25519 recipients.

Opened with pyrage. Sealed here, because pyrage adds a line of random length to every file, and the
length of what lies on the server must tell nothing; the browser's library adds none.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Sequence

import pyrage
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from footpath.secrecy import bech32

VERSION = b"age-encryption.org/v1\n"
CHUNK = 64 * 1024
TAG = 16
SEED = 32

_RECIPIENT = "age"
_IDENTITY = "age-secret-key-"
_CHANCE = b"footpath corner seal 1"


class CannotOpen(ValueError):
    """It was not sealed for this identity, or it was altered."""


def new_identity() -> str:
    """Return a new identity: AGE-SECRET-KEY-1..."""
    return identity_of(secrets.token_bytes(32))


def identity_of(secret: bytes) -> str:
    """Return the identity of an X25519 secret of 32 bytes."""
    return bech32.encode(_IDENTITY, secret).upper()


def recipient_of(identity: str) -> str:
    """Return whom to seal for so that this identity opens it: age1...

    ValueError when it is no identity.
    """
    key = X25519PrivateKey.from_private_bytes(_secret(identity))
    return bech32.encode(_RECIPIENT, key.public_key().public_bytes_raw())


def check_recipient(text: object) -> str:
    """Return a recipient as it was given; ValueError when it is none."""
    if not isinstance(text, str) or text != text.lower():
        raise ValueError("this is nobody to seal for")
    _shared(X25519PrivateKey.generate(), _public(text))
    return text


def nobody() -> str:
    """Return a recipient whose identity is thrown away at once."""
    return recipient_of(new_identity())


def seal(plain: bytes, recipients: Sequence[str], seed: bytes | None = None) -> bytes:
    """Return the bytes sealed so that each of the recipients can open them, in random order.

    The length is ``size_of(len(plain), len(recipients))``, whoever they are. All chance comes from
    the seed, 32 random bytes: whoever knows it, the text and the recipients makes the same bytes
    again, and so sees for whom they were sealed. It opens the file as well.
    """
    seed = secrets.token_bytes(SEED) if seed is None else seed
    chance = _derived(seed, b"", _CHANCE)
    file_key, nonce = chance[:16], chance[16:]
    passing = [_derived(seed, b"", _CHANCE + b" %d" % at, 40) for at in range(len(recipients))]
    shuffled = sorted(zip(passing, recipients, strict=True), key=lambda one: one[0][32:])
    header = VERSION + b"".join(_stanza(file_key, *one) for one in shuffled) + b"---"
    mac = hmac.digest(_derived(file_key, b"", b"header"), header, "sha256")
    body = _chunks(plain, _derived(file_key, nonce, b"payload"))
    return header + b" " + _text(mac) + b"\n" + nonce + body


def open_(sealed: bytes, identity: str) -> bytes:
    """Return what was sealed; CannotOpen when this identity does not open it."""
    _secret(identity)
    try:
        plain: bytes = pyrage.decrypt(sealed, [pyrage.x25519.Identity.from_str(identity)])
    except pyrage.DecryptError:
        raise CannotOpen from None
    return plain


def size_of(plain: int, recipients: int) -> int:
    """Return how many bytes so many bytes have once they are sealed for so many people."""
    chunks = max(1, -(-plain // CHUNK))
    return len(VERSION) + 98 * recipients + 48 + 16 + plain + TAG * chunks


def _stanza(file_key: bytes, chance: bytes, recipient: str) -> bytes:
    theirs = _public(recipient)
    passing = X25519PrivateKey.from_private_bytes(chance[:32])
    share = passing.public_key().public_bytes_raw()
    wrap = _derived(_shared(passing, theirs), share + theirs, b"age-encryption.org/v1/X25519")
    wrapped = ChaCha20Poly1305(wrap).encrypt(bytes(12), file_key, None)
    return b"-> X25519 " + _text(share) + b"\n" + _text(wrapped) + b"\n"


def _shared(passing: X25519PrivateKey, theirs: bytes) -> bytes:
    """Return what both sides know; ValueError for a key chosen so that everybody knows it."""
    return passing.exchange(X25519PublicKey.from_public_bytes(theirs))


def _chunks(plain: bytes, key: bytes) -> bytes:
    cipher = ChaCha20Poly1305(key)
    starts = range(0, len(plain), CHUNK) or range(1)
    return b"".join(
        cipher.encrypt(
            (start // CHUNK).to_bytes(11) + bytes([start + CHUNK >= len(plain)]),
            plain[start : start + CHUNK],
            None,
        )
        for start in starts
    )


def _derived(key: bytes, salt: bytes, use: bytes, length: int = 32) -> bytes:
    return HKDF(hashes.SHA256(), length=length, salt=salt, info=use).derive(key)


def _text(data: bytes) -> bytes:
    return base64.b64encode(data).rstrip(b"=")


def _secret(identity: str) -> bytes:
    if identity != identity.upper():
        raise ValueError("this is no identity")
    return bech32.decode(_IDENTITY, identity.lower())


def _public(recipient: str) -> bytes:
    return bech32.decode(_RECIPIENT, recipient)
