"""Addresses of the rows behind a figure (principle 2)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse

from footpath.core.calendar import Month
from footpath.directory.models import Area, Tier


def ledger(area: Area, **filters: Any) -> str:
    """Return the ledger of a place's subtree with these filters; it shows exactly the rows."""
    return _address("cases:ledger", {"place": area.code, **filters})


def meetings(area: Area, month: Month, **filters: Any) -> str:
    """Return the meetings of a place's subtree in a month."""
    return _address("meetings:list", {"place": area.code, "month": month, **filters})


def coverage(area: Area, **filters: Any) -> str:
    """Return the list of places below an area with who is in charge of them."""
    return _address("assignments:coverage", {"place": area.code, **filters})


def covered(area: Area, tier: Tier | None, on: date) -> str:
    """Return who is in charge of the places of a tier in an area, or of the area itself."""
    if tier is None or tier.level <= len(area.ancestor_ids) - 1:
        return f"{reverse('assignments:place', args=[area.code])}?on={on.isoformat()}"
    return coverage(area, tier=tier.code, on=on.isoformat())


def rows(area: Area, month: Month, figure: str, **filters: Any) -> str:
    """Return the rows of a figure that no other list can name: what stood at a past month's end."""
    return _address(
        "reports:rows", {"place": area.code, "month": month, "figure": figure, **filters}
    )


def dashboard(area: Area) -> str:
    """Return the dashboard of a place."""
    return _address("web:dashboard", {"place": area.code})


def report(area: Area, month: Month) -> str:
    """Return the month's report of a place."""
    return _address("reports:month", {"place": area.code, "month": month})


def rates(area: Area, month: Month, **filters: Any) -> str:
    """Return the three rates of a place in a month."""
    return _address("reports:rates", {"place": area.code, "month": month, **filters})


def _address(name: str, filters: dict[str, Any]) -> str:
    query = {key: str(value) for key, value in filters.items() if value not in (None, "")}
    return reverse(name, query=query)


def day(value: date) -> str:
    """Return a day as addresses write it."""
    return value.isoformat()
