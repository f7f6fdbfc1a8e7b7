"""How bytes are written: URL-safe base64 without padding, canonical JSON, signs for people."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base32: five bits a sign, and no I, L, O or U to be mistaken for another."""

_URL_SAFE = re.compile(r"[A-Za-z0-9_-]*", re.ASCII)


def b64(data: bytes) -> str:
    """Return bytes as URL-safe base64 without padding: b"\\xff\\xfe" is "__4"."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def unb64(text: object) -> bytes:
    """Return the bytes of such a text; ValueError unless it is the one way to write them."""
    if not isinstance(text, str) or not _URL_SAFE.fullmatch(text):
        raise ValueError("this is not base64 without padding")
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        raise ValueError("this is not base64 without padding") from None
    if b64(data) != text:
        raise ValueError("this is not the one way to write these bytes")
    return data


def canonical(value: object) -> bytes:
    """Return a JSON value as the only bytes it has: keys sorted, no blanks, UTF-8, no fractions.

    {"b": 1, "a": "ở"} is b'{"a":"ở","b":1}'. ValueError for what has no such form: fractions, and
    texts with half a sign in them.
    """
    _refuse_fractions(value)
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8")


def digest(data: bytes) -> str:
    """Return the SHA-256 of bytes in 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def signs(number: int, count: int) -> str:
    """Return a number in that many signs, the highest five bits first: 33 in two is "11"."""
    return "".join(SIGNS[(number >> 5 * place) & 31] for place in reversed(range(count)))


def unsigns(text: str) -> int:
    """Return the number that the signs stand for; ValueError for any other sign."""
    number = 0
    for sign in text:
        number = number << 5 | SIGNS.index(sign)
    return number


def _refuse_fractions(value: object) -> None:
    if isinstance(value, float):
        raise ValueError("a fraction has no canonical form")
    if isinstance(value, dict):
        for key, inner in value.items():
            if not isinstance(key, str):
                raise ValueError("a key must be a text")
            _refuse_fractions(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _refuse_fractions(inner)
