"""What people are told about the library: the kinds of notices, and who hears of what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.utils.translation import gettext_noop

from footpath.directory.models import Person
from footpath.knowledge.models import Item
from footpath.notifications import kinds
from footpath.notifications.kinds import Kind
from footpath.notifications.services import Value, notify

KINDS = (
    Kind(
        "knowledge.to_approve",
        gettext_noop("An answer waits for your approval"),
        gettext_noop("%(person)s asks you to approve an answer: %(title)s"),
    ),
    Kind(
        "knowledge.sent_back",
        gettext_noop("Your answer is sent back"),
        gettext_noop("%(person)s sends your answer back: %(title)s %(reason)s"),
    ),
    Kind(
        "knowledge.published",
        gettext_noop("Your answer is published"),
        gettext_noop("It stands in the library: %(title)s"),
    ),
    Kind(
        "knowledge.withdrawn",
        gettext_noop("An answer is withdrawn"),
        gettext_noop("%(person)s has withdrawn an answer: %(title)s %(reason)s"),
    ),
    Kind(
        "knowledge.proposed",
        gettext_noop("A good practice is proposed"),
        gettext_noop("%(person)s proposes a good practice of %(unit)s: %(title)s"),
    ),
    Kind(
        "knowledge.selected",
        gettext_noop("Your good practice is selected"),
        gettext_noop("The good practice you proposed is selected: %(title)s %(reason)s"),
    ),
    Kind(
        "knowledge.declined",
        gettext_noop("Your good practice is declined"),
        gettext_noop("The good practice you proposed is declined: %(title)s %(reason)s"),
    ),
    Kind(
        "knowledge.spread",
        gettext_noop("A good practice for your unit"),
        gettext_noop("A good practice for %(unit)s: %(title)s Say what you make of it."),
    ),
    Kind(
        "knowledge.adopted",
        gettext_noop("A unit answers to a good practice"),
        gettext_noop("%(unit)s has answered to the practice: %(title)s %(sentence)s"),
    ),
)


def register() -> None:
    """Register the kinds of notices."""
    for kind in KINDS:
        kinds.register(kind)


def tell(
    people: Iterable[Person | int | None],
    kind: str,
    item: Item,
    *,
    at: datetime,
    key: str = "",
    values: Mapping[str, Value] | None = None,
    url: str = "",
) -> int:
    """Tell people (or users by their keys) something about an item, once; returns how many are new.

    ``key`` tells two happenings of one kind apart; without it the item's version does. People
    without a user are told by word of mouth.
    """
    users = {one.user_id if isinstance(one, Person) else one for one in people} - {None}
    return notify(
        [user for user in users if user is not None],
        f"knowledge.{kind}",
        key=f"knowledge.{kind}:{item.pk}:{key or item.version}",
        at=at,
        values={"title": _sentence(item.title)} | dict(values or {}),
        url=url or item.get_absolute_url(),
        subject=f"knowledge.item:{item.pk}",
    )


def _sentence(title: str) -> str:
    """Return a title that more words may follow."""
    return title if title.endswith((".", "?", "!", "…", "。", "？", "！")) else f"{title}."
