"""The problem and the rules of all pairs as a plan keeps them, compressed."""

from __future__ import annotations

import json
import zlib

import numpy as np

from footpath.planning import files
from footpath.planning.assignment import problem as engine
from footpath.planning.assignment.plan import Reasons


def packed(problem: engine.AssignmentProblem) -> bytes:
    """Return the problem as a plan keeps it: JSON, compressed."""
    return zlib.compress(files.dumps(problem).encode())


def unpacked(kept: bytes) -> engine.AssignmentProblem:
    """Return the problem that a plan has kept."""
    return files.loads(zlib.decompress(kept).decode(), engine.AssignmentProblem)


def packed_reasons(reasons: Reasons) -> bytes:
    """Return the rules that each pair breaks as a plan keeps them, compressed."""
    head = json.dumps([list(reasons.officers), list(reasons.places)]).encode()
    return zlib.compress(head + b"\n" + reasons.rules.astype("<u2").tobytes())


def unpacked_reasons(kept: bytes) -> Reasons:
    """Return the rules of all pairs that a plan has kept."""
    head, _line, body = zlib.decompress(kept).partition(b"\n")
    officers, places = json.loads(head)
    shape = (len(officers), len(places))
    rules = np.frombuffer(body, dtype="<u2").reshape(shape).astype(np.uint16)
    return Reasons(tuple(officers), tuple(places), rules)
