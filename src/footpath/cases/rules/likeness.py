"""How like two cases are: by their words, what they are about, and where. No Django here.

Words are compared as they are searched: without diacritics, Chinese by pairs of signs
(``textsearch.document``). The result proposes, a person judges.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

Position = tuple[float, float]

TEXT, PLACE, CATEGORY = 0.7, 0.2, 0.1
"""What counts how much; together 1."""

LEAST_TEXT = 0.55
"""Cases whose words are less alike are not proposed, wherever they are."""

LEAST = 0.6
"""Cases that are less like are not proposed."""

STRONG = 0.8
"""From here on the two are probably one."""

SHORTEST_MISSPELLED, LEAST_SPELLED = 4, 80
"""From so many letters on a word may be misspelled, and is so like the right one (of 100)."""

NEAR_M, FAR_M = 50.0, 1000.0
EARTH_M = 6_371_000.0


@dataclass(frozen=True)
class Told:
    """What is known of a case: its words, category, path of its place, exact position if any."""

    words: str
    category: int | None
    path: str
    position: Position | None = None


def spelled(words: Sequence[str], known: Iterable[str]) -> list[str]:
    """Return words as others have written them: one that nobody wrote becomes the likest known.

    "sluce" is "sluice" where somebody wrote that; words with digits, of fewer than four letters,
    or unlike all others stay as they are. Order is kept.
    """
    seen = set(known)
    candidates = sorted(word for word in seen if _can_be_misspelled(word))
    found = []
    for word in words:
        best = None
        if word not in seen and _can_be_misspelled(word):
            best = process.extractOne(
                word, candidates, scorer=fuzz.ratio, score_cutoff=LEAST_SPELLED
            )
        found.append(best[0] if best is not None else word)
    return found


def _can_be_misspelled(word: str) -> bool:
    return len(word) >= SHORTEST_MISSPELLED and word.isalpha()


def metres(one: Position, other: Position) -> float:
    """Return the distance of two positions (latitude, longitude) over the ground, in metres."""
    (north, east), (up, right) = (map(math.radians, one), map(math.radians, other))
    half = (
        math.sin((up - north) / 2) ** 2
        + math.cos(north) * math.cos(up) * math.sin((right - east) / 2) ** 2
    )
    return 2 * EARTH_M * math.asin(math.sqrt(min(half, 1.0)))


def text_likeness(one: str, other: str) -> float:
    """Return how like two documents of words are, 0 to 1; a part that holds all counts, too."""
    whole, part = fuzz.token_sort_ratio(one, other), fuzz.token_set_ratio(one, other)
    return (0.4 * whole + 0.6 * part) / 100


def place_likeness(one: Told, other: Told, step: int) -> float:
    """Return how near two cases are, 0 to 1: by their positions, else by the tree.

    ``step`` is the length of one level in a path; the same place is 1, places beside each other
    a half.
    """
    if one.position is not None and other.position is not None:
        away = metres(one.position, other.position)
        return max(0.0, min(1.0, (FAR_M - away) / (FAR_M - NEAR_M)))
    if one.path == other.path:
        return 1.0
    shorter, longer = sorted((one.path, other.path), key=len)
    if longer.startswith(shorter) or one.path[:-step] == other.path[:-step]:
        return 0.5
    return 0.0


def likeness(one: Told, other: Told, *, step: int) -> float:
    """Return how like two cases are, 0 to 1; 0 when their words are too different."""
    text = text_likeness(one.words, other.words)
    if text < LEAST_TEXT:
        return 0.0
    same = one.category is not None and one.category == other.category
    return TEXT * text + PLACE * place_likeness(one, other, step) + CATEGORY * same
