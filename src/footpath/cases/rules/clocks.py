"""Which clock runs on which leg of a case. No Django here. Source: S0.3, S4.4."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ClockKind(StrEnum):
    """The legs of a case that have a clock."""

    ACCEPT = "accept"
    GUIDE = "guide"
    RECTIFY = "rectify"
    VERIFY = "verify"
    REPLY = "reply"


@dataclass(frozen=True)
class Legs:
    """What a deed does to the clocks: which are done, which fall away, which begin."""

    met: frozenset[ClockKind] = frozenset()
    cancelled: frozenset[ClockKind] = frozenset()
    started: tuple[ClockKind, ...] = ()


_A, _G, _R, _V = ClockKind.ACCEPT, ClockKind.GUIDE, ClockKind.RECTIFY, ClockKind.VERIFY
_REPLY = ClockKind.REPLY
_WORK = frozenset({_A, _G, _R, _V})

LEGS: dict[str, Legs] = {
    "accepted": Legs(met=frozenset({_A}), started=(_R,)),
    "guided": Legs(met=frozenset({_G})),
    "rectified": Legs(met=frozenset({_R}), cancelled=frozenset({_G, _A}), started=(_V,)),
    "verified": Legs(met=frozenset({_V, _REPLY}), cancelled=frozenset({_A, _G, _R})),
    "partly": Legs(met=frozenset({_V}), started=(_R,)),
    "refused": Legs(met=frozenset({_V}), started=(_R,)),
    "reopened": Legs(cancelled=_WORK, started=(_R,)),
    "returned": Legs(met=frozenset({_REPLY}), cancelled=_WORK),
    "resubmitted": Legs(started=(_A,)),
    "duplicate": Legs(cancelled=_WORK | {_REPLY}),
    "replied": Legs(met=frozenset({_REPLY})),
}
"""By the deed of the entry; any other deed leaves the clocks alone.

The reporter is answered by an answer, by a return (what is missing) and by the end of the case,
which asks whether it is fixed; of a duplicate the answer is how the other case goes on. Two clocks
depend on more than the deed: an escalation to somebody above begins the one of guidance, and a
reporter who sends a case in again waits for an answer again.
"""
