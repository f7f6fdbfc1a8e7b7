"""What a check finds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """Something that breaks the promise: what it is and what to do, each a whole sentence."""

    what: str
    do: str

    def __str__(self) -> str:
        return f"{self.what} {self.do}"
