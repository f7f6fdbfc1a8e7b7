"""How somebody in office is said in JSON."""

from __future__ import annotations

from typing import Any

from ninja import Schema

from footpath.directory.models import Person


class PersonOut(Schema):
    """Somebody in office."""

    id: int
    name: str


def person_out(person: Person | None) -> dict[str, Any] | None:
    """Return somebody as callers get them, None for nobody."""
    return {"id": person.pk, "name": person.name} if person is not None else None
