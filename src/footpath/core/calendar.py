"""Months as people name them. Pure: no Django here."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month; both ends of it are included."""

    year: int
    month: int

    @classmethod
    def of(cls, day: date) -> Month:
        """Return the month a day lies in."""
        return cls(day.year, day.month)

    @classmethod
    def parse(cls, text: str) -> Month:
        """Read "2026-03"; ValueError when it is no month."""
        year, _, month = text.partition("-")
        found = cls(int(year), int(month))
        if not (1 <= found.month <= 12 and 1900 <= found.year <= 9998):
            raise ValueError(f"no month: {text}")
        return found

    @property
    def first(self) -> date:
        """Return the first day."""
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        """Return the last day."""
        return date(self.year, self.month, monthrange(self.year, self.month)[1])

    @property
    def next(self) -> Month:
        """Return the month after."""
        return Month(self.year + self.month // 12, self.month % 12 + 1)

    @property
    def previous(self) -> Month:
        """Return the month before."""
        return Month(self.year - (self.month == 1), (self.month - 2) % 12 + 1)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"
