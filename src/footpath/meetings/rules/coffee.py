"""What may follow what in a running session, and how sessions are counted. Source: S0.1, S0.3."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

COFFEE = "coffee"
"""The code of the kind of meeting that has a running session."""

UNDO_WITHIN = timedelta(seconds=30)
"""So long an answer can be taken back; the trail keeps both lines."""

ARRIVES_WITHIN = timedelta(hours=1)
"""So long after its end what was typed in a session without network may still arrive."""


class ItemState(StrEnum):
    """Where one item of the minutes stands."""

    NOTED = "noted"
    WAITING = "waiting"
    TABLE = "table"
    ANSWERED = "answered"
    FOLLOWED = "followed"
    WITHDRAWN = "withdrawn"


class ItemDeed(StrEnum):
    """What is done with a difficulty."""

    PUT_ON_TABLE = "table"
    ANSWER = "answer"
    FOLLOW_UP = "follow"
    PUT_OFF = "later"
    WITHDRAW = "withdraw"
    UNDO_ANSWER = "undo"


STANDING = frozenset({ItemState.WAITING, ItemState.TABLE})
"""A difficulty with which nothing has been done yet."""

RAISED = STANDING | {ItemState.ANSWERED, ItemState.FOLLOWED}
"""Every difficulty that counts as raised; what was withdrawn or merely noted does not."""

_FROM: dict[ItemDeed, frozenset[ItemState]] = {
    ItemDeed.PUT_ON_TABLE: frozenset({ItemState.WAITING}),
    ItemDeed.ANSWER: STANDING,
    ItemDeed.FOLLOW_UP: STANDING,
    ItemDeed.PUT_OFF: frozenset({ItemState.TABLE}),
    ItemDeed.WITHDRAW: frozenset({ItemState.WAITING}),
    ItemDeed.UNDO_ANSWER: frozenset({ItemState.ANSWERED}),
}


class DoesNotFollow(ValueError):
    """The deed does not follow on where the difficulty stands; ``state`` says where."""

    def __init__(self, state: ItemState) -> None:
        super().__init__(state)
        self.state = state


class NotOpened(ValueError):
    """The session has not been opened."""


class AlreadyOpen(ValueError):
    """The session is running."""


class IsOver(ValueError):
    """The session has ended."""


class TooLate(ValueError):
    """The time in which a deed can be taken back has passed."""


def check_deed(deed: ItemDeed, state: ItemState) -> None:
    """Raise DoesNotFollow unless the deed may be done to a difficulty that stands so."""
    if state not in _FROM[deed]:
        raise DoesNotFollow(state)


def is_running(opened_at: datetime | None, closed_at: datetime | None) -> bool:
    """Return whether a session was opened and has not ended."""
    return opened_at is not None and closed_at is None


def check_running(opened_at: datetime | None, closed_at: datetime | None) -> None:
    """Raise NotOpened or IsOver unless the session is running."""
    if opened_at is None:
        raise NotOpened
    if closed_at is not None:
        raise IsOver


def check_may_raise(opened_at: datetime | None, closed_at: datetime | None, at: datetime) -> None:
    """Raise NotOpened before a session, IsOver an hour after it (what came late by the network)."""
    if opened_at is None:
        raise NotOpened
    if closed_at is not None and at > closed_at + ARRIVES_WITHIN:
        raise IsOver


def check_before(opened_at: datetime | None) -> None:
    """Raise AlreadyOpen when a topic is sent in although the session was opened."""
    if opened_at is not None:
        raise AlreadyOpen


def check_undo(answered_at: datetime, at: datetime) -> None:
    """Raise TooLate when an answer is older than 30 seconds; 30 seconds are still in time."""
    if at - answered_at > UNDO_WITHIN:
        raise TooLate


def median(days: Iterable[int]) -> float | None:
    """Return the middle of some numbers of days, None of none: 0, 3, 8 is 3; 2, 5 is 3.5."""
    found = sorted(days)
    if not found:
        return None
    middle, odd = divmod(len(found), 2)
    return float(found[middle]) if odd else (found[middle - 1] + found[middle]) / 2


def per_session(difficulties: int, sessions: int) -> float | None:
    """Return difficulties for each session with one decimal, None without any: 29 in 2 is 14.5."""
    return round(difficulties / sessions, 1) if sessions else None
