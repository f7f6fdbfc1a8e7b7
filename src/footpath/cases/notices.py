"""What people are told about cases: the kinds of notices, and who hears of what.

A notice carries the number, the title and the place of a case and nothing of the person who
reported it: somebody who stays confidential cannot get into a message by this way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.utils.translation import gettext_noop

from footpath.cases.models import Case
from footpath.directory.models import Person
from footpath.notifications import kinds
from footpath.notifications.kinds import Kind
from footpath.notifications.services import Value, notify

KINDS = (
    Kind(
        "case.assigned",
        gettext_noop("A case is given to you"),
        gettext_noop("%(number)s %(title)s, %(place)s, is yours now; due %(due)s."),
        urgent=True,
    ),
    Kind(
        "case.came_back",
        gettext_noop("A case comes back"),
        gettext_noop("%(number)s %(title)s, %(place)s, is not solved and comes back to you."),
        urgent=True,
    ),
    Kind(
        "case.escalated",
        gettext_noop("A case is carried up to you"),
        gettext_noop("%(number)s %(title)s, %(place)s, is carried up to you."),
        urgent=True,
    ),
    Kind(
        "case.reporter_says_no",
        gettext_noop("A reporter says that a case is not solved"),
        gettext_noop(
            "Somebody who reported %(number)s %(title)s, %(place)s, says that it is not solved."
        ),
        urgent=True,
    ),
    Kind(
        "case.due_soon",
        gettext_noop("A case is due soon"),
        gettext_noop("%(number)s %(title)s, %(place)s, is due on %(due)s."),
    ),
    Kind(
        "case.overdue",
        gettext_noop("A case is overdue"),
        gettext_noop("%(number)s %(title)s, %(place)s, was due on %(due)s."),
    ),
    Kind(
        "case.remind",
        gettext_noop("You are reminded of a case at once"),
        gettext_noop("Reminder: %(number)s %(title)s, %(place)s, waits for you; due %(due)s."),
        urgent=True,
    ),
    Kind(
        "case.transferred",
        gettext_noop("A case comes from another organization"),
        gettext_noop("%(number)s %(title)s, %(place)s, belongs to your organization now."),
    ),
    Kind(
        "case.misrouted",
        gettext_noop("A case does not belong where it was sent"),
        gettext_noop("%(number)s %(title)s, %(place)s, does not belong where it was sent."),
    ),
    Kind(
        "case.not_taken",
        gettext_noop("Another system does not take a case"),
        gettext_noop(
            "%(system)s has not taken %(number)s %(title)s, %(place)s. Open it to try again or to"
            " keep it here."
        ),
        urgent=True,
    ),
    Kind(
        "case.spot_check",
        gettext_noop("A spot check is yours to make"),
        gettext_noop("Check %(number)s %(title)s, %(place)s, on the spot."),
    ),
)


def register() -> None:
    """Register the kinds of notices."""
    for kind in KINDS:
        kinds.register(kind)


def tell(
    people: Iterable[Person],
    kind: str,
    case: Case,
    *,
    at: datetime,
    key: str = "",
    values: Mapping[str, Value] | None = None,
    url: str = "",
) -> int:
    """Tell people something about a case, once; returns how many notices are new.

    Call it in the transaction of the deed. The notice opens the case, or ``url``; it is said in
    the language of whoever reads it. ``key`` tells two happenings of one kind apart; without it
    the case's round and the moment do. People without a user are told by word of mouth: nothing
    is written for them.
    """
    return tell_users(
        {person.user_id for person in people if person.user_id is not None},
        kind,
        case,
        at=at,
        key=f"{kind}:{case.pk}:{key or f'{case.round_number}:{at.isoformat()}'}",
        values=values,
        url=url,
    )


def tell_users(
    users: Iterable[int],
    kind: str,
    case: Case,
    *,
    at: datetime,
    key: str,
    values: Mapping[str, Value] | None = None,
    url: str = "",
) -> int:
    """Tell users, by their keys, something about a case; the ``key`` is the whole key."""
    said: dict[str, Value] = {
        "number": case.number,
        "title": case.title,
        "place": case.area.name,
        "due": case.due_on.isoformat(),
    }
    return notify(
        users,
        kind,
        key=key,
        at=at,
        values=said | dict(values or {}),
        url=url or case.get_absolute_url(),
        subject=f"cases.case:{case.pk}",
    )
