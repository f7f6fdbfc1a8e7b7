"""The problem as a plan keeps it, and the keys of the rows its names stand for."""

from __future__ import annotations

import zlib

from footpath.planning import files
from footpath.planning.month import problem as engine


def key_of(name: str) -> int:
    """Return the key of the row that a name in the problem stands for: 7 for "s7" and "x7.0"."""
    return int(name.lstrip("sx").partition(".")[0])


def packed(problem: engine.MonthProblem) -> bytes:
    """Return the problem as a plan keeps it: JSON, compressed."""
    return zlib.compress(files.dumps(problem).encode())


def unpacked(kept: bytes) -> engine.MonthProblem:
    """Return the problem that a plan has kept."""
    return files.loads(zlib.decompress(kept).decode(), engine.MonthProblem)
