"""What a report is made of: plain values that pages, workbooks and commands all read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from footpath.core.calendar import Month
from footpath.core.figures import Rate
from footpath.directory.models import Area


@dataclass(frozen=True)
class Figure:
    """A number, or a rate with its fraction, and the address of its rows.

    ``rows`` is how many rows stand there: the number itself; for a rate its whole, of which the
    list says who is in the part, unless the figure says otherwise.
    """

    value: int | Rate
    href: str = ""
    rows: int = 0
    late: bool = False


@dataclass(frozen=True)
class Line:
    """A figure with its name; ``level`` 1 is a part of the line before it of level 0."""

    key: str
    label: str
    figure: Figure
    level: int = 0


@dataclass(frozen=True)
class Section:
    """Lines under a heading."""

    key: str
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Row:
    """One line of a table: its name, where it leads, and a figure for each column."""

    label: str
    href: str
    figures: tuple[Figure, ...]
    lang: str = ""


@dataclass(frozen=True)
class Table:
    """Figures by place or by category."""

    key: str
    title: str
    head: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class MonthReport:
    """Everything a month's report says of a place and everything below it.

    ``counted_at`` is the moment its stock was counted: the end of a past month, now in the
    present one.
    """

    area: Area
    month: Month
    is_present: bool
    counted_at: datetime
    covered_on: date
    sections: tuple[Section, ...]
    by_place: Table
    by_category: Table

    def figure(self, key: str) -> Figure:
        """Return the figure of the line with this key; KeyError when there is none."""
        for section in self.sections:
            for line in section.lines:
                if line.key == key:
                    return line.figure
        raise KeyError(key)
