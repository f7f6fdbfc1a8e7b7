"""Small decisions about names and dates of places. No Django here."""

from __future__ import annotations

from datetime import date


def short_name(name: str, type_name: str) -> str:
    """Return a place's name without its kind in front or behind.

    "Xã Tân Thạch" with kind "Xã" is "Tân Thạch"; a name that is nothing but its kind stays.
    """
    kind = type_name.strip()
    if kind and name.casefold().startswith(kind.casefold() + " "):
        return name[len(kind) + 1 :].strip() or name
    return name


def in_force(start: date | None, until: date | None, day: date) -> bool:
    """Return whether a span holds on a day. Both ends are included; None is open."""
    return (start is None or start <= day) and (until is None or day <= until)


def overlap(one: tuple[date, date | None], other: tuple[date, date | None]) -> bool:
    """Return whether two spans share a day. Both ends are included; an end of None is open."""
    return (one[1] is None or other[0] <= one[1]) and (other[1] is None or one[0] <= other[1])
