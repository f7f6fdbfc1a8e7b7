"""Which column of a ledger is what, what its words mean here, and how it writes dates."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from footpath.cases.ledger_imports.problems import BadMap, Problem

FIELDS = (
    "key",
    "key_more",
    "title",
    "title_more",
    "text",
    "category",
    "place",
    "organization",
    "raised_on",
    "closed_on",
    "address",
    "latitude",
    "longitude",
)
"""What a column can be; ``…_more`` is joined to the former."""

NEEDED = ("key", "title", "raised_on")
WORDED = ("category", "place", "organization")
"""Fields whose words are those of another ledger; each has words, and a value for all others."""

MUST_STAND = ("category", "place")
MOST_WORDS = 500
"""A column with more different words is matched by codes and names alone."""

DATE_FORMATS = (
    "%Y-%m-%d",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d.%m.%Y",
    "%d-%m-%Y",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y年%m月%d日",
    "%Y%m%d",
)

HINTS: dict[str, tuple[str, ...]] = {
    "key": ("unique_key", "source_key", "key", "case_id", "id", "number", "code", "mã", "编号"),
    "title": ("title", "what", "subject", "complaint_type", "summary", "tiêu đề", "标题", "тема"),
    "title_more": ("descriptor", "subtype"),
    "text": ("text", "description", "details", "nội dung", "内容", "описание"),
    "category": ("category", "complaint_type", "type", "loại", "类别", "категория"),
    "place": ("place", "area", "account", "unit", "district", "địa bàn", "地区", "место"),
    "organization": ("organization", "agency", "account", "office", "department", "đơn vị"),
    "raised_on": ("raised_on", "opendate", "opened", "created_date", "created", "date", "ngày"),
    "closed_on": ("closed_on", "closedate", "closed_date", "closed", "resolved"),
    "address": ("address", "incident_address", "địa chỉ", "地址", "адрес"),
    "latitude": ("latitude", "lat"),
    "longitude": ("longitude", "lon", "lng"),
}


@dataclass
class Map:
    """A map of one kind of file. ``ledger`` stands before each key: two ledgers never mix."""

    ledger: str = ""
    columns: dict[str, str] = field(default_factory=dict)
    fixed: dict[str, str] = field(default_factory=dict)  # code, for rows whose word is not set
    words: dict[str, dict[str, str]] = field(default_factory=dict)  # field: word: code
    date_format: str = "%Y-%m-%d"

    def as_json(self) -> dict[str, Any]:
        """Return what is kept in the database."""
        return {
            "ledger": self.ledger,
            "columns": self.columns,
            "fixed": self.fixed,
            "words": self.words,
            "date_format": self.date_format,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Map:
        """Return the map that ``as_json`` gave; what is not kept is empty."""
        return cls(
            str(kept.get("ledger", "")),
            dict(kept.get("columns", {})),
            dict(kept.get("fixed", {})),
            {name: dict(words) for name, words in dict(kept.get("words", {})).items()},
            str(kept.get("date_format", "%Y-%m-%d")),
        )

    def check(self, header: Sequence[str]) -> None:
        """Raise BadMap unless the map fits a file with these columns."""
        for name in NEEDED:
            if not self.columns.get(name):
                raise BadMap(Problem(0, name, "", "unset"))
        for name in MUST_STAND:
            if not self.columns.get(name) and not self.fixed.get(name):
                raise BadMap(Problem(0, name, "", "unset"))
        for name, column in self.columns.items():
            if name not in FIELDS:
                known = ", ".join(FIELDS)
                raise BadMap(Problem(0, name, "", "bad_map", {"reason": f"{name} ({known})"}))
            if column and column not in header:
                found = ", ".join(header)
                raise BadMap(Problem(1, column, "", "no_column", {"found": found}))
        if self.date_format not in DATE_FORMATS:
            reason = f"date_format {self.date_format} ({', '.join(DATE_FORMATS)})"
            raise BadMap(Problem(0, "date_format", "", "bad_map", {"reason": reason}))


def read_map(path: Path) -> Map:
    """Return the map in a TOML file; BadMap when it is none."""
    try:
        kept = tomllib.loads(path.read_text(encoding="utf-8"))
        return Map.from_json(kept)
    except (OSError, ValueError, TypeError) as wrong:
        raise BadMap(Problem(0, "", path.name, "bad_map", {"reason": str(wrong)})) from wrong


def propose(name: str, header: Sequence[str], sample: Sequence[Sequence[str]]) -> Map:
    """Return a map by the names of the columns and the form of the first dates."""
    folded = {column.casefold().replace(" ", "_"): column for column in header}
    columns: dict[str, str] = {}
    for what, hints in HINTS.items():
        found = next((folded[hint] for hint in hints if hint in folded), None)
        if found is not None:
            columns[what] = found
    stem = name.split(".", maxsplit=1)[0].casefold()
    ledger = "".join(sign if sign.isalpha() and sign.isascii() else "-" for sign in stem)
    ledger = "-".join(part for part in ledger.split("-") if part)[:20].strip("-")
    proposed = Map(ledger=ledger, columns=columns)
    day = columns.get("raised_on")
    if day:
        at = list(header).index(day)
        cells = [row[at].strip() for row in sample if at < len(row) and row[at].strip()]
        proposed.date_format = date_format_of(cells)
    return proposed


def date_format_of(cells: Sequence[str]) -> str:
    """Return the first form of date that fits all cells, the usual one when none does."""
    for form in DATE_FORMATS:
        if cells and all(moment(cell, form) is not None for cell in cells):
            return form
    return DATE_FORMATS[0]


def moment(text: str, form: str) -> datetime | None:
    """Return the moment that a cell names, None when it names none; a day alone has no time.

    A time may stand behind the day: "31/03/2026 14:05". ISO moments with a zone keep it.
    """
    if form == DATE_FORMATS[0]:
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            return None
    for tail in ("", " %H:%M", " %H:%M:%S"):
        try:
            return datetime.strptime(text, form + tail)  # noqa: DTZ007 - the zone is set later
        except ValueError:
            continue
    return None
