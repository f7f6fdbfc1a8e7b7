"""Judging single cells: what is plainly wrong, and what is odd beside the rest of the file."""

from __future__ import annotations

import difflib
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from footpath.directory.imports.problems import Problem

LONGEST_CODE, LONGEST_NAME, LONGEST_TYPE = 40, 200, 60
_ENOUGH = 5
"""From how many rows on the rest of the file teaches what is usual."""

_MOST = 0.9
"""Which share of the rows makes something usual."""

_BAD = re.compile(
    r"[\x00-\x1f\x7f-\x9f\ufffd\u200b\u2060\ufeff\u200e\u200f\u202a-\u202e\ud800-\udfff]"
)


def bad_sign(row: int, column: str, text: str, *, is_name: bool = False) -> Problem | None:
    """Return the problem of a lost letter or an invisible sign in a text, or None."""
    found = _BAD.search(text)
    if found is None:
        if is_name and "?" in text:
            return Problem(row, column, text, "lost_sign", {"sign": "?"})
        return None
    sign = found.group()
    if sign == "\ufffd":
        return Problem(row, column, text, "lost_sign", {"sign": sign})
    shown = "".join(f"U+{ord(one):04X}" if _BAD.match(one) else one for one in text)
    return Problem(row, column, shown, "control_sign", {"sign": f"U+{ord(sign):04X}"})


def bad_length(row: int, column: str, text: str, most: int) -> Problem | None:
    """Return the problem of a text that is longer than what is kept, or None."""
    if len(text) <= most:
        return None
    return Problem(row, column, text, "too_long", {"found": len(text), "most": most})


def bad_name(row: int, column: str, text: str) -> Problem | None:
    """Return the problem of a name by itself, or None."""
    wrong = bad_sign(row, column, text, is_name=True) or bad_length(row, column, text, LONGEST_NAME)
    if wrong is None and text.replace(" ", "").isdigit():
        wrong = Problem(row, column, text, "only_digits")
    return wrong


def bad_code(row: int, column: str, text: str) -> Problem | None:
    """Return the problem of a code by itself, or None."""
    return bad_sign(row, column, text) or bad_length(row, column, text, LONGEST_CODE)


@dataclass
class _Kind:
    """How often a word for a kind of place stands in the file, and how its names begin."""

    rows: int = 0
    begins: Counter[int] = field(default_factory=Counter)
    required: str = ""


class Usual:
    """What is usual in one tier of the file: the shape of codes and the kinds of places.

    First ``learn`` from every row, then ``settle``, then ask.
    """

    def __init__(self) -> None:
        self._shapes: Counter[tuple[int, bool]] = Counter()
        self._low_codes: set[str] = set()
        self._kinds: defaultdict[str, _Kind] = defaultdict(_Kind)
        self._typed = 0
        self._rows = 0
        self._digits: int | None = None
        self._names_begin_with_kind = False
        self._known: list[str] = []

    def learn(self, code: str, name: str, kind: str) -> None:
        """Take a row into account."""
        self._rows += 1
        if code:
            self._shapes[len(code), code.isascii() and code.isdigit()] += 1
            if len(code) == 1:
                self._low_codes.add(code)
        if kind and name:
            self._typed += 1
            entry = self._kinds[kind]
            entry.rows += 1
            entry.begins[_words_shared(name, kind)] += 1

    def settle(self) -> None:
        """Draw the conclusions from what was learned."""
        total = self._shapes.total()
        if total >= _ENOUGH and not self._low_codes >= {"1", "2", "3"}:
            (length, digits), rows = self._shapes.most_common(1)[0]
            if digits and _nearly_all(rows, total):
                self._digits = length
        beginning = 0
        for word, kind in self._kinds.items():
            parts = word.split(" ")
            for at in range(len(parts), 0, -1):
                fitting = sum(n for shared, n in kind.begins.items() if shared >= at)
                if 2 * fitting > kind.rows > 1:
                    kind.required = " ".join(parts[:at])
                    beginning += fitting
                    break
        self._names_begin_with_kind = self._typed >= _ENOUGH and beginning >= 0.8 * self._typed
        self._known = [
            word
            for word, kind in self._kinds.items()
            if kind.rows > 1 and (kind.required or not self._names_begin_with_kind)
        ]

    @property
    def has_kinds(self) -> bool:
        """Return whether nearly every row says which kind of place it is."""
        return self._rows >= _ENOUGH and self._typed >= _MOST * self._rows

    @property
    def has_one_shape(self) -> bool:
        """Return whether codes of this tier have one length in digits."""
        return self._digits is not None

    def is_code(self, code: str) -> bool:
        """Return whether codes of this tier have one shape and this code has it."""
        return self._digits is not None and self.odd_code(0, "", code) is None

    def odd_code(self, row: int, column: str, code: str) -> Problem | None:
        """Return the problem of a code that has another shape than the rest, or None."""
        wanted = self._digits
        if wanted is None or (len(code) == wanted and code.isascii() and code.isdigit()):
            return None
        return Problem(row, column, code, "code_shape", {"wanted": wanted})

    def odd_kind(self, row: int, columns: tuple[str, str], name: str, kind: str) -> Problem | None:
        """Return the problem of a kind of place that is unknown or does not fit the name, or None.

        ``columns`` are those of the name and of the kind. A kind and a number ("Phường 5") is left
        alone: numbered places keep their name when their kind changes, also in official lists.
        """
        entry = self._kinds.get(kind)
        if entry is None or self._typed < _ENOUGH:
            return None
        if entry.rows == 1 and self._is_misspelt(name, kind):
            known = ", ".join(sorted(self._known))
            return Problem(row, columns[1], kind, "unknown_type", {"known": known})
        if not self._names_begin_with_kind or _begins(name, entry.required):
            return None
        if name.rpartition(" ")[2].isdigit():
            return None
        if any(_begins(name, word) for word in self._known):
            return Problem(row, columns[1], kind, "type_against_name", {"name": name})
        return Problem(row, columns[0], name, "name_against_type", {"kind": kind})

    def _is_misspelt(self, name: str, kind: str) -> bool:
        """Return whether a word that stands once in the file is no kind of place."""
        if not self._names_begin_with_kind:
            close = difflib.get_close_matches(kind, self._known, n=1, cutoff=0.7)
            return bool(close) and close != [kind]
        return not _begins(name, kind) or any(
            word != kind and _begins(name, word) for word in self._known
        )


def _nearly_all(part: int, whole: int) -> bool:
    """Return whether a part is so large that the rest is rather a mistake than another habit."""
    return part >= _MOST * whole or (whole >= 4 and part == whole - 1)


def _begins(name: str, kind: str) -> bool:
    """Return whether the name begins with these words; with no words it always does."""
    return not kind or f"{name} ".casefold().startswith(f"{kind} ".casefold())


def _words_shared(name: str, kind: str) -> int:
    """Return how many words of the kind the name begins with."""
    shared = 0
    for one, other in zip(name.casefold().split(" "), kind.casefold().split(" "), strict=False):
        if one != other:
            break
        shared += 1
    return shared
