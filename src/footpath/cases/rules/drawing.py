"""Drawing lots that anybody can draw again. No Django here. Source: S4.4.

Each key gets the SHA-256 of the seed and itself; the smallest come first. So the draw depends on
nothing but the seed and the keys, in any program and any year.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256


def draw(seed: str, keys: Iterable[int]) -> list[int]:
    """Return the keys in the order of the draw, each once: the first n are the n drawn."""
    return sorted(set(keys), key=lambda key: (_lot(seed, key), key))


def digest_of(keys: Iterable[int]) -> str:
    """Return a digest of what was drawn from, to prove later that nothing was left out."""
    return sha256(" ".join(map(str, sorted(set(keys)))).encode()).hexdigest()


def _lot(seed: str, key: int) -> str:
    return sha256(f"{seed}:{key}".encode()).hexdigest()
