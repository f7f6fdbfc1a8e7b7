"""The arithmetic of the trail: digests of lines, seals, and the root over many lines. Pure.

A line's digest covers everything it says and the digest of the line before it. A seal is a keyed
digest (HMAC-SHA-256): whoever can write to the database but does not hold the secret key cannot
make one. Source: DESIGN section 6, principle 5.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

GENESIS = "0" * 64
"""Stands for "no line before" at the beginning of every chain."""


@dataclass(frozen=True)
class Line:
    """What a line of the trail says, without its own digest."""

    subject: str
    number: int
    at: datetime
    actor: str
    actor_name: str
    deed: str
    before_digest: str
    after_digest: str
    previous: str

    def digest(self) -> str:
        """Return the SHA-256 of the line in hexadecimal."""
        said = [
            self.subject,
            self.number,
            self.at.astimezone(UTC).isoformat(timespec="microseconds"),
            self.actor,
            self.actor_name,
            self.deed,
            self.before_digest,
            self.after_digest,
            self.previous,
        ]
        return _sha256(json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode())


def digest_of(values: Mapping[str, Any] | None) -> str:
    """Return the digest of a record's values in any order of their keys, "" for none."""
    if not values:
        return ""
    said = json.dumps(
        values, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str
    )
    return _sha256(said.encode())


def seal(key: bytes, *parts: object) -> str:
    """Return the keyed digest of the parts in hexadecimal."""
    said = json.dumps([str(part) for part in parts], ensure_ascii=False, separators=(",", ":"))
    return hmac.new(key, said.encode(), hashlib.sha256).hexdigest()


def same(one: str, other: str) -> bool:
    """Return whether two digests are equal, in constant time."""
    return hmac.compare_digest(one, other)


def root(digests: Iterable[str]) -> str:
    """Return the Merkle root over digests in their order, GENESIS when there are none.

    Leaves and inner nodes are told apart by a first byte, and an odd node moves up unchanged, as
    in RFC 6962. Only one node for each height of the tree is kept, whatever the number of lines.
    """
    waiting: list[tuple[int, bytes]] = []  # height and node, the highest first
    for digest in digests:
        height, node = 0, hashlib.sha256(b"\x00" + bytes.fromhex(digest)).digest()
        while waiting and waiting[-1][0] == height:
            node = _parent(waiting.pop()[1], node)
            height += 1
        waiting.append((height, node))
    if not waiting:
        return GENESIS
    _height, node = waiting.pop()
    while waiting:
        node = _parent(waiting.pop()[1], node)
    return node.hex()


def _parent(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _sha256(said: bytes) -> str:
    return hashlib.sha256(said).hexdigest()
