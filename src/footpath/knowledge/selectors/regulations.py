"""Finding regulations by their numbers, and what refers to one. Source: S2.7."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from footpath.core.errors import NotThere
from footpath.directory.models import Person
from footpath.knowledge import rules
from footpath.knowledge.models import Answer, Regulation
from footpath.knowledge.selectors.items import get_item_for


def regulations_named(number: str, issued_on: date | None = None) -> list[Regulation]:
    """Return the regulations of a number, of a day if one is given; the newest first, at most 20.

    However the number is written: "No. 1524-QD/HU" finds "1524-QĐ/HU".
    """
    key = rules.number_key(number)
    if not key:
        return []
    rows = Regulation.objects.filter(number_key=key)
    if issued_on is not None:
        rows = rows.filter(issued_on=issued_on)
    return list(rows.order_by("-issued_on", "-pk")[:20])


def regulations_by_keys(keys: Iterable[int]) -> list[Regulation]:
    """Return the regulations with these keys, in the order of their dates."""
    return list(Regulation.objects.filter(pk__in=list(keys)).order_by("issued_on", "pk"))


def get_regulation_for(person: Person, *, pk: int) -> Regulation:
    """Return a regulation; NotThere when there is none with this key."""
    found = get_item_for(person, pk=pk)
    if not isinstance(found, Regulation):
        raise NotThere
    return found


def answers_referring_to(regulation: Regulation, *, limit: int = 20) -> list[Answer]:
    """Return the published answers that refer to a regulation, the newest first."""
    rows = regulation.answers.filter(is_open=True).order_by("-day", "-pk")
    return list(rows[:limit])


def replaced_by(regulation: Regulation, *, limit: int = 20) -> list[Regulation]:
    """Return the regulations that one has replaced, the newest first."""
    return list(regulation.replaces.order_by("-issued_on", "-pk")[:limit])


def regulations_of(answer: Answer) -> list[Regulation]:
    """Return the regulations that an answer refers to, by date."""
    return list(answer.regulations.order_by("issued_on", "pk"))
