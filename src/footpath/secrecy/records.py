"""Files of many sealed things: each behind its length in four bytes, highest byte first.

In the officers' lists a key of 16 bytes stands before the length; in that of the postings also the
epoch in seven bytes ("2026-11"). An empty record is allowed: in the bulletin it parts the answers
that two officers approved from the signs of reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from footpath.secrecy.epochs import Epoch

KEY = 16
EPOCH = 7


class CutOff(ValueError):
    """The file ends within a record."""


def joined(sealed: Iterable[bytes]) -> bytes:
    """Return the bulletin of these records."""
    return b"".join(len(one).to_bytes(4) + one for one in sealed)


def split(data: bytes) -> list[bytes]:
    """Return the records of a bulletin."""
    return [one for _, one in _split(data, 0)]


def bulletin(data: bytes) -> tuple[list[bytes], list[bytes]]:
    """Return the two parts of a bulletin: what two officers approved, and the signs of reading.

    The first empty record parts them; without one all is of the first part.
    """
    found = split(data)
    border = found.index(b"") if b"" in found else len(found)
    return found[:border], [one for one in found[border:] if one]


def joined_blobs(blobs: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Return the list of the officers' notes: keys of 16 bytes, and what is sealed."""
    return b"".join(key + joined([one]) for key, one in blobs)


def split_blobs(data: bytes) -> list[tuple[bytes, bytes]]:
    """Return the keys and notes of such a list."""
    return list(_split(data, KEY))


def joined_postings(postings: Iterable[tuple[bytes, str, bytes]]) -> bytes:
    """Return the list of the postings: keys, epochs, and what is sealed."""
    return b"".join(key + epoch.encode("ascii") + joined([one]) for key, epoch, one in postings)


def split_postings(data: bytes) -> list[tuple[bytes, Epoch, bytes]]:
    """Return the keys, epochs and postings of such a list; ValueError for what is no epoch."""
    return [
        (head[:KEY], Epoch(head[KEY:].decode("ascii")), one)
        for head, one in _split(data, KEY + EPOCH)
    ]


def _split(data: bytes, head: int) -> Iterator[tuple[bytes, bytes]]:
    start = 0
    while start < len(data):
        body = start + head + 4
        end = body + int.from_bytes(data[body - 4 : body])
        if len(data) < body or len(data) < end:
            raise CutOff("the file is cut off")
        yield data[start : start + head], data[body:end]
        start = end
