"""What the pages of all kinds of items show."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import NoReverseMatch, reverse

from footpath.core import clock
from footpath.directory.models import Person
from footpath.knowledge import presenting, selectors
from footpath.knowledge.models import Item
from footpath.knowledge.rules import Kind, State
from footpath.knowledge.selectors import Whole


def ask_address() -> str:
    """Return where a member asks without being known; "" where there is no Question Corner.

    The page of the house itself when it has one, else the Corner's own address.
    """
    corner = str(getattr(settings, "CORNER_URL", ""))
    if not corner:
        return ""
    try:
        return reverse("corner:home")
    except NoReverseMatch:
        return corner


def of_item(person: Person, item: Whole) -> dict[str, Any]:
    """Return what the page of any item shows: how it stands, and what may be done with it."""
    kind, state = Kind(item.kind), State(item.state)
    return {
        "item": item,
        "kind": kind,
        "kind_many": presenting.KIND_MANY[kind],
        "state_word": Item.State(state).label,
        "look": presenting.STATES[state],
        "deeds": [
            (deed, presenting.DEEDS[deed])
            for deed in selectors.deeds_for(person, item, on=clock.today())
        ],
        "may_change": selectors.may_change(person, item),
        "ask": ask_address(),
        "language": dict(settings.LANGUAGES).get(item.language, item.language),
    }
