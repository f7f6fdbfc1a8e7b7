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
_WORK = frozenset({_A, _G, _R, _V})

LEGS: dict[str, Legs] = {
    "accepted": Legs(met=frozenset({_A}), started=(_R,)),
    "guided": Legs(met=frozenset({_G})),
    "rectified": Legs(met=frozenset({_R}), cancelled=frozenset({_G, _A}), started=(_V,)),
    "verified": Legs(met=frozenset({_V}), cancelled=frozenset({_A, _G, _R})),
    "partly": Legs(met=frozenset({_V}), started=(_R,)),
    "refused": Legs(met=frozenset({_V}), started=(_R,)),
    "reopened": Legs(cancelled=_WORK, started=(_R,)),
    "returned": Legs(cancelled=_WORK),
    "resubmitted": Legs(started=(_A,)),
    "duplicate": Legs(cancelled=_WORK),
    "replied": Legs(met=frozenset({ClockKind.REPLY})),
}
"""By the deed of the entry; any other deed leaves the clocks alone. An escalation to somebody
above also begins the clock of guidance; that depends on to whom it goes."""
