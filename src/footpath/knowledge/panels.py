"""What other rooms show on the page of a regulation: what rests on it.

Assignments, duty lists and plans name their basis by number and date and lie beside the library;
whoever stands above both registers here (in ``apps.ready``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from footpath.directory.models import Person
from footpath.knowledge.models import Regulation


@dataclass(frozen=True)
class Resting:
    """Something that rests on a regulation: what it is in words, and its page."""

    text: str
    href: str
    second: str = ""


Maker = Callable[[Person, Regulation], list[Resting]]

_makers: list[Maker] = []


def register(maker: Maker) -> None:
    """Add what a room knows to rest on a regulation."""
    _makers.append(maker)


def resting_on(person: Person, regulation: Regulation) -> list[Resting]:
    """Return what rests on a regulation, as the rooms above registered it."""
    return [row for maker in _makers for row in maker(person, regulation)]
