"""How a month is planned, as a plan keeps it, and the exceptions that somebody allowed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from footpath.core.calendar import Month
from footpath.meetings.models import MonthPlan


@dataclass(frozen=True)
class Waived:
    """An exception that somebody allowed for one meeting of a plan, with a reason."""

    meeting: int
    reason: str
    by: int
    person: int | None = None  # need not be there
    slot: str = ""
    rules: int = 0  # that do not hold for the meeting in the slot


@dataclass(frozen=True)
class Terms:
    """How a month is planned; kept with the plan as it stood when it was started."""

    keep: int = 2
    most_a_day: int = 2
    other_parts: bool = False
    waivers: tuple[Waived, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the values as a plan keeps them."""
        return asdict(self) | {"waivers": [asdict(row) for row in self.waivers]}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Terms:
        """Return the terms that a plan has kept; what it does not know takes its default."""
        known = {name: kept[name] for name in cls.__dataclass_fields__ if name in kept}
        waivers = tuple(Waived(**row) for row in known.pop("waivers", ()))
        return cls(**known, waivers=waivers)


def month_of(plan: MonthPlan) -> Month:
    """Return the month of a plan."""
    return Month.of(plan.month)
