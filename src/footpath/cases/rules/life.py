"""The life of a case, decided on plain values. No Django here.

raised -> accepted -> guided -> rectified -> closed, with an owner set on the way; a refused
verification or a reopening opens the next round. State and outcome are separate. Source: S4.4.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class State(StrEnum):
    """Where a case stands."""

    RAISED = "raised"
    ACCEPTED = "accepted"
    GUIDED = "guided"
    RECTIFIED = "rectified"
    RETURNED = "returned"
    CLOSED = "closed"


class Outcome(StrEnum):
    """How a closed case ended."""

    SOLVED = "solved"
    EXPLAINED = "explained"
    PASSED_ON = "passed_on"
    DUPLICATE = "duplicate"
    ELSEWHERE = "elsewhere"


class Result(StrEnum):
    """What a verifier found on the spot."""

    CONFIRMED = "confirmed"
    PARTLY = "partly"
    NOT = "not"


class Deed(StrEnum):
    """What can be done with a case; each is one function in ``services``."""

    ACCEPT = "accept"
    ASSIGN = "assign"
    GUIDE = "guide"
    RECTIFY = "rectify"
    VERIFY = "verify"
    REOPEN = "reopen"
    ESCALATE = "escalate"
    RETURN = "return"
    RESUBMIT = "resubmit"
    MARK_DUPLICATE = "mark_duplicate"
    NOTE = "note"
    TRANSFER = "transfer"
    MISROUTE = "misroute"
    PAUSE = "pause"
    RESUME = "resume"
    EXTEND = "extend"
    REPLY = "reply"
    PUBLISH = "publish"
    HIDE = "hide"


OPEN = frozenset(State) - {State.CLOSED}

AT_WORK = frozenset({State.ACCEPTED, State.GUIDED})

STATES_FOR: dict[Deed, frozenset[State]] = {
    Deed.ACCEPT: frozenset({State.RAISED}),
    Deed.ASSIGN: frozenset({State.RAISED, State.ACCEPTED, State.GUIDED}),
    Deed.GUIDE: AT_WORK,
    Deed.RECTIFY: AT_WORK,
    Deed.VERIFY: frozenset({State.RECTIFIED}),
    Deed.REOPEN: frozenset({State.CLOSED}),
    Deed.ESCALATE: frozenset({State.RAISED, State.ACCEPTED, State.GUIDED, State.RECTIFIED}),
    Deed.RETURN: frozenset({State.RAISED, State.ACCEPTED}),
    Deed.RESUBMIT: frozenset({State.RETURNED}),
    Deed.MARK_DUPLICATE: frozenset({State.RAISED, State.ACCEPTED, State.GUIDED}),
    Deed.NOTE: frozenset(State),
    Deed.TRANSFER: frozenset({State.RAISED, State.ACCEPTED, State.GUIDED}),
    Deed.MISROUTE: frozenset({State.RAISED, State.ACCEPTED, State.GUIDED}),
    Deed.PAUSE: OPEN,
    Deed.RESUME: OPEN,
    Deed.EXTEND: OPEN,
    Deed.REPLY: frozenset(State),
    Deed.PUBLISH: frozenset(State),
    Deed.HIDE: frozenset(State),
}

STEPS = (State.RAISED, State.ACCEPTED, State.GUIDED, State.RECTIFIED, State.CLOSED)
"""The five dots of the step path; the last is "verified"."""


class Refused(ValueError):
    """A rule forbids the deed; ``reason`` names it for the message."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def check_state(deed: Deed, state: State) -> None:
    """Raise Refused("state") when a case in this state does not allow the deed."""
    if state not in STATES_FOR[deed]:
        raise Refused("state")


def check_verifier(*, state: State, verifier_id: int, worked: Iterable[int]) -> None:
    """Raise Refused unless somebody who did no part of the work verifies a rectified case.

    ``worked`` are the keys of everybody who owned, guided or rectified the case in any round.
    Source: S4.4, principle 4.
    """
    check_state(Deed.VERIFY, state)
    if verifier_id in set(worked):
        raise Refused("took_part")


def due_date(raised_on: date, days: int) -> date:
    """Return the day (included) by which a case raised on a day is to be verified."""
    return raised_on + timedelta(days=days)


def days_left(due_on: date, today: date) -> int:
    """Return whole calendar days until the due date: 0 is today, -2 is two days over."""
    return (due_on - today).days


def step_of(state: State) -> int:
    """Return how many of the five steps are done, 1 to 5; a returned case stands at its first."""
    return STEPS.index(state) + 1 if state in STEPS else 1


NEXT: dict[State, Deed] = {
    State.RAISED: Deed.ACCEPT,
    State.ACCEPTED: Deed.RECTIFY,
    State.GUIDED: Deed.RECTIFY,
    State.RECTIFIED: Deed.VERIFY,
    State.RETURNED: Deed.RESUBMIT,
}
"""The deed that a case waits for; a closed case waits for nothing."""


def due_step(state: State) -> int:
    """Return the step that is due now, 1 to 5: an accepted case waits for its third step."""
    if state == State.RETURNED:
        return 1
    return min(step_of(state) + 1, len(STEPS))


ATTENTION_DAYS = 2
"""A case due within so many days asks for attention."""


def tone_of(left: int) -> str:
    """Return the tone of a clock by its days left: late, attention or neutral."""
    if left < 0:
        return "late"
    return "attention" if left <= ATTENTION_DAYS else "neutral"


@dataclass(frozen=True)
class Age:
    """How many days ago a case was raised; both ends are included, no ``most`` is without end."""

    code: str
    least: int
    most: int | None

    def span(self, today: date) -> tuple[date | None, date]:
        """Return the first and last day of raising, both included; None is the beginning."""
        first = None if self.most is None else today - timedelta(days=self.most)
        return first, today - timedelta(days=self.least)


AGES = (Age("0-7", 0, 7), Age("8-30", 8, 30), Age("31-90", 31, 90), Age("90+", 91, None))
"""The ages by which the ledger is filtered and counted."""
