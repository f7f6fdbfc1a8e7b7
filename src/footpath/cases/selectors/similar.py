"""Cases like the one that is being told: so that nothing is reported twice. Source: S2.3."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q

from footpath.cases.models import Case, CaseQuerySet, Category
from footpath.cases.presenting import ROW_COLUMNS, Row, rows_of
from footpath.cases.rules import likeness
from footpath.cases.rules.likeness import Position, Told
from footpath.cases.selectors.listing import midnight
from footpath.cases.selectors.reading import cases_for
from footpath.core import textsearch, tree
from footpath.directory.models import Area, Person

CLOSED_WITHIN = timedelta(days=365)
"""Cases closed so long ago are proposed, too: what was set right may have come back."""

MOST_NEAR = 200
MOST_BY_WORDS = 50

COLUMNS = (
    *ROW_COLUMNS, "category_id", "search", "text", "public_text", "latitude", "longitude",
    *(f"a{level}" for level in range(tree.LEVELS)),
)  # fmt: skip


@dataclass(frozen=True)
class Like:
    """A case that may be the same: its line, how like it is (0 to 1), how far away in metres."""

    row: Row
    likeness: float
    metres: float | None

    @property
    def is_closed(self) -> bool:
        """Return whether it is closed: then it can be reopened instead of raised anew."""
        return self.row.clock is None

    @property
    def is_strong(self) -> bool:
        """Return whether the two are probably one."""
        return self.likeness >= likeness.STRONG


def suggest(
    person: Person | None,
    *,
    area: Area,
    category: Category | None,
    text: str,
    today: date,
    position: Position | None = None,
    most: int = 5,
    but: int = 0,
) -> list[Like]:
    """Return cases like what is being told, the likest first; at most three queries.

    Only those the person may read; without a person only those the public may read. Looked at are
    the latest of the commune and those anywhere that hold the longest words: open ones, and those
    closed within a year. A word that no case of the commune holds is sought as the likest of those
    that they hold, so that a slip of the keys hides nothing (docs/decisions/0022). ``but`` is the
    key of a case that is not meant.
    """
    words = textsearch.document(text)
    if len(words.split()) < 2:
        return []
    told = Told(words, category.pk if category else None, area.path, position)
    near = {row["id"]: row for row in _near(person, area, today).values(*COLUMNS)}
    known = {key: _words_for(person, row) for key, row in near.items()}
    asked = likeness.spelled(words.split(), " ".join(known.values()).split())
    found = {row["id"]: row for row in _by_words(person, asked, today).values(*COLUMNS)} | near
    rated = []
    for key, row in found.items():
        other = _told(row, known[key] if key in known else _words_for(person, row))
        rate = likeness.likeness(told, other, step=tree.STEP)
        if rate >= likeness.LEAST and key != but:
            rated.append((rate, row, other))
    rated.sort(key=lambda line: (-line[0], -line[1]["id"]))
    rated = rated[:most]
    lines = rows_of([row for _rate, row, _known in rated], today)
    return [
        Like(line, rate, _away(position, other.position))
        for line, (rate, _row, other) in zip(lines, rated, strict=True)
    ]


def _near(person: Person | None, area: Area, today: date) -> CaseQuerySet:
    """Return the latest cases of the commune, read from an index."""
    above = area.path[: -tree.STEP] if len(area.path) > 3 * tree.STEP else area.path
    rows = _readable(person, above).order_by("-raised_at", "-pk")
    return rows.filter(_recent(today))[:MOST_NEAR]


def _by_words(person: Person | None, words: list[str], today: date) -> CaseQuerySet:
    """Return the latest cases anywhere that hold the two longest words, read from an index."""
    longest = sorted(dict.fromkeys(words), key=lambda word: (-len(word), word))[:2]
    rows = _readable(person, None).matching(" ".join(longest)).order_by("-pk")
    return rows.filter(_recent(today))[:MOST_BY_WORDS]


def _recent(today: date) -> Q:
    return Q(is_open=True) | Q(closed_at__gte=midnight(today - CLOSED_WITHIN))


def _readable(person: Person | None, path: str | None) -> CaseQuerySet:
    if person is not None:
        return cases_for(person, path=path)
    rows = Case.objects.filter(is_public=True)
    return rows if path is None else rows.in_subtree(path)


def _words_for(person: Person | None, row: dict[str, Any]) -> str:
    """Return the words that are compared: to the public only those that it may read."""
    if person is not None:
        return str(row["search"])
    return textsearch.document(row["public_text"] or f"{row['title']} {row['text']}")


def _told(row: dict[str, Any], words: str) -> Told:
    latitude, longitude = row["latitude"], row["longitude"]
    known = latitude is not None and longitude is not None
    return Told(
        words,
        row["category_id"],
        tree.path_of_row(row),
        (latitude, longitude) if known else None,
    )


def _away(one: Position | None, other: Position | None) -> float | None:
    return likeness.metres(one, other) if one is not None and other is not None else None
