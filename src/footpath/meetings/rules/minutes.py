"""Minutes: their frozen form, and lines pasted into them. Source: S0.1, S2.3."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any


class NotFrozen(TypeError):
    """A value whose written form could differ from one machine to the next."""


def canonical(value: Any) -> bytes:
    """Return a value as the bytes that its digest is taken of: UTF-8 JSON, one form for one value.

    Keys are sorted by their code points, nothing stands between the signs, letters stand as
    themselves. ``{"b": 1, "a": "ô"}`` is ``{"a":"ô","b":1}``. Only what reads back the same from
    any database is taken: text, whole numbers, true, false, null, lists and mappings with text
    as keys; anything else (a fraction, a day) raises NotFrozen.
    """
    _check(value)
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def digest(value: Any) -> str:
    """Return the SHA-256 of a value's canonical form, 64 hexadecimal digits."""
    return hashlib.sha256(canonical(value)).hexdigest()


def mark_of(text: str) -> str:
    """Return a short mark of a text, by which a form tells which text its writer had before them.

    Line ends do not count: browsers send others than they were given.
    """
    return digest("\n".join(text.splitlines()))[:16]


def clean(text: str) -> str:
    """Return text without the signs that no database and no paper keeps: NUL, half surrogates."""
    return "".join(sign for sign in text if sign != "\0" and not "\ud800" <= sign <= "\udfff")


def _check(value: Any) -> None:
    if value is None or isinstance(value, bool | int):
        return
    if isinstance(value, str):
        if value != clean(value):
            raise NotFrozen("text with signs that cannot be kept")
    elif isinstance(value, list | tuple):
        for entry in value:
            _check(entry)
    elif isinstance(value, Mapping):
        for key, entry in value.items():
            if not isinstance(key, str):
                raise NotFrozen(f"a key that is no text: {key!r}")
            _check(key)
            _check(entry)
    else:
        raise NotFrozen(f"a value that is not kept: {value!r}")


# --- lines pasted into minutes --------------------------------------------------------------------


class DayNotRead(ValueError):
    """A line names a day that is none; ``line`` is its number, ``typed`` what was typed."""

    def __init__(self, line: int, typed: str) -> None:
        super().__init__(f"line {line}: {typed}")
        self.line, self.typed = line, typed


@dataclass(frozen=True)
class Line:
    """One pasted line: what was said, who is named as owner ("" for nobody), and until when."""

    number: int
    text: str
    owner: str = ""
    due_on: date | None = None

    @property
    def is_action(self) -> bool:
        """Return whether the line promises something: it names an owner or a day."""
        return bool(self.owner) or self.due_on is not None


_DAY_FIRST = re.compile(r"(\d{1,2})[./](\d{1,2})(?:[./](\d{4}))?\.?")
_YEAR_FIRST = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_BULLET = re.compile(r"^(?:[-–—•*·]|\d{1,3}[.)])(?:\s+|$)")


def read_lines(pasted: str, *, today: date) -> list[Line]:
    """Return the items of pasted text, one a line; empty lines and bullets fall away.

    Owner and day follow after a tab (rows copied from a table) or an upright stroke:
    ``Repair the gate | Lê Thị Mai | 15.4.2026``. A day without its year is the next such day.
    Raises DayNotRead for a third part that is no day.
    """
    found = []
    for number, typed in enumerate(pasted.splitlines(), start=1):
        parts = [part.strip() for part in re.split(r"[\t|]", typed)]
        text = _BULLET.sub("", parts[0]).strip()
        if not text:
            continue
        owner = parts[1] if len(parts) > 1 else ""
        day = parts[2] if len(parts) > 2 else ""
        due_on = read_day(day, today=today)
        if day and due_on is None:
            raise DayNotRead(number, day)
        found.append(Line(number, text, owner, due_on))
    return found


def read_day(typed: str, *, today: date) -> date | None:
    """Return the day meant by "2026-04-15", "15.4.2026", "15/4" or "2026年4月15日", or None."""
    first = _DAY_FIRST.fullmatch(typed)
    if first is not None:
        day, month, year = first.groups()
        if year:
            return _day(int(year), int(month), int(day))
        years = range(today.year, today.year + 9)  # a 29 February may be eight years off
        days = (_day(year, int(month), int(day)) for year in years)
        return next((found for found in days if found is not None and found >= today), None)
    last = _YEAR_FIRST.fullmatch(typed)
    return _day(*(int(part) for part in last.groups())) if last is not None else None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
