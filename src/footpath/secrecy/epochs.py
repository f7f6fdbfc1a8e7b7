"""Epochs: the months in which tokens are drawn, and how long they can be spent."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Self

FIRST_SPENDING_DAY = 4
"""A token is of use from this day of its month: by then most members have drawn theirs."""

_FORM = re.compile(r"2[0-9]{3}-(0[1-9]|1[0-2])", re.ASCII)


class Epoch(str):
    """A month, written "2026-11": it sorts, compares and is stored as that text.

    ValueError for any other text; the years are those from 2000 to 2999. Days are those of the
    organisation's time zone.
    """

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        """Return the epoch written so."""
        if not isinstance(text, str) or not _FORM.fullmatch(text):
            raise ValueError("an epoch is a month, written 2026-11")
        return super().__new__(cls, text)

    @property
    def first_day(self) -> date:
        """Return the first day of the month."""
        return self._begins(0)

    def after(self, months: int = 1) -> Epoch:
        """Return the epoch so many months later; earlier for a negative number."""
        return epoch_of(self._begins(months))

    @property
    def spending_window(self) -> tuple[date, date]:
        """Return the first and the last day on which tokens can be spent, both included.

        From day 4 of the month to the last day of the month after: 2026-11 is spent from
        4 November to 31 December 2026.
        """
        first = self.first_day.replace(day=FIRST_SPENDING_DAY)
        return first, self.destroyed_on - timedelta(days=1)

    def is_spendable(self, on: date) -> bool:
        """Tell whether a token of this epoch is taken on that day."""
        first, last = self.spending_window
        return first <= on <= last

    @property
    def destroyed_on(self) -> date:
        """Return the day on which the private key and what was spent are destroyed.

        It is the day after the last on which a token can be spent.
        """
        return self._begins(2)

    def _begins(self, months: int) -> date:
        """Return the first day of the month so many months later."""
        count = int(self[:4]) * 12 + int(self[5:]) - 1 + months
        return date(count // 12, count % 12 + 1, 1)


def epoch_of(day: date) -> Epoch:
    """Return the epoch that a day lies in: 22 November 2026 lies in "2026-11"."""
    return Epoch(f"{day.year:04}-{day.month:02}")


def after(epoch: str, months: int = 1) -> Epoch:
    """Return the epoch so many months after that one."""
    return Epoch(epoch).after(months)


def spending_window(epoch: str) -> tuple[date, date]:
    """Return the first and the last day on which tokens of the epoch can be spent."""
    return Epoch(epoch).spending_window


def spendable_on(day: date) -> list[Epoch]:
    """Return the epochs whose tokens are taken on that day, the earlier first: one or two."""
    this = epoch_of(day)
    return [epoch for epoch in (this.after(-1), this) if epoch.is_spendable(day)]


def destroyed_by(epoch: str, day: date) -> bool:
    """Tell whether on that day the private key of the epoch must be gone."""
    return Epoch(epoch).destroyed_on <= day
