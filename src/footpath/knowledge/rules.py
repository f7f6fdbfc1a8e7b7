"""What holds for regulations, answers and good practices, as plain values. No Django here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from footpath.core import textsearch
from footpath.core.calendar import Month


class Kind(StrEnum):
    """What an item of the library is."""

    REGULATION = "regulation"
    ANSWER = "answer"
    PRACTICE = "practice"


class State(StrEnum):
    """How far an item has come; each kind has states of its own."""

    IN_FORCE = "in_force"
    REPLACED = "replaced"
    REPEALED = "repealed"
    DRAFT = "draft"
    APPROVED = "approved"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    PROPOSED = "proposed"
    ASSESSED = "assessed"
    SELECTED = "selected"
    DECLINED = "declined"


STATES: Mapping[Kind, tuple[State, ...]] = {
    Kind.REGULATION: (State.IN_FORCE, State.REPLACED, State.REPEALED),
    Kind.ANSWER: (State.DRAFT, State.APPROVED, State.PUBLISHED, State.WITHDRAWN),
    Kind.PRACTICE: (State.PROPOSED, State.ASSESSED, State.SELECTED, State.DECLINED),
}

OPEN = (State.IN_FORCE, State.REPLACED, State.REPEALED, State.PUBLISHED, State.SELECTED)
"""What everybody who is signed in reads."""

HOLDS = (State.IN_FORCE, State.PUBLISHED, State.SELECTED)
"""What holds today; what was replaced or repealed can still be read."""


class Deed(StrEnum):
    """What is done with an item after it was written."""

    REPLACE = "replace"
    REPEAL = "repeal"
    RESTORE = "restore"
    APPROVE = "approve"
    SEND_BACK = "send_back"
    PUBLISH = "publish"
    WITHDRAW = "withdraw"
    ASSESS = "assess"
    SELECT = "select"
    DECLINE = "decline"
    SPREAD = "spread"


@dataclass(frozen=True)
class Move:
    """From which states a deed starts, and in which state it leaves the item."""

    before: tuple[State, ...]
    after: State


MOVES: Mapping[Deed, Move] = {
    Deed.REPLACE: Move((State.IN_FORCE,), State.REPLACED),
    Deed.REPEAL: Move((State.IN_FORCE,), State.REPEALED),
    Deed.RESTORE: Move((State.REPLACED, State.REPEALED), State.IN_FORCE),
    Deed.APPROVE: Move((State.DRAFT,), State.APPROVED),
    Deed.SEND_BACK: Move((State.DRAFT, State.APPROVED), State.DRAFT),
    Deed.PUBLISH: Move((State.APPROVED,), State.PUBLISHED),
    Deed.WITHDRAW: Move((State.DRAFT, State.APPROVED, State.PUBLISHED), State.WITHDRAWN),
    Deed.ASSESS: Move((State.PROPOSED,), State.ASSESSED),
    Deed.SELECT: Move((State.ASSESSED,), State.SELECTED),
    Deed.DECLINE: Move((State.ASSESSED,), State.DECLINED),
    Deed.SPREAD: Move((State.SELECTED,), State.SELECTED),
}

CHANGES: Mapping[Kind, State] = {
    Kind.REGULATION: State.IN_FORCE,
    Kind.ANSWER: State.DRAFT,
    Kind.PRACTICE: State.PROPOSED,
}
"""In which state the words of an item may still be changed."""


class Outcome(StrEnum):
    """What a unit made of a practice that was spread to it."""

    ADOPTED = "adopted"
    ADAPTED = "adapted"
    NOT_FOR_US = "not_for_us"


# --- answers --------------------------------------------------------------------------------------

DAYS_BEFORE_PUBLISHING = 7
"""An answer is published no sooner than so many days after it was given."""


class SamePerson(ValueError):
    """Two people are needed, and this is one."""


class TooEarly(ValueError):
    """An answer may not appear yet; ``day`` is the first on which it may."""

    def __init__(self, day: date) -> None:
        super().__init__(f"not before {day}")
        self.day = day


def first_day(answered_on: date) -> date:
    """Return the first Monday that lies at least seven days after an answer was given.

    Answered on Tuesday 10 March 2026: Monday 23 March. A Monday, so that what is kept does not
    tell the day of the answer, only its week. Source: S0.2.
    """
    earliest = answered_on + timedelta(days=DAYS_BEFORE_PUBLISHING)
    return earliest + timedelta(days=-earliest.weekday() % 7)


def month_of(answered_on: date) -> date:
    """Return the first day of the month of an answer: all that is kept of its day."""
    return Month.of(answered_on).first


def check_day(not_before: date, today: date) -> None:
    """Raise TooEarly when an answer may not appear today."""
    if today < not_before:
        raise TooEarly(not_before)


def check_second(first_id: int, second_id: int) -> None:
    """Raise SamePerson unless two people stand behind it."""
    if first_id == second_id:
        raise SamePerson


# --- words ----------------------------------------------------------------------------------------

_NUMBER_WORDS = re.compile(r"^(?:no|nr|so|№|第)\.?\s*", re.IGNORECASE)


def number_key(number: str) -> str:
    """Return what makes two ways of writing a number the same: "No. 1524-QĐ/HU" is "1524qdhu".

    Letters and digits only, folded, without the word for "number" before it and the sign after it.
    """
    folded = _NUMBER_WORDS.sub("", textsearch.fold(" ".join(number.split())))
    return "".join(sign for sign in folded.removesuffix("号") if sign.isalnum())


def clean(text: str) -> str:
    """Return text with plain line ends, without blanks around it and signs that are not kept.

    Neither database keeps NUL, and half of a surrogate pair is no text.
    """
    kept = "".join(sign for sign in text if sign != "\0" and not "\ud800" <= sign <= "\udfff")
    return "\n".join(kept.splitlines()).strip()


def headline(text: str, longest: int = 160) -> str:
    """Return the beginning of a text in one line, cut at a word: at most 160 signs."""
    line = " ".join(text.split())
    if len(line) <= longest:
        return line
    cut = line[: longest - 1]
    at = cut.rfind(" ")
    return (cut[:at] if at > longest // 2 else cut).rstrip(" ,.;:") + "…"
