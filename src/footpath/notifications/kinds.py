"""The kinds of notices that the rooms register, each with its sentence in four languages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Attached:
    """A file that goes with a message."""

    name: str
    mime: str
    content: bytes


@dataclass(frozen=True)
class Kind:
    """What is told: ``sentence`` is English with %(name)s for the values, marked for translation.

    ``label`` names the kind in the preferences. ``urgent`` goes out at once (outside quiet hours);
    everything else waits for the digest. ``attach`` makes the files for a user from the subject.
    """

    code: str
    label: str
    sentence: str
    urgent: bool = False
    attach: Callable[[str, int], list[Attached]] | None = None


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Register a kind; ValueError when its code is taken."""
    if kind.code in _kinds:
        raise ValueError(f"the kind of notice {kind.code} is registered twice")
    _kinds[kind.code] = kind


def get(code: str) -> Kind:
    """Return a kind; KeyError when no room has registered it."""
    return _kinds[code]


def all_kinds() -> list[Kind]:
    """Return the kinds by their codes."""
    return [_kinds[code] for code in sorted(_kinds)]
