"""What somebody may do with an item as it stands now."""

from __future__ import annotations

from datetime import date

from footpath.accounts.permissions import may
from footpath.directory.models import Person
from footpath.knowledge import rules
from footpath.knowledge.models import Answer, Practice
from footpath.knowledge.permissions import DEED
from footpath.knowledge.rules import Deed, Kind
from footpath.knowledge.selectors.items import Whole

BY_SOMEBODY_ELSE = frozenset({Deed.APPROVE, Deed.ASSESS, Deed.SELECT, Deed.DECLINE})
"""Deeds that are refused to whoever wrote what they are about."""

MADE_BY_EVERYBODY: dict[Kind, str] = {
    Kind.REGULATION: "knowledge.regulate",
    Kind.ANSWER: "knowledge.draft",
    Kind.PRACTICE: "knowledge.propose",
}


def writer_of(item: Whole) -> int:
    """Return the key of whoever wrote the words of an item as they stand."""
    return item.drafted_by_id if isinstance(item, Answer) else item.made_by_id


def deeds_for(person: Person, item: Whole, *, on: date) -> list[Deed]:
    """Return the deeds that the person may do on the item now, in the order of ``rules.MOVES``."""
    found = []
    for deed, move in rules.MOVES.items():
        thing = item if isinstance(item, Practice) and deed is not Deed.SPREAD else None
        if item.state not in move.before or not may(person, DEED[deed], thing):
            continue
        if deed in BY_SOMEBODY_ELSE and writer_of(item) == person.pk:
            continue
        if deed is Deed.PUBLISH and isinstance(item, Answer) and on < item.not_before:
            continue
        found.append(deed)
    return found


def may_change(person: Person, item: Whole) -> bool:
    """Return whether the person may change the words of the item as it stands.

    A practice is changed by whoever proposed it, the others by those who may write such.
    """
    kind = Kind(item.kind)
    if item.state != rules.CHANGES[kind]:
        return False
    if isinstance(item, Practice):
        return item.made_by_id == person.pk
    return may(person, MADE_BY_EVERYBODY[kind])


def kinds_to_write(person: Person) -> list[Kind]:
    """Return the kinds of which the person may write a new item somewhere."""
    return [
        kind
        for kind, deed in MADE_BY_EVERYBODY.items()
        if may(person, deed) or (kind is Kind.PRACTICE and bool(person.scope.organizations()))
    ]
