"""To whom a case goes up next, and when a rule carries it up. No Django here.

The chain: the owner, who leads the cluster of the place, who heads the unit, then tier by tier
whoever leads the place above, with the cluster of each. Escalating adds somebody and removes
nobody. Source: S2.3.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Rung(StrEnum):
    """The steps of the chain above the owner."""

    CLUSTER = "cluster"
    UNIT = "unit"
    TIER = "tier"
    AGENCY = "agency"


class Trigger(StrEnum):
    """What makes a case go up by itself."""

    OVERDUE = "overdue"
    ROUNDS = "rounds"


@dataclass(frozen=True)
class Post:
    """Somebody in the chain: at which rung, of which level of the tree, and who stands in."""

    rung: Rung
    level: int
    holder: int
    stand_in: int | None = None


@dataclass(frozen=True)
class Step:
    """To whom the case goes: why this person, and which tier deals with it then."""

    rung: Rung
    level: int
    person: int
    stands_in: bool

    @property
    def why(self) -> str:
        """Return the reason as it is kept: "tier", or "tier.acting" for who stands in."""
        return f"{self.rung}.acting" if self.stands_in else str(self.rung)


def next_step(
    posts: Iterable[Post],
    *,
    level: int,
    responsible: Collection[int],
    absent: Collection[int] = (),
) -> Step | None:
    """Return the first step of the chain that adds somebody, or None when nobody is left.

    ``posts`` stand in the order of the chain; ``level`` is the tier that deals with the case now:
    tiers that were passed are not asked again. Who is responsible already is skipped, and so is
    who is absent, unless somebody stands in.
    """
    for post in posts:
        if post.level > level or (post.rung == Rung.TIER and post.level == level):
            continue
        if post.holder in responsible:
            continue
        who: int | None = post.holder
        if who in absent:
            who = post.stand_in
        if who is None or who in absent or who in responsible:
            continue
        to = post.level if post.rung == Rung.TIER else level
        return Step(post.rung, to, who, stands_in=who != post.holder)
    return None


def last_overdue_day(today: date, days: int) -> date:
    """Return the latest due date that is so many days over: 3 on 10 March is 7 March."""
    return today - timedelta(days=days)


def mark_of(
    trigger: Trigger, *, due_on: date, round_number: int, is_verified_next: bool = False
) -> str:
    """Return what a rule carries a case up for once: a due date, or a round.

    A case that waits for its verification is carried up once for the due date of that leg in each
    round: without a target of its own it is the day by which the work was due already.
    """
    if trigger != Trigger.OVERDUE:
        return f"round:{round_number}"
    return f"verify:{round_number}:{due_on}" if is_verified_next else f"due:{due_on}"
