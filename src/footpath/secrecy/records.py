"""Files of many sealed things: each behind its length in four bytes, highest byte first."""

from __future__ import annotations

from collections.abc import Iterable

KEY = 16


def joined(sealed: Iterable[bytes]) -> bytes:
    """Return the things one behind the other: the bulletin."""
    return b"".join(len(one).to_bytes(4) + one for one in sealed)


def split(data: bytes) -> list[bytes]:
    """Return the things of a bulletin; ValueError when it is cut off."""
    return [one for _, one in _split(data, 0)]


def joined_with_keys(sealed: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Return things one behind the other, each behind its key of 16 bytes: the officers' desk."""
    return b"".join(key + len(one).to_bytes(4) + one for key, one in sealed)


def split_with_keys(data: bytes) -> list[tuple[bytes, bytes]]:
    """Return the keys and the things of a desk; ValueError when it is cut off."""
    return _split(data, KEY)


def _split(data: bytes, key_length: int) -> list[tuple[bytes, bytes]]:
    found, start = [], 0
    while start < len(data):
        body = start + key_length + 4
        end = body + int.from_bytes(data[body - 4 : body])
        if len(data) < body or len(data) < end:
            raise ValueError("the file is cut off")
        found.append((data[start : start + key_length], data[body:end]))
        start = end
    return found
