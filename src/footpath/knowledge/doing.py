"""Which service does which deed on an item of the library, and what it has to be told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from footpath.directory.models import Person
from footpath.knowledge import services
from footpath.knowledge.rules import Deed


class Doing(NamedTuple):
    """The service behind a deed, its word for the item, and what it is told beside it."""

    service: Callable[..., object]
    item: str
    told: tuple[str, ...] = ("reason",)


DOINGS: Mapping[Deed, Doing] = {
    Deed.REPLACE: Doing(services.replace_regulation, "regulation", ("replacement", "on")),
    Deed.REPEAL: Doing(services.repeal_regulation, "regulation", ("on", "reason")),
    Deed.RESTORE: Doing(services.restore_regulation, "regulation"),
    Deed.APPROVE: Doing(services.approve_answer, "answer", ("version",)),
    Deed.SEND_BACK: Doing(services.send_back_answer, "answer"),
    Deed.PUBLISH: Doing(services.publish_answer, "answer", ()),
    Deed.WITHDRAW: Doing(services.withdraw_answer, "answer"),
    Deed.ASSESS: Doing(services.assess_practice, "practice", ("post", "sentence")),
    Deed.SELECT: Doing(services.select_practice, "practice"),
    Deed.DECLINE: Doing(services.decline_practice, "practice"),
    Deed.SPREAD: Doing(services.spread_practice, "practice", ("units",)),
}


def do(deed: Deed, item: Any, asked: Mapping[str, Any], *, by: Person, at: datetime) -> None:
    """Do a deed on an item with what was asked; KeyError when something to be told is missing."""
    found = DOINGS[deed]
    told = {name: asked[name] for name in found.told}
    found.service(**{found.item: item}, **told, by=by, at=at)
