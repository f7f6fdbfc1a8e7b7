"""What a case counts in the three rates. No Django here; docs/reference/rates.md says it in words.

A count is a function of the case as it stands at a moment: of its deeds and of what has fallen due
by then. Deeds and the night count with the same function, so nothing depends on who counted first.
Source: S4.4.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime

from footpath.cases.rules.life import Outcome

VERIFIED = frozenset({Outcome.SOLVED, Outcome.EXPLAINED, Outcome.PASSED_ON})
"""Outcomes of a case that somebody independent has verified on the spot."""

MOST_SUPERFICIAL = 1023


@dataclass(frozen=True)
class Facts:
    """What of a case its counts depend on; days and moments are those of the organisation."""

    outcome: str = ""  # "" while it is open
    closed_on: date | None = None
    promised_on: date | None = None
    promise_ends: datetime | None = None  # the first moment after the promised day
    accept_due: datetime | None = None  # of the first leg of acceptance that did not fall away
    accepted_in_time: bool | None = None  # None: not accepted yet
    superficial: int = 0
    answer: str = ""


@dataclass(frozen=True)
class Counts:
    """How often a case counts in each column; all but ``superficial`` are 0 or 1."""

    raised: int = 0
    response_due: int = 0
    response_met: int = 0
    resolution_due: int = 0
    resolution_met: int = 0
    verified: int = 0
    elsewhere: int = 0
    said_yes: int = 0
    said_partly: int = 0
    said_no: int = 0
    superficial: int = 0

    def packed(self) -> int:
        """Return the counts in one number: a bit each, the superficial rounds above them."""
        bits = sum(getattr(self, name) << at for at, name in enumerate(_FLAGS))
        return bits | min(self.superficial, MOST_SUPERFICIAL) << len(_FLAGS)

    @classmethod
    def unpacked(cls, bits: int) -> Counts:
        """Return the counts that ``packed`` has put into a number."""
        flags = {name: bits >> at & 1 for at, name in enumerate(_FLAGS)}
        return cls(**flags, superficial=bits >> len(_FLAGS))


COLUMNS = tuple(field.name for field in fields(Counts))
_FLAGS = COLUMNS[:-1]


def count(facts: Facts, now: datetime) -> Counts:
    """Return what a case counts at a moment. Closed elsewhere, it is only said to be so."""
    if facts.outcome == Outcome.ELSEWHERE:
        return Counts(raised=1, elsewhere=1)
    verified = facts.outcome in VERIFIED
    in_time = verified and _in_time(facts)
    accepted = facts.accepted_in_time is not None
    fell_due = facts.accept_due is not None and facts.accept_due <= now
    promise_over = facts.promise_ends is not None and facts.promise_ends <= now
    is_open = not facts.outcome
    return Counts(
        raised=1,
        response_due=int(accepted or fell_due),
        response_met=int(bool(facts.accepted_in_time)),
        resolution_due=int(verified or (is_open and promise_over)),
        resolution_met=int(in_time),
        verified=int(verified),
        said_yes=int(facts.answer == "yes"),
        said_partly=int(facts.answer == "partly"),
        said_no=int(facts.answer == "no"),
        superficial=min(facts.superficial, MOST_SUPERFICIAL),
    )


def next_change(facts: Facts, now: datetime) -> datetime | None:
    """Return when the counts of a case change by time alone, None when they never do."""
    if facts.outcome:
        return None
    waiting = [facts.promise_ends]
    if facts.accepted_in_time is None:
        waiting.append(facts.accept_due)
    return min((moment for moment in waiting if moment is not None and moment > now), default=None)


def _in_time(facts: Facts) -> bool:
    if facts.closed_on is None or facts.promised_on is None:
        return facts.closed_on is not None
    return facts.closed_on <= facts.promised_on
