"""Rates that keep their fraction (principle 8). Pure: no Django here."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal


def percentage(part: int, whole: int) -> Decimal:
    """Return part of whole in percent, two decimals, halves away from zero.

    18 of 21 units is Decimal("85.71"). Needs 0 <= part <= whole and whole > 0,
    otherwise ValueError: an empty unit has no percentage, not a zero.
    Source: S2.6 (shares as printed).
    """
    if not 0 <= part <= whole or whole == 0:
        raise ValueError(f"cannot take {part} of {whole}")
    return (Decimal(100) * part / whole).quantize(Decimal("0.01"), ROUND_HALF_UP)


@dataclass(frozen=True)
class Rate:
    """A fraction to show: ``part`` of ``whole``. Empty when there is nothing to take part of."""

    part: int
    whole: int

    @property
    def percent(self) -> Decimal | None:
        """Return the percentage with two decimals, or None when there is no data."""
        return percentage(self.part, self.whole) if self.whole else None

    @property
    def missing(self) -> int:
        """Return how many of the whole are not in the part."""
        return self.whole - self.part
