"""What may be wrong with the trail, and how much has been looked at."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from footpath.accounts.models import TrailCheckpoint

BATCH = 2000
"""How many rows are read at a time."""


class Kind(StrEnum):
    """What is wrong with a chain, a head, a checkpoint or a row."""

    ALTERED = "altered"
    MISSING = "missing"
    INSERTED = "inserted"
    MOVED = "moved"
    REWRITTEN = "rewritten"
    TAIL_DROPPED = "tail-dropped"
    HEAD_ALTERED = "head-altered"
    HEAD_MISSING = "head-missing"
    LINES_MISSING = "lines-missing"
    CHECKPOINT_ALTERED = "checkpoint-altered"
    CHECKPOINT_MISSING = "checkpoint-missing"
    NOT_AS_SEALED = "not-as-sealed"
    NOT_AS_NOTED = "not-as-noted"
    ROW_WITHOUT_CHAIN = "row-without-chain"
    CHAIN_WITHOUT_ROW = "chain-without-row"


@dataclass(frozen=True)
class Finding:
    """One fault: where, which line (None: not about one line), and a sentence fit to show."""

    kind: Kind
    subject: str
    number: int | None
    sentence: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.subject}: {self.sentence}"


@dataclass
class Walk:
    """How much a verification has looked at so far."""

    chains: int = 0
    lines: int = 0
    checkpoints: int = 0
    newest: TrailCheckpoint | None = None
