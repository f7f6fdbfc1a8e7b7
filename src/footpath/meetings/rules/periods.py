"""Periods that rates are counted over: a month, a quarter, a year."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from footpath.core.calendar import Month

FORM = re.compile(r"(?P<year>[12][0-9]{3})(?:-(?:Q(?P<quarter>[1-4])|(?P<month>[0-9]{2})))?")


@dataclass(frozen=True, order=True)
class Period:
    """A span of months; ``months`` is 1, 3 or 12. Its text is "2026-03", "2026-Q1" or "2026"."""

    start: Month
    months: int

    @classmethod
    def parse(cls, text: str) -> Period:
        """Return the period of a text; ValueError when it is none."""
        found = FORM.fullmatch(text)
        if found is None:
            raise ValueError(f"no period: {text!r}")
        year = int(found["year"])
        if found["quarter"]:
            return cls(Month(year, 3 * int(found["quarter"]) - 2), 3)
        if found["month"]:
            return cls(Month.parse(text), 1)
        return cls(Month(year, 1), 12)

    @property
    def first(self) -> date:
        """Return the first day."""
        return self.start.first

    @property
    def last(self) -> date:
        """Return the last day, included."""
        month = self.start
        for _more in range(self.months - 1):
            month = month.next
        return month.last

    @property
    def days(self) -> tuple[date, date]:
        """Return the first and the last day."""
        return self.first, self.last

    @property
    def quarter(self) -> int:
        """Return the number of the quarter it begins in."""
        return (self.start.month - 1) // 3 + 1

    def __str__(self) -> str:
        if self.months == 12:
            return f"{self.start.year:04d}"
        if self.months == 3:
            return f"{self.start.year:04d}-Q{self.quarter}"
        return str(self.start)


def choices(today: date) -> list[Period]:
    """Return the periods to choose from: two years, four quarters, six months, the latest first."""
    month = Month.of(today)
    years = [Period(Month(today.year - back, 1), 12) for back in range(2)]
    months = []
    for _back in range(12):
        months.append(month)
        month = month.previous
    quarters = sorted(
        {Period(Month(one.year, (one.month - 1) // 3 * 3 + 1), 3) for one in months}, reverse=True
    )
    return [*years, *quarters[:4], *(Period(one, 1) for one in months[:6])]
